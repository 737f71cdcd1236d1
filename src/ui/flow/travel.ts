import { centreOf, type Point, type Rect } from '../../graph/geometry.ts'

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
