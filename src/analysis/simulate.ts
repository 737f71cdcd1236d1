import { decide } from '../engine/netfilter/decide.ts'
import type { Hook } from '../engine/netfilter/builtInChains.ts'
import { readIpset } from '../engine/netfilter/readIpset.ts'
import { readIptables } from '../engine/netfilter/readIptables.ts'
import { prepareRuleset, walk } from '../engine/netfilter/walk.ts'
import type { Cluster } from '../model/cluster.ts'
import { formatIpv4 } from '../model/ip.ts'
import type { Packet } from '../model/packet.ts'
import type { WalkedHook, WalkedRule } from '../model/packetTrace.ts'
import type { RuleAddress, Ruleset, Verdict } from '../model/ruleset.ts'
import { withAddresses } from './addresses.ts'
import { resolveNames, type ResolvedNames } from './nameResolution.ts'
import { legendOf } from './packetTrace.ts'
import { walkedRules } from './traceWords.ts'

export const WALKED_HOOKS: readonly WalkedHook[] = ['FORWARD', 'INPUT', 'OUTPUT']

/** A line of a dump that could not be read, so that no verdict is sure. */
export interface DumpProblem {
  readonly dump: 'iptables' | 'ipset'
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** A real node's rules and sets. */
export interface NodeDump {
  readonly ruleset: Ruleset
  readonly problems: readonly DumpProblem[]
  /** The tool said that the other back end has rules too, which this text does not hold. */
  readonly otherBackend: boolean
}

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

/** Reads `iptables-save` and `ipset save` (or `ipset list`) output; `ipset` absent when there is none. */
export function readNodeDump(iptables: string, ipset: string | undefined): NodeDump {
  const rules = readIptables(iptables)
  const sets = readIpset(ipset ?? '')
  const hasFilter = rules.tables.some(({ name }) => name === 'filter')
  const told = (dump: DumpProblem['dump']) => (problem: { line: number; code: string; text: string }) => ({
    dump,
    line: problem.line,
    message: `${problem.code}: ${problem.text}`,
  })
  return {
    ruleset: { tables: rules.tables, sets: sets.sets },
    problems: [
      ...(hasFilter
        ? []
        : [{ dump: 'iptables' as const, line: 1, message: 'missing-table: there is no *filter in it' }]),
      ...(ipset !== undefined && sets.sets.length === 0
        ? [{ dump: 'ipset' as const, line: 1, message: 'no-sets: there is no set in it' }]
        : []),
      ...rules.problems.map(told('iptables')),
      ...sets.problems.map(told('ipset')),
    ],
    otherBackend: /^# Warning: iptables-(?:legacy|nft) tables present/m.test(iptables.replaceAll('\r', '\n')),
  }
}

/**
 * Walks a packet through the dump, as it stands at the hook. What hangs on things that are not modelled is UNKNOWN,
 * unless all ways lead to one verdict. Names come from `cluster`, when given, and from the dump's own comments.
 */
export function simulate(
  node: NodeDump,
  packet: Packet,
  hook: WalkedHook,
  cluster: Cluster | undefined,
): Simulation {
  const { ruleset } = node
  const prepared = prepareRuleset(ruleset)
  const decision = decide(prepared, packet, hook)
  const names: ResolvedNames = resolveNames(
    ruleset,
    // The agent makes sets for pods with an address alone; which one does not matter for names.
    cluster === undefined ? undefined : withAddresses(cluster),
  )
  const addresses =
    cluster === undefined ? new Map<number, string>() : legendOf({ ruleset, cluster }).addresses
  const steps = walkedRules(ruleset, packet, decision, { ...names, addresses })
  const sure = doubtOf(node, packet, hook, decision.verdict)
  const { decidedAt, undecided, mark } = decision
  return {
    hook,
    verdict: sure === undefined ? decision.verdict : 'UNKNOWN',
    reason: sure ?? decision.unknown ?? decidedWords(decision.verdict, decidedAt, hook),
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

/** Why the dump as a whole does not tell, whatever its rules say. */
function doubtOf(
  { problems, otherBackend, ruleset }: NodeDump,
  packet: Packet,
  hook: WalkedHook,
  verdict: Verdict | 'UNKNOWN',
): string | undefined {
  if (problems.length > 0)
    return `${problems.length === 1 ? 'one line' : `${problems.length} lines`} of the dump could not be read`
  const rewriting = hook === 'OUTPUT' ? undefined : destinationNat(ruleset, packet)
  if (rewriting !== undefined) return rewriting
  if (verdict === 'ACCEPT' && otherBackend)
    return 'the node has rules in the other back end too (iptables-legacy-save or iptables-nft-save prints them)'
  return undefined
}

const REWRITING: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP', 'TPROXY'])

/**
 * Whether nat rewrites the destination before the hook, where that does not hang on what is unknown: the address is a
 * service's, and the packet that arrives here has another.
 */
function destinationNat({ tables, sets }: Ruleset, packet: Packet): string | undefined {
  const nat = tables.find(({ name }) => name === 'nat')
  if (nat === undefined || packet.ctState !== 'NEW') return undefined
  const prepared = prepareRuleset({ tables: [nat], sets })
  const guesses: boolean[] = []
  for (let i = 0; i < nat.chains.length + 1000; i++) {
    const { verdict, decidedAt, unknown = '' } = walk(prepared, packet, 'PREROUTING', guesses)
    if (verdict !== 'UNKNOWN' || decidedAt === undefined) return undefined
    const rule = nat.chains.find(({ name }) => name === decidedAt.chain)?.rules[decidedAt.number - 1]
    if (unknown.startsWith('target ') && rule?.target.kind === 'other' && REWRITING.has(rule.target.name))
      return `nat gives such a packet another destination before that (rule ${decidedAt.number} of ${decidedAt.chain}): ${formatIpv4(packet.dst)} is a service’s address; ask about the pod behind it`
    if (/^(?:target|chain) /.test(unknown)) return undefined
    guesses.push(false)
  }
  return undefined
}
