import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { compareBytes } from '../model/order.ts'
import { blockPlaces, foldedDetail, foldedTitle, type BlockPlace } from './blockFolds.ts'
import type { GraphNode } from './graphModel.ts'

/** Addresses that a reader of policies meets everywhere. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  '0.0.0.0/0': 'any address',
  '169.254.169.254/32': 'instance metadata',
  '168.63.129.16/32': 'Azure platform: DNS, health probes',
  '10.0.0.0/8': 'private network',
  '172.16.0.0/12': 'private network',
  '192.168.0.0/16': 'private network',
  '100.64.0.0/10': 'carrier-grade NAT range',
  '169.254.0.0/16': 'link-local range',
}

type Block = Endpoint & { readonly kind: 'cidr' }

const COMMON = {
  namespace: undefined,
  namespaces: [],
  assumed: false,
  hostNetwork: false,
  isolated: { ingress: false, egress: false },
  policies: { ingress: [], egress: [] },
  within: undefined,
} as const

/** CIDR blocks, each inside the smallest block that holds it, at most `most` nodes of them, and the rest of the world. */
export function outerNodes(
  endpoints: readonly Endpoint[],
  classOf: Int32Array,
  unfolded: readonly string[],
  most: number,
): readonly GraphNode[] {
  const blocks = blockPlaces(endpoints, index => classOf[index] ?? -1, unfolded, most - 1).map(place =>
    place.folded ? foldNode(place, endpoints) : blockNode(place, endpoints),
  )
  const outside = endpoints.flatMap<GraphNode>((endpoint, index) =>
    endpoint.kind === 'outside'
      ? [
          {
            ...COMMON,
            id: endpoint.id,
            kind: 'outside',
            parent: undefined,
            endpoints: [index],
            title: 'everything else',
            detail: 'every other address',
            exceptOf: [],
            namedBy: [],
            canUnfold: false,
            fold: undefined,
          },
        ]
      : [],
  )
  return [...blocks, ...outside]
}

function blockNode(place: BlockPlace, endpoints: readonly Endpoint[]): GraphNode {
  const block = blockAt(endpoints, place.endpoints[0] ?? -1)
  return {
    ...COMMON,
    id: place.id,
    kind: 'cidr',
    parent: place.parent,
    endpoints: place.endpoints,
    title: block.cidr.replace(/\/32$/, ''),
    detail: blockDetail(block),
    exceptOf: block.exceptOf,
    namedBy: block.namedBy,
    canUnfold: false,
    fold: place.fold,
  }
}

function foldNode(place: BlockPlace, endpoints: readonly Endpoint[]): GraphNode {
  const blocks = place.endpoints.map(index => blockAt(endpoints, index))
  const all = (part: 'exceptOf' | 'namedBy'): readonly string[] =>
    [...new Set(blocks.flatMap(block => block[part]))].sort(compareBytes)
  return {
    ...COMMON,
    id: place.id,
    kind: 'cidr',
    parent: place.parent,
    endpoints: place.endpoints,
    title: foldedTitle(place),
    detail: foldedDetail(place, endpoints),
    exceptOf: all('exceptOf'),
    namedBy: all('namedBy'),
    canUnfold: place.canUnfold,
    fold: undefined,
  }
}

function blockDetail({ cidr, exceptOf, namedBy }: Block): string {
  const known = Object.hasOwn(WELL_KNOWN, cidr) ? WELL_KNOWN[cidr] : undefined
  const what = known ?? (cidr.endsWith('/32') ? 'one address' : 'CIDR block')
  return exceptOf.length > 0 && namedBy.length === 0 ? `except: ${what}` : what
}

function blockAt(endpoints: readonly Endpoint[], index: number): Block {
  const endpoint = required(endpoints[index], 'endpoint')
  if (endpoint.kind !== 'cidr') throw new Error(`endpoint ${index} is no block`)
  return endpoint
}
