import { decideWay, type Decision } from '../../engine/netfilter/decide.ts'
import type { Hook } from '../../engine/netfilter/builtInChains.ts'
import { prepareRuleset } from '../../engine/netfilter/preparedRuleset.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Packet } from '../../model/packet.ts'
import type { WalkedHook, WalkedRule } from '../../model/packetTrace.ts'
import type { RuleAddress, Verdict } from '../../model/ruleset.ts'
import { withAddresses } from '../assumed/addresses.ts'
import { resolveNames } from './nameResolution.ts'
import type { ReadNode } from './nodeDump.ts'
import { legendOf } from '../packet/packetTrace.ts'
import { walkedRules, type KernelLegend } from '../packet/traceWords.ts'

export const WALKED_HOOKS: readonly WalkedHook[] = ['FORWARD', 'INPUT', 'OUTPUT']

/** What becomes of a packet on a real node. */
export interface Simulation {
  readonly hook: WalkedHook
  readonly verdict: Verdict | 'UNKNOWN'
  readonly reason: string
  readonly decidedAt?: RuleAddress
  /** Rules that nobody can tell about and that do not matter. */
  readonly undecided: readonly (RuleAddress & { readonly unknown: string })[]
  readonly steps: readonly WalkedRule[]
  readonly mark: number
}

/**
 * What the node's names and addresses stand for: by the cluster's objects, when it is given, by usual names, and by the
 * dump's own comments.
 */
export function nodeLegend({ ruleset }: ReadNode, cluster: Cluster | undefined): KernelLegend {
  const names = resolveNames(
    ruleset,
    // The agent makes sets for pods with an address alone; which one does not matter for names.
    cluster === undefined ? undefined : withAddresses(cluster),
  )
  const addresses =
    cluster === undefined ? new Map<number, string>() : legendOf({ ruleset, cluster }).addresses
  return { ...names, addresses }
}

/**
 * Walks a packet through the dump, as it stands at the hook. What hangs on things that are not modelled is UNKNOWN,
 * unless all ways lead to one verdict.
 */
export function simulate(node: ReadNode, packet: Packet, hook: WalkedHook, legend: KernelLegend): Simulation {
  const { ruleset } = node
  const decision = decideWay(prepareRuleset(ruleset), packet, hook)
  const steps = walkedRules(ruleset, packet, decision, legend, node.rulePlaces)
  const sure = doubtOf(node, decision.verdict)
  const { decidedAt, undecided, mark } = decision
  return {
    hook,
    verdict: sure === undefined ? decision.verdict : 'UNKNOWN',
    reason: sure ?? unknownWords(decision) ?? decidedWords(decision.verdict, decidedAt, hook),
    ...(decidedAt === undefined ? {} : { decidedAt }),
    undecided,
    steps,
    mark,
  }
}

function decidedWords(verdict: string, at: RuleAddress | undefined, hook: Hook): string {
  if (at === undefined) return `no rule decides: the default of ${hook} counts`
  return `rule ${at.number} of ${at.chain} (${at.table}) ${verdict === 'ACCEPT' ? 'accepts' : 'drops'} it`
}

function unknownWords({ unknown, decidedAt }: Decision): string | undefined {
  if (unknown === undefined || decidedAt === undefined) return unknown
  return `${unknown} (rule ${decidedAt.number} of ${decidedAt.chain} in ${decidedAt.table})`
}

/** Why the dump as a whole does not tell, whatever its rules say. */
export function doubtOf(
  { problems, otherBackend }: ReadNode,
  verdict: Verdict | 'UNKNOWN',
): string | undefined {
  const spoilt = problems.filter(({ spoilsAll }) => spoilsAll)
  const [first] = spoilt
  if (first !== undefined) {
    const more = spoilt.length - 1
    const others = more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'problem' : 'problems'})`
    return `the dump cannot be relied on: ${first.message}${others}`
  }
  if (verdict === 'ACCEPT' && otherBackend)
    return 'the node has rules in the other back end too (iptables-legacy-save or iptables-nft-save prints them)'
  return undefined
}
