import { applicableRules } from './reachChains.ts'
import type { ReachChain } from './reachChains.ts'
import type { ReachRule } from './reachRules.ts'
import { conditionExtent } from './reachViews.ts'
import type { View } from './reachViews.ts'

/**
 * Tells pairs of addresses apart by the rules that are left for them once all conditions on addresses are decided.
 * A thousand policies that each leave only "set the drop mark" leave the same program, whatever they are called, so
 * there are few programs where there are many pairs.
 */
export interface ProgramIndex {
  /** Equal numbers mean equal answers. Undefined where telling programs apart would cost more than it saves. */
  programOf(src: View, dst: View): number | undefined
}

/** With more chains than this to be told apart for each pair there is nothing to save. */
const MAX_HUBS = 8
/** Numbers of pairs are kept in one double: `first * 2^26 + second`. */
const SHIFT = 2 ** 26
/** Keeps memory bounded and numbers below 2^26. */
const MAX_NUMBERS = 4_000_000

type ChainsByName = ReadonlyMap<string, ReachChain>

function chainOf({ rule }: ReachRule, chains: ChainsByName): ReachChain | undefined {
  const { target } = rule
  return target.kind === 'jump' || target.kind === 'goto' ? chains.get(target.chain) : undefined
}

/**
 * The chains that are told apart by what is left in them and not by name: they ask about addresses, lead only to
 * chains that do not, and are entered only by jumps from chains that do (as policy chains are).
 */
function leavesOf(chains: ChainsByName): ReadonlySet<ReachChain> {
  const leaves = new Set<ReachChain>()
  for (const chain of chains.values())
    if (chain.conditional && chain.rules.every(rule => chainOf(rule, chains)?.conditional !== true))
      leaves.add(chain)
  for (const chain of chains.values())
    for (const rule of chain.rules) {
      const called = chainOf(rule, chains)
      if (called !== undefined && (!chain.conditional || rule.rule.target.kind === 'goto'))
        leaves.delete(called)
    }
  for (const chain of chains.values()) if (chain.defaultVerdict !== undefined) leaves.delete(chain)
  return leaves
}

/** A rule as a program has it. */
interface Step {
  readonly rule: ReachRule
  /** What it does to packets, as a number; names of leaves do not count. */
  readonly shape: number
  readonly leaf: Leaf | undefined
}

interface Leaf {
  readonly chain: ReachChain
  readonly steps: readonly Step[]
  /**
   * The conditions of all rules in one array, for memory is what takes the time here: for each rule their count, then
   * `atom * 4`, plus 2 for the destination, plus 1 where inverted. Absent where there are other conditions.
   */
  readonly conditions: Int32Array | undefined
  /** Bits of the rules that hold → what is left. */
  readonly sequences: Map<number, number>
}

/** The rules of a hub that are left for a pair, or for one end where the hub asks about that alone. */
interface Plan {
  readonly steps: readonly Step[]
  /** What they come to where that is the same for every other end. */
  readonly sequence: number | undefined
}

function flatConditions(chain: ReachChain): Int32Array | undefined {
  // Bits of an int32 stand for rules.
  if (chain.lookup !== undefined || chain.rules.length > 30) return undefined
  const flat: number[] = []
  for (const { src, dst } of chain.rules) {
    if (src.sets.length + dst.sets.length > 0) return undefined
    flat.push(src.atoms.length + dst.atoms.length)
    for (const { atom, inverted } of dst.atoms) flat.push(atom * 4 + 2 + (inverted ? 1 : 0))
    for (const { atom, inverted } of src.atoms) flat.push(atom * 4 + (inverted ? 1 : 0))
  }
  return Int32Array.from(flat)
}

/** One bit for each rule whose conditions hold. */
function heldRules(conditions: Int32Array, src: View, dst: View): number {
  let held = 0
  let at = 0
  for (let rule = 0; at < conditions.length; rule++) {
    const end = at + 1 + (conditions[at] ?? 0)
    let holds = 1
    for (let i = at + 1; i < end; i++) {
      const condition = conditions[i] ?? 0
      const atom = condition >>> 2
      const { bits } = (condition & 2) === 0 ? src : dst
      if ((((bits[atom >>> 5] ?? 0) >>> (atom & 31)) & 1) === (condition & 1)) {
        holds = 0
        break
      }
    }
    held |= holds << rule
    at = end
  }
  return held
}

interface Hub {
  readonly chain: ReachChain
  readonly plans: Map<View, Plan>
}

/** `tables`: the chains of each table that a packet walks through. */
export function createProgramIndex(tables: readonly ChainsByName[]): ProgramIndex {
  const hubs: Hub[] = []
  const steps = new Map<ReachRule, Step>()
  const numbers = new Map<string, number>()
  const pairs = new Map<number, number>()
  let count = 0

  const numberOf = (text: string): number => {
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, ++count)
    return count
  }
  /** A number for two numbers in this order; sequences are pairs of pairs, and begin with 0. */
  const pairOf = (first: number, second: number): number => {
    const key = first * SHIFT + second
    const known = pairs.get(key)
    if (known !== undefined) return known
    pairs.set(key, ++count)
    return count
  }

  for (const chains of tables) {
    const leafChains = leavesOf(chains)
    const leaves = new Map<ReachChain, Leaf>()
    const stepOf = (rule: ReachRule): Step => {
      const called = chainOf(rule, chains)
      const leaf = called === undefined ? undefined : leaves.get(called)
      const target = leaf === undefined ? rule.rule.target : 'leaf'
      const step = { rule, shape: numberOf(JSON.stringify([rule.extent, rule.marks, target])), leaf }
      steps.set(rule, step)
      return step
    }
    // Leaves call no leaves, so they come first.
    for (const chain of leafChains) {
      const own = chain.rules.map(stepOf)
      leaves.set(chain, { chain, steps: own, conditions: flatConditions(chain), sequences: new Map() })
    }
    for (const chain of chains.values()) {
      if (leafChains.has(chain)) continue
      chain.rules.forEach(stepOf)
      if (chain.conditional) hubs.push({ chain, plans: new Map() })
    }
  }

  const elementOf = ({ rule, shape }: Step, src: View, dst: View): number => {
    let element = shape
    for (const condition of rule.src.sets)
      element = pairOf(element, numberOf(JSON.stringify(conditionExtent(condition, src))))
    for (const condition of rule.dst.sets)
      element = pairOf(element, numberOf(JSON.stringify(conditionExtent(condition, dst))))
    return element
  }
  const sequenceOf = (left: readonly Step[], src: View, dst: View): number =>
    left.reduce((sequence, step) => pairOf(sequence, elementOf(step, src, dst)), 0)
  const stepsOf = (chain: ReachChain, src: View, dst: View): readonly Step[] =>
    applicableRules(chain, src, dst)
      .map(rule => steps.get(rule))
      .filter(step => step !== undefined)
  const leafSequence = (leaf: Leaf, src: View, dst: View): number => {
    if (leaf.conditions === undefined) return sequenceOf(stepsOf(leaf.chain, src, dst), src, dst)
    const held = heldRules(leaf.conditions, src, dst)
    const known = leaf.sequences.get(held)
    if (known !== undefined) return known
    const left = leaf.steps.filter((_, i) => ((held >>> i) & 1) === 1)
    const sequence = sequenceOf(left, src, dst)
    leaf.sequences.set(held, sequence)
    return sequence
  }
  const hubSequence = (left: readonly Step[], src: View, dst: View): number => {
    let sequence = 0
    for (let i = 0; i < left.length; i++) {
      const step = left[i]
      if (step === undefined) continue
      let element = elementOf(step, src, dst)
      if (step.leaf !== undefined) {
        const inner = leafSequence(step.leaf, src, dst)
        // Nothing is left in there, so it comes back as it went.
        if (inner === 0) continue
        element = pairOf(element, inner)
      }
      sequence = pairOf(sequence, element)
    }
    return sequence
  }
  const numberOfHub = ({ chain, plans }: Hub, src: View, dst: View): number => {
    const side = chain.lookup?.onlySide
    if (side === undefined) return hubSequence(stepsOf(chain, src, dst), src, dst)
    const view = side === 'src' ? src : dst
    let plan = plans.get(view)
    if (plan === undefined) {
      const left = stepsOf(chain, src, dst)
      const constant = left.every(step => step.leaf === undefined)
      plan = { steps: left, sequence: constant ? hubSequence(left, src, dst) : undefined }
      plans.set(view, plan)
    }
    return plan.sequence ?? hubSequence(plan.steps, src, dst)
  }

  return {
    programOf(src, dst) {
      if (hubs.length > MAX_HUBS || count > MAX_NUMBERS) return undefined
      let program = 0
      for (let i = 0; i < hubs.length; i++) {
        const hub = hubs[i]
        if (hub !== undefined) program = pairOf(program, numberOfHub(hub, src, dst))
      }
      return program
    },
  }
}
