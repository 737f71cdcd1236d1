import type { Match } from '../../model/ruleset.ts'
import { matchesInterface } from './match.ts'
import { setMatchOf } from './setMatch.ts'

/**
 * What a walk has taken for true of things that are not given but that are the same for every rule: a packet has one
 * interface to come in by, whatever it is. What may answer otherwise the next time (chance, limits) is not in it.
 */
export interface Beliefs {
  readonly interfaces: Readonly<Record<'in' | 'out', { readonly yes: string[]; readonly no: string[] }>>
  readonly answers: Map<string, boolean>
}

export function noBeliefs(): Beliefs {
  return { interfaces: { in: { yes: [], no: [] }, out: { yes: [], no: [] } }, answers: new Map() }
}

/** Modules whose answer about one packet never changes on its way. */
const STEADY: ReadonlySet<string> = new Set(
  '-s -d addrtype cgroup conntrack cpu devgroup dccp esp ah helper icmp iprange ipv4options length mac multiport owner physdev pkttype policy realm rpfilter sctp set socket string tcp tcpmss u32 udp'.split(
    ' ',
  ),
)

/** The question that a match asks, apart from its negation; undefined where each asking is a new one. */
function questionOf(
  match: Match,
  setsChanged: boolean,
): { readonly key: string; readonly inverted: boolean } | undefined {
  const asked = setMatchOf(match)
  if (asked !== undefined) {
    const { set, dimensions, inverted, returnNomatch, counters } = asked
    return setsChanged || counters
      ? undefined
      : { key: `set ${set} ${dimensions.join(',')} ${returnNomatch}`, inverted }
  }
  if (match.kind !== 'other' || !STEADY.has(match.module)) return undefined
  const inverted = match.args[0] === '!' && match.args.filter(word => word.startsWith('--')).length === 1
  const words = inverted ? match.args.slice(1) : match.args
  return { key: `${match.module} ${words.join(' ')}`, inverted }
}

/** Names that stand for all interfaces that these patterns can tell apart. */
function representatives(patterns: readonly string[]): readonly string[] {
  // No interface has a name with a blank in it.
  return [
    'some other',
    ...patterns.map(pattern => (pattern.endsWith('+') ? `${pattern.slice(0, -1)} x` : pattern)),
  ]
}

/** Whether the match holds by what was taken for true before; undefined where that leaves it open. */
export function believe(beliefs: Beliefs, match: Match, setsChanged: boolean): boolean | undefined {
  if (match.kind === 'interface') {
    const { yes, no } = beliefs.interfaces[match.dimension]
    const possible = representatives([...yes, ...no, match.name]).filter(
      name =>
        yes.every(pattern => matchesInterface(pattern, name)) &&
        !no.some(pattern => matchesInterface(pattern, name)),
    )
    const answers = new Set(possible.map(name => matchesInterface(match.name, name) !== match.inverted))
    const [only] = answers
    return answers.size === 1 ? only : undefined
  }
  const question = questionOf(match, setsChanged)
  const known = question === undefined ? undefined : beliefs.answers.get(question.key)
  return known === undefined ? undefined : known !== question?.inverted
}

/** Takes an answer for true from here on. */
export function learn(beliefs: Beliefs, match: Match, holds: boolean, setsChanged: boolean): void {
  if (match.kind === 'interface') {
    const { yes, no } = beliefs.interfaces[match.dimension]
    if (holds !== match.inverted) yes.push(match.name)
    else no.push(match.name)
    return
  }
  const question = questionOf(match, setsChanged)
  if (question !== undefined) beliefs.answers.set(question.key, holds !== question.inverted)
}
