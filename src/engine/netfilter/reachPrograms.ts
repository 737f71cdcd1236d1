import type { AnswerOf } from '../../model/stage.ts'
import type { ReachChain } from './reachChains.ts'
import type { Hub, HubPlan, Numbers } from './reachHubs.ts'
import { hubsOf, planOf } from './reachHubs.ts'
import { outcomeText } from './reachOutcomes.ts'
import { createQuestionIndex } from './reachQuestions.ts'
import type { View } from './reachViews.ts'

/**
 * Tells pairs of addresses apart by the rules that are left for them once all conditions on addresses are decided.
 * A thousand policies that each leave only "set the drop mark" leave the same program, whatever they are called, so
 * there are few programs where there are many pairs.
 */
export interface ProgramIndex {
  /** The chains to be told apart. Undefined where that would cost more than it saves. */
  readonly hubs: readonly Hub[] | undefined
  /** What is left of the hub, and asked of the other end, when an address is at its own end. */
  readonly planOf: (hub: Hub, view: View) => HubPlan
  /** What an address answers at either end: question → answer; what is absent is answered 0. */
  readonly answersOf: (view: View) => ReadonlyMap<number, number>
  /** The rules that are left, as a number from 0: equal numbers of all hubs mean equal answers. */
  readonly outcomeOf: (plan: HubPlan, answerOf: AnswerOf) => number
  /** Equal numbers mean equal answers. Undefined as `hubs`, and when there would be too many numbers. */
  readonly programOf: (src: View, dst: View) => number | undefined
}

/** With more chains than this to be told apart for each pair there is nothing to save. */
const MAX_HUBS = 8
/** Numbers of pairs are kept in one double: `first * 2^26 + second`. */
const SHIFT = 2 ** 26
/** Keeps memory bounded and numbers below 2^26. */
const MAX_NUMBERS = 4_000_000

function createNumbers(): Numbers {
  const texts = new Map<string, number>()
  const pairs = new Map<number, number>()
  let count = 0
  return {
    count: () => count,
    ofText(text) {
      const known = texts.get(text)
      if (known !== undefined) return known
      texts.set(text, ++count)
      return count
    },
    ofPair(first, second) {
      const key = first * SHIFT + second
      const known = pairs.get(key)
      if (known !== undefined) return known
      pairs.set(key, ++count)
      return count
    },
  }
}

/** `tables`: the chains of each table that a packet walks through. */
export function createProgramIndex(tables: readonly ReadonlyMap<string, ReachChain>[]): ProgramIndex {
  const numbers = createNumbers()
  const questions = createQuestionIndex()
  const context = { numbers, questions }
  const hubs = tables.flatMap(chains => hubsOf(tables, chains, context))
  const outcomes = new Map<string, number>()

  const outcomeOf = (plan: HubPlan, answerOf: AnswerOf): number => {
    const text = outcomeText(plan, answerOf, numbers, questions)
    const known = outcomes.get(text)
    if (known !== undefined) return known
    const outcome = outcomes.size
    outcomes.set(text, outcome)
    return outcome
  }
  const planAt = (hub: Hub, view: View): HubPlan => planOf(hub, view, questions.answersOf(view), context)

  return {
    hubs: hubs.length > MAX_HUBS ? undefined : hubs,
    planOf: planAt,
    answersOf: questions.answersOf,
    outcomeOf,
    programOf(src, dst) {
      if (hubs.length > MAX_HUBS || numbers.count() > MAX_NUMBERS) return undefined
      let program = 0
      for (const hub of hubs) {
        const answers = questions.answersOf(hub.side === 'src' ? dst : src)
        const plan = planAt(hub, hub.side === 'src' ? src : dst)
        const outcome = outcomeOf(plan, question => answers.get(question) ?? 0)
        program = numbers.ofPair(program, numbers.ofText(`outcome ${outcome}`))
      }
      return program
    },
  }
}
