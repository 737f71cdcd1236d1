import type { GraphEdge, Point, Rect } from '../../model/picture.ts'
import { centreOf } from '../../graph/geometry.ts'

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

/** The direction of an arrow key; undefined for other keys. */
export function arrowOf(key: string): Point | undefined {
  return Object.hasOwn(ARROWS, key) ? ARROWS[key] : undefined
}

/** The nearest in that direction; what lies aside counts double. */
export function neighbourOf(
  id: string,
  direction: Point,
  rects: ReadonlyMap<string, Rect>,
): string | undefined {
  const from = rects.get(id)
  if (from === undefined) return undefined
  const start = centreOf(from)
  let best: { readonly id: string; readonly cost: number } | undefined
  for (const [other, rect] of rects) {
    const centre = centreOf(rect)
    const dx = centre.x - start.x
    const dy = centre.y - start.y
    const ahead = dx * direction.x + dy * direction.y
    const aside = Math.abs(dx * direction.y) + Math.abs(dy * direction.x)
    if (other === id || ahead <= 0) continue
    const cost = ahead + 2 * aside
    if (best === undefined || cost < best.cost) best = { id: other, cost }
  }
  return best?.id
}

type Line = Pick<GraphEdge, 'id' | 'source' | 'target'>

/** The line of a node that comes after `current`, or before it with `step` -1, all around; the first without one. */
export function nextLine(
  node: string,
  current: string | undefined,
  step: 1 | -1,
  lines: readonly Line[],
): string | undefined {
  const own = lines.filter(({ source, target }) => source === node || target === node)
  const at = own.findIndex(({ id }) => id === current)
  const next = at < 0 ? (step > 0 ? 0 : own.length - 1) : (at + step + own.length) % own.length
  return own[next]?.id
}

/** The end of a line that is not `node`. */
export function otherEnd(id: string, node: string | undefined, lines: readonly Line[]): string | undefined {
  const line = lines.find(one => one.id === id)
  return line?.target === node ? line?.source : line?.target
}
