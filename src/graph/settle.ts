import type { Rect } from '../model/picture.ts'
import { familyOf, fitBoxes, type Nesting } from './boxes.ts'
import { bottomOf, moved, overlaps } from './geometry.ts'

const LEAF_GAP = 12
const BOX_GAP = 24

/**
 * The fresh layout with everything that was there before left in its place: new nodes take the free place nearest to
 * their fresh one, boxes grow around them, and only what a grown box would cover moves. When most of the picture is new
 * the fresh layout is taken as it is.
 */
export function settle(
  fresh: ReadonlyMap<string, Rect>,
  previous: ReadonlyMap<string, Rect>,
  nesting: Nesting,
): Map<string, Rect> {
  const leaves = [...fresh.keys()].filter(id => !nesting.children.has(id))
  if (!isMostlyKnown(leaves, previous)) return new Map(fresh)

  const placed = new Map<string, Rect>()
  const kept: string[] = []
  const added: string[] = []
  for (const root of nesting.roots) {
    const own = familyOf(root, nesting).filter(id => !nesting.children.has(id))
    const stayed = own.filter(id => previous.has(id))
    if (stayed.length === 0) {
      for (const id of own) placed.set(id, fresh.get(id) ?? { x: 0, y: 0, width: 0, height: 0 })
      added.push(root)
      continue
    }
    kept.push(root)
    for (const [id, rect] of placeIn(own, stayed, fresh, previous)) placed.set(id, rect)
  }
  return fitBoxes(pushApart(placed, kept, added, nesting), nesting)
}

/** Whether so much of a picture stands already that the rest is fitted in. */
export function isMostlyKnown(leaves: readonly string[], previous: ReadonlyMap<string, Rect>): boolean {
  const known = leaves.filter(id => previous.has(id)).length
  return known > 0 && known * 2 >= leaves.length
}

function placeIn(
  own: readonly string[],
  stayed: readonly string[],
  fresh: ReadonlyMap<string, Rect>,
  previous: ReadonlyMap<string, Rect>,
): ReadonlyMap<string, Rect> {
  const rects = new Map<string, Rect>()
  let dx = 0
  let dy = 0
  for (const id of stayed) {
    const before = previous.get(id)
    const now = fresh.get(id)
    if (before === undefined || now === undefined) continue
    // The size follows the text; the corner stays.
    rects.set(id, { ...before, width: Math.max(now.width, 0), height: now.height })
    dx = before.x - now.x
    dy = before.y - now.y
  }
  for (const id of own) {
    const now = fresh.get(id)
    if (rects.has(id) || now === undefined) continue
    let rect = moved(now, dx, dy)
    for (;;) {
      const hit = [...rects.values()].find(other => overlaps(rect, other, LEAF_GAP - 1))
      if (hit === undefined) break
      rect = { ...rect, y: bottomOf(hit) + LEAF_GAP }
    }
    rects.set(id, rect)
  }
  return rects
}

/** Moves whole roots down until no two boxes overlap: new ones make room for old ones, lower ones for higher ones. */
function pushApart(
  leaves: ReadonlyMap<string, Rect>,
  kept: readonly string[],
  added: readonly string[],
  nesting: Nesting,
): ReadonlyMap<string, Rect> {
  const result = new Map(leaves)
  const boxes = fitBoxes(leaves, nesting)
  const byHeight = [...kept].sort((a, b) => (boxes.get(a)?.y ?? 0) - (boxes.get(b)?.y ?? 0))
  const settled: Rect[] = []
  for (const root of [...byHeight, ...added]) {
    let box = boxes.get(root)
    if (box === undefined) continue
    const from = box.y
    for (;;) {
      const current: Rect = box
      const hit = settled.find(other => overlaps(current, other, BOX_GAP - 1))
      if (hit === undefined) break
      box = { ...current, y: bottomOf(hit) + BOX_GAP }
    }
    settled.push(box)
    if (box.y !== from)
      for (const id of familyOf(root, nesting)) {
        const rect = result.get(id)
        if (rect !== undefined) result.set(id, moved(rect, 0, box.y - from))
      }
  }
  return result
}
