/**
 * One step of a decision about a source and a destination, taken apart so that the answers between one class of
 * endpoints and all others cost little. The rules that concern the class at one end make its plan; the plan asks a few
 * questions (terms) of the class at the other end, the peer, and nearly all peers answer them alike. Classes are
 * numbered the same in all stages of a decision.
 */
export interface Stage {
  /** The end whose rules these are. */
  readonly side: 'src' | 'dst'
  /** By class: its plan at that end. */
  readonly planOf: Int32Array
  /** By plan: the terms that it asks about, ascending. */
  readonly planTerms: readonly Int32Array[]
  /** By class: what it answers as the peer, flat `term, answer, …`, terms ascending. Absent ones are answered 0. */
  readonly answersOf: readonly Int32Array[]
  /**
   * What is left of a plan when its terms are answered so, as a number from 0. Pairs of classes with equal outcomes in
   * all stages have equal answers.
   */
  readonly outcomeOf: (plan: number, answerOf: AnswerOf) => number
}

export type AnswerOf = (term: number) => number
