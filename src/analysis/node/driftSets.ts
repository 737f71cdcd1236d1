import { formatEntry } from '../../engine/netfilter/ipSetEntry.ts'
import { formatIpv4 } from '../../model/ip.ts'
import type { IpSet, IpSetEntry } from '../../model/ipSet.ts'
import type { DriftFinding } from '../../model/nodeReport.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { counted, listed } from './driftWords.ts'
import type { DriftQuestion } from './driftRules.ts'

const AGENT_SET = /^azure-npm-(?:[0-9]{1,10}|[0-9a-z]{20})$/

/** What the members of sets are compared by. */
export interface KnownAddresses {
  /** Address → `shop/web-1`. */
  readonly pods: ReadonlyMap<string, string>
  /** Addresses that the scenario made up for pods that say none: no node has them. */
  readonly made: ReadonlySet<string>
}

/** What differs in the agent's sets: sets that are missing or left over, and their members. */
export function driftOfSets(question: DriftQuestion, addresses: KnownAddresses): readonly DriftFinding[] {
  const { node, expected } = question
  if (node.ruleset.sets.length === 0) return []
  const actual = new Map(node.ruleset.sets.map(set => [set.name, set]))
  const wanted = new Set(expected.sets.map(({ name }) => name))
  const used = setsInRules(expected)
  const usedThere = setsInRules(node.ruleset)
  return [
    ...expected.sets.flatMap(set => {
      const found = actual.get(set.name)
      if (found === undefined) return [missingSet(question, set, used.has(set.name))]
      return driftOfSet(question, set, found, addresses)
    }),
    ...node.ruleset.sets
      .filter(({ name }) => AGENT_SET.test(name) && !wanted.has(name))
      .map((set): DriftFinding => ({
        kind: 'stale-set',
        severity: usedThere.has(set.name) ? 'warning' : 'info',
        message: `${nameOf(question, set)} belongs to nothing in the scenario, with ${counted(set.entries.length, 'member')}`,
        advice: 'nothing, where the cluster has more namespaces, pods or policies than the scenario',
        ...placeOf(question, set),
        set: set.name,
      })),
  ]
}

function setsInRules({ tables }: Ruleset): ReadonlySet<string> {
  return new Set(
    tables.flatMap(({ chains }) =>
      chains.flatMap(({ rules }) =>
        rules.flatMap(({ matches }) => matches.flatMap(match => (match.kind === 'set' ? [match.set] : []))),
      ),
    ),
  )
}

function placeOf({ node }: DriftQuestion, { name }: IpSet): Pick<DriftFinding, 'place'> {
  const place = node.setPlaces.get(name)
  return place === undefined ? {} : { place }
}

function nameOf({ setNames }: DriftQuestion, { name, prefixedNames }: IpSet): string {
  const known = prefixedNames ?? setNames.get(name)
  return known === undefined || known.length === 0 ? `set ${name}` : `set ${known.join(' or ')} (${name})`
}

function missingSet(question: DriftQuestion, set: IpSet, used: boolean): DriftFinding {
  const origin = set.origins?.[0]
  return {
    kind: 'missing-set',
    severity: used ? 'error' : 'warning',
    message: `${nameOf(question, set)} is missing${used ? ', which rules ask for' : ''}`,
    advice: 'restart azure-npm on the node: it builds its sets anew',
    ...(origin === undefined ? {} : { origin }),
    set: set.name,
  }
}

/** Addresses of an element; none for a block, which is no pod's. */
function addressOf(entry: IpSetEntry): string | undefined {
  if (entry.kind === 'ipPort') return formatIpv4(entry.address)
  return entry.kind === 'net' && entry.prefix.length === 32 ? formatIpv4(entry.prefix.address) : undefined
}

function driftOfSet(
  question: DriftQuestion,
  wanted: IpSet,
  found: IpSet,
  { pods, made }: KnownAddresses,
): readonly DriftFinding[] {
  const name = nameOf(question, wanted)
  const common = { ...placeOf(question, found), set: wanted.name }
  if (found.type !== wanted.type)
    return [
      {
        kind: 'set-type',
        severity: 'error',
        message: `${name} is of type ${found.type}; it should be ${wanted.type}`,
        advice: 'destroy it and restart azure-npm on the node',
        ...common,
      },
    ]
  const memberName = (entry: IpSetEntry): string => {
    const text = formatEntry(entry)
    const pod = pods.get(addressOf(entry) ?? '')
    const set = entry.kind === 'set' ? question.setNames.get(entry.set)?.join(' or ') : undefined
    const known = pod ?? set
    return known === undefined ? text : `${text} (${known})`
  }
  const isMade = (entry: IpSetEntry) => made.has(addressOf(entry) ?? '')
  const [left, right] = [keyed(wanted.entries), keyed(found.entries)]
  const missing = [...left]
    .filter(([key, entry]) => !right.has(key) && !isMade(entry))
    .map(([, entry]) => entry)
  const extra = [...right].filter(([key]) => !left.has(key)).map(([, entry]) => entry)
  const partly = found.entries.some(({ kind }) => kind === 'other')
  const origin = missing.find(entry => entry.origin !== undefined)?.origin
  // Where the scenario made addresses up, the members that are too many may be those pods'.
  const told = wanted.entries.some(isMade) ? [] : extra
  return [
    ...(missing.length === 0 || partly
      ? []
      : [
          {
            kind: 'missing-member' as const,
            severity: 'error' as const,
            message: `${name} lacks ${listed(missing.map(memberName))}`,
            advice:
              'look at azure-npm’s log for the time when the member came; a restart builds its sets anew',
            ...(origin === undefined ? {} : { origin }),
            ...common,
          },
        ]),
    ...(told.length === 0
      ? []
      : [
          {
            kind: 'extra-member' as const,
            severity: 'warning' as const,
            message: `${name} has ${listed(told.map(memberName))}, which the scenario does not account for`,
            advice:
              'nothing, where the cluster has more pods than the scenario; otherwise a restart builds the sets anew',
            ...common,
          },
        ]),
  ]
}

function keyed(entries: readonly IpSetEntry[]): ReadonlyMap<string, IpSetEntry> {
  return new Map(entries.filter(({ kind }) => kind !== 'other').map(entry => [formatEntry(entry), entry]))
}
