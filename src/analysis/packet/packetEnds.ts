import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { isCompletedPod, podKey, type Cluster, type Pod } from '../../model/cluster.ts'
import {
  formatIpv4,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
  type Ipv4,
  type Ipv4Prefix,
} from '../../model/ip.ts'
import { compareBytes } from '../../model/order.ts'
import { PROTOCOL_NUMBERS, type CtState, type Packet } from '../../model/packet.ts'
import { failed, ok, type Result } from '../../model/result.ts'
import { OTHER_PROTOCOLS, PROTOCOLS, trafficPoint, usualPort, type Protocol } from '../../model/traffic.ts'
import { representativeAddress } from '../endpoints/endpoints.ts'

/** One end of a packet. */
export interface PacketEnd {
  readonly endpoint: KubernetesEndpoint
  readonly address: Ipv4
  /** `shop/web-1`, or the address. */
  readonly name: string
  /** It is a node, as far as the network goes: a hostNetwork pod, or the address of one. */
  readonly isNode: boolean
  /** What this end stands for, where the question names more than one. */
  readonly notes: readonly string[]
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
  /** What the name of its port stands for, where that is not one thing. */
  readonly notes: readonly string[]
}

/** A packet between two ends that were found in the scenario. */
export interface ResolvedPacket {
  readonly src: PacketEnd
  readonly dst: PacketEnd
  readonly transport: Transport
  readonly srcPort: number
  readonly state: CtState
}

/** As it meets the rules. */
export function walkedPacket({ src, dst, transport, srcPort, state }: ResolvedPacket): Packet {
  const { protocol, port, ported } = transport
  return {
    protocol,
    src: src.address,
    dst: dst.address,
    srcPort: ported ? srcPort : 0,
    dstPort: port,
    ctState: state,
  }
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
 * The pod `NS/NAME` (or the first of the workload of that name); the address with the pod that has it; for a CIDR or
 * `outside` an address that stands for all. The error is a sentence for the user.
 */
export function packetEnd(text: string, cluster: Cluster): Result<PacketEnd, string> {
  if (text === 'outside') return endOfNetwork(text, { address: 0, length: 0 }, cluster)
  const prefix = parseIpv4Prefix(text)
  if (prefix !== undefined)
    return prefix.length === 32
      ? ok(endOfAddress(prefix.address, cluster))
      : endOfNetwork(text, networkOf(prefix), cluster)
  const [namespace = '', name = '', ...more] = text.split('/')
  const inNamespace = cluster.pods.filter(pod => pod.namespace === namespace)
  if (namespace === '' || name === '' || more.length > 0 || LIKE_CIDR.test(text) || LIKE_IPV6.test(text))
    return failed(noEnd(text, text === namespace ? inNamespace : [], cluster))
  const pod = inNamespace.find(one => one.name === name)
  if (pod !== undefined) return endOfPod(pod)
  const made = inNamespace.filter(one => one.workload?.split('/').at(-1) === name)
  const first = made.find(one => !isCompletedPod(one) && one.ip !== '') ?? made[0]
  if (first === undefined) return failed(unknownPod(text, namespace, inNamespace, cluster))
  const end = endOfPod(first)
  if (!end.ok || made.length === 1) return end
  return ok({ ...end.value, notes: [`${end.value.name} stands for the ${made.length} pods of ${text}.`] })
}

const LIKE_CIDR = /^[0-9]+(?:\.[0-9]+){3}\//
const LIKE_IPV6 = /^[0-9a-f]*:[0-9a-f:.]*(?:\/[0-9]+)?$/i

function noEnd(text: string, inNamespace: readonly Pod[], { pods }: Cluster): string {
  if (LIKE_CIDR.test(text)) return `${text} is no IPv4 network: it takes a length of 0–32, as in 10.0.0.0/8`
  if (inNamespace.length > 0)
    return `${text} is a namespace; name one of its pods: ${listed(inNamespace.map(podKey))}`
  if (LIKE_IPV6.test(text))
    return `${text} is IPv6: azure-npm filters no IPv6 packet, and only IPv4 ones are followed here`
  const named = pods.filter(({ name, workload }) => name === text || workload?.split('/').at(-1) === text)
  if (named.length > 0) return `${text} lacks its namespace: ${listed(named.map(podKey))}`
  return `${text} is neither NAMESPACE/POD, an IPv4 address, a CIDR nor outside`
}

function endOfAddress(address: Ipv4, cluster: Cluster): PacketEnd {
  const text = formatIpv4(address)
  const holders = cluster.pods.filter(pod => pod.ip === text && !isCompletedPod(pod))
  const pod = holders.find(({ hostNetwork }) => !hostNetwork)
  return pod === undefined
    ? { endpoint: { kind: 'address', address }, address, name: text, isNode: holders.length > 0, notes: [] }
    : { endpoint: { kind: 'pod', pod }, address, name: podKey(pod), isNode: false, notes: [] }
}

function endOfNetwork(text: string, network: Ipv4Prefix, cluster: Cluster): Result<PacketEnd, string> {
  const address = representativeAddress(cluster, network)
  if (address === undefined) return failed(`every address of ${text} is a pod’s; name the pod`)
  const name = formatIpv4(address)
  const which =
    text === 'outside' ? 'everything outside: no pod, and in no smaller block that policies name' : text
  return ok({ ...endOfAddress(address, cluster), notes: [`${name} stands for ${which}.`] })
}

function endOfPod(pod: Pod): Result<PacketEnd, string> {
  if (isCompletedPod(pod)) return failed(`${podKey(pod)} has ended: its address may be another pod’s by now`)
  const address = parseIpv4(pod.ip)
  if (address !== undefined)
    return ok({
      endpoint: { kind: 'pod', pod },
      address,
      name: podKey(pod),
      isNode: pod.hostNetwork,
      notes: [],
    })
  return failed(
    pod.ip.includes(':')
      ? `${podKey(pod)} has an IPv6 address, ${pod.ip}: azure-npm filters no IPv6 packet, and only IPv4 ones are followed here`
      : `${podKey(pod)} has no IPv4 address${pod.ip === '' ? ' in the input' : `: ${pod.ip}`}`,
  )
}

const SUGGESTED = 5

function listed(names: readonly string[]): string {
  const sorted = names.toSorted(compareBytes)
  const more = sorted.length > SUGGESTED ? ` and ${sorted.length - SUGGESTED} more` : ''
  return `${sorted.slice(0, SUGGESTED).join(', ')}${more}`
}

function unknownPod(text: string, namespace: string, inNamespace: readonly Pod[], cluster: Cluster): string {
  if (cluster.pods.length === 0) return `there is no pod ${text}, nor any other`
  return inNamespace.length > 0
    ? `there is no pod ${text}; in ${namespace} there are ${listed(inNamespace.map(podKey))}`
    : `there is no pod ${text}; there are ${listed([...new Set(cluster.pods.map(pod => `${pod.namespace}/…`))])}`
}

/**
 * `80`, `80/TCP`, `UDP 53`, `http/TCP` (a port's name, which `receiver` resolves), `ICMP` or another protocol without
 * ports.
 * The error is a sentence for the user.
 */
export function transportOf(text: string, receiver?: KubernetesEndpoint): Result<Transport, string> {
  const [first = '', second, ...more] = usualPort(text).split('/')
  const wanted = PROTOCOLS.find(protocol => protocol === (second ?? 'TCP').toUpperCase())
  const portless = second === undefined ? PORTLESS.get(first.toUpperCase()) : undefined
  if (portless !== undefined)
    return ok({
      protocol: portless,
      port: 0,
      point: OTHER_PROTOCOLS,
      label: first.toUpperCase(),
      ported: false,
      notes: [],
    })
  if (more.length > 0 || wanted === undefined || first === '')
    return failed(`${text} is no PORT/PROTOCOL, such as 80/TCP, 53/UDP, 36412/SCTP or ICMP`)
  const port = portNumber(first, wanted, receiver)
  if (!port.ok) return port
  const protocol = PROTOCOL_NUMBERS[wanted.toLowerCase()] ?? 0
  return ok({
    protocol,
    ...port.value,
    point: trafficPoint(wanted, port.value.port),
    label: `${wanted} ${port.value.port}`,
    ported: true,
  })
}

function portNumber(
  text: string,
  protocol: Protocol,
  receiver: KubernetesEndpoint | undefined,
): Result<Pick<Transport, 'port' | 'notes'>, string> {
  if (/^[0-9]+$/.test(text))
    return text.length <= 5 && Number(text) <= 65535
      ? ok({ port: Number(text), notes: [] })
      : failed(`${text} is no port number (0–65535)`)
  if (PROTOCOLS.some(name => name === text.toUpperCase()))
    return failed(`a port is missing: ${text} needs one, 80/${text}`)
  if (receiver?.kind !== 'pod')
    return failed(`${text} is a port’s name, and the destination is no pod that could have it`)
  const { pod } = receiver
  const numbers = pod.containerPorts
    .filter(port => port.name === text && (port.protocol === '' ? 'TCP' : port.protocol) === protocol)
    .map(({ containerPort }) => containerPort)
  const [first] = numbers
  if (first === undefined)
    return failed(`${podKey(pod)} has no ${protocol} port named ${text}: ${declaredPorts(pod)}`)
  const notes =
    new Set(numbers).size === 1
      ? []
      : [
          `${podKey(pod)} has several ${protocol} ports named ${text} (${numbers.join(', ')}), and Kubernetes leaves open which is meant; this packet goes to the first.`,
        ]
  return ok({ port: first, notes })
}

function declaredPorts({ containerPorts }: Pod): string {
  if (containerPorts.length === 0) return 'no port of it is declared'
  const ports = containerPorts.map(({ name, containerPort, protocol }) => {
    const number = `${containerPort}/${protocol === '' ? 'TCP' : protocol}`
    return name === '' ? number : `${name} (${number})`
  })
  return `it has ${listed(ports)}`
}

/** `10.0.0.1 (shop/web)` or the address alone. */
export function endLabel({ name, address }: Pick<PacketEnd, 'name' | 'address'>): string {
  const text = formatIpv4(address)
  return name === text ? text : `${name} (${text})`
}
