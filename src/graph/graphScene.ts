import type { Endpoint } from '../model/connectivity.ts'
import type { FlowFilter } from '../model/graphView.ts'
import type { Direction } from '../model/networkPolicy.ts'
import { compareBytes } from '../model/order.ts'
import type { VerdictCounts } from '../model/picture.ts'
import { answersOf, type Answers } from './answers.ts'
import { isHidden, trafficOf } from './flowFilter.ts'
import type { FlowTally, Part } from './flowTally.ts'
import type { GraphInput } from './graphModel.ts'
import { selectingPolicies } from './selectingPolicies.ts'
import { startSumming, type ClassReach, type Summing } from './summing.ts'

/**
 * What all pictures of one analysis share. Sums over all pairs of classes are made when a view first needs them and
 * kept. They cost seconds for thousands of classes, so for very many each question goes on with them.
 */
export interface GraphScene {
  readonly input: GraphInput
  readonly endpoints: readonly Endpoint[]
  /** An endpoint's index by its id, -1 when there is none. */
  readonly indexOf: (id: string) => number
  /** Endpoint indexes of the pods of each namespace, by name in byte order. */
  readonly namespaces: ReadonlyMap<string, readonly number[]>
  readonly selecting: (endpoint: Endpoint, direction: Direction) => readonly string[]
  readonly answers: (filter: FlowFilter) => Answers
  /** Members by class, without hidden ones. */
  readonly sizes: (filter: FlowFilter) => Int32Array
  /** All flows, whatever the filter says about their ends; of those summed so far. */
  readonly counts: (filter: FlowFilter) => VerdictCounts
  /**
   * From namespace to namespace, or from place to place where `placeOf` puts several namespaces in one. Undefined as
   * long as they are not summed: each question goes on with that.
   */
  readonly tally: (
    filter: FlowFilter,
    places: number,
    placeOf: (namespace: string) => number,
  ) => FlowTally | undefined
  /** Whom nobody reaches, and who reaches nobody, hidden ends included. Undefined as long as it is not summed. */
  readonly reach: (filter: FlowFilter) => ClassReach | undefined
  /** How much of the sums that the last question needed is done, from 0 to 1. */
  readonly summed: () => number
}

/** So many pairs of classes one question sums: about a second. */
const PAIRS_A_QUESTION = 8_000_000

export function graphSceneOf(input: GraphInput): GraphScene {
  const { connectivity, base } = input
  const { endpoints } = connectivity
  const namespaces = podsByNamespace(endpoints)
  const answers = latest((traffic: string) => answersOf(connectivity, base, trafficOf(traffic)))
  const sizes = (filter: FlowFilter): Int32Array =>
    Int32Array.from(
      answers(filter.traffic).classes,
      members => members.filter(index => isVisible(endpoints[index], filter)).length,
    )
  const keyOf = ({ traffic, hideSystem, hideNamespaces }: FlowFilter): string =>
    JSON.stringify([traffic, hideSystem, hideNamespaces])
  let summing: { readonly key: string; readonly filter: string; readonly sums: Summing } | undefined
  const goOn = (filter: FlowFilter, key: string, parts: () => readonly Part[], places: number): Summing => {
    if (summing?.key !== key) {
      const sums = startSumming(answers(filter.traffic), parts(), places, sizes(filter))
      summing = { key, filter: keyOf(filter), sums }
    }
    summing.sums.advance(PAIRS_A_QUESTION)
    return summing.sums
  }
  const startedSums = (filter: FlowFilter): Summing => {
    const key = keyOf(filter)
    return summing?.filter === key ? summing.sums : goOn(filter, key, () => [], 0)
  }
  const indexes = new Map(endpoints.map((endpoint, index) => [endpoint.id, index]))
  return {
    input,
    endpoints,
    indexOf: id => indexes.get(id) ?? -1,
    namespaces,
    selecting: selectingPolicies(input.policies),
    answers: filter => answers(filter.traffic),
    sizes,
    counts: filter => startedSums(filter).counts(),
    reach: filter => {
      const sums = startedSums(filter)
      return sums.done() < 1 ? undefined : sums.reach
    },
    tally: (filter, places, placeOf) => {
      const key = `${keyOf(filter)} ${places} ${[...namespaces.keys()].map(placeOf).join()}`
      const own = answers(filter.traffic)
      const parts = (): readonly Part[] =>
        partsOf(endpoints, own, endpoint =>
          endpoint.kind === 'pod' && isVisible(endpoint, filter) ? placeOf(endpoint.namespace) : -1,
        )
      const sums = goOn(filter, key, parts, places)
      return sums.done() < 1 ? undefined : sums.tally
    },
    summed: () => summing?.sums.done() ?? 1,
  }
}

/** Remembers the newest answer. */
function latest<T>(make: (key: string) => T): (key: string) => T {
  let kept: { readonly key: string; readonly value: T } | undefined
  return key => {
    if (kept?.key !== key) kept = { key, value: make(key) }
    return kept.value
  }
}

function isVisible(endpoint: Endpoint | undefined, filter: FlowFilter): boolean {
  return endpoint !== undefined && !isHidden(endpoint, filter)
}

function podsByNamespace(endpoints: readonly Endpoint[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  endpoints.forEach((endpoint, index) => {
    if (endpoint.kind !== 'pod') return
    const own = found.get(endpoint.namespace)
    if (own === undefined) found.set(endpoint.namespace, [index])
    else own.push(index)
  })
  return new Map([...found].sort(([a], [b]) => compareBytes(a, b)))
}

/** Members of each class by place; endpoints at -1 take no part. */
export function partsOf(
  endpoints: readonly Endpoint[],
  { classes }: Answers,
  placeOf: (endpoint: Endpoint, index: number) => number,
): readonly Part[] {
  return classes.flatMap((members, own) => {
    const counts = new Map<number, number>()
    for (const index of members) {
      const endpoint = endpoints[index]
      const place = endpoint === undefined ? -1 : placeOf(endpoint, index)
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    return [...counts].map(([place, count]) => ({ class: own, place, count }))
  })
}
