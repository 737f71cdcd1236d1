import { overlaps, type Point, type Rect } from './geometry.ts'
import type { GraphEdge } from './graphModel.ts'

/** The box of a label; `lines` from top to bottom. */
export interface PlacedLabel extends Rect {
  readonly lines: readonly string[]
}

interface Line {
  readonly edge: GraphEdge
  readonly points: readonly Point[]
}

/** Widths of a character of the first, bold line and of the second. */
const BOLD = 7.2
const PLAIN = 6
const LINE_HEIGHT = 15
/** As many characters; the full text is in the edge's name and in the list. */
const LONGEST = 44
/** With more lines than that labels are read one at a time, and stand in the middle of their line. */
const CAREFUL_EDGES = 90
/** Places along the line to try, the best first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]
const SHIFTS = [0, -13, 13, -26, 26]

/**
 * A place for every label where it covers no node and no other label, and as few lines of others as possible. What
 * has least room chooses first; the label of a fully open edge is left out when there is no room for it.
 */
export function placeLabels(
  lines: readonly Line[],
  nodes: readonly Rect[],
): ReadonlyMap<string, PlacedLabel> {
  const placed = new Map<string, PlacedLabel>()
  const taken: Rect[] = []
  const urgency = ({ edge }: Line): number =>
    edge.deviates ? 0 : { blocked: 1, partial: 2, allowed: 3, unrestricted: 4 }[edge.verdict]
  const ordered = lines
    .map((line, index) => ({ line, index, late: urgency(line) >= 3, length: lengthOf(line.points) }))
    .sort((a, b) => Number(a.late) - Number(b.late) || a.length - b.length || a.index - b.index)
  const careful = lines.length <= CAREFUL_EDGES
  const told = new Set<string>()
  for (const { line } of ordered) {
    const { edge } = line
    // Who blocks is said once where several lines end for the same reason.
    const reason = `${edge.target} ${edge.note}`
    const note = edge.deviates || !told.has(reason) ? edge.note : ''
    told.add(reason)
    const texts = [edge.deviates ? `⚠ ${edge.label}` : edge.label, note]
      .filter(text => text !== '')
      .map(shorten)
    if (texts.length === 0 || line.points.length === 0) continue
    const width = Math.round(Math.max((texts[0]?.length ?? 0) * BOLD, (texts[1]?.length ?? 0) * PLAIN) + 14)
    const height = texts.length * LINE_HEIGHT + 5
    const dispensable = urgency(line) >= 3
    let best: { readonly rect: Rect; readonly cost: number } | undefined
    for (const [rank, place] of (careful ? PLACES : [0.5]).entries()) {
      const at = pointAt(line.points, place)
      for (const shift of dispensable || !careful ? [0] : SHIFTS) {
        const rect = { x: at.x - width / 2, y: at.y - height / 2 + shift, width, height }
        const covered = !careful
          ? 0
          : taken.filter(other => overlaps(rect, other, 3)).length * 100 +
            nodes.filter(node => overlaps(rect, node, 2)).length * 100
        const crossing = careful
          ? lines.filter(other => other !== line && other.points.some(point => inside(rect, point))).length
          : 0
        const cost = covered + crossing * 4 + rank + Math.abs(shift) / 4
        if (best === undefined || cost < best.cost) best = { rect, cost }
      }
    }
    if (best === undefined || (dispensable && best.cost >= 100)) continue
    taken.push(best.rect)
    placed.set(edge.id, { ...best.rect, lines: texts })
  }
  return placed
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce(
    (sum, point, i) =>
      sum + Math.hypot(point.x - (points[i - 1] ?? point).x, point.y - (points[i - 1] ?? point).y),
    0,
  )
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

function inside(rect: Rect, point: Point): boolean {
  return (
    point.x > rect.x - 2 &&
    point.x < rect.x + rect.width + 2 &&
    point.y > rect.y - 2 &&
    point.y < rect.y + rect.height + 2
  )
}

/** The point after that share of the length. */
function pointAt(points: readonly Point[], share: number): Point {
  const steps = points
    .slice(1)
    .map((point, i) => Math.hypot(point.x - (points[i]?.x ?? 0), point.y - (points[i]?.y ?? 0)))
  let rest = steps.reduce((sum, step) => sum + step, 0) * share
  for (const [i, step] of steps.entries()) {
    const from = points[i]
    const to = points[i + 1]
    if (from === undefined || to === undefined) break
    if (rest <= step && step > 0)
      return { x: from.x + ((to.x - from.x) * rest) / step, y: from.y + ((to.y - from.y) * rest) / step }
    rest -= step
  }
  return points.at(-1) ?? { x: 0, y: 0 }
}
