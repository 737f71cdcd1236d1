import { isCompletedPod, podKey } from '../../model/cluster.ts'
import type { Cluster, Pod } from '../../model/cluster.ts'
import {
  formatIpv4,
  lastAddressOf,
  parseIpv4,
  parseIpv4Prefix,
  prefixContains,
  prefixCovers,
} from '../../model/ip.ts'
import type { Ipv4, Ipv4Prefix } from '../../model/ip.ts'
import { DIRECTIONS, rulesOf } from '../../model/networkPolicy.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import { fnv1a } from './fnv1a.ts'

/** AKS' default ranges: pods (kubenet and overlay), and nodes, of which Azure keeps the first four addresses. */
const POD_RANGE: Range = { first: 0x0af40001, last: 0x0af4fffe }
const NODE_RANGE: Range = { first: 0x0af00004, last: 0x0af0fffe }
/** 10.128.0.0/9, for more pods than a /16 holds at half load. */
const LARGE_RANGE: Range = { first: 0x0a800001, last: 0x0afffffe }
const LARGE = 32768

interface Range {
  readonly first: Ipv4
  readonly last: Ipv4
}

/**
 * Gives an address to every pod without one, completed pods excepted: one of 10.244.0.0/16, for hostNetwork pods one
 * of the nodes' 10.240.0.0/16. It follows from the pod's name alone; only where two pods meet the one later in byte
 * order moves on, so other pods come and go without moving it. Given addresses are never taken, and blocks that
 * policies name inside the range are avoided while there is room. A block that holds the whole range (10.0.0.0/8) holds
 * the pods too, as it would in a real cluster.
 */
export function withAddresses(cluster: Cluster): Cluster {
  const lacking = cluster.pods.filter(pod => pod.ip === '' && !isCompletedPod(pod))
  if (lacking.length === 0) return cluster
  const taken = new Set<Ipv4>()
  for (const pod of cluster.pods) {
    const address = parseIpv4(pod.ip)
    if (address !== undefined) taken.add(address)
  }
  const named = namedBlocks(cluster.policies)
  const given = new Map<Pod, string>()
  const range = lacking.length > LARGE ? LARGE_RANGE : POD_RANGE
  for (const pod of lacking.toSorted((a, b) => compareBytes(podKey(a), podKey(b)))) {
    const within = pod.hostNetwork ? NODE_RANGE : range
    const address = pick(podKey(pod), within, taken, named) ?? pick(podKey(pod), within, taken, [])
    if (address === undefined) continue
    taken.add(address)
    given.set(pod, formatIpv4(address))
  }
  return {
    ...cluster,
    pods: cluster.pods.map(pod => {
      const ip = given.get(pod)
      return ip === undefined ? pod : { ...pod, ip }
    }),
  }
}

/** The first free address from the one that the name points at, around the end of the range if need be. */
function pick(
  name: string,
  { first, last }: Range,
  taken: ReadonlySet<Ipv4>,
  named: readonly Ipv4Prefix[],
): Ipv4 | undefined {
  const size = last - first + 1
  const avoided = named.filter(block => !(prefixContains(block, first) && prefixContains(block, last)))
  let offset = fnv1a(name) % size
  for (let tried = 0; tried < size;) {
    const address = first + offset
    const block = avoided.find(prefix => prefixContains(prefix, address))
    if (block === undefined && !taken.has(address)) return address
    const step = block === undefined ? 1 : Math.min(lastAddressOf(block), last) - address + 1
    tried += step
    offset = (offset + step) % size
  }
  return undefined
}

const NEARBY: Ipv4Prefix = { address: 0x0a800000, length: 9 }

/** The blocks and holes of all policies that lie where pods may get an address. */
function namedBlocks(policies: readonly NetworkPolicy[]): readonly Ipv4Prefix[] {
  const texts = new Set<string>()
  for (const policy of policies)
    for (const direction of DIRECTIONS)
      for (const { peers = [] } of rulesOf(policy, direction))
        for (const { ipBlock } of peers)
          for (const text of [ipBlock?.cidr ?? '', ...(ipBlock?.except ?? [])]) texts.add(text)
  return [...texts]
    .map(parseIpv4Prefix)
    .filter(block => block !== undefined)
    .filter(block => prefixCovers(NEARBY, block))
}
