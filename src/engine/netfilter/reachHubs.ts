import { required } from '../../model/assert.ts'
import type { ReachChain } from './reachChains.ts'
import { NO_QUESTION, type QuestionIndex } from './reachQuestions.ts'
import { createActions, type Action } from './reachFacts.ts'
import { intersect, type Extent, type ReachRule } from './reachRules.ts'
import type { View } from './reachViews.ts'

/** A source of numbers for things that are made of others: the same for the same. */
export interface Numbers {
  readonly count: () => number
  readonly ofText: (text: string) => number
  /** For two numbers in this order; sequences are pairs of pairs, and begin with 0. */
  readonly ofPair: (first: number, second: number) => number
}

/** A chain that asks about addresses and is told apart for each pair. */
export interface Hub {
  /** The end that most of its rules ask about: its own end. */
  readonly side: Side
  readonly steps: readonly Step[]
  /** Its rules that ask nothing of its own end, and by question those that do: ascending. */
  readonly free: readonly number[]
  readonly byQuestion: ReadonlyMap<number, readonly number[]>
  /** Its plans, by view and by what they are. */
  readonly planOfView: Map<View, HubPlan>
  readonly plans: Map<number, HubPlan>
}

/** A rule whose condition on the hub's own end holds. */
export interface Effect {
  /** Equal numbers mean the same; names of leaves do not count. */
  readonly shape: number
  /** What it asks of the other end. */
  readonly peer: number
  readonly action: Action
  /** The traffic that it is about, but for what the other end answers. */
  readonly extent: Extent
  readonly marks: ReachRule['marks']
}

/** A rule of a hub, and what is left of the leaf that it leads to. */
export interface PlannedStep {
  readonly effect: Effect
  readonly leaf: LeafPlan | undefined
}

interface Step extends Effect {
  /** What it asks of the hub's own end. */
  readonly own: number
  readonly leaf: Leaf | undefined
  /** What it comes to where its own condition holds for all traffic and the leaf asks nothing of the own end. */
  readonly planned: PlannedStep | undefined
  readonly plannedId: number
}

/** A chain that is told apart by what is left in it and not by name. */
interface Leaf {
  readonly steps: readonly Step[]
  /** The same for every address, where it asks nothing of the hub's own end. */
  readonly plan: LeafPlan | undefined
}

export interface LeafPlan {
  readonly id: number
  readonly effects: readonly Effect[]
}

/** What is left of a hub for an address at its own end, and what that asks of the other end. */
export interface HubPlan {
  /** The questions, ascending. */
  readonly terms: Int32Array
  readonly steps: readonly PlannedStep[]
}

type ChainsByName = ReadonlyMap<string, ReachChain>
export type Side = 'src' | 'dst'

function chainOf({ rule }: ReachRule, chains: ChainsByName): ReachChain | undefined {
  const { target } = rule
  return target.kind === 'jump' || target.kind === 'goto' ? chains.get(target.chain) : undefined
}

/**
 * The chains that are leaves: they lead only to chains that do not ask about addresses, and are entered only by jumps from
 * chains that do (as policy chains are).
 */
function leavesOf(chains: ChainsByName): ReadonlySet<ReachChain> {
  const leaves = new Set<ReachChain>()
  for (const chain of chains.values())
    if (chain.rules.every(rule => chainOf(rule, chains)?.conditional !== true)) leaves.add(chain)
  for (const chain of chains.values())
    for (const rule of chain.rules) {
      const called = chainOf(rule, chains)
      if (called !== undefined && (!chain.conditional || rule.rule.target.kind === 'goto'))
        leaves.delete(called)
    }
  for (const chain of chains.values()) if (chain.defaultVerdict !== undefined) leaves.delete(chain)
  return leaves
}

/** The end that more of the chain's own rules ask about. */
function sideOf(chain: ReachChain): Side {
  let balance = 0
  for (const { src, dst } of chain.rules)
    balance += Math.sign(dst.atoms.length + dst.sets.length) - Math.sign(src.atoms.length + src.sets.length)
  return balance >= 0 ? 'dst' : 'src'
}

/** What the hubs of all tables have in common. */
export interface HubContext {
  readonly numbers: Numbers
  readonly questions: QuestionIndex
}

/** The hubs of a table. `tables`: all that a packet walks through. */
export function hubsOf(
  tables: readonly ChainsByName[],
  chains: ChainsByName,
  context: HubContext,
): readonly Hub[] {
  const { numbers, questions } = context
  const leafChains = leavesOf(chains)
  const leaves = { src: new Map<ReachChain, Leaf>(), dst: new Map<ReachChain, Leaf>() }
  const actionOf = createActions(tables, chains)
  const stepOf = (rule: ReachRule, side: Side, leaf: Leaf | undefined): Step => {
    const { extent, marks } = rule
    const target = leaf === undefined ? rule.rule.target : 'leaf'
    const effect: Effect = {
      shape: numbers.ofText(JSON.stringify([extent, marks, target])),
      peer: questions.questionOf(rule[side === 'src' ? 'dst' : 'src']),
      action: leaf === undefined ? actionOf(rule) : { kind: 'other' },
      extent,
      marks,
    }
    const isPlanned = leaf === undefined || leaf.plan !== undefined
    const planned = isPlanned ? { effect, leaf: leaf?.plan } : undefined
    return {
      ...effect,
      own: questions.questionOf(rule[side]),
      leaf,
      planned,
      plannedId: planned === undefined ? 0 : idOfStep(planned, numbers),
    }
  }
  const leafAt = (rule: ReachRule, side: Side): Leaf | undefined => {
    const called = chainOf(rule, chains)
    if (called === undefined || !leafChains.has(called)) return undefined
    const known = leaves[side].get(called)
    if (known !== undefined) return known
    const steps = called.rules.map(one => stepOf(one, side, undefined))
    const asksOwn = steps.some(({ own }) => own !== NO_QUESTION)
    const leaf = { steps, plan: asksOwn ? undefined : leafPlan(steps, new Map(), context) }
    leaves[side].set(called, leaf)
    return leaf
  }
  return [...chains.values()]
    .filter(chain => chain.conditional && !leafChains.has(chain))
    .map(chain => {
      const side = sideOf(chain)
      const steps = chain.rules.map(rule => stepOf(rule, side, leafAt(rule, side)))
      const free: number[] = []
      const byQuestion = new Map<number, number[]>()
      steps.forEach(({ own }, number) => {
        const under = own === NO_QUESTION ? free : byQuestion.get(own)
        if (under === undefined) byQuestion.set(own, [number])
        else under.push(number)
      })
      return { side, steps, free, byQuestion, planOfView: new Map(), plans: new Map() }
    })
}

type Answers = ReadonlyMap<number, number>

/** `answers`: what the address answers at the hub's own end, where the step's question is among them. */
function effectOf(step: Step, answers: Answers, { numbers, questions }: HubContext): Effect {
  const answer = step.own === NO_QUESTION ? 1 : (answers.get(step.own) ?? 0)
  if (answer === 1) return step
  return {
    shape: numbers.ofPair(step.shape, numbers.ofText(`own end answers ${answer}`)),
    peer: step.peer,
    action: step.action,
    extent: intersect(step.extent, questions.extentOf(answer)),
    marks: step.marks,
  }
}

function leafPlan(steps: readonly Step[], answers: Answers, context: HubContext): LeafPlan {
  const { numbers } = context
  const effects = steps
    .filter(({ own }) => own === NO_QUESTION || answers.has(own))
    .map(step => effectOf(step, answers, context))
  const id = effects.reduce(
    (sequence, effect) => numbers.ofPair(sequence, idOfStep({ effect, leaf: undefined }, numbers)),
    0,
  )
  return { id, effects }
}

function idOfStep({ effect, leaf }: PlannedStep, numbers: Numbers): number {
  const id = numbers.ofPair(effect.shape, numbers.ofText(`asks ${effect.peer}`))
  return leaf === undefined ? id : numbers.ofPair(id, leaf.id)
}

/** `answers`: what the view answers at the hub's own end. Views with equal plans get the same object. */
export function planOf(hub: Hub, view: View, answers: Answers, context: HubContext): HubPlan {
  const known = hub.planOfView.get(view)
  if (known !== undefined) return known
  const { numbers } = context
  const held = [...hub.free]
  for (const question of answers.keys()) {
    const asking = hub.byQuestion.get(question)
    if (asking !== undefined) for (const number of asking) held.push(number)
  }
  held.sort((a, b) => a - b)
  let id = 0
  const steps = held.map(number => {
    const step = required(hub.steps[number], 'step')
    if (step.planned !== undefined && (step.own === NO_QUESTION || answers.get(step.own) === 1)) {
      id = numbers.ofPair(id, step.plannedId)
      return step.planned
    }
    const leaf = step.leaf && (step.leaf.plan ?? leafPlan(step.leaf.steps, answers, context))
    const planned = { effect: effectOf(step, answers, context), leaf }
    id = numbers.ofPair(id, idOfStep(planned, numbers))
    return planned
  })
  let plan = hub.plans.get(id)
  if (plan === undefined) {
    const terms = new Set<number>()
    for (const { effect, leaf } of steps) {
      terms.add(effect.peer)
      for (const { peer } of leaf?.effects ?? []) terms.add(peer)
    }
    terms.delete(NO_QUESTION)
    plan = { steps, terms: Int32Array.from(terms).sort() }
    hub.plans.set(id, plan)
  }
  hub.planOfView.set(view, plan)
  return plan
}
