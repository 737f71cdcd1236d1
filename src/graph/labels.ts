import type { GraphEdge, PlacedLabel, Point, Rect, Route } from '../model/picture.ts'
import { overlaps } from './geometry.ts'
import { CHANGED_MARK } from './looks.ts'

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
/** Where that finds no room. */
const SHORT = 12
/** With more lines than that labels are read one at a time. */
export const CAREFUL_EDGES = 90
/** Of more lines that no policy governs none has a label: their look is in the legend, and nobody asks which they are. */
const FEW_FREE = 4
/** So many labels of what is selected are read at a time in a crowded picture. */
const MOST_TOLD = 10
/** Places along the line to try, the best first. */
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]
const SHIFTS = [0, -13, 13, -26, 26]

/**
 * A place for every label where it covers no node and no other label, and as few lines of others as possible. What
 * has least room chooses first. Where there is no such place for all of it a shorter text is tried, then there is none:
 * the edge's name and the list tell it. Of many labels one is read at a time, so these only keep off nodes.
 */
export function placeLabels(
  lines: readonly Line[],
  nodes: readonly Rect[],
): ReadonlyMap<string, PlacedLabel> {
  const placed = new Map<string, PlacedLabel>()
  const taken: Rect[] = []
  const ordered = lines
    .map((line, index) => ({ line, index, late: urgencyOf(line.edge) >= 3, length: lengthOf(line.points) }))
    .sort((a, b) => Number(a.late) - Number(b.late) || a.length - b.length || a.index - b.index)
  const careful = lines.length <= CAREFUL_EDGES
  const told = new Set<string>()
  const quiet = lines.filter(({ edge }) => isFree(edge)).length > FEW_FREE
  for (const { line, late } of ordered) {
    const { edge } = line
    if (quiet && isFree(edge)) continue
    // Who blocks is said once where several lines end for the same reason.
    const reason = `${edge.target} ${edge.note}`
    const note = edge.deviates || !told.has(reason) ? edge.note : ''
    told.add(reason)
    const free = (rect: Rect): boolean =>
      !nodes.some(node => overlaps(rect, node, 2)) &&
      !(careful && taken.some(other => overlaps(rect, other, 3)))
    const crossed = (rect: Rect): number =>
      careful
        ? lines.filter(other => other !== line && other.points.some(point => inside(rect, point))).length
        : 0
    for (const texts of textsOf(edge, note)) {
      const rect = placeFor(line, texts, late || !careful ? [0] : SHIFTS, free, crossed)
      if (rect === undefined) continue
      taken.push(rect)
      placed.set(edge.id, { ...rect, lines: texts })
      break
    }
  }
  return placed
}

function isFree({ verdict, deviates, change }: GraphEdge): boolean {
  return verdict === 'unrestricted' && !deviates && change === 'none'
}

/**
 * Ids of the edges among `chosen` whose labels a crowded picture shows: those that cover none of the others, deviations
 * and what is blocked first, and no more than a reader takes in.
 */
export function toldLabels(
  edges: readonly GraphEdge[],
  routes: ReadonlyMap<string, Pick<Route, 'label'>>,
  chosen: ReadonlySet<string>,
): ReadonlySet<string> {
  const told = new Map<string, Rect>()
  const ordered = edges
    .filter(({ id }) => chosen.has(id))
    .map((edge, index) => ({ edge, index }))
    .sort((a, b) => urgencyOf(a.edge) - urgencyOf(b.edge) || a.index - b.index)
  for (const { edge } of ordered) {
    const label = routes.get(edge.id)?.label
    if (told.size === MOST_TOLD) break
    if (label !== undefined && ![...told.values()].some(other => overlaps(label, other, 4)))
      told.set(edge.id, label)
  }
  return new Set(told.keys())
}

function urgencyOf({ deviates, verdict }: GraphEdge): number {
  return deviates ? 0 : { blocked: 1, partial: 2, allowed: 3, unrestricted: 4 }[verdict]
}

/** What a label may say, the longest first. */
function textsOf(edge: GraphEdge, note: string): readonly (readonly string[])[] {
  const marked = edge.deviates ? `⚠ ${edge.label}` : edge.label
  const word = edge.change === 'none' ? marked : `${CHANGED_MARK} ${edge.change}: ${marked}`
  const versions = [
    [word, note].map(text => shorten(text, LONGEST)),
    [shorten(word, LONGEST)],
    // `280 of 400 blocked`
    [shorten(word.replace(/[\d,]+ of [\d,]+ /, 'some '), SHORT)],
  ]
  return versions
    .map(texts => texts.filter(text => text !== ''))
    .filter((texts, i, all) => texts.length > 0 && texts.join('\n') !== all[i - 1]?.join('\n'))
}

/** The free place with the lowest cost, undefined if none is free. */
function placeFor(
  { points }: Line,
  texts: readonly string[],
  shifts: readonly number[],
  free: (rect: Rect) => boolean,
  crossed: (rect: Rect) => number,
): Rect | undefined {
  if (points.length === 0) return undefined
  const width = Math.round(Math.max((texts[0]?.length ?? 0) * BOLD, (texts[1]?.length ?? 0) * PLAIN) + 14)
  const height = texts.length * LINE_HEIGHT + 5
  let best: { readonly rect: Rect; readonly cost: number } | undefined
  for (const [rank, place] of PLACES.entries()) {
    const at = pointAt(points, place)
    for (const shift of shifts) {
      const least = rank + Math.abs(shift) / 4
      if (best !== undefined && least >= best.cost) continue
      const rect = { x: at.x - width / 2, y: at.y - height / 2 + shift, width, height }
      if (!free(rect)) continue
      const cost = crossed(rect) * 4 + least
      if (best === undefined || cost < best.cost) best = { rect, cost }
    }
  }
  return best?.rect
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce(
    (sum, point, i) =>
      sum + Math.hypot(point.x - (points[i - 1] ?? point).x, point.y - (points[i - 1] ?? point).y),
    0,
  )
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
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
