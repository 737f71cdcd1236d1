import type { Point, Rect } from '../model/picture.ts'

export function rightOf(rect: Rect): number {
  return rect.x + rect.width
}

export function bottomOf(rect: Rect): number {
  return rect.y + rect.height
}

export function centreOf(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}

/** Whether they share more than an edge, with `gap` kept free between them. */
export function overlaps(a: Rect, b: Rect, gap = 0): boolean {
  return (
    a.x < rightOf(b) + gap && b.x < rightOf(a) + gap && a.y < bottomOf(b) + gap && b.y < bottomOf(a) + gap
  )
}

export function containsPoint(rect: Rect, point: Point, margin = 0): boolean {
  return (
    point.x > rect.x - margin &&
    point.x < rightOf(rect) + margin &&
    point.y > rect.y - margin &&
    point.y < bottomOf(rect) + margin
  )
}

/** The smallest rectangle that holds all; undefined for none. */
export function boundsOf(rects: readonly Rect[]): Rect | undefined {
  const first = rects[0]
  if (first === undefined) return undefined
  let [left, top, right, bottom] = [first.x, first.y, rightOf(first), bottomOf(first)]
  for (const rect of rects) {
    left = Math.min(left, rect.x)
    top = Math.min(top, rect.y)
    right = Math.max(right, rightOf(rect))
    bottom = Math.max(bottom, bottomOf(rect))
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}

export function moved(rect: Rect, dx: number, dy: number): Rect {
  return { ...rect, x: rect.x + dx, y: rect.y + dy }
}
