import { isCompletedPod, type Cluster, type Pod } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import {
  formatIpv4,
  lastAddressOf,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
  prefixContains,
  prefixCovers,
  type Ipv4,
  type Ipv4Prefix,
} from '../../model/ip.ts'
import { compareBytes } from '../../model/order.ts'
import { DIRECTIONS, policyKey, rulesOf, type Direction } from '../../model/networkPolicy.ts'

/** A network that policies name, with the policies that do. */
interface NamedBlock {
  readonly prefix: Ipv4Prefix
  readonly namedBy: Set<string>
  readonly exceptOf: Set<string>
}

/**
 * Addresses that a reader knows to be somewhere on the internet (documentation ranges first), tried before any
 * other for a block they lie in.
 */
const FAMILIAR: readonly Ipv4[] = ['203.0.113.9', '198.51.100.9', '192.0.2.9', '8.8.8.8', '1.1.1.1'].map(
  text => parseIpv4(text) ?? 0,
)

/** What a pod endpoint is called everywhere: `pod:ns/name`. */
export function podEndpointId(namespace: string, name: string): string {
  return `pod:${namespace}/${name}`
}

/**
 * All ends that a flow may have: live pods with an IPv4 address, in byte order of `ns/name`; then each block that a
 * policy names (as `cidr` or `except`) and that has an address of its own, widest first; then the rest of the world,
 * unless a policy names 0.0.0.0/0. `isIsolated` is Kubernetes' reading.
 */
export function endpointsOf(
  cluster: Cluster,
  isIsolated: (pod: Pod, direction: Direction) => boolean,
): readonly Endpoint[] {
  const pods = podEndpoints(cluster, isIsolated)
  const taken = new Set(pods.map(pod => pod.address))
  return [...pods, ...blockEndpoints(namedBlocks(cluster), taken)]
}

function podEndpoints(
  cluster: Cluster,
  isIsolated: (pod: Pod, direction: Direction) => boolean,
): (Endpoint & { readonly kind: 'pod' })[] {
  const endpoints = livePods(cluster).map(({ pod, address }) => ({
    kind: 'pod' as const,
    id: podEndpointId(pod.namespace, pod.name),
    namespace: pod.namespace,
    name: pod.name,
    labels: pod.labels,
    address,
    hostNetwork: pod.hostNetwork,
    assumed: pod.assumed ?? false,
    ...(pod.workload !== undefined && { workload: pod.workload }),
    isolated: { ingress: isIsolated(pod, 'ingress'), egress: isIsolated(pod, 'egress') },
  }))
  return endpoints.sort((a, b) => compareBytes(a.id, b.id))
}

/** Pods that have not ended and have an IPv4 address. */
function livePods(cluster: Cluster): readonly { readonly pod: Pod; readonly address: Ipv4 }[] {
  return cluster.pods.flatMap(pod => {
    const address = parseIpv4(pod.ip)
    return address === undefined || isCompletedPod(pod) ? [] : [{ pod, address }]
  })
}

/** The IPv4 networks named in rules of directions that `policyTypes` lists, host bits masked, widest first. */
function namedBlocks(cluster: Cluster): readonly NamedBlock[] {
  const blocks = new Map<string, NamedBlock>()
  const blockOf = (text: string): NamedBlock | undefined => {
    const prefix = parseIpv4Prefix(text)
    if (prefix === undefined) return undefined
    const network = networkOf(prefix)
    const key = `${network.address}/${network.length}`
    const block = blocks.get(key) ?? { prefix: network, namedBy: new Set(), exceptOf: new Set() }
    blocks.set(key, block)
    return block
  }
  for (const policy of cluster.policies)
    for (const direction of DIRECTIONS) {
      if (policy.spec.policyTypes?.includes(direction === 'ingress' ? 'Ingress' : 'Egress') !== true) continue
      for (const rule of rulesOf(policy, direction))
        for (const peer of rule.peers ?? []) {
          if (peer.ipBlock === undefined) continue
          blockOf(peer.ipBlock.cidr ?? '')?.namedBy.add(policyKey(policy))
          for (const except of peer.ipBlock.except ?? []) blockOf(except)?.exceptOf.add(policyKey(policy))
        }
    }
  return [...blocks.values()].sort(
    (a, b) => a.prefix.length - b.prefix.length || a.prefix.address - b.prefix.address,
  )
}

/**
 * The address that stands for a network: in none of the smaller blocks that policies name and no pod's, where there
 * is such a one. For a block that is an endpoint it is that endpoint's. Undefined when pods have all its addresses.
 */
export function representativeAddress(cluster: Cluster, network: Ipv4Prefix): Ipv4 | undefined {
  const taken = new Set(livePods(cluster).map(({ address }) => address))
  const smaller = namedBlocks(cluster)
    .map(({ prefix }) => prefix)
    .filter(prefix => prefix.length > network.length && prefixCovers(network, prefix))
  return freeAddress(network, smaller, taken) ?? freeAddress(network, [], taken)
}

function blockEndpoints(blocks: readonly NamedBlock[], taken: ReadonlySet<Ipv4>): readonly Endpoint[] {
  const everything: Ipv4Prefix = { address: 0, length: 0 }
  // Blocks nest or are disjoint, so that those inside a block follow it in this order.
  const inOrder = blocks
    .map(({ prefix }) => prefix)
    .sort((a, b) => a.address - b.address || a.length - b.length)
  const place = new Map(inOrder.map((prefix, index) => [prefix, index]))
  const outermostIn = (outer: Ipv4Prefix, from: number): readonly Ipv4Prefix[] => {
    const last = lastAddressOf(outer)
    const kept: Ipv4Prefix[] = []
    for (let i = from, next = -1; i < inOrder.length; i++) {
      const prefix = inOrder[i]
      if (prefix === undefined || prefix.address > last) break
      if (prefix.address <= next) continue
      kept.push(prefix)
      next = lastAddressOf(prefix)
    }
    return kept
  }
  const endpoints = blocks.flatMap<Endpoint>(({ prefix, namedBy, exceptOf }) => {
    const holes = outermostIn(prefix, (place.get(prefix) ?? -1) + 1)
    const address = freeAddress(prefix, holes, taken)
    if (address === undefined) return []
    const cidr = cidrText(prefix)
    return [
      {
        kind: 'cidr',
        id: `cidr:${cidr}`,
        cidr,
        address,
        holes: holes.map(cidrText),
        namedBy: [...namedBy].sort(compareBytes),
        exceptOf: [...exceptOf].sort(compareBytes),
      },
    ]
  })
  if (blocks[0]?.prefix.length === 0) return endpoints
  const rest = freeAddress(everything, outermostIn(everything, 0), taken)
  return rest === undefined ? endpoints : [...endpoints, { kind: 'outside', id: 'outside', address: rest }]
}

function cidrText(prefix: Ipv4Prefix): string {
  return `${formatIpv4(prefix.address)}/${prefix.length}`
}

/** An address of the block that is in none of the holes and no pod's; undefined when there is none. Holes by address. */
function freeAddress(
  block: Ipv4Prefix,
  holes: readonly Ipv4Prefix[],
  taken: ReadonlySet<Ipv4>,
): Ipv4 | undefined {
  const free = (ip: Ipv4): boolean => !taken.has(ip) && !holes.some(hole => prefixContains(hole, ip))
  const familiar = FAMILIAR.find(ip => prefixContains(block, ip) && free(ip))
  if (familiar !== undefined) return familiar
  const last = lastAddressOf(block)
  // The network's own address is a poor example of a host, so it comes last.
  const start = block.length < 31 ? block.address + 1 : block.address
  let candidate = start
  for (let hole = 0; candidate <= last;) {
    const next = holes[hole]
    if (next !== undefined && candidate >= next.address) {
      candidate = Math.max(candidate, lastAddressOf(next) + 1)
      hole++
    } else if (taken.has(candidate)) candidate++
    else return candidate
  }
  return free(block.address) ? block.address : undefined
}
