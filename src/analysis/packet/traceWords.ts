import { printRule } from '../../engine/netfilter/printIptables.ts'
import { protocolName } from '../../engine/netfilter/protocolNames.ts'
import { required, unreachable } from '../../model/assert.ts'
import { formatIpv4, formatIpv4Prefix, type Ipv4 } from '../../model/ip.ts'
import type { IpSet } from '../../model/ipSet.ts'
import type { DumpPlace } from '../../model/nodeReport.ts'
import type { Packet } from '../../model/packet.ts'
import type { TestedMatch, WalkedRule } from '../../model/packetTrace.ts'
import type { Match, Rule, Ruleset, SetDimension, Target } from '../../model/ruleset.ts'
import type { MatchOutcome, Trace } from '../../model/trace.ts'

/** What kernel names and addresses stand for, where it is known. */
export interface KernelLegend {
  /** Kernel name of a set → the agent's own names. */
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** Chain → the policy whose rules it holds. */
  readonly chains: ReadonlyMap<string, string>
  readonly addresses: ReadonlyMap<Ipv4, string>
}

/** What the words about a ruleset need. */
interface Words {
  readonly legend: KernelLegend
  /** Sets by their kernel names. */
  readonly sets: ReadonlyMap<string, IpSet>
}

/**
 * The steps of a walk in words. `packet` and `trace` belong together, and `trace` to the ruleset; `places` are the lines
 * of a dump that its rules were read from.
 */
export function walkedRules(
  ruleset: Ruleset,
  packet: Packet,
  trace: Trace,
  legend: KernelLegend,
  places?: ReadonlyMap<Rule, DumpPlace>,
): readonly WalkedRule[] {
  const rules = new Map<string, readonly Rule[]>()
  for (const table of ruleset.tables)
    for (const chain of table.chains) rules.set(`${table.name} ${chain.name}`, chain.rules)
  const words: Words = { legend, sets: new Map(ruleset.sets.map(set => [set.name, set])) }
  let mark = packet.mark ?? 0
  return trace.steps.map(({ table, chain, number, depth, matched, outcomes, mark: markAfter }) => {
    const rule = required(rules.get(`${table} ${chain}`)?.[number - 1], 'rule of a step')
    const place = places?.get(rule)
    const markBefore = mark
    mark = markAfter
    return {
      table,
      chain,
      number,
      depth,
      text: printRule(chain, rule),
      matched,
      matches: outcomes.flatMap((outcome, i) => {
        const match = required(rule.matches[i], 'match of an outcome')
        return match.kind === 'comment' ? [] : [testedMatch(match, outcome, packet, markBefore, words)]
      }),
      action: matched ? actionOf(rule.target, legend) : '',
      markBefore,
      markAfter,
      ...(rule.origin === undefined ? {} : { origin: rule.origin }),
      ...(place === undefined ? {} : { place }),
    }
  })
}

export function hexMark(mark: number): string {
  return `0x${mark.toString(16)}`
}

/** `azure-npm-784554818` as `ns-default (azure-npm-784554818)`. */
function setName(name: string, legend: KernelLegend): string {
  const readable = legend.sets.get(name) ?? []
  return readable.length === 0 ? name : `${readable.join(' or ')} (${name})`
}

function chainName(name: string, legend: KernelLegend): string {
  const policy = legend.chains.get(name)
  return policy === undefined ? name : `${name} (${policy})`
}

function addressName(address: Ipv4, legend: KernelLegend): string {
  const name = legend.addresses.get(address)
  return name === undefined ? formatIpv4(address) : `${formatIpv4(address)} (${name})`
}

function actionOf(target: Target, legend: KernelLegend): string {
  switch (target.kind) {
    case 'verdict':
      return target.verdict === 'ACCEPT' ? 'accept' : 'drop'
    case 'return':
      return 'return to the calling chain'
    case 'jump':
      return `jump to ${chainName(target.chain, legend)}`
    case 'goto':
      return `go to ${chainName(target.chain, legend)}, without return`
    case 'mark':
      return 'set the mark'
    case 'reject':
      return 'reject'
    case 'none':
      return 'count only'
    case 'other':
      return target.terminates ? target.name : `${target.name}, and go on`
    default:
      return unreachable(target)
  }
}

function side(dimension: SetDimension): string {
  return dimension === 'src' ? 'source' : 'destination'
}

function testedMatch(
  match: Exclude<Match, { readonly kind: 'comment' }>,
  outcome: MatchOutcome,
  packet: Packet,
  mark: number,
  words: Words,
): TestedMatch {
  const { text, found } = wordsOf(match, packet, mark, words.legend)
  const decided =
    match.kind === 'set'
      ? membershipWords(match, outcome, packet, words)
      : match.kind === 'other' || found === ''
        ? found
        : `it is ${found}`
  return {
    outcome: outcome.unknown !== undefined ? 'unknown' : outcome.holds ? 'holds' : 'fails',
    text,
    detail: outcome.unknown ?? decided,
  }
}

/** What the match asks for, and what the packet has. */
function wordsOf(
  match: Exclude<Match, { readonly kind: 'comment' }>,
  packet: Packet,
  mark: number,
  legend: KernelLegend,
): { readonly text: string; readonly found: string } {
  const not = 'inverted' in match && match.inverted ? 'not ' : ''
  switch (match.kind) {
    case 'protocol':
      return {
        text: `protocol ${not}${protocolName(match.protocol).toUpperCase()}`,
        found: protocolName(packet.protocol).toUpperCase(),
      }
    case 'address':
      return {
        text: `${side(match.dimension)} ${not}in ${formatIpv4Prefix(match.prefix)}`,
        found: addressName(match.dimension === 'src' ? packet.src : packet.dst, legend),
      }
    case 'interface':
      return {
        text: `${match.dimension} interface ${not}${match.name}`,
        found: (match.dimension === 'in' ? packet.inInterface : packet.outInterface) ?? '',
      }
    case 'port': {
      const range = match.from === match.to ? `${match.from}` : `${match.from}–${match.to}`
      const all = match.from === 0 && match.to === 65535
      return {
        text: all
          ? `any ${protocolName(match.protocol).toUpperCase()} port`
          : `${side(match.dimension)} port ${not}${range}`,
        found: `${match.dimension === 'src' ? packet.srcPort : packet.dstPort}`,
      }
    }
    case 'set':
      return { text: setWords(match, not, legend), found: '' }
    case 'mark': {
      const mask = match.mask === 0xffffffff ? '' : ` in the bits ${hexMark(match.mask)}`
      return { text: `mark ${not}${hexMark(match.value)}${mask}`, found: hexMark(mark) }
    }
    case 'ctstate':
      return { text: `connection ${not}${match.states.join(' or ')}`, found: packet.ctState }
    case 'other':
      return { text: `${match.module} ${match.args.join(' ')}`.trim(), found: 'decided by the packet' }
    default:
      return unreachable(match)
  }
}

function setWords(match: Match & { readonly kind: 'set' }, not: string, legend: KernelLegend): string {
  const [first = 'dst', second] = match.dimensions
  const what = second === undefined ? side(first) : `${side(first)} and ${side(second)} port`
  return `${what} ${not}in ${setName(match.set, legend)}`
}

/** Which entry decided: a member, the longest prefix, a `nomatch`; for a list, in which of its sets. */
function membershipWords(
  { dimensions, set }: Match & { readonly kind: 'set' },
  { decidedBy }: MatchOutcome,
  packet: Packet,
  { legend, sets }: Words,
): string {
  const address = addressName(dimensions[0] === 'src' ? packet.src : packet.dst, legend)
  const port = dimensions[1] === 'src' ? packet.srcPort : packet.dstPort
  const what =
    dimensions.length > 1
      ? `${address} with ${protocolName(packet.protocol).toUpperCase()} port ${port}`
      : address
  if (decidedBy === undefined) return noMemberWords(what, sets.get(set), legend)
  const entry = decidedBy.at(-1) ?? ''
  const within = decidedBy.slice(0, -1).map(name => setName(name, legend))
  const where = within.length === 0 ? '' : ` of ${within.join(', ')}`
  const [network = '', flag] = entry.split(' ')
  if (flag === 'nomatch') return `${network} nomatch is the longest prefix that holds ${address}: no member`
  return network.includes('/') && dimensions.length < 2
    ? `${network}${where} is the longest prefix that holds ${address}`
    : `${dimensions.length > 1 ? entry : address} is a member${where}`
}

const LISTED = 3

function noMemberWords(what: string, set: IpSet | undefined, legend: KernelLegend): string {
  if (set?.entries.length === 0) return `${what} is no member: the set is empty`
  if (set?.type !== 'list:set') return `${what} is no member`
  const names = set.entries.flatMap(entry => (entry.kind === 'set' ? [setName(entry.set, legend)] : []))
  const more = names.length - LISTED
  return `${what} is in none of its sets: ${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
