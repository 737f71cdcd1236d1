import { addressOf, isSamePod, visiblePod } from '../engine/kubernetes/endpoint.ts'
import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { explainEnd } from '../engine/kubernetes/evaluate.ts'
import { prepareRuleset, walk } from '../engine/netfilter/walk.ts'
import { isCompletedPod, podKey } from '../model/cluster.ts'
import { required } from '../model/assert.ts'
import type { Endpoint, FlowEnd } from '../model/connectivity.ts'
import { parseIpv4, parseIpv4Prefix, prefixContains, type Ipv4 } from '../model/ip.ts'
import { policyKey, policyResource } from '../model/networkPolicy.ts'
import type { Origin } from '../model/origin.ts'
import type { CtState, Packet } from '../model/packet.ts'
import type {
  ExplainedAnswer,
  PacketTrace,
  Reason,
  TracedEnd,
  TracedPacket,
  WalkedRule,
} from '../model/packetTrace.ts'
import type { Ruleset } from '../model/ruleset.ts'
import type { Trace } from '../model/trace.ts'
import { trafficContains } from '../model/traffic.ts'
import type { Analyzed } from './analyze.ts'
import { deviationsOfFlow } from './deviations.ts'
import { podEndpointId } from './endpoints.ts'
import { endLabel, type PacketEnd, type Transport } from './packetEnds.ts'
import { walkedRules, type KernelLegend } from './traceWords.ts'
import { missesOf } from './whyNot.ts'

/** A packet between two ends that were found in the scenario. */
export interface ResolvedPacket {
  readonly src: PacketEnd
  readonly dst: PacketEnd
  readonly transport: Transport
  readonly srcPort: number
  readonly state: CtState
}

/** One packet between two ends of the scenario: both answers with their reasons, and the walk through the node. */
export function tracePacket(analyzed: Analyzed, packet: ResolvedPacket): PacketTrace {
  const { src, dst, transport } = packet
  const self = isSamePod(src.endpoint, dst.endpoint)
  const egress = explainEnd(analyzed.kubernetes, 'egress', src.endpoint, dst.endpoint)
  const ingress = explainEnd(analyzed.kubernetes, 'ingress', dst.endpoint, src.endpoint)
  const kubernetes = self
    ? { answer: 'allowed' as const, reasons: [{ text: 'a pod always reaches itself' }] }
    : promise(analyzed, packet, egress, ingress)
  const traced = tracedPacket(packet, analyzed.analysis.connectivity.endpoints)
  if (self)
    return {
      packet: traced,
      kubernetes,
      dataplane: {
        answer: 'allowed',
        reasons: [{ text: 'the packet stays within the pod’s own network: no rule of the node sees it' }],
      },
      deviations: [],
      notes: [],
      hook: 'FORWARD',
      steps: [],
      mark: 0,
    }
  const walked: Packet = {
    protocol: transport.protocol,
    src: src.address,
    dst: dst.address,
    srcPort: transport.ported ? packet.srcPort : 0,
    dstPort: transport.port,
    ctState: packet.state,
  }
  const { ruleset } = analyzed.analysis
  const trace = walk(prepareRuleset(ruleset), walked)
  const steps = walkedRules(ruleset, walked, trace, legendOf(analyzed))
  const dataplane = { ...enforcement(trace, steps, ruleset, packet.state) }
  const differs =
    kubernetes.answer !== dataplane.answer && kubernetes.answer !== 'undefined' && packet.state === 'NEW'
  return {
    packet: traced,
    kubernetes,
    dataplane,
    deviations: differs ? deviationsOfFlow(analyzed.analysis.deviations, egress, ingress) : [],
    notes: notesOn(packet),
    hook: 'FORWARD',
    steps,
    mark: trace.mark,
    verdict: trace.verdict,
  }
}

function tracedPacket(
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
  const shown = shownEndpoint(endpoint, address, endpoints)
  return { name, address, ...(shown === undefined ? {} : { endpoint: shown.id }) }
}

/** The end in the picture: the pod, or what the picture has for the address: its smallest block, or the outside. */
function shownEndpoint(
  end: KubernetesEndpoint,
  address: Ipv4,
  endpoints: readonly Endpoint[],
): Endpoint | undefined {
  if (end.kind === 'pod') {
    const id = podEndpointId(end.pod.namespace, end.pod.name)
    return endpoints.find(endpoint => endpoint.id === id)
  }
  const node = endpoints.find(endpoint => endpoint.kind === 'pod' && endpoint.address === address)
  if (node !== undefined) return node
  // Wider blocks come first.
  const block = endpoints.findLast(
    endpoint =>
      endpoint.kind === 'cidr' &&
      prefixContains(required(parseIpv4Prefix(endpoint.cidr), endpoint.cidr), address),
  )
  return block ?? endpoints.find(({ kind }) => kind === 'outside')
}

/** What the names and addresses of a scenario's own ruleset stand for. */
export function legendOf({ ruleset, cluster }: Pick<Analyzed, 'ruleset' | 'cluster'>): KernelLegend {
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

function promise(
  analyzed: Analyzed,
  packet: ResolvedPacket,
  egress: FlowEnd,
  ingress: FlowEnd,
): ExplainedAnswer {
  const { src, dst, transport, state } = packet
  const passes = (end: FlowEnd): boolean => trafficContains(end.allowed, transport.point)
  const reasons = [
    endReason(analyzed, packet, egress, src.endpoint, dst.endpoint),
    endReason(analyzed, packet, ingress, dst.endpoint, src.endpoint),
  ]
  const allowed = passes(egress) && passes(ingress)
  if (state === 'INVALID' || state === 'UNTRACKED')
    return {
      answer: 'undefined',
      reasons: [{ text: `policies are about connections; a packet in state ${state} belongs to none` }],
    }
  if (state !== 'NEW')
    return {
      answer: 'allowed',
      reasons: [
        {
          text: `what belongs to an open connection passes, in both directions; a new one from here would be ${allowed ? 'allowed' : 'blocked'}`,
          parts: reasons,
        },
      ],
    }
  if (!transport.ported && (egress.isolated || ingress.isolated))
    return {
      answer: 'undefined',
      reasons: [
        {
          text: `policies speak of TCP, UDP and SCTP alone; ${transport.label} is left to the network plugin`,
        },
      ],
    }
  return { answer: allowed ? 'allowed' : 'blocked', reasons }
}

/** What one end has to say about the packet. */
function endReason(
  analyzed: Analyzed,
  { transport, src, dst }: ResolvedPacket,
  end: FlowEnd,
  self: KubernetesEndpoint,
  peer: KubernetesEndpoint,
): Reason {
  const { direction } = end
  const name = endLabel(direction === 'egress' ? src : dst)
  const other = endLabel(direction === 'egress' ? dst : src)
  if (visiblePod(self) === undefined)
    return {
      text:
        self.kind === 'pod'
          ? `${direction} of ${name}: it runs on its node’s network, so that no policy selects it`
          : `${direction} of ${name}: no pod, so that no policy selects it`,
    }
  if (!end.isolated) return { text: `${direction} of ${name}: no policy isolates it` }
  const allowing = end.policies.flatMap(({ policy, rules }) =>
    rules
      .filter(({ allows }) => trafficContains(allows, transport.point))
      .map(({ path }) => ({ text: `${policy} allows it`, origin: originOf(policy, path) })),
  )
  if (allowing.length > 0) return { text: `${direction} of ${name}: isolated, and allowed`, parts: allowing }
  const key = new Map(analyzed.cluster.policies.map(policy => [policyKey(policy), policy]))
  return {
    text: `${direction} of ${name}: isolated, and no rule allows ${transport.label} ${direction === 'egress' ? 'to' : 'from'} ${other}`,
    parts: end.policies.map(({ policy }) => {
      const object = key.get(policy)
      const misses =
        object === undefined ? [] : missesOf(object, end, peer, analyzed.kubernetes.namespaceLabels)
      return {
        text: `${policy} isolates it`,
        origin: originOf(policy, 'spec.podSelector'),
        parts: misses.map(({ path, reason }) => ({
          text: path.endsWith(']') ? `${path} does not match: ${reason}` : reason,
          origin: originOf(policy, path),
        })),
      }
    }),
  }
}

function originOf(policy: string, path: string): Origin {
  const [namespace = '', name = ''] = policy.split('/')
  return { resource: policyResource({ namespace, name, spec: {} }), path }
}

/** What the walk's end means. */
function enforcement(
  trace: Trace,
  steps: readonly WalkedRule[],
  ruleset: Ruleset,
  state: CtState,
): PacketTrace['dataplane'] {
  const { decidedAt, verdict } = trace
  const rule = decidedAt === undefined ? '' : `rule ${decidedAt.number} of ${decidedAt.chain}`
  const decided = decidedAt === undefined ? {} : { decidedAt }
  if (verdict === 'UNKNOWN')
    return { answer: 'unknown', reasons: [{ text: trace.unknown ?? '' }], ...decided }
  const entered = new Set(steps.map(({ chain }) => chain))
  const chains = ruleset.tables.flatMap(table => table.chains).filter(({ name }) => entered.has(name))
  const speaking = chains.flatMap(({ name, meaning }) =>
    meaning?.kind === 'policy' ? [{ name, meaning }] : [],
  )
  const parts = speaking.map(({ name, meaning }) => {
    const hit = steps.find(step => step.chain === name && step.matched && isAllowing(step))
    const text = `${meaning.direction} of ${meaning.policy} (${name})`
    return hit === undefined
      ? { text: `${text}: no rule allows it`, origin: originOf(meaning.policy, 'spec') }
      : {
          text: `${text}: rule ${hit.number} allows it`,
          ...(hit.origin === undefined ? {} : { origin: hit.origin }),
        }
  })
  const end =
    decidedAt === undefined
      ? 'no rule decides, so that FORWARD’s own verdict counts'
      : verdict === 'ACCEPT'
        ? `${rule} accepts it`
        : `${rule} drops it`
  const why =
    state !== 'NEW' && !entered.has('AZURE-NPM')
      ? `${end}: azure-npm looks at the first packet of a connection only`
      : speaking.length === 0
        ? `${end}: no policy’s chain is for this packet`
        : end
  return {
    answer: verdict === 'ACCEPT' ? 'allowed' : 'blocked',
    reasons: [{ text: why, ...(parts.length === 0 ? {} : { parts }) }],
    ...decided,
  }
}

/** In a policy's chain: a way on with permission, as opposed to the mark that remembers a denial. */
function isAllowing({ action }: WalkedRule): boolean {
  return action === 'accept' || action.startsWith('jump') || action.startsWith('go to')
}

function notesOn({ src, dst }: ResolvedPacket): readonly string[] {
  const notes: string[] = []
  const onNode = ({ endpoint }: PacketEnd) => endpoint.kind === 'pod' && endpoint.pod.hostNetwork
  const isAddress = ({ endpoint }: PacketEnd) => endpoint.kind === 'address'
  if (onNode(src))
    notes.push(
      `${src.name} is its node, as far as the network goes. From there to a pod of the same node the packet passes OUTPUT, where azure-npm has no rule: it arrives. The walk is that of a packet that comes from another node.`,
    )
  if (onNode(dst))
    notes.push(
      `${dst.name} is its node, as far as the network goes. From a pod of the same node the packet passes INPUT, where azure-npm has no rule. The walk is that of a packet that leaves for another node.`,
    )
  if (isAddress(src) && isAddress(dst))
    notes.push('Neither end is a pod: a node meets such a packet only when it routes for others.')
  if (src.endpoint.kind === 'pod' && addressOf(src.endpoint) === addressOf(dst.endpoint))
    notes.push('Both ends have one address.')
  return notes
}
