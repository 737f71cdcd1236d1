import { formatIpv4, formatIpv4Prefix } from '../../model/ip.ts'
import type { IpSet, IpSetEntry } from '../../model/ipSet.ts'
import { compareBytes } from '../../model/order.ts'
import type { PrintedLine } from '../../model/protocol.ts'
import type { Chain, Ruleset } from '../../model/ruleset.ts'
import { BASE_CHAINS } from './baseChains.ts'
import { DEFAULT_MAXELEM, EGRESS_CHAIN, INGRESS_CHAIN } from './names.ts'
import { printRule, protocolText } from './ruleText.ts'

/** Policy chains in the order of the jumps that lead there, then those that none leads to. */
function policyChainOrder(byName: ReadonlyMap<string, Chain>): readonly Chain[] {
  const ordered = new Map<string, Chain>()
  for (const parent of [INGRESS_CHAIN, EGRESS_CHAIN])
    for (const { target } of byName.get(parent)?.rules ?? []) {
      const chain = target.kind === 'jump' && !BASE_CHAINS.includes(target.chain) && byName.get(target.chain)
      if (chain) ordered.set(chain.name, chain)
    }
  for (const chain of byName.values())
    if (chain.defaultVerdict === undefined && !BASE_CHAINS.includes(chain.name))
      ordered.set(chain.name, chain)
  return [...ordered.values()]
}

/**
 * One text for `iptables-restore --noflush` that builds NPM's part of the filter table from nothing, in NPM's spelling:
 * base chains, policy chains in the order of their jumps, and the jump from FORWARD.
 */
export function iptablesRestoreFromNothing(ruleset: Ruleset): readonly PrintedLine[] {
  const filter = ruleset.tables.find(({ name }) => name === 'filter')
  const byName = new Map((filter?.chains ?? []).map(chain => [chain.name, chain]))
  const base = BASE_CHAINS.flatMap(name => byName.get(name) ?? [])
  const policies = policyChainOrder(byName)
  const builtIn = [...byName.values()].filter(chain => chain.defaultVerdict !== undefined)
  return [
    { text: '*filter' },
    ...[...base, ...policies].map(({ name }) => ({ text: `:${name} - -`, chain: name })),
    ...[...builtIn, ...base, ...policies].flatMap(ruleLines),
    { text: 'COMMIT' },
  ]
}

function ruleLines({ name, rules }: Chain): readonly PrintedLine[] {
  return rules.map((rule, i) => ({
    text: `-A ${name} ${printRule(rule)}`,
    chain: name,
    rule: i + 1,
    ...(rule.origin !== undefined && { origin: rule.origin }),
  }))
}

/** The type keywords of NPM's create lines; ipset knows them as aliases. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['hash:net', 'nethash'],
  ['list:set', 'setlist'],
])

function createLine({ name, type, maxelem }: IpSet): string {
  const size = type.startsWith('hash:') && maxelem !== DEFAULT_MAXELEM ? ` maxelem ${maxelem}` : ''
  return `-N ${name} --exist ${KEYWORDS.get(type) ?? type}${size}`
}

function printEntry(entry: IpSetEntry, isCidrSet: boolean): string {
  switch (entry.kind) {
    case 'net': {
      // Policies write blocks with their length, also /32; pods are bare addresses.
      const { address, length } = entry.prefix
      const network = isCidrSet ? `${formatIpv4(address)}/${length}` : formatIpv4Prefix(entry.prefix)
      return `${network}${entry.nomatch ? ' nomatch' : ''}`
    }
    case 'ipPort':
      return `${formatIpv4(entry.address)},${protocolText(entry.protocol)}:${entry.port}`
    case 'set':
      return entry.set
    case 'other':
      return entry.text
  }
}

/** One text for `ipset restore` that builds the sets from nothing, in the canonical order of §3.9. */
export function ipsetRestoreFromNothing(ruleset: Ruleset): readonly PrintedLine[] {
  const sets = ruleset.sets
    .map(set => ({ set, key: set.prefixedNames?.[0] ?? set.name }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ set }) => set)
  return [...sets.map(set => ({ text: createLine(set), set: set.name })), ...sets.flatMap(entryLines)]
}

function entryLines({ name, entries, meanings = [] }: IpSet): readonly PrintedLine[] {
  const isCidrSet = meanings.some(({ kind }) => kind === 'CIDRBlocks')
  return entries
    .map(entry => ({ entry, text: printEntry(entry, isCidrSet) }))
    .sort((a, b) => compareBytes(a.text, b.text))
    .map(({ entry, text }) => ({
      text: `-A ${name} ${text}`,
      set: name,
      ...(entry.origin !== undefined && { origin: entry.origin }),
    }))
}
