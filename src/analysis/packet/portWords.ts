import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { visiblePod } from '../../engine/kubernetes/endpoint.ts'
import { demandOf, namedPortsOf, resolveDemand, NO_NAMED_PORTS } from '../../engine/kubernetes/policyPorts.ts'
import { podKey } from '../../model/cluster.ts'
import type { DirectedRule, PolicyPort } from '../../model/networkPolicy.ts'
import { portIntervals, trafficContains } from '../../model/traffic.ts'
import type { Transport } from './packetEnds.ts'
import { code, type SelectorMiss } from './selectorWords.ts'

/** One entry of a rule's `ports`. */
export interface RulePort {
  /** `spec.ingress[0].ports[1]` */
  readonly path: string
  readonly entry: PolicyPort
  readonly protocol: string
  readonly contains: (transport: Transport, receiver: KubernetesEndpoint) => boolean
}

export function rulePorts({ path, ports = [] }: DirectedRule): readonly RulePort[] {
  return ports.map((entry, i) => ({
    path: `${path}.ports[${i}]`,
    entry,
    protocol: entry.protocol ?? 'TCP',
    contains: ({ point }, receiver) => trafficContains(resolved(entry, receiver), point),
  }))
}

/** What an entry lets through towards a receiver (K18). */
function resolved(entry: PolicyPort, receiver: KubernetesEndpoint): readonly number[] {
  const demand = demandOf([entry])
  const pod = visiblePod(receiver)
  return resolveDemand(demand, pod === undefined ? NO_NAMED_PORTS : namedPortsOf(pod, new Set(demand.names)))
}

/** What an entry is for: `443/TCP`, `8443–8444/TCP`, `all of UDP`; a name with its number at the receiver. */
export function portWords(port: RulePort, receiver: KubernetesEndpoint): string {
  const { entry, protocol } = port
  if (entry.port === undefined) return `all of ${protocol}`
  const words = `${numberWords(entry)}/${protocol}`
  return typeof entry.port === 'string' ? `${words}: ${nameWords(port, receiver)}` : words
}

function numberWords({ port, endPort }: PolicyPort): string {
  return endPort === undefined || endPort === port ? String(port) : `${port}–${endPort}`
}

/** `443, 8443–8444/TCP; 53/UDP`: entries of one protocol together, in their order. */
function entriesWords(entries: readonly RulePort[]): string {
  const byProtocol = new Map<string, RulePort[]>()
  for (const entry of entries) {
    const same = byProtocol.get(entry.protocol)
    if (same === undefined) byProtocol.set(entry.protocol, [entry])
    else same.push(entry)
  }
  return [...byProtocol]
    .map(([protocol, same]) =>
      same.some(({ entry }) => entry.port === undefined)
        ? `all of ${protocol}`
        : `${same.map(({ entry }) => numberWords(entry)).join(', ')}/${protocol}`,
    )
    .join('; ')
}

/**
 * Why none of a rule's ports is the packet's; undefined where one is, or where the rule names none. `path` is that of
 * the list. Names that mean nothing at the receiver, or another number, are told one by one.
 */
export function portMiss(
  ports: readonly RulePort[],
  path: string,
  transport: Transport,
  receiver: KubernetesEndpoint,
): (SelectorMiss & { readonly unresolved: readonly SelectorMiss[] }) | undefined {
  if (ports.length === 0 || ports.some(port => port.contains(transport, receiver))) return undefined
  const [protocol] = transport.label.split(' ')
  const sameProtocol = ports.every(port => port.protocol === protocol)
  const what = !transport.ported
    ? transport.label
    : sameProtocol
      ? `port ${transport.port}`
      : `${transport.port}/${protocol ?? ''}`
  const named = ports.filter(({ entry }) => typeof entry.port === 'string')
  return {
    path: ports.length === 1 ? (ports[0]?.path ?? path) : path,
    text: `${what} is not among ${entriesWords(ports)}`,
    unresolved: named.map(port => ({ path: `${port.path}.port`, text: nameWords(port, receiver) })),
  }
}

/** What the name of a port means for the one that receives. */
function nameWords({ entry, protocol }: RulePort, receiver: KubernetesEndpoint): string {
  const name = code(String(entry.port))
  const pod = visiblePod(receiver)
  if (pod === undefined)
    return receiver.kind === 'pod'
      ? `${name} cannot be resolved: ${podKey(receiver.pod)} is on its node’s network`
      : `${name} cannot be resolved: the destination is no pod, and Kubernetes leaves open what the name means there`
  const { ports } = portIntervals(resolved(entry, receiver))
  const numbers = ports.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => String(from + i)),
  )
  return numbers.length === 0
    ? `${name} cannot be resolved: ${podKey(pod)} has no ${protocol} port of that name`
    : `${name} is ${numbers.join(' and ')} at ${podKey(pod)}`
}
