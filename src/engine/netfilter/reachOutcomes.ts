import type { AnswerOf } from '../../model/stage.ts'
import {
  ALL_TRAFFIC,
  intersectTraffic,
  sameTraffic,
  subtractTraffic,
  unionTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import type { Effect, HubPlan, Numbers, PlannedStep } from './reachHubs.ts'
import { NO_QUESTION, type QuestionIndex } from './reachQuestions.ts'
import { intersect } from './reachRules.ts'
import type { Extent } from './reachRules.ts'

/** What has become of all traffic on its way through a hub, as far as that can be told without its mark. */
interface Progress {
  /** What left the hub for good: where to and with which bits → traffic. */
  readonly exits: Map<string, TrafficSet>
  rest: TrafficSet
  /** Bits that the mark of the rest surely has, besides those that it came with. */
  bits: number
}

/** Whether a mark with these bits, and others nobody knows, satisfies the rule's conditions; undefined: it depends. */
function marksHold({ marks }: Effect, bits: number): boolean | undefined {
  let depends = false
  for (const { value, mask, inverted } of marks) {
    const sure = (bits & mask) >>> 0
    const holds = (sure & ~value) !== 0 ? false : sure === mask ? true : undefined
    if (holds === undefined) depends = true
    else if (holds === inverted) return false
  }
  return depends ? undefined : true
}

function isSure({ sure, possible }: Extent): boolean {
  return sure === possible || sameTraffic(sure, possible)
}

/** Does to the traffic what a rule does; false where that takes the walk itself. */
function apply(progress: Progress, effect: Effect, extent: Extent): boolean {
  const matched = intersectTraffic(progress.rest, extent.possible)
  if (matched.length === 0) return true
  const holds = marksHold(effect, progress.bits)
  if (holds === false) return true
  if (holds === undefined || !isSure(extent)) return false
  const { action } = effect
  switch (action.kind) {
    case 'mark':
      if (!sameTraffic(matched, progress.rest)) return false
      progress.bits = (progress.bits | action.bits) >>> 0
      return true
    case 'exit': {
      const key = `${(progress.bits & action.live) >>> 0} ${action.to}`
      progress.exits.set(key, unionTraffic(progress.exits.get(key) ?? [], matched))
      progress.rest = subtractTraffic(progress.rest, matched)
      return true
    }
    case 'other':
      return false
  }
}

/**
 * What is left of a hub when the other end answers so, as a text: what it does to the traffic, and from the first rule on
 * that only the walk itself can tell about, the rules that are left. Equal texts mean that the hub does the same.
 */
export function outcomeText(
  { steps }: HubPlan,
  answerOf: AnswerOf,
  numbers: Numbers,
  questions: QuestionIndex,
): string {
  const progress: Progress = { exits: new Map(), rest: ALL_TRAFFIC, bits: 0 }
  const answerTo = ({ peer }: Effect): number => (peer === NO_QUESTION ? 1 : answerOf(peer))
  const extentOf = ({ extent }: Effect, answer: number): Extent =>
    answer === 1 ? extent : intersect(extent, questions.extentOf(answer))
  /** What is left of a rule, as a number; 0 when it cannot hold. */
  const elementOf = (effect: Effect): number => {
    const answer = answerTo(effect)
    if (answer === 0) return 0
    return answer === 1
      ? effect.shape
      : numbers.ofPair(effect.shape, numbers.ofText(`other end answers ${answer}`))
  }
  const sequenceOf = (effects: readonly Effect[], from: number): number => {
    let sequence = 0
    for (let i = from; i < effects.length; i++) {
      const effect = effects[i]
      const element = effect === undefined ? 0 : elementOf(effect)
      if (element !== 0) sequence = numbers.ofPair(sequence, element)
    }
    return sequence
  }
  const tailFrom = (begin: number, from: number): number => {
    let sequence = begin
    for (let i = from; i < steps.length; i++) {
      const step = steps[i]
      if (step === undefined) continue
      const element = elementOf(step.effect)
      if (element === 0) continue
      if (step.leaf === undefined) sequence = numbers.ofPair(sequence, element)
      else {
        const inner = sequenceOf(step.leaf.effects, 0)
        // Nothing is left in there, so it comes back as it went.
        if (inner !== 0) sequence = numbers.ofPair(sequence, numbers.ofPair(element, inner))
      }
    }
    return sequence
  }
  /** Goes through a leaf that all traffic enters: the number of the rule that it gets stuck at. */
  const enterLeaf = (effects: readonly Effect[]): number | undefined => {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]
      if (effect === undefined) continue
      const answer = answerTo(effect)
      if (answer !== 0 && !apply(progress, effect, extentOf(effect, answer))) return i
    }
    return undefined
  }
  const entersWhole = ({ effect }: PlannedStep, answer: number): boolean => {
    const { sure } = extentOf(effect, answer)
    return (
      marksHold(effect, progress.bits) === true &&
      (sure === ALL_TRAFFIC || sameTraffic(intersectTraffic(progress.rest, sure), progress.rest))
    )
  }

  let tail = 0
  for (let i = 0; i < steps.length && progress.rest.length > 0; i++) {
    const step = steps[i]
    if (step === undefined) continue
    const answer = answerTo(step.effect)
    if (answer === 0) continue
    if (step.leaf !== undefined && entersWhole(step, answer)) {
      const stuck = enterLeaf(step.leaf.effects)
      if (stuck === undefined) continue
      const inner = numbers.ofPair(numbers.ofText('the rest of a leaf'), sequenceOf(step.leaf.effects, stuck))
      tail = tailFrom(numbers.ofPair(0, inner), i + 1)
      break
    }
    if (apply(progress, step.effect, extentOf(step.effect, answer))) continue
    tail = tailFrom(0, i)
    break
  }
  const exits = Array.from(progress.exits, ([exit, traffic]) => `${exit} ${traffic.join()}`).sort()
  // A mark that no traffic carries makes no difference.
  const rest = progress.rest.length === 0 ? '' : `${progress.bits} ${progress.rest.join()} ${tail}`
  return `${exits.join(';')}|${rest}`
}
