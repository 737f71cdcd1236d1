import { centreOf } from '../../graph/geometry.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { GraphModel, Point, Rect, Route } from '../../model/picture.ts'

/** The picture as it stands on the canvas. */
export interface DrawnPicture {
  readonly model: Pick<GraphModel, 'nodes' | 'edges'>
  readonly rects: ReadonlyMap<string, Rect>
  readonly routes: ReadonlyMap<string, Pick<Route, 'path' | 'points'>>
  readonly endpoints: readonly Endpoint[]
}

/** The way of a packet on the canvas, from its source to its destination. */
export interface PacketRoute {
  /** SVG path data. */
  readonly path: string
  readonly points: readonly Point[]
}

/** Points of the loop of a packet that stays in one node: pods folded into one. */
const LOOP = { width: 46, height: 34 }

/** Along the flow's edge where one is drawn, straight from node to node where none is; `undefined` without both nodes. */
export function packetRoute(picture: DrawnPicture, src: string, dst: string): PacketRoute | undefined {
  const sources = nodesOf(picture, src)
  const targets = nodesOf(picture, dst)
  const { edges } = picture.model
  const there = edges.find(edge => sources.includes(edge.source) && targets.includes(edge.target))
  const edge =
    there ?? edges.find(({ source, target }) => sources.includes(target) && targets.includes(source))
  const source = (edge === there ? edge?.source : edge?.target) ?? sources.at(-1)
  const target = (edge === there ? edge?.target : edge?.source) ?? targets.at(-1)
  const from = picture.rects.get(source ?? '')
  const to = picture.rects.get(target ?? '')
  if (from === undefined || to === undefined) return undefined
  if (source === target) return lineThrough(loopAbove(from))
  const route = edge && picture.routes.get(edge.id)
  if (route === undefined) return lineThrough([borderOf(from, centreOf(to)), borderOf(to, centreOf(from))])
  return edge === there ? route : lineThrough(route.points.toReversed())
}

/** The nodes that stand for an endpoint: of nested ones the innermost; in a focus it may be one in several lanes. */
function nodesOf({ model, endpoints }: DrawnPicture, id: string): readonly string[] {
  const index = endpoints.findIndex(endpoint => endpoint.id === id)
  const nodes = index < 0 ? [] : model.nodes.filter(node => node.endpoints.includes(index))
  return nodes.filter(node => !nodes.some(({ parent }) => parent === node.id)).map(node => node.id)
}

function lineThrough(points: readonly Point[]): PacketRoute {
  return { path: points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x},${y}`).join(' '), points }
}

/** Where the line from the rectangle's middle to a point outside crosses its border. */
function borderOf(rect: Rect, towards: Point): Point {
  const centre = centreOf(rect)
  const dx = towards.x - centre.x
  const dy = towards.y - centre.y
  const share = Math.min(
    dx === 0 ? Infinity : rect.width / 2 / Math.abs(dx),
    dy === 0 ? Infinity : rect.height / 2 / Math.abs(dy),
    1,
  )
  return { x: centre.x + dx * share, y: centre.y + dy * share }
}

function loopAbove({ x, y, width }: Rect): readonly Point[] {
  const middle = x + width / 2
  const steps = 12
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = Math.PI * (i / steps)
    return { x: middle - (Math.cos(angle) * LOOP.width) / 2, y: y - Math.sin(angle) * LOOP.height }
  })
}

/** The point at a share of the length, 0 at the start, 1 at the end. */
export function pointAt(points: readonly Point[], share: number): Point | undefined {
  const lengths = points.slice(1).map((point, i) => distance(points[i] ?? point, point))
  let left = lengths.reduce((sum, one) => sum + one, 0) * share
  for (const [i, length] of lengths.entries()) {
    const start = points[i]
    const end = points[i + 1]
    if (start === undefined || end === undefined) break
    if (left <= length) {
      const part = length === 0 ? 0 : left / length
      return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part }
    }
    left -= length
  }
  return points.at(-1)
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y)
}
