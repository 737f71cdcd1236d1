import type { Ipv4 } from '../../model/ip.ts'
import type { Stage } from '../../model/stage.ts'
import type { ReachIndex } from './reach.ts'
import type { HubPlan } from './reachHubs.ts'
import type { View } from './reachViews.ts'

/**
 * What decides about new connections between these addresses, in steps: pairs with equal outcomes in all of them have
 * one answer of `forwardTraffic`. Undefined where the rules have too many chains that ask about addresses; then each
 * pair is to be asked about.
 */
export function forwardStages(
  { atoms, programs }: ReachIndex,
  addresses: readonly Ipv4[],
): readonly Stage[] | undefined {
  const views = addresses.map(address => atoms.viewOf(address))
  const flat = new Map<View, Int32Array>()
  const answersOf = views.map(view => {
    const known = flat.get(view)
    if (known !== undefined) return known
    const answers = [...programs.answersOf(view)].sort(([a], [b]) => a - b)
    const made = Int32Array.from(answers.flat())
    flat.set(view, made)
    return made
  })
  return programs.hubs?.map(hub => {
    const plans: HubPlan[] = []
    const numbers = new Map<HubPlan, number>()
    const planOf = Int32Array.from(views, view => {
      const plan = programs.planOf(hub, view)
      const known = numbers.get(plan)
      if (known !== undefined) return known
      const number = plans.push(plan) - 1
      numbers.set(plan, number)
      return number
    })
    return {
      side: hub.side,
      planOf,
      planTerms: plans.map(({ terms }) => terms),
      answersOf,
      outcomeOf: (plan, answerOf) => {
        const asked = plans[plan]
        return asked === undefined ? -1 : programs.outcomeOf(asked, answerOf)
      },
    }
  })
}
