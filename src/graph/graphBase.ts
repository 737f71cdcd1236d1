import type { Connectivity, Endpoint } from '../model/connectivity.ts'
import { parseIpv4Prefix, prefixContains, type Ipv4 } from '../model/ip.ts'
import type { GraphBase } from './answers.ts'

/**
 * Another state to compare with. Pods are the same by name, blocks by the smallest block there that holds their address,
 * so that a block which only one side's policies name is compared with what was said about its addresses before.
 */
export function graphBaseOf(endpoints: readonly Endpoint[], base: Connectivity): GraphBase {
  const byId = new Map(base.endpoints.map((endpoint, index) => [endpoint.id, base.classOf[index] ?? -1]))
  const blocks = base.endpoints.flatMap((endpoint, index) => {
    const prefix = endpoint.kind === 'cidr' ? parseIpv4Prefix(endpoint.cidr) : undefined
    return prefix === undefined ? [] : [{ prefix, own: base.classOf[index] ?? -1 }]
  })
  const taken = new Set(base.endpoints.flatMap(({ kind, address }) => (kind === 'pod' ? [address] : [])))
  const ofAddress = (address: Ipv4): number => {
    // An address that was a pod's says nothing about the block around it.
    if (taken.has(address)) return -1
    let best: (typeof blocks)[number] | undefined
    for (const block of blocks)
      if (prefixContains(block.prefix, address) && block.prefix.length > (best?.prefix.length ?? -1))
        best = block
    return best?.own ?? byId.get('outside') ?? -1
  }
  return {
    connectivity: base,
    classOf: Int32Array.from(endpoints, endpoint =>
      endpoint.kind === 'pod'
        ? (byId.get(endpoint.id) ?? -1)
        : (byId.get(endpoint.id) ?? ofAddress(endpoint.address)),
    ),
  }
}
