import type { Packet } from '../../model/packet.ts'
import type { RuleAddress } from '../../model/ruleset.ts'
import type { Trace } from '../../model/trace.ts'
import type { Hook } from './builtInChains.ts'
import type { PreparedRuleset } from './walk.ts'
import { walk, walkWith } from './walk.ts'

/** A walk whose verdict is sure although some rules on the way are not. */
export interface Decision extends Trace {
  /** Rules whose matching nobody can tell and does not matter: the verdict is the same either way. */
  readonly undecided: readonly (RuleAddress & { readonly unknown: string })[]
}

/** Walks for one packet; each undecided rule on the way at most doubles their number. */
const MAX_WALKS = 1024

/**
 * The verdict that all ways through the rules agree on, whether or not the rules that hang on what is not modelled
 * match; UNKNOWN, with the first reason, when they do not agree. The steps are those of the way on which no such
 * rule matches.
 */
export function decide(prepared: PreparedRuleset, packet: Packet, hook: Hook = 'FORWARD'): Decision {
  const first = walk(prepared, packet, hook)
  if (first.verdict !== 'UNKNOWN' || first.decidedAt === undefined) return { ...first, undecided: [] }
  const verdicts = new Set<Trace['verdict']>()
  const open: boolean[][] = [[]]
  for (let walks = 0; walks < MAX_WALKS; walks++) {
    const guesses = open.pop()
    if (guesses === undefined) break
    const { verdict, unknown } = endOf(prepared, packet, hook, guesses)
    if (verdict !== 'UNKNOWN') verdicts.add(verdict)
    else if (unknown === 'match') open.push([...guesses, true], [...guesses, false])
    else verdicts.add('UNKNOWN')
    if (verdicts.size > 1 || verdicts.has('UNKNOWN')) break
  }
  if (open.length > 0 || verdicts.size !== 1 || verdicts.has('UNKNOWN')) return { ...first, undecided: [] }
  return withoutMatching(prepared, packet, hook)
}

/** Where a walk with these answers ends, and whether one more answer would take it further. */
function endOf(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: Hook,
  guesses: readonly boolean[],
): { readonly verdict: Trace['verdict']; readonly unknown: 'match' | 'other' | undefined } {
  const { verdict, unknown, stoppedAtMatch } = walkWith(prepared, packet, hook, {}, guesses)
  return {
    verdict,
    unknown: unknown === undefined ? undefined : stoppedAtMatch ? 'match' : 'other',
  }
}

function withoutMatching(prepared: PreparedRuleset, packet: Packet, hook: Hook): Decision {
  const undecided: (RuleAddress & { readonly unknown: string })[] = []
  const guesses: boolean[] = []
  for (;;) {
    const trace = walk(prepared, packet, hook, guesses)
    if (trace.verdict !== 'UNKNOWN' || trace.decidedAt === undefined) return { ...trace, undecided }
    undecided.push({ ...trace.decidedAt, unknown: trace.unknown ?? '' })
    guesses.push(false)
  }
}
