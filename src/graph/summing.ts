import type { Direction } from '../model/networkPolicy.ts'
import type { VerdictCounts } from '../model/picture.ts'
import type { Answers } from './answers.ts'
import {
  addToTally,
  byClass,
  countsOf,
  emptyTally,
  kindMarks,
  type FlowTally,
  type KindMarks,
  type Part,
} from './flowTally.ts'

/** Some policy speaks of flows at that side of a class; something passes there. */
const SPOKEN_OF = 1
const OPEN = 2

/** What comes to, and leaves, the members of each class: `OPEN` and `SPOKEN_OF`, by class. */
export type ClassReach = Readonly<Record<Direction, Uint8Array>>

/** Whether nothing at all passes at that side of a class' members, although there is somebody at the other end. */
export function isShut(reach: ClassReach, direction: Direction, own: number): boolean {
  return reach[direction][own] === SPOKEN_OF
}

/** Sums that are made a part at a time, because all pairs of ten thousand classes take a minute. */
export interface Summing {
  readonly tally: FlowTally
  /** Of all members, whatever is hidden. */
  readonly reach: ClassReach
  /** Goes on for about so many pairs of classes. */
  readonly advance: (pairs: number) => void
  /** How much of it is done, from 0 to 1. */
  readonly done: () => number
  /** Of what is done. */
  readonly counts: () => VerdictCounts
}

/**
 * From every place to every place; where a class meets itself in one place, of different members. `sizes` are members by
 * class, for the counts.
 */
export function startSumming(
  answers: Answers,
  parts: readonly Part[],
  places: number,
  sizes: ArrayLike<number>,
): Summing {
  const tally = emptyTally(places * places)
  const reach = { ingress: new Uint8Array(sizes.length), egress: new Uint8Array(sizes.length) }
  const marks = kindMarks(answers)
  const classes = Int32Array.from(parts, part => part.class)
  const at = Int32Array.from(parts, part => part.place)
  const counts = Int32Array.from(parts, part => part.count)
  const own = byClass(parts)
  const byCode: number[] = []
  const sum = (source: number): void => {
    const row = answers.row(source)
    reachRow(reach, row, source, answers, marks)
    countRow(byCode, row, source, sizes)
    for (const { place, count } of own.get(source) ?? [])
      for (let i = 0; i < classes.length; i++) {
        const target = classes[i] ?? 0
        const code = row[target] ?? -1
        const pairs = count * ((counts[i] ?? 0) - (target === source && at[i] === place ? 1 : 0))
        if (code >= 0 && pairs > 0)
          addToTally(tally, marks, place * places + (at[i] ?? 0), code, pairs, source, target)
      }
  }
  let next = 0
  return {
    tally,
    reach,
    advance: pairs => {
      for (let spent = 0; next < sizes.length && spent < pairs; next++) {
        if (answers.classes[next]?.length === 0) continue
        sum(next)
        spent += sizes.length
      }
    },
    done: () => (sizes.length === 0 ? 1 : next / sizes.length),
    counts: () => countsOf(answers, byCode),
  }
}

/** `startSumming`, to the end. */
export function tallyParts(answers: Answers, parts: readonly Part[], places: number): FlowTally {
  const sizes = new Int32Array(answers.classes.length)
  for (const part of parts) sizes[part.class] = (sizes[part.class] ?? 0) + part.count
  const summing = startSumming(answers, parts, places, sizes)
  summing.advance(Infinity)
  return summing.tally
}

/** Notes what passes from one source class. */
function reachRow(
  { ingress, egress }: ClassReach,
  row: Int32Array,
  source: number,
  { classes }: Answers,
  marks: KindMarks,
): void {
  const alone = classes[source]?.length === 1
  for (let t = 0; t < row.length; t++) {
    const code = row[t] ?? -1
    if (code < 0 || (t === source && alone)) continue
    const passes = marks.passes(code) ? SPOKEN_OF | OPEN : SPOKEN_OF
    ingress[t] = (ingress[t] ?? 0) | passes
    egress[source] = (egress[source] ?? 0) | passes
  }
}

/** Adds the pairs of one source class, by code. */
function countRow(byCode: number[], row: Int32Array, source: number, sizes: ArrayLike<number>): void {
  const sources = sizes[source] ?? 0
  if (sources === 0) return
  for (let t = 0; t < sizes.length; t++) {
    const code = row[t] ?? -1
    if (code >= 0) byCode[code] = (byCode[code] ?? 0) + sources * ((sizes[t] ?? 0) - (source === t ? 1 : 0))
  }
}
