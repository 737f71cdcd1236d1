import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { isCompletedPod, podKey, type Cluster, type Pod } from '../model/cluster.ts'
import { formatIpv4, parseIpv4, type Ipv4 } from '../model/ip.ts'
import { compareBytes } from '../model/order.ts'
import { PROTOCOL_NUMBERS, type CtState } from '../model/packet.ts'
import { failed, ok, type Result } from '../model/result.ts'
import { OTHER_PROTOCOLS, PROTOCOLS, trafficPoint, type Protocol } from '../model/traffic.ts'

/** One end of a packet. */
export interface PacketEnd {
  readonly endpoint: KubernetesEndpoint
  readonly address: Ipv4
  /** `shop/web-1`, or the address. */
  readonly name: string
}

/** What a packet carries: TCP, UDP or SCTP to a port, or another protocol. */
export interface Transport {
  /** IP protocol number. */
  readonly protocol: number
  readonly port: number
  /** Its place in a TrafficSet. */
  readonly point: number
  /** `TCP 80`, `ICMP` */
  readonly label: string
  readonly ported: boolean
}

/** Protocols without ports that a packet may be asked about by name. */
const PORTLESS: ReadonlyMap<string, number> = new Map([
  ['ICMP', 1],
  ['IGMP', 2],
  ['GRE', 47],
  ['ESP', 50],
  ['AH', 51],
])

export const CT_STATES: readonly CtState[] = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']

/**
 * The pod `NS/NAME` (or the first of the workload of that name), or the address with the pod that has it. The error is
 * a sentence for the user.
 */
export function packetEnd(text: string, cluster: Cluster): Result<PacketEnd, string> {
  const address = parseIpv4(text)
  if (address !== undefined) {
    const holder = cluster.pods.find(pod => pod.ip === text && !isCompletedPod(pod) && !pod.hostNetwork)
    return ok(
      holder === undefined
        ? { endpoint: { kind: 'address', address }, address, name: text }
        : { endpoint: { kind: 'pod', pod: holder }, address, name: podKey(holder) },
    )
  }
  const [namespace = '', name = '', ...more] = text.split('/')
  if (namespace === '' || name === '' || more.length > 0)
    return failed(`${text} is neither NAMESPACE/POD nor an IPv4 address`)
  const inNamespace = cluster.pods.filter(pod => pod.namespace === namespace)
  const pod =
    inNamespace.find(one => one.name === name) ??
    inNamespace.find(one => one.workload?.split('/').at(-1) === name)
  return pod === undefined ? failed(unknownPod(text, namespace, inNamespace, cluster)) : endOfPod(pod)
}

function endOfPod(pod: Pod): Result<PacketEnd, string> {
  if (isCompletedPod(pod)) return failed(`${podKey(pod)} has ended: its address may be another pod’s by now`)
  const address = parseIpv4(pod.ip)
  if (address === undefined)
    return failed(`${podKey(pod)} has no IPv4 address${pod.ip === '' ? ' in the input' : `: ${pod.ip}`}`)
  return ok({ endpoint: { kind: 'pod', pod }, address, name: podKey(pod) })
}

const SUGGESTED = 5

function unknownPod(text: string, namespace: string, inNamespace: readonly Pod[], cluster: Cluster): string {
  const [where, names] =
    inNamespace.length > 0
      ? [`in ${namespace} there are`, inNamespace.map(podKey)]
      : ['there are', [...new Set(cluster.pods.map(pod => `${pod.namespace}/…`))]]
  const sorted = names.toSorted(compareBytes)
  if (sorted.length === 0) return `there is no pod ${text}, nor any other`
  const more = sorted.length > SUGGESTED ? ` and ${sorted.length - SUGGESTED} more` : ''
  return `there is no pod ${text}; ${where} ${sorted.slice(0, SUGGESTED).join(', ')}${more}`
}

/**
 * `80`, `80/TCP`, `http/TCP` (a port's name, which `receiver` resolves), `ICMP` or another protocol without ports.
 * The error is a sentence for the user.
 */
export function transportOf(text: string, receiver?: KubernetesEndpoint): Result<Transport, string> {
  const [first = '', second, ...more] = text.split('/')
  const wanted = PROTOCOLS.find(protocol => protocol === (second ?? 'TCP').toUpperCase())
  const portless = second === undefined ? PORTLESS.get(first.toUpperCase()) : undefined
  if (portless !== undefined)
    return ok({
      protocol: portless,
      port: 0,
      point: OTHER_PROTOCOLS,
      label: first.toUpperCase(),
      ported: false,
    })
  if (more.length > 0 || wanted === undefined || first === '')
    return failed(`${text} is no PORT/PROTOCOL, such as 80/TCP, 53/UDP, 36412/SCTP or ICMP`)
  const port = portNumber(first, wanted, receiver)
  if (typeof port === 'string') return failed(port)
  const protocol = PROTOCOL_NUMBERS[wanted.toLowerCase()] ?? 0
  return ok({ protocol, port, point: trafficPoint(wanted, port), label: `${wanted} ${port}`, ported: true })
}

function portNumber(
  text: string,
  protocol: Protocol,
  receiver: KubernetesEndpoint | undefined,
): number | string {
  if (/^[0-9]+$/.test(text))
    return text.length <= 5 && Number(text) <= 65535 ? Number(text) : `${text} is no port number (0–65535)`
  if (PROTOCOLS.some(name => name === text.toUpperCase()))
    return `a port is missing: ${text} needs one, 80/${text}`
  if (receiver?.kind !== 'pod')
    return `${text} is a port’s name, and the destination is no pod that could have it`
  const named = receiver.pod.containerPorts.find(
    port => port.name === text && (port.protocol === '' ? 'TCP' : port.protocol) === protocol,
  )
  return named?.containerPort ?? `${podKey(receiver.pod)} has no ${protocol} port named ${text}`
}

/** `10.0.0.1 (shop/web)` or the address alone. */
export function endLabel({ name, address }: Pick<PacketEnd, 'name' | 'address'>): string {
  const text = formatIpv4(address)
  return name === text ? text : `${name} (${text})`
}
