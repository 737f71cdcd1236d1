import type { Endpoint } from '../../model/connectivity.ts'
import { networkOf, parseIpv4Prefix, prefixContains, prefixCovers, type Ipv4Prefix } from '../../model/ip.ts'

/** Ends of flows as a person names them. */
export type EndpointQuery =
  | { readonly kind: 'namespace'; readonly namespace: string }
  /** A pod, or the workload that makes pods. */
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'cidr'; readonly prefix: Ipv4Prefix }
  | { readonly kind: 'outside' }

/** Namespaces are DNS labels; an address with a slash is none. */
const NAMESPACE = /^[A-Za-z0-9](?:[-A-Za-z0-9_]*[A-Za-z0-9])?$/
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/

/** `NS`, `NS/*`, `NS/POD`, `NS/WORKLOAD`, an address, a CIDR, `outside`; undefined for other text. */
export function parseEndpointQuery(text: string): EndpointQuery | undefined {
  if (text === 'outside') return { kind: 'outside' }
  const prefix = parseIpv4Prefix(text)
  if (prefix !== undefined) return { kind: 'cidr', prefix: networkOf(prefix) }
  const [namespace = '', name, ...more] = text.split('/')
  if (more.length > 0 || !NAMESPACE.test(namespace)) return undefined
  if (name === undefined || name === '*') return { kind: 'namespace', namespace }
  return NAME.test(name) ? { kind: 'pod', namespace, name } : undefined
}

/** Indexes of the endpoints that the query names: for a CIDR all that have an address in it, pods included. */
export function selectEndpoints(endpoints: readonly Endpoint[], query: EndpointQuery): ReadonlySet<number> {
  const blocks = query.kind === 'cidr' ? blocksOf(endpoints) : []
  const chosen = new Set<number>()
  endpoints.forEach((endpoint, index) => {
    if (isNamed(endpoint, query, blocks)) chosen.add(index)
  })
  return chosen
}

function blocksOf(endpoints: readonly Endpoint[]): readonly Ipv4Prefix[] {
  return endpoints.flatMap(endpoint => {
    const block = endpoint.kind === 'cidr' ? parseIpv4Prefix(endpoint.cidr) : undefined
    return block === undefined ? [] : [block]
  })
}

function isNamed(endpoint: Endpoint, query: EndpointQuery, blocks: readonly Ipv4Prefix[]): boolean {
  switch (query.kind) {
    case 'namespace':
      return endpoint.kind === 'pod' && endpoint.namespace === query.namespace
    case 'pod':
      return (
        endpoint.kind === 'pod' &&
        endpoint.namespace === query.namespace &&
        (endpoint.name === query.name || endpoint.workload?.split('/').at(-1) === query.name)
      )
    case 'cidr':
      return hasAddressIn(endpoint, query.prefix, blocks)
    case 'outside':
      // A policy that names every address leaves no outside of its own.
      return endpoint.kind === 'outside' || (endpoint.kind === 'cidr' && endpoint.cidr === '0.0.0.0/0')
  }
}

function hasAddressIn(endpoint: Endpoint, asked: Ipv4Prefix, blocks: readonly Ipv4Prefix[]): boolean {
  if (endpoint.kind === 'pod') return prefixContains(asked, endpoint.address)
  if (endpoint.kind === 'outside') return leavesRoom(asked, blocks)
  const block = parseIpv4Prefix(endpoint.cidr)
  if (block === undefined) return false
  const holes = endpoint.holes.map(parseIpv4Prefix).filter(hole => hole !== undefined)
  return prefixCovers(asked, block) || (prefixCovers(block, asked) && leavesRoom(asked, holes))
}

/** Whether the network has an address in none of the others. Networks nest or are disjoint. */
function leavesRoom(network: Ipv4Prefix, others: readonly Ipv4Prefix[]): boolean {
  if (others.some(other => prefixCovers(other, network))) return false
  const inside = others.filter(other => prefixCovers(network, other))
  const size = ({ length }: Ipv4Prefix) => 2 ** (32 - length)
  const outermost = inside.filter(
    (one, i) =>
      !inside.some((other, j) => i !== j && prefixCovers(other, one) && (other.length < one.length || j < i)),
  )
  return outermost.reduce((sum, other) => sum + size(other), 0) < size(network)
}
