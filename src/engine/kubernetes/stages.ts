import type { Direction } from '../../model/networkPolicy.ts'
import type { AnswerOf, Stage } from '../../model/stage.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, unionTraffic } from '../../model/traffic.ts'
import { createTrafficTable, type TrafficTable } from '../../model/trafficTable.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import type { NamedPorts, PortDemand } from './policyPorts.ts'
import { NO_NAMED_PORTS, resolveDemand } from './policyPorts.ts'
import type { CombinedRules, EndpointClass, KubernetesIndex } from './select.ts'
import { classOf } from './select.ts'

/** The rules that isolate an endpoint; absent where none does. */
interface EndPlan {
  readonly combined: CombinedRules | undefined
  /** The receiver's named ports, where the receiver is the end whose rules these are. */
  readonly receiver: NamedPorts
}

/**
 * What decides about connections between these endpoints, in two steps: the ingress of the destination and the egress
 * of the source. Pairs with equal outcomes in both have one answer of `allowedTraffic`, but for a pod and itself.
 * Named ports are looked up on the receiver (K18), which answers for them at egress as it does for peers.
 */
export function policyStages(
  index: KubernetesIndex,
  endpoints: readonly KubernetesEndpoint[],
): readonly Stage[] {
  const classes = endpoints.map(endpoint => classOf(index, endpoint))
  const names = [...index.portNames]
  const nameTerms = new Map(names.map((name, i) => [name, index.terms.numbers.size + i]))
  const ports = createTrafficTable()
  const answersOf = answersByClass(classes, names, index.terms.numbers.size, ports)
  const stage = (direction: Direction): Stage => {
    const plans: EndPlan[] = []
    const known = new Map<string, number>()
    const combinations = new Map<CombinedRules | undefined, number>([[undefined, 0]])
    const planOf = Int32Array.from(classes, ({ combined, namedPorts }) => {
      const own = combined[direction]
      const number = combinations.get(own) ?? combinations.size
      combinations.set(own, number)
      const receives = direction === 'ingress' && own !== undefined && asksForNames(own)
      const receiver = receives ? namedPorts : NO_NAMED_PORTS
      const key = `${number} ${[...receiver]
        .map(([name, traffic]) => `${name}=${traffic.join('-')}`)
        .sort()
        .join()}`
      const plan = known.get(key) ?? plans.push({ combined: own, receiver }) - 1
      known.set(key, plan)
      return plan
    })
    const outcomes = createTrafficTable()
    return {
      side: direction === 'ingress' ? 'dst' : 'src',
      planOf,
      planTerms: plans.map(({ combined }) => termsOf(combined, direction, nameTerms)),
      answersOf,
      outcomeOf: (plan, answerOf) =>
        outcomes.numberOf(planTraffic(plans[plan], direction, answerOf, nameTerms, ports)),
    }
  }
  return [stage('ingress'), stage('egress')]
}

function asksForNames({ anyPeer, byPeer }: CombinedRules): boolean {
  return anyPeer.names.length > 0 || byPeer.some(({ demand }) => demand.names.length > 0)
}

function answersByClass(
  classes: readonly EndpointClass[],
  names: readonly string[],
  firstName: number,
  ports: TrafficTable,
): readonly Int32Array[] {
  const known = new Map<EndpointClass, Int32Array>()
  return classes.map(endpoint => {
    const answered = known.get(endpoint)
    if (answered !== undefined) return answered
    const answers: number[] = []
    for (const term of [...endpoint.terms].sort((a, b) => a - b)) answers.push(term, 1)
    names.forEach((name, i) => {
      const traffic = endpoint.namedPorts.get(name)
      if (traffic !== undefined) answers.push(firstName + i, 1 + ports.numberOf(traffic))
    })
    const made = Int32Array.from(answers)
    known.set(endpoint, made)
    return made
  })
}

function termsOf(
  combined: CombinedRules | undefined,
  direction: Direction,
  nameTerms: ReadonlyMap<string, number>,
): Int32Array {
  const terms = new Set<number>()
  const addNames = ({ names }: PortDemand): void => {
    if (direction === 'egress') for (const name of names) terms.add(nameTerms.get(name) ?? -1)
  }
  if (combined !== undefined) {
    addNames(combined.anyPeer)
    for (const { peer, demand } of combined.byPeer) {
      terms.add(peer)
      addNames(demand)
    }
  }
  return Int32Array.from(terms).sort()
}

function planTraffic(
  plan: EndPlan | undefined,
  direction: Direction,
  answerOf: AnswerOf,
  nameTerms: ReadonlyMap<string, number>,
  ports: TrafficTable,
): TrafficSet {
  if (plan?.combined === undefined) return ALL_TRAFFIC
  const resolve = (demand: PortDemand): TrafficSet => {
    if (direction === 'ingress' || demand.names.length === 0) return resolveDemand(demand, plan.receiver)
    return demand.names.reduce((traffic, name) => {
      const answer = answerOf(nameTerms.get(name) ?? -1)
      return answer === 0 ? traffic : unionTraffic(traffic, ports.sets[answer - 1] ?? NO_TRAFFIC)
    }, demand.traffic)
  }
  let traffic = resolve(plan.combined.anyPeer)
  for (const { peer, demand } of plan.combined.byPeer)
    if (answerOf(peer) !== 0) traffic = unionTraffic(traffic, resolve(demand))
  return traffic
}
