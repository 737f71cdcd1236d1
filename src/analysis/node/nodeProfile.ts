import { compile } from '../../engine/azure-npm/compile.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { PROFILE_IDS, type ProfileId } from '../../model/scenario.ts'

/** Chains that only one generation of the agent makes (azure-npm-v1 §2, azure-npm-v2-linux §4.1). */
const V1_CHAINS: ReadonlySet<string> = new Set([
  'AZURE-NPM-INGRESS-PORT',
  'AZURE-NPM-INGRESS-FROM',
  'AZURE-NPM-INGRESS-DROPS',
  'AZURE-NPM-EGRESS-PORT',
  'AZURE-NPM-EGRESS-TO',
  'AZURE-NPM-EGRESS-DROPS',
  'AZURE-NPM-TARGET-SETS',
  'AZURE-NPM-INRGESS-DROPS',
])
const V2_CHAIN = 'AZURE-NPM-INGRESS-ALLOW-MARK'

export function isLegacyAgentChain(name: string): boolean {
  return V1_CHAINS.has(name)
}

/** The agent's generation by its chains. Where both have left some, those of the present one count. */
export function agentOf({ tables }: Ruleset): 'v1' | 'v2' | 'none' {
  const chains = tables.find(({ name }) => name === 'filter')?.chains ?? []
  if (chains.some(({ name }) => name === V2_CHAIN)) return 'v2'
  return chains.some(({ name, rules }) => isLegacyAgentChain(name) && rules.length > 0) ? 'v1' : 'none'
}

/**
 * The version of azure-npm that gives the scenario's objects the names that the node has: the scenario's own where it does
 * as well as any. Undefined where no version's names are there.
 */
export function profileOnNode(
  { tables, sets }: Ruleset,
  cluster: Cluster,
  own: ProfileId,
): { readonly profile: ProfileId; readonly expected: Ruleset } | undefined {
  const names = new Set(sets.map(({ name }) => name))
  for (const table of tables)
    for (const { name, rules } of table.chains) {
      names.add(name)
      for (const { matches } of rules)
        for (const match of matches) if (match.kind === 'set') names.add(match.set)
    }
  const candidates: { profile: ProfileId; expected: Ruleset; found: number }[] = []
  for (const profile of [own, ...PROFILE_IDS.filter(id => id !== own).toReversed()]) {
    const expected = compile(cluster, profile).ruleset
    const made = [
      ...expected.sets.map(({ name }) => name),
      ...expected.tables.flatMap(({ chains }) =>
        chains.flatMap(({ name, meaning }) => (meaning?.kind === 'policy' ? [name] : [])),
      ),
    ]
    const found = made.filter(name => names.has(name)).length
    candidates.push({ profile, expected, found })
    // No other version can do better.
    if (found === made.length) break
  }
  const [first] = candidates.toSorted((a, b) => b.found - a.found)
  return first === undefined || first.found === 0 ? undefined : first
}
