import type { Stage } from '../../model/stage.ts'
import { prepareStage, type PreparedStage } from './preparedStage.ts'

/** A yes-or-no-by-ports question about classes of endpoints, as one engine answers it. */
export interface Decision {
  /** The steps it is made in; undefined where each pair is to be asked about. Called again when memory runs out. */
  readonly stages: () => readonly Stage[] | undefined
  /** The answer for a pair of classes, as a number. */
  readonly answer: (source: number, destination: number) => number
}

/** Answers of a decision for one class and all others, without looking at each pair's rules. */
export interface Answers {
  /**
   * From the class to each other one (`'src'`: it is the source) or from each other one to it. Classes that are 1 in
   * `skip` get -1. Written into the array that is given, or a new one.
   */
  readonly sweep: (fixed: number, side: 'src' | 'dst', skip: Uint8Array, into?: Int32Array) => Int32Array
  readonly pair: (source: number, destination: number) => number
}

/** How much is remembered before all is forgotten: cells of 4 bytes, and nodes of about 100. */
const MAX_CELLS = 2 ** 25
const MAX_NODES = 2 ** 22

/** Outcomes of the stages so far and of the next one → a number for both, plus 1; rows by the latter. */
interface Fold {
  readonly rows: (Int32Array | undefined)[]
  count: number
}

interface Prepared {
  readonly stages: readonly PreparedStage[]
  /** By stage and plan: the outcome with usual answers. */
  readonly usual: readonly Int32Array[]
  /** How the outcomes of the second and each later stage are joined to those before. */
  readonly folds: readonly Fold[]
  /** By joined outcomes of all stages: the answer plus 1. */
  readonly answers: number[]
  cells: number
}

function prepare(stages: readonly Stage[]): Prepared {
  const prepared = stages.map(prepareStage)
  return {
    stages: prepared,
    usual: prepared.map(({ stage, usualOutcome }) =>
      Int32Array.from(stage.planTerms, (_, plan) => usualOutcome(plan)),
    ),
    folds: stages.map(() => ({ rows: [], count: 0 })),
    answers: [],
    cells: 0,
  }
}

/** The number of two outcomes that nobody asked about before. */
function join(prepared: Prepared, fold: Fold, before: number, outcome: number): number {
  let row = fold.rows[outcome]
  if (row === undefined || before >= row.length) {
    const grown = new Int32Array(Math.max(32, 2 ** Math.ceil(Math.log2(before + 1))))
    if (row !== undefined) grown.set(row)
    prepared.cells += grown.length - (row?.length ?? 0)
    row = grown
    fold.rows[outcome] = row
  }
  const known = row[before] ?? 0
  if (known > 0) return known - 1
  row[before] = ++fold.count
  return fold.count - 1
}

/** Joins to what each class has come to its outcome of the next stage, the same for all of them. */
function joinOne(prepared: Prepared, fold: Fold, joined: Int32Array, outcome: number): void {
  let row = fold.rows[outcome]
  for (let i = 0; i < joined.length; i++) {
    const before = joined[i] ?? 0
    const known = row?.[before]
    if (known !== undefined && known > 0) joined[i] = known - 1
    else {
      joined[i] = join(prepared, fold, before, outcome)
      row = fold.rows[outcome]
    }
  }
}

/** The fixed class's plan decides: the usual outcome but for some peers. */
function sweepPeers(prepared: Prepared, at: number, fixed: number, joined: Int32Array): void {
  const { stage, unusualPeers } = prepared.stages[at] as PreparedStage
  const fold = prepared.folds[at] as Fold
  const plan = stage.planOf[fixed] ?? 0
  const usual = prepared.usual[at]?.[plan] ?? 0
  const { which, outcomes } = unusualPeers(plan)
  if (at === 0) {
    joined.fill(usual)
    for (let i = 0; i < which.length; i++) joined[which[i] ?? 0] = outcomes[i] ?? 0
    return
  }
  const others = which.map((peer, i) => join(prepared, fold, joined[peer] ?? 0, outcomes[i] ?? 0))
  joinOne(prepared, fold, joined, usual)
  for (let i = 0; i < which.length; i++) joined[which[i] ?? 0] = others[i] ?? 0
}

/** The other class's plan decides: for each plan the usual outcome but for some. */
function sweepPlans(prepared: Prepared, at: number, fixed: number, joined: Int32Array): void {
  const { stage, unusualPlans } = prepared.stages[at] as PreparedStage
  const fold = prepared.folds[at] as Fold
  const usual = prepared.usual[at] as Int32Array
  const { planOf } = stage
  const { which, outcomes } = unusualPlans(fixed)
  const before = which.map(plan => usual[plan] ?? 0)
  for (let i = 0; i < which.length; i++) usual[which[i] ?? 0] = outcomes[i] ?? 0
  if (at === 0) for (let i = 0; i < joined.length; i++) joined[i] = usual[planOf[i] ?? 0] ?? 0
  else
    for (let i = 0; i < joined.length; i++) {
      const outcome = usual[planOf[i] ?? 0] ?? 0
      const known = fold.rows[outcome]?.[joined[i] ?? 0]
      joined[i] = known !== undefined && known > 0 ? known - 1 : join(prepared, fold, joined[i] ?? 0, outcome)
    }
  for (let i = 0; i < which.length; i++) usual[which[i] ?? 0] = before[i] ?? 0
}

/** `count`: how many classes there are. */
export function createAnswers(count: number, decision: Decision): Answers {
  let prepared: Prepared | undefined
  let isAskedByPair = false
  const ready = (): Prepared | undefined => {
    if (isAskedByPair) return undefined
    if (
      prepared !== undefined &&
      prepared.cells <= MAX_CELLS &&
      prepared.stages.every(({ size }) => size() <= MAX_NODES)
    )
      return prepared
    const stages = decision.stages()
    if (stages === undefined) isAskedByPair = true
    else prepared = prepare(stages)
    return stages === undefined ? undefined : prepared
  }
  const ask = (fixed: number, side: 'src' | 'dst', other: number): number =>
    side === 'src' ? decision.answer(fixed, other) : decision.answer(other, fixed)

  return {
    sweep(fixed, side, skip, joined = new Int32Array(count)) {
      joined.fill(0)
      const known = ready()
      if (known === undefined) {
        for (let other = 0; other < count; other++)
          joined[other] = skip[other] === 1 ? -1 : ask(fixed, side, other)
        return joined
      }
      known.stages.forEach(({ stage }, at) => {
        if (stage.side === side) sweepPeers(known, at, fixed, joined)
        else sweepPlans(known, at, fixed, joined)
      })
      for (let other = 0; other < count; other++) {
        if (skip[other] === 1) {
          joined[other] = -1
          continue
        }
        const program = joined[other] ?? 0
        const answer = (known.answers[program] ??= ask(fixed, side, other) + 1)
        joined[other] = answer - 1
      }
      return joined
    },
    pair(source, destination) {
      const known = ready()
      if (known === undefined) return decision.answer(source, destination)
      let program = 0
      known.stages.forEach(({ stage, outcomeOf }, at) => {
        const [own, peer] = stage.side === 'src' ? [source, destination] : [destination, source]
        const outcome = outcomeOf(stage.planOf[own] ?? 0, peer)
        program = at === 0 ? outcome : join(known, known.folds[at] as Fold, program, outcome)
      })
      return (known.answers[program] ??= decision.answer(source, destination) + 1) - 1
    },
  }
}
