import { required } from '../model/assert.ts'
import type { Connectivity } from '../model/connectivity.ts'
import { unionTraffic, type TrafficSet } from '../model/traffic.ts'
import { createTrafficTable } from '../model/trafficTable.ts'
import { selectEndpoints, type EndpointQuery } from './endpoints/endpointQuery.ts'

/** Endpoints with equal answers. */
export interface ReachGroup {
  /** Indexes into `Connectivity.endpoints`, ascending. */
  readonly endpoints: readonly number[]
  /** What passes between each of them and at least one of those asked about. */
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
}

export interface ReachAnswer {
  /** Those asked about; empty when nothing is called so. */
  readonly asked: readonly number[]
  /** Who can reach them. */
  readonly inbound: readonly ReachGroup[]
  /** What they can reach. */
  readonly outbound: readonly ReachGroup[]
}

/**
 * Who can reach these endpoints and what they can reach, over all endpoints, in order of the groups' first members.
 * An endpoint does not count as its own peer, and neither does one that no policy can speak about (neither end a pod).
 * Costs a row and a column for each class that is asked about.
 */
export function reachOf(connectivity: Connectivity, query: EndpointQuery): ReachAnswer {
  const asked = [...selectEndpoints(connectivity.endpoints, query)].sort((a, b) => a - b)
  return {
    asked,
    inbound: groupsOf(connectivity, asked, 'in'),
    outbound: groupsOf(connectivity, asked, 'out'),
  }
}

function groupsOf(
  connectivity: Connectivity,
  asked: readonly number[],
  direction: 'in' | 'out',
): readonly ReachGroup[] {
  const { classes, classOf, traffic } = connectivity
  const byClass = new Map<number, number[]>()
  for (const endpoint of asked) {
    const own = required(classOf[endpoint], 'class')
    const members = byClass.get(own)
    if (members === undefined) byClass.set(own, [endpoint])
    else members.push(endpoint)
  }
  // A new row for each class that is asked about would be the most that a question leaves to be collected.
  const rowOf = (own: number) => connectivity.look(own, direction === 'out' ? 'src' : 'dst')
  const unions = createUnions(traffic)
  const [first = -1] = byClass.keys()
  // What one class meets needs no unions.
  const met = byClass.size === 1 ? { ...rowOf(first), sets: traffic } : unionOf(byClass.keys())
  function unionOf(asked: Iterable<number>) {
    const kubernetes = new Array<number>(classes.length).fill(-1)
    const dataplane = new Array<number>(classes.length).fill(-1)
    for (const own of asked) {
      const row = rowOf(own)
      const isAlone = (classes[own]?.endpoints.length ?? 0) < 2
      for (let peer = 0; peer < classes.length; peer++) {
        if (peer === own && isAlone) continue
        kubernetes[peer] = unions.add(kubernetes[peer] ?? -1, row.kubernetes[peer] ?? -1)
        dataplane[peer] = unions.add(dataplane[peer] ?? -1, row.dataplane[peer] ?? -1)
      }
    }
    return { kubernetes, dataplane, sets: unions.sets }
  }
  // The only one of its class that is asked about has its peers in other classes alone.
  const alone = new Map<number, readonly [number, number]>()
  for (const [own, [only, ...more]] of byClass) {
    if (only === undefined || more.length > 0) continue
    let answer: readonly [number, number] = [-1, -1]
    for (const other of byClass.keys()) {
      if (other === own) continue
      const pair = direction === 'out' ? connectivity.pair(other, own) : connectivity.pair(own, other)
      answer = [unions.add(answer[0], pair.kubernetes), unions.add(answer[1], pair.dataplane)]
    }
    alone.set(only, answer)
  }
  const groups = new Map<number, Gathering>()
  const groupOf = (promised: number, enforced: number): Gathering => {
    const key = promised * 2 ** 26 + enforced
    const known = groups.get(key)
    if (known !== undefined) return known
    const group = { promised, enforced, size: 0, endpoints: [] }
    groups.set(key, group)
    return group
  }
  // Two passes over every endpoint of the cluster: lists that grow to their length leave several times as much to be
  // collected. One look at its class decides about nearly all.
  const isAsked = new Uint8Array(classes.length)
  for (const own of byClass.keys()) isAsked[own] = 1
  const groupOfClass = new Array<Gathering | undefined>(classes.length).fill(undefined)
  const groupOfEndpoint = (endpoint: number): Gathering | undefined => {
    const own = classOf[endpoint] ?? -1
    const exception = isAsked[own] === 1 ? alone.get(endpoint) : undefined
    if (exception !== undefined) return exception[0] < 0 ? undefined : groupOf(...exception)
    const known = groupOfClass[own]
    if (known !== undefined) return known
    const promised = met.kubernetes[own] ?? -1
    return promised < 0 ? undefined : (groupOfClass[own] = groupOf(promised, met.dataplane[own] ?? -1))
  }
  for (let endpoint = 0; endpoint < classOf.length; endpoint++) {
    const group = groupOfEndpoint(endpoint)
    if (group !== undefined) group.size++
  }
  for (const group of groups.values()) {
    group.endpoints = new Array<number>(group.size)
    group.size = 0
  }
  for (let endpoint = 0; endpoint < classOf.length; endpoint++) {
    const group = groupOfEndpoint(endpoint)
    if (group !== undefined) group.endpoints[group.size++] = endpoint
  }
  return [...groups.values()].map(({ promised, enforced, endpoints }) => ({
    endpoints,
    kubernetes: met.sets[promised] ?? [],
    dataplane: met.sets[enforced] ?? [],
  }))
}

/** Endpoints of one answer, while they are counted and then listed. */
interface Gathering {
  readonly promised: number
  readonly enforced: number
  size: number
  endpoints: number[]
}

/** Unions of sets of traffic by number; -1 is no answer at all. */
function createUnions(traffic: readonly TrafficSet[]): {
  readonly sets: readonly TrafficSet[]
  /** A union so far, and an index into `traffic`. */
  readonly add: (union: number, index: number) => number
} {
  const table = createTrafficTable()
  const known: (Map<number, number> | undefined)[] = []
  return {
    sets: table.sets,
    add(union, index) {
      if (index < 0) return union
      const unions = (known[union + 1] ??= new Map<number, number>())
      const earlier = unions.get(index)
      if (earlier !== undefined) return earlier
      const made = table.numberOf(unionTraffic(table.sets[union] ?? [], traffic[index] ?? []))
      unions.set(index, made)
      return made
    },
  }
}
