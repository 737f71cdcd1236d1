import { compareBytes } from '../../model/order.ts'
import { BASE_CHAINS, baseRules, forwardJump } from './baseChains.ts'
import type { Profile } from './profiles.ts'
import { printRule, restoreText } from './ruleText.ts'

/** One command line, with the text on its standard input where it has one. */
export interface NodeCommand {
  readonly line: string
  readonly stdin?: string
}

/** What the agent finds on the node. */
export interface NodeBefore {
  /** `AZURE-NPM…` chains in the filter table, of an earlier run. */
  readonly chains: readonly string[]
  /** The rules of FORWARD as listed, first to last. */
  readonly forward: readonly string[]
  /** Names of all sets in the kernel. */
  readonly sets: readonly string[]
  /** `AZURE-NPM…` chains in the iptables variant that is not in use, for profiles that clean it. */
  readonly otherVariant?: { readonly name: 'nft' | 'legacy'; readonly chains: readonly string[] }
}

export const EMPTY_NODE: NodeBefore = { chains: [], forward: [], sets: [] }

const RESTORE_FLAGS = '-w 60 -T filter --noflush'
/** How NPM v1 wrote its jump. */
const V1_JUMP = '-j AZURE-NPM'

/** The base chains (§4.3): chains that exist are emptied instead of made. */
export function baseChainText(existing: readonly string[]): string {
  return restoreText([
    ...BASE_CHAINS.filter(chain => !existing.includes(chain)).map(chain => `:${chain} - -`),
    ...[...existing].sort(compareBytes).map(chain => `-F ${chain}`),
    ...BASE_CHAINS.flatMap(chain => baseRules(chain).map(rule => `-A ${chain} ${printRule(rule)}`)),
  ])
}

/** Puts the jump where it belongs in FORWARD (§4.4): arguments of `iptables`, without `-w 60`. */
export function positionJump(profile: Profile, forward: readonly string[]): readonly string[] {
  const jump = printRule(forwardJump())
  const lineOf = (text: string): number => forward.findIndex(rule => rule.includes(text)) + 1
  const at = lineOf('AZURE-NPM')
  const services = profile.placeAzureChainFirst ? 0 : lineOf('KUBE-SERVICES')
  const wanted = services + 1
  if (at === wanted) return []
  const deletion = at > 0 ? [`-D FORWARD ${jump}`] : []
  // Deleting a rule above the place moves the place up.
  const target = at > 0 && at < wanted ? wanted - 1 : wanted
  return [...deletion, `-I FORWARD ${target === 1 ? '' : `${target} `}${jump}`]
}

/** What the agent runs at start (§4.3), after it has found its iptables variant; `iptables` stands for that one. */
export function startCommands(profile: Profile, before: NodeBefore): readonly NodeCommand[] {
  return [
    ...(profile.detectsIptables ? cleanOtherVariant(before.otherVariant) : []),
    { line: `iptables -w 60 -D FORWARD ${V1_JUMP}` },
    { line: `iptables-restore ${RESTORE_FLAGS}`, stdin: baseChainText(before.chains) },
    ...positionJump(profile, before.forward).map(args => ({ line: `iptables -w 60 ${args}` })),
    ...resetSets(before.sets),
  ]
}

function cleanOtherVariant(other: NodeBefore['otherVariant']): readonly NodeCommand[] {
  if (other === undefined) return []
  const chains = [...other.chains].sort(compareBytes)
  const iptables = `iptables-${other.name}`
  return [
    { line: `${iptables} -w 60 -D FORWARD ${printRule(forwardJump())}` },
    { line: `${iptables} -w 60 -D FORWARD ${V1_JUMP}` },
    {
      line: `${iptables}-restore ${RESTORE_FLAGS}`,
      stdin: restoreText(chains.map(chain => `-F ${chain}`)),
    },
    ...chains.map(chain => ({ line: `${iptables} -w 60 -X ${chain}` })),
  ]
}

/** Sets of the agent go all at once where there are no others; otherwise first emptied, then destroyed, by name. */
function resetSets(sets: readonly string[]): readonly NodeCommand[] {
  const own = sets.filter(name => name.includes('azure-npm-')).sort(compareBytes)
  if (own.length === 0) return []
  if (own.length === sets.length) return [{ line: 'ipset flush' }, { line: 'ipset destroy' }]
  return [
    { line: 'ipset restore', stdin: own.map(name => `-F ${name}\n`).join('') },
    { line: 'ipset restore', stdin: own.map(name => `-X ${name}\n`).join('') },
  ]
}
