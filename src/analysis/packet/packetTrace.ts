import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { prepareRuleset } from '../../engine/netfilter/preparedRuleset.ts'
import { walk } from '../../engine/netfilter/walk.ts'
import { isCompletedPod, podKey } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { parseIpv4, parseIpv4Prefix, prefixContains, type Ipv4 } from '../../model/ip.ts'
import type { PacketTrace, TracedEnd, TracedPacket } from '../../model/packetTrace.ts'
import type { WholeAnalysis } from '../../model/protocol.ts'
import type { Assessment } from '../assess.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'
import { podEndpointId } from '../endpoints/endpoints.ts'
import { enforcedAnswer } from './enforcedAnswer.ts'
import { walkedPacket, type PacketEnd, type ResolvedPacket } from './packetEnds.ts'
import { endNotes, notesOn, wayPastForward } from './packetNotes.ts'
import { packetSummary } from './packetSummary.ts'
import { promisedAnswer } from './promisedAnswer.ts'
import { walkedRules, type KernelLegend } from './traceWords.ts'

/**
 * One packet between two ends of the scenario: both answers with their reasons, and the walk through the rules that
 * the policies give.
 */
export function tracePacket(
  analyzed: Assessment & { readonly analysis: Pick<WholeAnalysis, 'ruleset' | 'failures' | 'deviations'> },
  packet: ResolvedPacket,
): PacketTrace {
  const { src, dst, state } = packet
  const egress = explainEnd(analyzed.kubernetes, 'egress', src.endpoint, dst.endpoint)
  const ingress = explainEnd(analyzed.kubernetes, 'ingress', dst.endpoint, src.endpoint)
  const kubernetes = promisedAnswer(analyzed, packet, egress, ingress)
  const traced: Omit<PacketTrace, 'dataplane' | 'notes' | 'mark'> = {
    packet: tracedPacket(packet, analyzed.connectivity.endpoints),
    kubernetes,
    deviations: [],
    hook: 'FORWARD',
    steps: [],
  }
  const notes = endNotes(packet)
  const past = wayPastForward(packet)
  if (past !== undefined)
    return {
      ...traced,
      dataplane: { answer: 'allowed', reasons: [{ text: past }] },
      notes: [...notes, ...notesOn(packet, 'allowed', egress.isolated || ingress.isolated)],
      mark: 0,
    }
  const walked = walkedPacket(packet)
  const { ruleset } = analyzed.analysis
  const trace = walk(prepareRuleset(ruleset), walked)
  const steps = walkedRules(ruleset, walked, trace, legendOf(analyzed))
  const dataplane = enforcedAnswer(analyzed.analysis, { trace, steps, state, ends: [egress, ingress] })
  const differs = kubernetes.answer !== dataplane.answer && kubernetes.answer !== 'undefined'
  const summary = packetSummary({ packet, kubernetes, dataplane, egress, ingress })
  return {
    ...traced,
    dataplane,
    ...(summary === undefined ? {} : { summary }),
    deviations: differs ? deviationsOfFlow(analyzed.analysis.deviations, egress, ingress) : [],
    notes: [...notes, ...notesOn(packet, dataplane.answer, egress.isolated || ingress.isolated)],
    steps,
    mark: trace.mark,
    verdict: trace.verdict,
  }
}

/** What the names and addresses of a scenario's own ruleset stand for. */
export function legendOf({ ruleset, cluster }: Pick<Assessment, 'ruleset' | 'cluster'>): KernelLegend {
  const addresses = new Map<Ipv4, string>()
  for (const pod of cluster.pods) {
    const address = parseIpv4(pod.ip)
    if (address !== undefined && !pod.hostNetwork && !isCompletedPod(pod)) addresses.set(address, podKey(pod))
  }
  const chains = new Map<string, string>()
  for (const table of ruleset.tables)
    for (const { name, meaning } of table.chains)
      if (meaning?.kind === 'policy') chains.set(name, `${meaning.direction} of ${meaning.policy}`)
  return {
    sets: new Map(ruleset.sets.map(({ name, prefixedNames = [] }) => [name, prefixedNames])),
    chains,
    addresses,
  }
}

/** The packet with its ends as the picture knows them. */
export function tracedPacket(
  { src, dst, transport, srcPort, state }: ResolvedPacket,
  endpoints: readonly Endpoint[],
): TracedPacket {
  const { protocol, label, ported, port } = transport
  return {
    src: tracedEnd(src, endpoints),
    dst: tracedEnd(dst, endpoints),
    protocol,
    label,
    ported,
    srcPort: ported ? srcPort : 0,
    dstPort: port,
    state,
  }
}

function tracedEnd({ name, address, endpoint }: PacketEnd, endpoints: readonly Endpoint[]): TracedEnd {
  const shown =
    endpoint.kind === 'pod'
      ? endpoints.find(({ id }) => id === podEndpointId(endpoint.pod.namespace, endpoint.pod.name))
      : shownAddress(address, endpoints)
  return { name, address, ...(shown === undefined ? {} : { endpoint: shown.id }) }
}

/** What the picture has for an address that no pod of its own has: a node, the smallest block, the outside. */
function shownAddress(address: Ipv4, endpoints: readonly Endpoint[]): Endpoint | undefined {
  const holds = (cidr: string): boolean => {
    const prefix = parseIpv4Prefix(cidr)
    return prefix !== undefined && prefixContains(prefix, address)
  }
  return (
    endpoints.find(endpoint => endpoint.kind === 'pod' && endpoint.address === address) ??
    // Wider blocks come first.
    endpoints.findLast(endpoint => endpoint.kind === 'cidr' && holds(endpoint.cidr)) ??
    endpoints.find(({ kind }) => kind === 'outside')
  )
}
