import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { printRule } from '../../engine/netfilter/printIptables.ts'
import { prepareRuleset, type PreparedRuleset } from '../../engine/netfilter/preparedRuleset.ts'
import { walk } from '../../engine/netfilter/walk.ts'
import { required } from '../../model/assert.ts'
import type { Connectivity, Endpoint, FlowExplanation, SampleWalk } from '../../model/connectivity.ts'
import type { Ipv4 } from '../../model/ip.ts'
import { PROTOCOL_NUMBERS, type Packet } from '../../model/packet.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import {
  differingTraffic,
  intersectTraffic,
  portIntervals,
  PORT_TRAFFIC,
  subtractTraffic,
  trafficContains,
  trafficPoint,
  type PortInterval,
  type Protocol,
  type TrafficSet,
} from '../../model/traffic.ts'
import type { Analyzed } from '../analyze.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'

/** Destination ports that read well as an example, tried before others. */
const FAMILIAR_PORTS: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 443],
  ['UDP', 53],
  ['TCP', 8080],
]

/** An unprivileged source port, as a client would have. */
const CLIENT_PORT = 40000

/**
 * Everything about the flow between two endpoints, by their ids: what each end's policies allow, what the node's
 * rules do with a packet, and the known reasons where the two differ. Undefined when no policy speaks about the
 * pair or an id is unknown (the scenario has changed since it was shown).
 */
export function explainFlow(
  analyzed: Assessment & Pick<Analyzed, 'analysis'>,
  src: string,
  dst: string,
): FlowExplanation | undefined {
  const { ruleset, deviations } = analyzed.analysis
  const verdicts = verdictsOf(analyzed.connectivity, src, dst)
  if (verdicts === undefined) return undefined
  const source = asKubernetes(verdicts.src, analyzed.pods)
  const destination = asKubernetes(verdicts.dst, analyzed.pods)
  const egress = explainEnd(analyzed.kubernetes, 'egress', source, destination)
  const ingress = explainEnd(analyzed.kubernetes, 'ingress', destination, source)
  const differs = differingTraffic(verdicts.kubernetes, verdicts.dataplane).length > 0
  return {
    src,
    dst,
    kubernetes: verdicts.kubernetes,
    dataplane: verdicts.dataplane,
    egress,
    ingress,
    deviations: differs
      ? [...new Set(deviationsOfFlow(deviations, egress, ingress).map(({ id }) => id))]
      : [],
    samples: isSelf(source, destination)
      ? []
      : sampleWalks(ruleset, verdicts.src.address, verdicts.dst.address, verdicts.dataplane),
  }
}

function isSelf(src: KubernetesEndpoint, dst: KubernetesEndpoint): boolean {
  return src.kind === 'pod' && dst.kind === 'pod' && src.pod === dst.pod
}

interface PairVerdicts {
  readonly src: Endpoint
  readonly dst: Endpoint
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
}

function verdictsOf(connectivity: Connectivity, src: string, dst: string): PairVerdicts | undefined {
  const { endpoints, classOf, traffic } = connectivity
  const s = endpoints.findIndex(endpoint => endpoint.id === src)
  const d = endpoints.findIndex(endpoint => endpoint.id === dst)
  if (s < 0 || d < 0) return undefined
  const pair = connectivity.pair(classOf[s] ?? -1, classOf[d] ?? -1)
  const kubernetes = traffic[pair.kubernetes]
  const dataplane = traffic[pair.dataplane]
  if (kubernetes === undefined || dataplane === undefined) return undefined
  return {
    src: required(endpoints[s], 'source'),
    dst: required(endpoints[d], 'destination'),
    kubernetes,
    dataplane,
  }
}

/** One packet that gets through and one that does not, where there are such. */
function sampleWalks(ruleset: Ruleset, src: Ipv4, dst: Ipv4, accepted: TrafficSet): readonly SampleWalk[] {
  const prepared = prepareRuleset(ruleset)
  const through = intersectTraffic(accepted, PORT_TRAFFIC)
  return [through, subtractTraffic(PORT_TRAFFIC, through)].flatMap(set => {
    const sample = samplePort(set)
    return sample === undefined ? [] : [sampleWalk(ruleset, prepared, src, dst, sample)]
  })
}

function samplePort(set: TrafficSet): { readonly protocol: Protocol; readonly port: number } | undefined {
  const familiar = FAMILIAR_PORTS.find(([protocol, port]) =>
    trafficContains(set, trafficPoint(protocol, port)),
  )
  if (familiar !== undefined) return { protocol: familiar[0], port: familiar[1] }
  const first: PortInterval | undefined = portIntervals(set).ports[0]
  return first === undefined ? undefined : { protocol: first.protocol, port: first.from }
}

function sampleWalk(
  ruleset: Ruleset,
  prepared: PreparedRuleset,
  src: Ipv4,
  dst: Ipv4,
  { protocol, port }: { readonly protocol: Protocol; readonly port: number },
): SampleWalk {
  const packet: Packet = {
    protocol: required(PROTOCOL_NUMBERS[protocol.toLowerCase()], protocol),
    src,
    dst,
    srcPort: CLIENT_PORT,
    dstPort: port,
    ctState: 'NEW',
  }
  const trace = walk(prepared, packet)
  const path = trace.steps
    .filter(step => step.matched)
    .map(({ table, chain, number }) => {
      const chains = ruleset.tables.find(({ name }) => name === table)?.chains
      const rule = chains?.find(({ name }) => name === chain)?.rules[number - 1]
      return { table, chain, number, text: printRule(chain, required(rule, 'rule of a step')) }
    })
  return { label: `${protocol} ${port}`, trace, path }
}
