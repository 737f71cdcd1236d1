import type { FlowChangeKind, FlowKind, FlowVerdict, VerdictCounts } from '../model/picture.ts'
import type { Answers } from './answers.ts'
import { severityOf } from './flowKinds.ts'
import { FLOW_VERDICTS } from './graphModel.ts'

/** Members of one class in one place: a node of the picture, a namespace. */
export interface Part {
  readonly class: number
  readonly place: number
  readonly count: number
}

/** What is known about all flows from one place to another. */
export interface FlowSum {
  /** The only kind, or the worst of several. */
  readonly kind: FlowKind
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  readonly change: FlowChangeKind
  readonly pairs: number
  /** Those of another kind than `kind`. */
  readonly unlike: number
  /** Classes of a pair that `kind` holds for. */
  readonly source: number
  readonly target: number
  /** Of what verdicts, deviations and changes there are some: see `tallyMask`. */
  readonly mask: number
}

/** Sums by cell, as columns of numbers: there may be millions. From place to place a cell is `source * places + target`. */
export interface FlowTally {
  readonly pairs: Float64Array
  /** The worst kind's code + 1. */
  readonly worst: Int32Array
  readonly worstPairs: Float64Array
  readonly source: Int32Array
  readonly target: Int32Array
  readonly mask: Int32Array
}

export function emptyTally(cells: number): FlowTally {
  return {
    pairs: new Float64Array(cells),
    worst: new Int32Array(cells),
    worstPairs: new Float64Array(cells),
    source: new Int32Array(cells),
    target: new Int32Array(cells),
    mask: new Int32Array(cells),
  }
}

const OPENED = 1 << 16
const CLOSED = 1 << 17

/** One bit for each combination of verdict, deviation and change, and one each for what opened and what closed. */
export function tallyMask(kind: FlowKind): number {
  const combination =
    FLOW_VERDICTS.indexOf(kind.verdict) * 4 + (kind.deviates ? 2 : 0) + (kind.change === 'none' ? 0 : 1)
  const opens = kind.change === 'opened' || kind.change === 'changed'
  const closes = kind.change === 'closed' || kind.change === 'changed'
  return (1 << combination) | (opens ? OPENED : 0) | (closes ? CLOSED : 0)
}

/** What a kind adds to a sum, by code; made as codes appear. */
export interface KindMarks {
  readonly mask: (code: number) => number
  readonly severity: (code: number) => number
  /** Whether anything passes, ICMP included. */
  readonly passes: (code: number) => boolean
}

export function kindMarks({ kinds }: Answers): KindMarks {
  const masks: number[] = []
  const severities: number[] = []
  const passing: boolean[] = []
  const grow = (): void => {
    for (const kind of kinds.slice(masks.length)) {
      masks.push(tallyMask(kind))
      severities.push(severityOf(kind))
      passing.push(kind.enforced.length > 0)
    }
  }
  return {
    mask: code => {
      if (code >= masks.length) grow()
      return masks[code] ?? 0
    },
    severity: code => {
      if (code >= severities.length) grow()
      return severities[code] ?? 0
    },
    passes: code => {
      if (code >= passing.length) grow()
      return passing[code] === true
    },
  }
}

/** Adds so many pairs of one kind to the sum from one place to another. */
export function addToTally(
  tally: FlowTally,
  marks: KindMarks,
  cell: number,
  code: number,
  pairs: number,
  source: number,
  target: number,
): void {
  tally.pairs[cell] = (tally.pairs[cell] ?? 0) + pairs
  tally.mask[cell] = (tally.mask[cell] ?? 0) | marks.mask(code)
  const worst = (tally.worst[cell] ?? 0) - 1
  if (worst === code) {
    tally.worstPairs[cell] = (tally.worstPairs[cell] ?? 0) + pairs
    return
  }
  if (worst >= 0 && marks.severity(code) <= marks.severity(worst)) return
  tally.worst[cell] = code + 1
  tally.worstPairs[cell] = pairs
  tally.source[cell] = source
  tally.target[cell] = target
}

/** The sum of one cell, undefined where no policy speaks. */
export function sumAt(tally: FlowTally, kinds: readonly FlowKind[], cell: number): FlowSum | undefined {
  const kind = kinds[(tally.worst[cell] ?? 0) - 1]
  if (kind === undefined) return undefined
  const mask = tally.mask[cell] ?? 0
  const pairs = tally.pairs[cell] ?? 0
  return {
    kind,
    verdict: verdictOfMask(mask),
    deviates: hasDeviation(mask),
    change: changeOfMask(mask),
    pairs,
    unlike: pairs - (tally.worstPairs[cell] ?? 0),
    source: tally.source[cell] ?? 0,
    target: tally.target[cell] ?? 0,
    mask,
  }
}

/** Whether there is a deviation among what the mask is of. */
export function hasDeviation(mask: number): boolean {
  return (mask & 0b1100_1100_1100_1100) !== 0
}

/** The worst verdict of what the mask is of; undefined for nothing. */
export function worstOfMask(mask: number): FlowVerdict | undefined {
  return FLOW_VERDICTS.find((_, i) => ((mask >> (i * 4)) & 15) !== 0)
}

/** A mixture is partly open, whatever its worst part is. */
function verdictOfMask(mask: number): FlowVerdict {
  const present = FLOW_VERDICTS.filter((_, i) => ((mask >> (i * 4)) & 15) !== 0)
  const [only] = present
  if (only !== undefined && present.length === 1) return only
  return present.includes('blocked') || present.includes('partial') ? 'partial' : 'allowed'
}

function changeOfMask(mask: number): FlowChangeKind {
  const opened = (mask & OPENED) !== 0
  const closed = (mask & CLOSED) !== 0
  if (opened && closed) return 'changed'
  return opened ? 'opened' : closed ? 'closed' : 'none'
}

/** Parts by their class. */
export function byClass(parts: readonly Part[]): ReadonlyMap<number, readonly Part[]> {
  const found = new Map<number, Part[]>()
  for (const part of parts) {
    const own = found.get(part.class)
    if (own === undefined) found.set(part.class, [part])
    else own.push(part)
  }
  return found
}

/**
 * From each of the small places to every place, and back. Costs two lines of answers a class in a small place, however
 * many classes there are elsewhere.
 */
export function tallyAround(
  answers: Answers,
  parts: readonly Part[],
  places: number,
  isSmall: (place: number) => boolean,
): FlowTally {
  const tally = emptyTally(places * places)
  const marks = kindMarks(answers)
  for (const [own, small] of byClass(parts.filter(({ place }) => isSmall(place)))) {
    const row = answers.row(own)
    for (const { place, count } of small)
      for (const other of parts) {
        const code = row[other.class] ?? -1
        const pairs = count * (other.count - (other.class === own && other.place === place ? 1 : 0))
        if (code >= 0 && pairs > 0)
          addToTally(tally, marks, place * places + other.place, code, pairs, own, other.class)
      }
    const column = answers.column(own)
    for (const { place, count } of small)
      for (const other of parts) {
        const code = column[other.class] ?? -1
        if (code >= 0 && !isSmall(other.place))
          addToTally(tally, marks, other.place * places + place, code, count * other.count, other.class, own)
      }
  }
  return tally
}

/** From one lot of endpoints, given as members by class, to each place and back: a cell a place. */
export function tallyStar(
  answers: Answers,
  subject: ReadonlyMap<number, number>,
  parts: readonly Part[],
  places: number,
): { readonly out: FlowTally; readonly in: FlowTally } {
  const tallies = { out: emptyTally(places), in: emptyTally(places) }
  const marks = kindMarks(answers)
  for (const [own, count] of subject) {
    const row = answers.row(own)
    for (const part of parts) {
      const code = row[part.class] ?? -1
      if (code >= 0) addToTally(tallies.out, marks, part.place, code, count * part.count, own, part.class)
    }
    const column = answers.column(own)
    for (const part of parts) {
      const code = column[part.class] ?? -1
      if (code >= 0) addToTally(tallies.in, marks, part.place, code, count * part.count, part.class, own)
    }
  }
  return tallies
}

/** Adds the sums of one tally to another's, each place to the one it lies in; places of -1 are passed over. */
export function mergeTally(
  into: FlowTally,
  from: FlowTally,
  /** By place of `from`, its place in `into`. */
  placeOf: readonly number[],
  places: number,
  answers: Answers,
): void {
  const marks = kindMarks(answers)
  for (let s = 0; s < placeOf.length; s++) {
    const source = placeOf[s] ?? -1
    if (source < 0) continue
    for (let t = 0; t < placeOf.length; t++) {
      const target = placeOf[t] ?? -1
      const cell = s * placeOf.length + t
      const code = (from.worst[cell] ?? 0) - 1
      if (target < 0 || code < 0) continue
      const own = source * places + target
      const worstPairs = from.worstPairs[cell] ?? 0
      addToTally(into, marks, own, code, worstPairs, from.source[cell] ?? 0, from.target[cell] ?? 0)
      // The others of the cell count as unlike whatever is the worst.
      into.pairs[own] = (into.pairs[own] ?? 0) + (from.pairs[cell] ?? 0) - worstPairs
      into.mask[own] = (into.mask[own] ?? 0) | (from.mask[cell] ?? 0)
    }
  }
}

/** Those of which at least one end is one of `chosen` members, by class, of `sizes` in all. */
export function countPairsWith(
  answers: Answers,
  sizes: ArrayLike<number>,
  chosen: ArrayLike<number>,
): VerdictCounts {
  const byCode: number[] = []
  for (let own = 0; own < sizes.length; own++) {
    const some = chosen[own] ?? 0
    if (some === 0) continue
    const row = answers.row(own)
    for (let t = 0; t < sizes.length; t++) {
      const code = row[t] ?? -1
      if (code >= 0) byCode[code] = (byCode[code] ?? 0) + some * ((sizes[t] ?? 0) - (own === t ? 1 : 0))
    }
    const column = answers.column(own)
    for (let s = 0; s < sizes.length; s++) {
      const code = column[s] ?? -1
      if (code >= 0) byCode[code] = (byCode[code] ?? 0) + some * ((sizes[s] ?? 0) - (chosen[s] ?? 0))
    }
  }
  return countsOf(answers, byCode)
}

/** How many pairs have each verdict, of pairs by code. */
export function countsOf({ kinds }: Answers, byCode: readonly number[]): VerdictCounts {
  const counts = { allowed: 0, partial: 0, blocked: 0, unrestricted: 0, deviates: 0, changed: 0 }
  byCode.forEach((pairs, code) => {
    const kind = kinds[code]
    if (kind === undefined) return
    counts[kind.verdict] += pairs
    if (kind.deviates) counts.deviates += pairs
    if (kind.change !== 'none') counts.changed += pairs
  })
  return counts
}
