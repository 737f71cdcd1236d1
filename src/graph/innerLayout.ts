import type { GraphFlow, Rect } from '../model/picture.ts'
import { fitBoxes, leafSize, type Nesting } from './boxes.ts'
import { boundsOf, moved } from './geometry.ts'
import { columnsByFlow, meanOrder } from './ranks.ts'

/** Where the flows inside a namespace lead. */
export type Orientation = 'right' | 'down'

const GAP = 22
/** Between nodes of one rank with flows between them: room for a label. */
const TALKING_GAP = 62
/** Between ranks: room for a label. */
const RANK_GAP = { right: 112, down: 58 } as const
/** As many nodes side by side before a rank becomes a block. */
const STACK = { right: 8, down: 4 } as const
/** As many blocks below each other before there is a second column. */
const BLOCK_STACK = 10

/** The box that is drawn for a root with these leaves. */
export function fitRoot(leaves: ReadonlyMap<string, Rect> | undefined, root: string, nesting: Nesting): Rect {
  const fitted = fitBoxes(leaves ?? new Map<string, Rect>(), { ...nesting, roots: [root] })
  return fitted.get(root) ?? boundsOf([...fitted.values()]) ?? { x: 0, y: 0, width: 0, height: 0 }
}

/** The leaves of one root relative to each other. */
export function innerLayout(
  root: string,
  nesting: Nesting,
  flows: readonly GraphFlow[],
  orientation: Orientation,
): ReadonlyMap<string, Rect> {
  const children = nesting.children.get(root)
  const node = nesting.nodes.get(root)
  if (children === undefined)
    return new Map(node === undefined ? [] : [[root, { x: 0, y: 0, ...leafSize(node) }]])
  return node === undefined
    ? ranksInside(children, nesting, flows, orientation)
    : blocksInside(children, nesting, flows)
}

/** Blocks inside a block stand below each other, many of them in columns. */
function blocksInside(
  children: readonly string[],
  nesting: Nesting,
  flows: readonly GraphFlow[],
): ReadonlyMap<string, Rect> {
  const leaves = new Map<string, Rect>()
  const stack = Math.max(BLOCK_STACK, Math.ceil(Math.sqrt(children.length) * 1.6))
  let x = 0
  for (let start = 0; start < children.length; start += stack) {
    let y = 0
    let width = 0
    for (const child of children.slice(start, start + stack)) {
      const part = innerLayout(child, nesting, flows, 'right')
      const box = fitRoot(part, child, nesting)
      for (const [id, rect] of part) leaves.set(id, moved(rect, x - box.x, y - box.y))
      y += box.height + GAP
      width = Math.max(width, box.width)
    }
    x += width + GAP
  }
  return leaves
}

/** Pods in ranks along the flows among them. A large rank becomes a block about as wide as high rather than a tower. */
function ranksInside(
  children: readonly string[],
  nesting: Nesting,
  flows: readonly GraphFlow[],
  orientation: Orientation,
): ReadonlyMap<string, Rect> {
  const own = new Set(children)
  const inside = flows.filter(flow => own.has(flow.source) && own.has(flow.target))
  const self = new Map(children.map(child => [child, child]))
  const leaves = new Map<string, Rect>()
  const across = orientation === 'right'
  let along = 0
  for (const rank of columnsByFlow(children, inside)) {
    const ordered = meanOrder(rank, self, inside, id => {
      const rect = leaves.get(id)
      if (rect === undefined) return undefined
      return across ? rect.y + rect.height / 2 : rect.x + rect.width / 2
    })
    const sizes = new Map(
      ordered.map(id => {
        const leaf = nesting.nodes.get(id)
        return [id, leaf === undefined ? { width: 0, height: 0 } : leafSize(leaf)]
      }),
    )
    const ownRank = new Set(rank)
    const talking =
      rank.length <= STACK.down && inside.some(flow => ownRank.has(flow.source) && ownRank.has(flow.target))
    const width = Math.max(...[...sizes.values()].map(size => size.width))
    const height = Math.max(...[...sizes.values()].map(size => size.height))
    const lines = across ? Math.sqrt(ordered.length) * 1.6 : Math.sqrt(ordered.length)
    const stack = Math.max(STACK[orientation], Math.ceil(lines))
    for (let start = 0; start < ordered.length; start += stack) {
      const line = ordered.slice(start, start + stack)
      const step = across
        ? height + (talking ? TALKING_GAP : GAP)
        : width + (talking ? RANK_GAP.right : GAP * 1.5)
      line.forEach((id, index) => {
        const aside = Math.round((index - (line.length - 1) / 2) * step - (across ? height : width) / 2)
        leaves.set(id, across ? { x: along, y: aside, width, height } : { x: aside, y: along, width, height })
      })
      along += (across ? width : height) + (start + stack < ordered.length ? GAP : 0)
    }
    along += RANK_GAP[orientation]
  }
  return leaves
}
