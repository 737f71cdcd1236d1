import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { knownBlock } from '../model/knownBlocks.ts'
import { compareBytes } from '../model/order.ts'
import type { GraphNode } from '../model/picture.ts'
import { blockPlaces, foldedDetail, foldedTitle, type BlockPlace } from './blockFolds.ts'

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
  const known = knownBlock(cidr)
  const what = known ?? (cidr.endsWith('/32') ? 'one address' : 'CIDR block')
  return exceptOf.length > 0 && namedBy.length === 0 ? `except: ${what}` : what
}

function blockAt(endpoints: readonly Endpoint[], index: number): Block {
  const endpoint = required(endpoints[index], 'endpoint')
  if (endpoint.kind !== 'cidr') throw new Error(`endpoint ${index} is no block`)
  return endpoint
}
