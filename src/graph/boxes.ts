import { boundsOf } from './geometry.ts'
import { LOOK_MARKS } from './looks.ts'
import type { GraphGroup, GraphModel, GraphNode, Rect } from '../model/picture.ts'

/** Room inside a box around what it holds. */
export const PADDING = 18
/** Height of a namespace's title, and of the top part of a block that holds smaller blocks. */
export const GROUP_HEADER = 40
/** Of a lane that has a line about why. */
const REASONED_HEADER = 58
/** No lane is wider for that line than its widest node may be. */
const REASON_WIDTH = 330
const BLOCK_HEADER = 58

const NODE_HEIGHT = 54
const LONG_HEIGHT = 64
/** As many characters of a detail fit into one line of the widest node. */
const LONG = 40
/** A monospaced guess: the core cannot measure text, and what is longer is cut with an ellipsis. */
const CHARACTER = 8.3
const MONOSPACED = 7.4

/** What stands inside what: the ids of the children by the id of a group or of a block. */
export interface Nesting {
  readonly children: ReadonlyMap<string, readonly string[]>
  /** Groups and nodes that stand in nothing, in the model's order. */
  readonly roots: readonly string[]
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly groups: ReadonlyMap<string, GraphGroup>
}

export function nestingOf(model: Pick<GraphModel, 'groups' | 'nodes'>): Nesting {
  const nodes = new Map(model.nodes.map(node => [node.id, node]))
  const children = new Map<string, string[]>(model.groups.map(group => [group.id, []]))
  const roots = model.groups.map(group => group.id)
  for (const node of model.nodes) {
    const known = node.parent !== undefined && (children.has(node.parent) || nodes.has(node.parent))
    if (node.parent === undefined || !known) {
      roots.push(node.id)
      continue
    }
    const siblings = children.get(node.parent)
    if (siblings === undefined) children.set(node.parent, [node.id])
    else siblings.push(node.id)
  }
  return { children, roots, nodes, groups: new Map(model.groups.map(group => [group.id, group])) }
}

/** Whether there are three lines in it: its detail, a reason as a rule, takes two, or there is a status too. */
export function isLong(node: GraphNode): boolean {
  return node.status !== undefined || node.detail.length > LONG
}

/** The lines below the title; the status has a mark before its words. A detail alone may take two. */
export function linesBelow({
  detail,
  status,
}: GraphNode): readonly { readonly text: string; readonly status: boolean }[] {
  const plain = (text: string) => ({ text, status: false })
  if (status === undefined) return detail === '' ? [] : [plain(detail)]
  const own = { text: `${LOOK_MARKS[status.look]} ${status.text}`, status: true }
  return status.reason === '' ? [plain(detail), own] : [own, plain(status.reason)]
}

/** The size of a node that holds nothing. */
export function leafSize(node: GraphNode): { readonly width: number; readonly height: number } {
  const title = node.kind === 'cidr' ? MONOSPACED : CHARACTER
  const below = Math.max(0, ...linesBelow(node).map(line => line.text.length * (line.status ? 7.6 : 6.9)))
  const times = node.kind === 'pods' && node.canUnfold ? ` ×${node.endpoints.length}`.length : 0
  const text = Math.max((node.title.length + times) * title, below)
  const chips = (node.isolated.ingress ? 1 : 0) + (node.isolated.egress ? 1 : 0)
  const extra =
    (node.kind === 'pods' ? 58 : 54) +
    38 * Math.min(1, chips) +
    (node.canUnfold || node.fold !== undefined ? 30 : 0)
  const most = isLong(node) && node.status === undefined ? 340 : node.kind === 'pods' ? 280 : 300
  return {
    width: Math.round(Math.min(most, Math.max(150, text + extra))),
    height: isLong(node) ? LONG_HEIGHT : NODE_HEIGHT,
  }
}

export function headerOf(id: string, nesting: Nesting): number {
  if (nesting.nodes.has(id)) return BLOCK_HEADER
  return nesting.groups.get(id)?.reason === undefined ? GROUP_HEADER : REASONED_HEADER
}

/** The box around what `id` holds, wide enough for its own title. */
function boxAround(id: string, inside: readonly Rect[], nesting: Nesting): Rect | undefined {
  const inner = boundsOf(inside)
  if (inner === undefined) return undefined
  const header = headerOf(id, nesting)
  const node = nesting.nodes.get(id)
  const title = node === undefined ? titleWidth(id, nesting.groups.get(id)) : leafSize(node).width
  return {
    x: inner.x - PADDING,
    y: inner.y - header,
    width: Math.max(inner.width + 2 * PADDING, title),
    height: inner.height + header + PADDING,
  }
}

function titleWidth(id: string, group: GraphGroup | undefined): number {
  if (group?.kind !== 'lane') return id.length * CHARACTER + 90
  // Beside its title is the number of peers.
  const title = group.namespace.length * CHARACTER + 80
  return Math.max(title, Math.min(REASON_WIDTH, (group.reason?.length ?? 0) * 6.9 + 32))
}

/** Draws every box anew around what it holds; the rectangles of leaves stay. */
export function fitBoxes(leaves: ReadonlyMap<string, Rect>, nesting: Nesting): Map<string, Rect> {
  const rects = new Map<string, Rect>()
  const fit = (id: string): Rect | undefined => {
    const children = nesting.children.get(id)
    const rect =
      children === undefined
        ? leaves.get(id)
        : boxAround(
            id,
            children.flatMap(child => fit(child) ?? []),
            nesting,
          )
    if (rect !== undefined) rects.set(id, rect)
    return rect
  }
  for (const root of nesting.roots) fit(root)
  return rects
}

/** The part of a node that edges are tied to: all of it, or its header when smaller blocks lie in it. */
export function anchorOf(id: string, rects: ReadonlyMap<string, Rect>, nesting: Nesting): Rect | undefined {
  const rect = rects.get(id)
  if (rect === undefined || !nesting.children.has(id)) return rect
  return { ...rect, height: Math.min(rect.height, headerOf(id, nesting)) }
}

/** Everything below `id`, itself included. */
export function familyOf(id: string, nesting: Nesting): readonly string[] {
  return [id, ...(nesting.children.get(id) ?? []).flatMap(child => familyOf(child, nesting))]
}
