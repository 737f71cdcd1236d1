import type { IpSet, IpSetEntry } from '../../model/ipSet.ts'
import { compareBytes } from '../../model/order.ts'
import type { Origin } from '../../model/origin.ts'
import type { Chain, Rule, Ruleset } from '../../model/ruleset.ts'
import type { AgentState } from './agentState.ts'
import { activeRules, BASE_CHAINS, baseRules, forwardJump } from './baseChains.ts'
import type { CachedSet } from './ipSetManager.ts'
import type { KernelEntry, KernelSet } from './kernel.ts'
import { AZURE_CHAIN, EGRESS_CHAIN, INGRESS_CHAIN } from './names.ts'
import { sidesOf } from './policyText.ts'

/**
 * What the node holds by now (§4.7): the built-in chains of `filter`, NPM's base chains, the policy chains in the order of
 * their creation, and the sets in that of theirs. Comments are as on NPM's lines; the kernel keeps 255 bytes of them.
 */
export function rulesetOf(agent: AgentState): Ruleset {
  return {
    tables: [
      { name: 'filter', chains: [...builtInChains(), ...baseChainsOf(agent), ...policyChainsOf(agent)] },
    ],
    sets: setsOf(agent),
  }
}

function builtInChains(): readonly Chain[] {
  return [
    { name: 'INPUT', defaultVerdict: 'ACCEPT', rules: [] },
    { name: 'FORWARD', defaultVerdict: 'ACCEPT', rules: [forwardJump()] },
    { name: 'OUTPUT', defaultVerdict: 'ACCEPT', rules: [] },
  ]
}

function baseChainsOf({ kernel }: AgentState): readonly Chain[] {
  const leading: Readonly<Record<string, readonly Rule[]>> = {
    [AZURE_CHAIN]: kernel.active ? activeRules() : [],
    [INGRESS_CHAIN]: kernel.ingressJumps.toReversed(),
    [EGRESS_CHAIN]: kernel.egressJumps.toReversed(),
  }
  return BASE_CHAINS.map(name => ({
    name,
    rules: [...(leading[name] ?? []), ...baseRules(name)],
    meaning: { kind: 'base' },
  }))
}

/** Where two policies share a chain (D21), it is named after the one whose rules it got last. */
function policyChainsOf(agent: AgentState): readonly Chain[] {
  const meanings = new Map<string, Chain['meaning']>()
  for (const [policy, { rules }] of agent.applied)
    for (const { chain, direction } of sidesOf(rules))
      meanings.set(chain, { kind: 'policy', policy, direction })
  return Array.from(agent.kernel.chains, ([name, rules]) => {
    const meaning = meanings.get(name)
    return { name, rules, ...(meaning !== undefined && { meaning }) }
  })
}

function setsOf(agent: AgentState): readonly IpSet[] {
  const cached = new Map<string, CachedSet[]>()
  for (const set of agent.ipSets.sets.values()) {
    const sharing = cached.get(set.kernelName)
    if (sharing === undefined) cached.set(set.kernelName, [set])
    else sharing.push(set)
  }
  const known: KnownEntries = new Map()
  return Array.from(agent.kernel.sets.values(), set =>
    describeKernelSet(set, cached.get(set.name) ?? [], known),
  )
}

/**
 * By what they come of. In several sets one and the same object stands for equal entries: 150,000 pods have more than a
 * million, and a copy for the page costs what the different ones cost.
 */
type KnownEntries = Map<Origin, IpSetEntry>

function entryOf({ entry, record: { origin } }: KernelEntry, known: KnownEntries): IpSetEntry {
  const earlier = known.get(origin)
  if (earlier !== undefined && isSameNet(earlier, entry)) return earlier
  const made = { ...entry, origin }
  known.set(origin, made)
  return made
}

function isSameNet(a: IpSetEntry, b: IpSetEntry): boolean {
  if (a.kind !== 'net' || b.kind !== 'net') return false
  const { address, length } = a.prefix
  return address === b.prefix.address && length === b.prefix.length && a.nomatch === b.nomatch
}

function describeKernelSet(set: KernelSet, sharing: readonly CachedSet[], known: KnownEntries): IpSet {
  const ordered = sharing.toSorted((a, b) => compareBytes(a.id.prefixed, b.id.prefixed))
  return {
    name: set.name,
    type: set.type,
    maxelem: set.maxelem,
    entries: Array.from(set.entries.values(), member => entryOf(member, known)),
    prefixedNames: ordered.map(({ id }) => id.prefixed),
    meanings: ordered.map(({ id }) => id.meaning),
    origins: ordered.flatMap(({ references }) => [...references.values()].flat()),
  }
}
