import type { GraphEdge, Point, Rect, Route } from '../model/picture.ts'
import { anchorOf, headerOf, type Nesting } from './boxes.ts'
import { bottomOf, centreOf, containsPoint, rightOf } from './geometry.ts'
import { CAREFUL_EDGES, placeLabels } from './labels.ts'
import { STOP_RING } from './looks.ts'

type Side = 'left' | 'right' | 'top' | 'bottom'

interface Ends {
  readonly edge: GraphEdge
  readonly from: Rect
  readonly to: Rect
  readonly fromSide: Side
  readonly toSide: Side
}

/** Above it, lines go straight through what is in between: detours no longer help to read the picture. */
const DETOUR_EDGES = 120
const LEAST_DISTANCE = 30
const PORT_STEP = 15
/** Lines that lead down side by side leave room for each other's labels. */
const LABEL_STEP = 78
const SAMPLES = 18
/** Room that a mark at an end takes. */
const MARK = 13

const OUTWARD: Readonly<Record<Side, Point>> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
}

/** A curve for every edge whose ends have a place, with spread ends, around nodes where that is possible. */
export function routeEdges(
  edges: readonly GraphEdge[],
  rects: ReadonlyMap<string, Rect>,
  nesting: Nesting,
): ReadonlyMap<string, Route> {
  const leaves = [...rects].filter(([id]) => !nesting.children.has(id))
  const ends = edges.flatMap(edge => endsOf(edge, rects, nesting, leaves))
  const ports = spreadPorts(ends)
  const curves = ends.map(({ edge, from, to, fromSide, toSide }, index) => {
    const [start, end] = ports[index] ?? [centreOf(from), centreOf(to)]
    const others = leaves.filter(([id]) => id !== edge.source && id !== edge.target).map(([, rect]) => rect)
    return {
      edge,
      curve:
        edges.length > DETOUR_EDGES
          ? [direct(start, fromSide, end, toSide)]
          : aroundNodes(start, fromSide, end, toSide, others),
    }
  })
  const lines = curves.map(({ edge, curve }) => ({ edge, points: curve.flatMap(sample) }))
  const marks = lines.length > CAREFUL_EDGES ? [] : curves.flatMap(({ edge, curve }) => marksOf(edge, curve))
  const labels = placeLabels(lines, [...leaves.map(([, rect]) => rect), ...titles(rects, nesting), ...marks])
  return new Map(
    curves.map(({ edge, curve }, index) => [
      edge.id,
      {
        path: pathOf(curve),
        points: lines[index]?.points ?? [],
        startAngle: angleOf(curve[0], 'start'),
        endAngle: angleOf(curve.at(-1), 'end'),
        label: labels.get(edge.id),
      },
    ]),
  )
}

/** Where the marks at the ends of a line are drawn: no label covers them. */
function marksOf({ back }: GraphEdge, curve: readonly Cubic[]): readonly Rect[] {
  const around = (tip: Point | undefined, inner: Point | undefined): readonly Rect[] => {
    if (tip === undefined || inner === undefined) return []
    const length = Math.hypot(inner.x - tip.x, inner.y - tip.y) || 1
    const [dx, dy] = [(inner.x - tip.x) / length, (inner.y - tip.y) / length]
    const [x, y] = [tip.x - STOP_RING.cx * dx, tip.y - STOP_RING.cx * dy]
    return [{ x: x - MARK / 2, y: y - MARK / 2, width: MARK, height: MARK }]
  }
  const [first, last] = [curve[0], curve.at(-1)]
  const start = back === 'same' || back === 'unrestricted' ? around(first?.start, first?.first) : []
  return [...around(last?.end, last?.second), ...start]
}

/** Where the titles of boxes stand, roughly: labels keep off them as off nodes. */
function titles(rects: ReadonlyMap<string, Rect>, nesting: Nesting): readonly Rect[] {
  return [...rects].flatMap(([id, rect]) =>
    nesting.children.has(id)
      ? [{ ...rect, width: titleWidth(id, rect, nesting), height: headerOf(id, nesting) }]
      : [],
  )
}

function titleWidth(id: string, rect: Rect, nesting: Nesting): number {
  const wide = nesting.groups.get(id)?.reason !== undefined
  return wide ? rect.width : Math.min(rect.width, id.length * 8 + 90)
}

function endsOf(
  edge: GraphEdge,
  rects: ReadonlyMap<string, Rect>,
  nesting: Nesting,
  leaves: readonly (readonly [string, Rect])[],
): readonly Ends[] {
  const from = anchorOf(edge.source, rects, nesting)
  const to = anchorOf(edge.target, rects, nesting)
  if (from === undefined || to === undefined) return []
  const side = (fromSide: Side, toSide: Side): readonly Ends[] => [{ edge, from, to, fromSide, toSide }]
  if (to.x - rightOf(from) >= LEAST_DISTANCE) return side('right', 'left')
  if (from.x - rightOf(to) >= LEAST_DISTANCE) return side('left', 'right')
  const down = from.y < to.y
  const [upper, lower] = down ? [from, to] : [to, from]
  const between = leaves.some(
    ([id, rect]) =>
      id !== edge.source &&
      id !== edge.target &&
      rect.y < lower.y &&
      bottomOf(rect) > bottomOf(upper) &&
      rect.x < Math.max(rightOf(upper), rightOf(lower)) &&
      rightOf(rect) > Math.min(upper.x, lower.x),
  )
  if (between || lower.y - bottomOf(upper) < 8) return side('left', 'left')
  return down ? side('bottom', 'top') : side('top', 'bottom')
}

/** Ends of one side of one node, spread in the order of where they lead so that lines do not cross at once. */
function spreadPorts(ends: readonly Ends[]): readonly (readonly [Point, Point])[] {
  interface Port {
    readonly index: number
    readonly end: 0 | 1
    readonly rect: Rect
    readonly side: Side
    readonly towards: Point
    readonly id: string
  }
  const sides = new Map<string, Port[]>()
  ends.forEach(({ edge, from, to, fromSide, toSide }, index) => {
    for (const port of [
      { index, end: 0, rect: from, side: fromSide, towards: centreOf(to), id: edge.source },
      { index, end: 1, rect: to, side: toSide, towards: centreOf(from), id: edge.target },
    ] as const) {
      const key = `${port.id} ${port.side}`
      const own = sides.get(key)
      if (own === undefined) sides.set(key, [port])
      else own.push(port)
    }
  })
  const points = ends.map((): [Point, Point] => [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ])
  for (const ports of sides.values()) {
    const upright = ports[0]?.side === 'left' || ports[0]?.side === 'right'
    ports.sort((a, b) =>
      upright
        ? a.towards.y - b.towards.y || a.towards.x - b.towards.x || a.index - b.index
        : a.towards.x - b.towards.x || a.towards.y - b.towards.y || a.index - b.index,
    )
    ports.forEach(({ index, end, rect, side }, place) => {
      const length = upright ? rect.height : rect.width
      const room = upright ? length - 14 : length * 0.5
      const step = Math.min(upright ? PORT_STEP : LABEL_STEP, room / Math.max(1, ports.length - 1))
      const offset = (place - (ports.length - 1) / 2) * step
      const centre = centreOf(rect)
      const point =
        side === 'left' || side === 'right'
          ? { x: side === 'left' ? rect.x : rightOf(rect), y: centre.y + offset }
          : {
              x: rect.x + rect.width * (ports.length > 1 ? 0.65 : 0.78) + offset,
              y: side === 'top' ? rect.y : bottomOf(rect),
            }
      const own = points[index]
      if (own !== undefined) own[end] = point
    })
  }
  return points
}

/** A cubic Bézier curve. */
interface Cubic {
  readonly start: Point
  readonly first: Point
  readonly second: Point
  readonly end: Point
}

function direct(start: Point, fromSide: Side, end: Point, toSide: Side): Cubic {
  const dx = Math.abs(end.x - start.x)
  const dy = Math.abs(end.y - start.y)
  const reach =
    fromSide === toSide
      ? 28 + 0.13 * dy
      : fromSide === 'left' || fromSide === 'right'
        ? Math.max(28, dx * 0.45)
        : Math.max(10, dy * 0.4)
  return {
    start,
    first: outward(start, fromSide, reach),
    second: outward(end, toSide, reach),
    end,
  }
}

function outward(point: Point, side: Side, reach: number): Point {
  return { x: point.x + OUTWARD[side].x * reach, y: point.y + OUTWARD[side].y * reach }
}

/** The direct curve or, when it runs through nodes, the one through a gap above or below them that meets fewest. */
function aroundNodes(
  start: Point,
  fromSide: Side,
  end: Point,
  toSide: Side,
  nodes: readonly Rect[],
): readonly Cubic[] {
  const plain = direct(start, fromSide, end, toSide)
  const plainPoints = sample(plain)
  const hit = nodes.filter(node => plainPoints.some(point => containsPoint(node, point, 3)))
  if (hit.length === 0) return [plain]
  if (fromSide === toSide || fromSide === 'top' || fromSide === 'bottom') {
    // A loop at the side: further out passes what stands in the way.
    for (const reach of [1.5, 2, 2.6]) {
      const wider = {
        ...plain,
        first: stretch(plain.start, plain.first, reach),
        second: stretch(plain.end, plain.second, reach),
      }
      const points = sample(wider)
      if (!nodes.some(node => points.some(point => containsPoint(node, point, 3)))) return [wider]
    }
    return [plain]
  }
  const left = Math.min(...hit.map(node => node.x)) - 14
  const right = Math.max(...hit.map(rightOf)) + 14
  const heights = hit.flatMap(node => [node.y - 11, bottomOf(node) + 11])
  let best: { readonly curve: readonly Cubic[]; readonly cost: number } = {
    curve: [plain],
    cost: hit.length * 400,
  }
  const [near, far] = start.x <= end.x ? [left, right] : [right, left]
  for (const y of heights) {
    const enter = { x: near, y }
    const leave = { x: far, y }
    const curve = [
      level(start, enter),
      { start: enter, first: enter, second: leave, end: leave },
      level(leave, end),
    ]
    const points = curve.flatMap(sample)
    const met = nodes.filter(node => points.some(point => containsPoint(node, point, 2))).length
    const cost = met * 400 + Math.abs(y - start.y) + Math.abs(y - end.y)
    if (cost < best.cost) best = { curve, cost }
  }
  return best.curve
}

/** Leaves and arrives horizontally. */
function level(start: Point, end: Point): Cubic {
  const reach = (end.x - start.x) * 0.5
  return {
    start,
    first: { x: start.x + reach, y: start.y },
    second: { x: end.x - reach, y: end.y },
    end,
  }
}

function stretch(from: Point, to: Point, factor: number): Point {
  return { x: from.x + (to.x - from.x) * factor, y: from.y + (to.y - from.y) * factor }
}

function sample({ start, first, second, end }: Cubic): readonly Point[] {
  return Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const t = i / SAMPLES
    const u = 1 - t
    const mix = (a: number, b: number, c: number, d: number): number =>
      u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d
    return { x: mix(start.x, first.x, second.x, end.x), y: mix(start.y, first.y, second.y, end.y) }
  })
}

function pathOf(curve: readonly Cubic[]): string {
  const text = ({ x, y }: Point): string => `${round(x)},${round(y)}`
  const first = curve[0]
  if (first === undefined) return ''
  return (
    `M${text(first.start)}` +
    curve.map(part => `C${text(part.first)} ${text(part.second)} ${text(part.end)}`).join('')
  )
}

function angleOf(part: Cubic | undefined, at: 'start' | 'end'): number {
  if (part === undefined) return 0
  const [from, to] = at === 'start' ? [part.start, part.first] : [part.second, part.end]
  return round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
