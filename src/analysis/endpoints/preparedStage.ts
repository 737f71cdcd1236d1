import { required } from '../../model/assert.ts'
import type { AnswerOf, Stage } from '../../model/stage.ts'

/** Outcomes of one stage between a fixed class and all others. */
export interface PreparedStage {
  readonly stage: Stage
  /** The plan's outcome where all terms are answered as most peers do. */
  readonly usualOutcome: (plan: number) => number
  /** The peers for which a plan's outcome may be another, with their outcomes. */
  readonly unusualPeers: (plan: number) => Exceptions
  /** The plans for which a peer's outcome may be another than usual, with their outcomes. */
  readonly unusualPlans: (peer: number) => Exceptions
  readonly outcomeOf: (plan: number, peer: number) => number
  /** How much is remembered. */
  readonly size: () => number
}

/** Which peers or plans, and their outcomes in the same order. Overwritten by the next question to the stage. */
export interface Exceptions {
  readonly which: readonly number[]
  readonly outcomes: readonly number[]
}

/**
 * A plan and the answers so far that are not the usual ones. Peers with the same answers come to the same node, so that
 * the outcome is found once for all of them.
 */
interface Node {
  readonly plan: number
  readonly parent: Node | undefined
  readonly term: number
  readonly answer: number
  outcome: number
  next: Map<number, Node> | undefined
}

export function prepareStage(stage: Stage): PreparedStage {
  const { planOf, planTerms, answersOf } = stage
  const usual = usualAnswers(stage)
  const termCount = usual.length
  const plansAsking: number[][] = []
  planTerms.forEach((terms, plan) => {
    for (const term of terms) (plansAsking[term] ??= []).push(plan)
  })
  /** By term: the peers that do not answer as usual, flat with their answers. Made for all terms when first needed. */
  let peersAnswering: number[][] | undefined
  const usuallyHeld = Int32Array.from(usual.keys()).filter(
    term => usual[term] !== 0 && plansAsking[term] !== undefined,
  )
  /** By peer: what it does not answer as usual, flat, of the terms that some plan asks about. */
  const unusual: (Int32Array | undefined)[] = []
  const unusualOf = (peer: number): Int32Array => {
    const known = unusual[peer]
    if (known !== undefined) return known
    const made = unusualAnswers(required(answersOf[peer], 'peer'), usual, usuallyHeld, plansAsking)
    unusual[peer] = made
    return made
  }

  let size = 0
  const newNode = (plan: number, parent: Node | undefined, term: number, answer: number): Node => {
    size++
    return { plan, parent, term, answer, outcome: -1, next: undefined }
  }
  const roots = planTerms.map((_, plan) => newNode(plan, undefined, -1, 0))
  const child = (node: Node, term: number, answer: number): Node => {
    const key = answer * termCount + term
    const known = node.next?.get(key)
    if (known !== undefined) return known
    const made = newNode(node.plan, node, term, answer)
    node.next ??= new Map()
    node.next.set(key, made)
    return made
  }
  const outcomeAt = (node: Node): number => {
    if (node.outcome >= 0) return node.outcome
    const answers = new Map<number, number>()
    for (let at: Node | undefined = node; at?.parent !== undefined; at = at.parent)
      answers.set(at.term, at.answer)
    const answerOf: AnswerOf =
      answers.size === 0 ? term => usual[term] ?? 0 : term => answers.get(term) ?? usual[term] ?? 0
    return (node.outcome = stage.outcomeOf(node.plan, answerOf))
  }
  const rootOf = (plan: number): Node => required(roots[plan], 'plan')

  const which: number[] = []
  const outcomes: number[] = []
  const exceptions: Exceptions = { which, outcomes }
  /** The node that each plan or peer has come to while a question is answered. */
  const reachedByPlan: (Node | undefined)[] = new Array<undefined>(planTerms.length).fill(undefined)
  const reachedByPeer: (Node | undefined)[] = new Array<undefined>(planOf.length).fill(undefined)
  const finish = (reached: (Node | undefined)[]): Exceptions => {
    outcomes.length = 0
    for (const index of which) {
      outcomes.push(outcomeAt(required(reached[index], 'node')))
      reached[index] = undefined
    }
    return exceptions
  }
  const step = (reached: (Node | undefined)[], index: number, plan: number, term: number, answer: number) => {
    const at = reached[index]
    if (at === undefined) which.push(index)
    reached[index] = child(at ?? rootOf(plan), term, answer)
  }

  return {
    stage,
    usualOutcome: plan => outcomeAt(rootOf(plan)),
    unusualPlans(peer) {
      which.length = 0
      const answers = unusualOf(peer)
      for (let i = 0; i < answers.length; i += 2) {
        const term = answers[i] ?? 0
        const answer = answers[i + 1] ?? 0
        for (const plan of plansAsking[term] ?? []) step(reachedByPlan, plan, plan, term, answer)
      }
      return finish(reachedByPlan)
    },
    unusualPeers(plan) {
      which.length = 0
      if (peersAnswering === undefined) {
        peersAnswering = []
        for (let peer = 0; peer < planOf.length; peer++) {
          const answers = unusualOf(peer)
          for (let i = 0; i < answers.length; i += 2)
            (peersAnswering[answers[i] ?? 0] ??= []).push(peer, answers[i + 1] ?? 0)
        }
      }
      for (const term of planTerms[plan] ?? []) {
        const peers = peersAnswering[term] ?? []
        for (let i = 0; i < peers.length; i += 2)
          step(reachedByPeer, peers[i] ?? 0, plan, term, peers[i + 1] ?? 0)
      }
      return finish(reachedByPeer)
    },
    outcomeOf(plan, peer) {
      const terms = required(planTerms[plan], 'plan')
      const answers = unusualOf(peer)
      let node = rootOf(plan)
      let i = 0
      for (const term of terms) {
        while (i < answers.length && (answers[i] ?? 0) < term) i += 2
        if (answers[i] === term) node = child(node, term, answers[i + 1] ?? 0)
      }
      return outcomeAt(node)
    },
    size: () => size,
  }
}

/** By term, what most peers answer where more than half of them answer the same and not 0; else 0. */
function usualAnswers({ planTerms, answersOf }: Stage): Int32Array {
  let count = 0
  for (const terms of planTerms) count = Math.max(count, (terms.at(-1) ?? -1) + 1)
  const usual = new Int32Array(count)
  const votes = new Int32Array(count)
  const half = answersOf.length / 2
  // Boyer and Moore's majority vote: an answer of more than half of the peers is the one that is left.
  const answered = new Int32Array(count)
  for (const answers of answersOf)
    for (let i = 0; i < answers.length; i += 2) {
      const term = answers[i] ?? 0
      const answer = answers[i + 1] ?? 0
      if (term >= count) break
      answered[term] = (answered[term] ?? 0) + 1
      const lead = votes[term] ?? 0
      if (lead === 0) usual[term] = answer
      votes[term] = lead + (usual[term] === answer ? 1 : -1)
    }
  for (let term = 0; term < count; term++)
    if ((answered[term] ?? 0) <= half || (votes[term] ?? 0) <= 0) usual[term] = 0
  return usual
}

/** What a peer answers otherwise than usual, of the terms that some plan asks about. */
function unusualAnswers(
  answers: Int32Array,
  usual: Int32Array,
  usuallyHeld: Int32Array,
  plansAsking: readonly (readonly number[] | undefined)[],
): Int32Array {
  const made: number[] = []
  let held = 0
  const missing = (before: number): void => {
    for (; held < usuallyHeld.length && (usuallyHeld[held] ?? 0) < before; held++)
      made.push(usuallyHeld[held] ?? 0, 0)
  }
  for (let i = 0; i < answers.length; i += 2) {
    const term = answers[i] ?? 0
    if (plansAsking[term] === undefined) continue
    missing(term)
    if (usuallyHeld[held] === term) held++
    const answer = answers[i + 1] ?? 0
    if (usual[term] !== answer) made.push(term, answer)
  }
  missing(usual.length)
  return Int32Array.from(made)
}
