import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { parseIpv4Prefix, prefixCovers, type Ipv4Prefix } from '../model/ip.ts'
import { compareBytes } from '../model/order.ts'
import { plural } from './formatNumber.ts'

/** Up to so many blocks stand beside each other, in one block or at the top, before they fold. */
export const FEW_BLOCKS = 6
/** So many of the largest folds of alike blocks stay apart from the fold of all others. */
const OWN_FOLDS = 3
/** Blocks that hold blocks stay out of a fold as long as they are no more than that. */
const FEW_CONTAINERS = 3
/** As many blocks an unfolding shows; what is left is a fold again. */
const UNFOLD_STEP = 40

/** A block, or several as one; all inside `parent`. */
export interface BlockPlace {
  /** The block's endpoint id or, folded, `blocks:` and the CIDR of the first. */
  readonly id: string
  readonly parent: string | undefined
  /** Endpoint indexes, ascending; those of blocks inside folded blocks too. */
  readonly endpoints: readonly number[]
  readonly folded: boolean
  /** There is room to show them. */
  readonly canUnfold: boolean
  /** Folded: how many stand beside each other in it. */
  readonly count: number
  /** The fold that the block was unfolded from. */
  readonly fold: string | undefined
}

interface Block {
  readonly index: number
  readonly id: string
  readonly cidr: string
  readonly prefix: Ipv4Prefix | undefined
  readonly inside: Block[]
}

/**
 * Every CIDR block inside the smallest one that holds it, many beside each other folded, alike ones together. When that
 * makes more than `most` places, all blocks beside each other fold; unfolding stops where it would make more.
 */
export function blockPlaces(
  endpoints: readonly Endpoint[],
  classOf: (endpoint: number) => number,
  unfolded: readonly string[],
  most: number,
): readonly BlockPlace[] {
  const roots = blockTree(endpoints)
  const folded = placesFor(roots, classOf, new Set(), FEW_BLOCKS, most)
  if (folded.length > most) return placesFor(roots, classOf, new Set(), 1, 0)
  return placesFor(roots, classOf, new Set(unfolded), FEW_BLOCKS, most - folded.length)
}

function blockTree(endpoints: readonly Endpoint[]): readonly Block[] {
  const blocks = endpoints.flatMap((endpoint, index): Block[] =>
    endpoint.kind === 'cidr'
      ? [
          {
            index,
            id: endpoint.id,
            cidr: endpoint.cidr,
            prefix: parseIpv4Prefix(endpoint.cidr),
            inside: [],
          },
        ]
      : [],
  )
  const roots: Block[] = []
  for (const block of blocks) {
    let holder: Block | undefined
    for (const other of blocks)
      if (
        other !== block &&
        other.prefix !== undefined &&
        block.prefix !== undefined &&
        other.prefix.length < block.prefix.length &&
        other.prefix.length > (holder?.prefix?.length ?? -1) &&
        prefixCovers(other.prefix, block.prefix)
      )
        holder = other
    if (holder === undefined) roots.push(block)
    else holder.inside.push(block)
  }
  return roots
}

function placesFor(
  roots: readonly Block[],
  classOf: (endpoint: number) => number,
  unfolded: ReadonlySet<string>,
  few: number,
  room: number,
): readonly BlockPlace[] {
  const places: BlockPlace[] = []
  let left = room
  const plain = (block: Block, parent: string | undefined, fold: string | undefined): void => {
    places.push({
      id: block.id,
      parent,
      endpoints: [block.index],
      folded: false,
      canUnfold: false,
      count: 1,
      fold,
    })
    level(block.inside, block.id)
  }
  const folded = (blocks: readonly Block[], parent: string | undefined, from: string | undefined): void => {
    const [first] = blocks
    if (first === undefined) return
    if (blocks.length === 1) {
      plain(first, parent, from)
      return
    }
    const id = `blocks:${first.cidr}`
    const next = blocks.slice(0, UNFOLD_STEP)
    const cost = next.flatMap(withInner).length
    if (unfolded.has(id) && cost <= left) {
      left -= cost
      for (const block of next) plain(block, parent, id)
      folded(blocks.slice(UNFOLD_STEP), parent, id)
      return
    }
    const members = blocks.flatMap(withInner).sort((a, b) => a - b)
    places.push({
      id,
      parent,
      endpoints: members,
      folded: true,
      canUnfold: cost <= left,
      count: blocks.length,
      fold: undefined,
    })
  }
  const level = (siblings: readonly Block[], parent: string | undefined): void => {
    if (siblings.length <= few) {
      for (const block of siblings) plain(block, parent, undefined)
      return
    }
    const containers = siblings.filter(block => block.inside.length > 0)
    const apart = few > 1 && containers.length <= FEW_CONTAINERS ? containers : []
    for (const block of apart) plain(block, parent, undefined)
    const rest = siblings.filter(block => !apart.includes(block))
    for (const fold of foldsOf(rest, classOf, few - apart.length)) folded(fold, parent, undefined)
  }
  level(roots, undefined)
  return places.sort((a, b) => (a.endpoints[0] ?? 0) - (b.endpoints[0] ?? 0))
}

/** Alike blocks together if that makes at most `few` folds; else the largest of these, and one of all others. */
function foldsOf(
  blocks: readonly Block[],
  classOf: (endpoint: number) => number,
  few: number,
): readonly (readonly Block[])[] {
  const byClass = new Map<string, Block[]>()
  for (const block of blocks) {
    const key = withInner(block).map(classOf).join()
    const own = byClass.get(key)
    if (own === undefined) byClass.set(key, [block])
    else own.push(block)
  }
  const alike = [...byClass.values()]
  if (alike.length <= few) return alike
  const own = new Set(
    alike
      .filter(group => group.length > 1)
      .sort((a, b) => b.length - a.length)
      .slice(0, few > 1 ? OWN_FOLDS : 0),
  )
  const others = alike.filter(group => !own.has(group)).flat()
  return [...alike.filter(group => own.has(group)), others.sort((a, b) => a.index - b.index)]
}

function withInner(block: Block): readonly number[] {
  return [block.index, ...block.inside.flatMap(withInner)]
}

/** `199 blocks in 0.0.0.0/0`, `7 blocks`. */
export function foldedTitle(place: BlockPlace): string {
  const holder = place.parent?.replace(/^cidr:/, '')
  return `${plural(place.count, 'block')}${holder === undefined ? '' : ` in ${holder}`}`
}

/** The first and the last of them by address. */
export function foldedDetail(place: BlockPlace, endpoints: readonly Endpoint[]): string {
  const cidrs = place.endpoints.flatMap(index => {
    const endpoint = required(endpoints[index], 'endpoint')
    return endpoint.kind === 'cidr' ? [endpoint] : []
  })
  const ordered = [...cidrs].sort(
    (a, b) => networkOfBlock(a.cidr) - networkOfBlock(b.cidr) || compareBytes(a.cidr, b.cidr),
  )
  return `${ordered[0]?.cidr ?? ''} … ${ordered.at(-1)?.cidr ?? ''}`
}

function networkOfBlock(cidr: string): number {
  return parseIpv4Prefix(cidr)?.address ?? 0
}
