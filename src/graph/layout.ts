import { compareBytes } from '../model/order.ts'
import { fitBoxes, leafSize, nestingOf, type Nesting } from './boxes.ts'
import { boundsOf, moved, type Rect } from './geometry.ts'
import type { GraphFlow, GraphModel } from './graphModel.ts'
import { columnsByFlow, meanOrder } from './ranks.ts'
import { settle } from './settle.ts'

/** Where everything stands, by node and group id. Boxes hold what is in them. */
export type GraphLayout = ReadonlyMap<string, Rect>

const GAP = 22
/** Between columns inside a namespace: room for a label. */
const RANK_GAP = 112
const COLUMN_GAP = 130
const OUTSIDE_GAP = 235
const GROUP_GAP = 34
/** Columns higher than this are wrapped. */
const TALL = 900
/** As many nodes below each other in one namespace. */
const STACK = 8

/**
 * Lanes: who only sends on the left, namespaces in columns along the flows, blocks and the outside on the right. With
 * `previous`, what did not change stays where it was. Deterministic, O(nodes + flows).
 */
export function layoutLanes(
  model: Pick<GraphModel, 'groups' | 'nodes' | 'flows'>,
  previous?: GraphLayout,
): GraphLayout {
  const nesting = nestingOf(model)
  const fresh = fitBoxes(freshLeaves(nesting, model.flows), nesting)
  return previous === undefined ? fresh : settle(fresh, previous, nesting)
}

/** Flows that pass under a policy: they give the picture its direction. */
function openFlows(flows: readonly GraphFlow[]): readonly GraphFlow[] {
  return flows.filter(flow => flow.verdict !== 'blocked' && flow.verdict !== 'unrestricted')
}

function freshLeaves(nesting: Nesting, all: readonly GraphFlow[]): ReadonlyMap<string, Rect> {
  const governed = all.filter(flow => flow.kind.governed)
  const flows = openFlows(governed)
  const rootOf = new Map<string, string>()
  const mark = (id: string, root: string): void => {
    rootOf.set(id, root)
    for (const child of nesting.children.get(id) ?? []) mark(child, root)
  }
  for (const root of nesting.roots) mark(root, root)

  const inner = new Map(nesting.roots.map(root => [root, innerLayout(root, nesting, flows)]))
  const isOuter = (root: string): boolean => {
    const kind = nesting.nodes.get(root)?.kind
    return kind === 'cidr' || kind === 'outside'
  }
  const namespaces = nesting.roots.filter(root => !isOuter(root))
  const outer = nesting.roots.filter(isOuter)
  const senders = outer.filter(root => sendsMore(root, rootOf, governed))
  const receivers = outer.filter(root => !senders.includes(root))

  const leaves = new Map<string, Rect>()
  let x = 0
  const place = (columns: readonly (readonly string[])[], gap: number): void => {
    for (const column of columns) {
      const boxes = column.map(root => fitRoot(inner.get(root), root, nesting))
      const height = boxes.reduce((sum, box) => sum + box.height + GROUP_GAP, -GROUP_GAP)
      let y = -height / 2
      column.forEach((root, index) => {
        const box = boxes[index]
        if (box === undefined) return
        for (const [id, rect] of inner.get(root) ?? [])
          leaves.set(id, moved(rect, Math.round(x - box.x), Math.round(y - box.y)))
        y += box.height + GROUP_GAP
      })
      x += Math.max(0, ...boxes.map(box => box.width)) + gap
    }
  }
  const heights = new Map(nesting.roots.map(root => [root, fitRoot(inner.get(root), root, nesting).height]))
  const rootFlows = flows.map(flow => ({
    source: rootOf.get(flow.source) ?? '',
    target: rootOf.get(flow.target) ?? '',
  }))
  const ranked = columnsByFlow(
    namespaces.filter(root => !isSystem(root)),
    rootFlows,
  ).map(column => column.sort(byName))
  const system = namespaces.filter(isSystem).sort(byName)
  const lowest = shortest(ranked, heights)
  const columns = (
    lowest === undefined ? [system] : ranked.map(c => (c === lowest ? [...c, ...system] : c))
  ).flatMap(column => wrap(column, heights))
  const centre = (id: string): number | undefined => {
    const rect = leaves.get(id)
    return rect === undefined ? undefined : rect.y + rect.height / 2
  }
  if (senders.length > 0) {
    place(wrap(senders, heights), COLUMN_GAP)
    x += OUTSIDE_GAP - COLUMN_GAP
  }
  place(columns, COLUMN_GAP)
  if (columns.length > 0) x += OUTSIDE_GAP - COLUMN_GAP
  const outsideOrder = meanOrder(receivers, rootOf, flows, centre)
  place(wrap(outsideOrder, heights), COLUMN_GAP)
  return leaves
}

/** Namespaces that serve all others: below them, out of the way of the flows that lead from one to the next. */
function isSystem(root: string): boolean {
  return /^(ns|namespace):(kube-|gatekeeper-|calico-|tigera-|azure-)/.test(root)
}

function byName(a: string, b: string): number {
  return compareBytes(a.slice(a.indexOf(':')), b.slice(b.indexOf(':')))
}

/** Whether policies speak more often about what comes from there than about what goes there. */
function sendsMore(
  root: string,
  rootOf: ReadonlyMap<string, string>,
  governed: readonly GraphFlow[],
): boolean {
  let balance = 0
  for (const flow of governed) {
    if (rootOf.get(flow.source) === root) balance++
    if (rootOf.get(flow.target) === root) balance--
  }
  return balance > 0
}

function fitRoot(leaves: ReadonlyMap<string, Rect> | undefined, root: string, nesting: Nesting): Rect {
  const fitted = fitBoxes(leaves ?? new Map(), { ...nesting, roots: [root] })
  return fitted.get(root) ?? boundsOf([...fitted.values()]) ?? { x: 0, y: 0, width: 0, height: 0 }
}

/** The leaves of one root relative to each other. */
function innerLayout(root: string, nesting: Nesting, flows: readonly GraphFlow[]): ReadonlyMap<string, Rect> {
  const children = nesting.children.get(root)
  const leaves = new Map<string, Rect>()
  const node = nesting.nodes.get(root)
  if (children === undefined) {
    if (node !== undefined) leaves.set(root, { x: 0, y: 0, ...leafSize(node) })
    return leaves
  }
  if (node !== undefined) {
    // A block: the blocks inside it below each other.
    let y = 0
    for (const child of children) {
      const part = innerLayout(child, nesting, flows)
      const box = fitRoot(part, child, nesting)
      for (const [id, rect] of part) leaves.set(id, moved(rect, -box.x, y - box.y))
      y += box.height + GAP
    }
    return leaves
  }
  const own = new Set(children)
  const inside = flows.filter(flow => own.has(flow.source) && own.has(flow.target))
  const self = new Map(children.map(child => [child, child]))
  let x = 0
  for (const rank of columnsByFlow(children, inside)) {
    const ordered = meanOrder(rank, self, inside, id => {
      const rect = leaves.get(id)
      return rect === undefined ? undefined : rect.y + rect.height / 2
    })
    // A large rank becomes a block about as wide as high rather than a tower.
    const high = Math.max(STACK, Math.ceil(Math.sqrt(ordered.length) * 1.6))
    for (let start = 0; start < ordered.length; start += high) {
      const stack = ordered.slice(start, start + high)
      const sizes = stack.map(id => {
        const leaf = nesting.nodes.get(id)
        return leaf === undefined ? { width: 0, height: 0 } : leafSize(leaf)
      })
      const width = Math.max(...sizes.map(size => size.width))
      const height = sizes.reduce((sum, size) => sum + size.height + GAP, -GAP)
      let y = -height / 2
      stack.forEach((id, index) => {
        const size = sizes[index] ?? { width, height: 0 }
        leaves.set(id, { x, y: Math.round(y), width, height: size.height })
        y += size.height + GAP
      })
      x += width + (start + high < ordered.length ? GAP * 2 : 0)
    }
    x += RANK_GAP
  }
  return leaves
}

/** The last of the least high columns. */
function shortest(columns: readonly string[][], heights: ReadonlyMap<string, number>): string[] | undefined {
  const height = (column: readonly string[]): number =>
    column.reduce((sum, root) => sum + (heights.get(root) ?? 0), 0)
  return columns.reduce<string[] | undefined>(
    (best, column) => (best === undefined || height(column) <= height(best) ? column : best),
    undefined,
  )
}

/** A column cut into several when it is too high. */
function wrap(roots: readonly string[], heights: ReadonlyMap<string, number>): string[][] {
  const total = roots.reduce((sum, root) => sum + (heights.get(root) ?? 0) + GROUP_GAP, 0)
  // Square-ish for very many.
  const limit = Math.max(TALL, Math.sqrt(total * 340))
  const columns: string[][] = []
  let height = Infinity
  for (const root of roots) {
    const own = (heights.get(root) ?? 0) + GROUP_GAP
    if (height + own > limit) {
      columns.push([])
      height = 0
    }
    columns.at(-1)?.push(root)
    height += own
  }
  return columns
}
