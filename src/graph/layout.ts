import { compareBytes } from '../model/order.ts'
import type { GraphFlow, GraphLayout, Rect } from '../model/picture.ts'
import { fitBoxes, nestingOf, type Nesting } from './boxes.ts'
import { moved } from './geometry.ts'
import type { BuiltGraph } from './graphModel.ts'
import { fitRoot, innerLayout, type Orientation } from './innerLayout.ts'
import { columnsByFlow, meanOrder } from './ranks.ts'
import { settle } from './settle.ts'
import { isSystemNamespace } from './systemNamespaces.ts'

const COLUMN_GAP = 120
const OUTSIDE_GAP = 180
const GROUP_GAP = 34
/** Below what holds nothing: closed namespaces are many. */
const LEAF_GAP = 24
const LEAF_HEIGHT = 70
/** The pane that a picture should fit at a readable size. */
const PANE = { width: 660, height: 640 }
/** How much larger another arrangement must be before it replaces one that follows the flows better. */
const CLEARLY = 1.12

/**
 * Lanes: whom policies name as senders on the left, namespaces in the middle, other blocks and the outside on the
 * right. Of a few arrangements of the middle the one that is largest in a pane. With `previous`, what did not change
 * stays where it was. Deterministic.
 */
export function layoutLanes(
  model: Pick<BuiltGraph, 'groups' | 'nodes' | 'flows'>,
  previous?: GraphLayout,
): GraphLayout {
  const nesting = nestingOf(model)
  const plan = planOf(nesting, model.flows)
  let best: { readonly place: () => GraphLayout; readonly scale: number } | undefined
  for (const orientation of ['right', 'down'] as const) {
    const inner = new Map(
      nesting.roots.map(root => [root, innerLayout(root, nesting, plan.flows, orientation)]),
    )
    const boxes = new Map(nesting.roots.map(root => [root, fitRoot(inner.get(root), root, nesting)]))
    for (const columns of arrangements(plan, boxes, orientation)) {
      const scale = scaleOf(plan, columns, boxes)
      if (best === undefined || scale > best.scale * CLEARLY)
        best = { scale, place: () => fitBoxes(placeLanes(plan, columns, inner, boxes), nesting) }
    }
  }
  const fresh = best?.place() ?? new Map<string, Rect>()
  return previous === undefined ? fresh : settle(fresh, previous, nesting)
}

interface Plan {
  /** Flows that pass under a policy: they give the picture its direction. */
  readonly flows: readonly GraphFlow[]
  readonly rootOf: ReadonlyMap<string, string>
  readonly senders: readonly string[]
  /** Namespaces along the flows, by rank. */
  readonly ranked: readonly (readonly string[])[]
  /** Namespaces that serve all others. */
  readonly system: readonly string[]
  readonly receivers: readonly string[]
}

function planOf(nesting: Nesting, all: readonly GraphFlow[]): Plan {
  const governed = all.filter(flow => flow.kind.governed)
  const flows = governed.filter(flow => flow.verdict !== 'blocked' && flow.verdict !== 'unrestricted')
  const rootOf = new Map<string, string>()
  const mark = (id: string, root: string): void => {
    rootOf.set(id, root)
    for (const child of nesting.children.get(id) ?? []) mark(child, root)
  }
  for (const root of nesting.roots) mark(root, root)
  const isOuter = (root: string): boolean => {
    const kind = nesting.nodes.get(root)?.kind
    return kind === 'cidr' || kind === 'outside'
  }
  const outer = nesting.roots.filter(isOuter)
  const senders = sendingMore(outer, rootOf, governed)
  const namespaces = nesting.roots.filter(root => !isOuter(root))
  const rootFlows = flows.map(flow => ({
    source: rootOf.get(flow.source) ?? '',
    target: rootOf.get(flow.target) ?? '',
  }))
  return {
    flows,
    rootOf,
    senders: outer.filter(root => senders.has(root)),
    ranked: columnsByFlow(
      namespaces.filter(root => !isSystem(root)),
      rootFlows,
    ).map(column => column.sort(byName)),
    system: namespaces.filter(isSystem).sort(byName),
    receivers: outer.filter(root => !senders.has(root)),
  }
}

function isSystem(root: string): boolean {
  return /^(ns|namespace):/.test(root) && isSystemNamespace(root.slice(root.indexOf(':') + 1))
}

function byName(a: string, b: string): number {
  return compareBytes(a.slice(a.indexOf(':')), b.slice(b.indexOf(':')))
}

/** Of whom policies speak more often as a sender than as a receiver. */
function sendingMore(
  outer: readonly string[],
  rootOf: ReadonlyMap<string, string>,
  governed: readonly GraphFlow[],
): ReadonlySet<string> {
  const balance = new Map(outer.map(root => [root, 0]))
  const count = (id: string, step: number): void => {
    const root = rootOf.get(id) ?? ''
    const now = balance.get(root)
    if (now !== undefined) balance.set(root, now + step)
  }
  for (const flow of governed) {
    count(flow.source, 1)
    count(flow.target, -1)
  }
  return new Set(outer.filter(root => (balance.get(root) ?? 0) > 0))
}

type Columns = readonly (readonly string[])[]

/** Ways to stand the namespaces in columns, those that follow the flows first. */
function arrangements(
  { ranked, system }: Plan,
  boxes: ReadonlyMap<string, Rect>,
  orientation: Orientation,
): readonly Columns[] {
  const all = [...ranked.flat(), ...system]
  // The system's stand below the others, out of the way of the flows that lead from one to the next.
  const lowest = leastHigh(ranked, boxes)
  const byRank = ranked.map(column => (column === lowest ? [...column, ...system] : column))
  const options: Columns[] = [lowest === undefined ? [system] : byRank]
  if (orientation === 'right' || all.length > 1)
    for (let count = 1; count <= Math.min(all.length, 24); count++) options.push(balanced(all, count, boxes))
  return options
}

function heightOf(column: readonly string[], boxes: ReadonlyMap<string, Rect>): number {
  const height = column.reduce((sum, root) => sum + heightWithGap(boxes.get(root)), 0)
  const last = boxes.get(column.at(-1) ?? '')
  return height - (heightWithGap(last) - (last?.height ?? 0))
}

/** Of a box and the room that is kept free below it. */
function heightWithGap(box: Rect | undefined): number {
  const height = box?.height ?? 0
  return height + (height <= LEAF_HEIGHT ? LEAF_GAP : GROUP_GAP)
}

/** The last of the least high columns. */
function leastHigh(columns: Columns, boxes: ReadonlyMap<string, Rect>): readonly string[] | undefined {
  let best: readonly string[] | undefined
  for (const column of columns)
    if (best === undefined || heightOf(column, boxes) <= heightOf(best, boxes)) best = column
  return best
}

/** `count` columns of about the same height, in the given order. */
function balanced(all: readonly string[], count: number, boxes: ReadonlyMap<string, Rect>): Columns {
  const target = heightOf(all, boxes) / count
  const columns: string[][] = []
  let height = Infinity
  for (const root of all) {
    const own = heightWithGap(boxes.get(root))
    if (height + own / 2 > target && columns.length < count) {
      columns.push([])
      height = 0
    }
    columns.at(-1)?.push(root)
    height += own
  }
  return columns
}

function placeLanes(
  plan: Plan,
  columns: Columns,
  inner: ReadonlyMap<string, ReadonlyMap<string, Rect>>,
  boxes: ReadonlyMap<string, Rect>,
): ReadonlyMap<string, Rect> {
  const leaves = new Map<string, Rect>()
  let x = 0
  const place = (lanes: Columns): void => {
    for (const column of lanes) {
      let y = -heightOf(column, boxes) / 2
      let width = 0
      for (const root of column) {
        const box = boxes.get(root)
        if (box === undefined) continue
        for (const [id, rect] of inner.get(root) ?? [])
          leaves.set(id, moved(rect, Math.round(x - box.x), Math.round(y - box.y)))
        y += heightWithGap(box)
        width = Math.max(width, box.width)
      }
      x += width + COLUMN_GAP
    }
    if (lanes.some(column => column.length > 0)) x += OUTSIDE_GAP - COLUMN_GAP
  }
  const centre = (id: string): number | undefined => {
    const rect = leaves.get(id)
    return rect === undefined ? undefined : rect.y + rect.height / 2
  }
  place(outerLanes(plan.senders, columns, boxes))
  place(columns)
  place(outerLanes(meanOrder(plan.receivers, plan.rootOf, plan.flows, centre), columns, boxes))
  return leaves
}

/** As many outer blocks below each other as the middle is high. */
function outerLanes(roots: readonly string[], middle: Columns, boxes: ReadonlyMap<string, Rect>): Columns {
  if (roots.length === 0) return []
  const room = Math.max(PANE.height, ...middle.map(column => heightOf(column, boxes)))
  return balanced(roots, Math.ceil(heightOf(roots, boxes) / room), boxes)
}

/** About the zoom at which all of it is seen; more than readable is no better. */
function scaleOf(plan: Plan, columns: Columns, boxes: ReadonlyMap<string, Rect>): number {
  const parts = [
    outerLanes(plan.senders, columns, boxes),
    columns,
    outerLanes(plan.receivers, columns, boxes),
  ]
  let width = 0
  let height = 0
  for (const lanes of parts) {
    for (const column of lanes) {
      width += Math.max(0, ...column.map(root => boxes.get(root)?.width ?? 0)) + COLUMN_GAP
      height = Math.max(height, heightOf(column, boxes))
    }
    if (lanes.some(column => column.length > 0)) width += OUTSIDE_GAP - COLUMN_GAP
  }
  return Math.min(1, PANE.width / Math.max(1, width - OUTSIDE_GAP), PANE.height / Math.max(1, height))
}
