import { required } from '../model/assert.ts'
import type { Connectivity, ConnectivityRow, Endpoint, EndpointClass } from '../model/connectivity.ts'
import type { Stage } from '../model/stage.ts'
import { ALL_TRAFFIC, type TrafficSet } from '../model/traffic.ts'
import { createTrafficTable } from '../model/trafficTable.ts'
import type { Ipv4 } from '../model/ip.ts'
import { createAnswers, type Decision } from './endpoints/reachability.ts'

/** The two answers that connectivity is made of, asked for one source and one destination at a time. */
export interface Verdicts {
  /** Endpoints with equal signatures are treated alike by every rule and policy. */
  readonly signatureOf: (endpoint: Endpoint) => string
  /** What Kubernetes promises. */
  readonly promised: (src: Endpoint, dst: Endpoint) => TrafficSet
  /** What the node's rules let through. */
  readonly enforced: (src: Ipv4, dst: Ipv4) => TrafficSet
  /** The same by steps, for one endpoint of each class; undefined or absent where each pair is to be asked about. */
  readonly promisedStages?: (endpoints: readonly Endpoint[]) => readonly Stage[] | undefined
  readonly enforcedStages?: (addresses: readonly Ipv4[]) => readonly Stage[] | undefined
}

/** Whether the endpoint is a pod with an address of its own; policies speak about no other. */
export function isPolicedPod(endpoint: Endpoint): boolean {
  return endpoint.kind === 'pod' && !endpoint.hostNetwork
}

/** How much is kept of rows and of columns that were asked for. */
const MAX_KEPT_BYTES = 32 * 2 ** 20
const BYTES_PER_CELL = 9

/**
 * Both answers for all pairs of endpoints, made a class at a time when they are asked for. The newest rows and columns
 * are kept.
 */
export function connectivityOf(endpoints: readonly Endpoint[], verdicts: Verdicts): Connectivity {
  const classes = classesOf(endpoints, verdicts.signatureOf)
  const n = classes.length
  const traffic = createTrafficTable()
  const everything = traffic.numberOf(ALL_TRAFFIC)
  const endpointAt = (index: number | undefined): Endpoint => required(endpoints[index ?? -1], 'endpoint')
  const samples = classes.map(({ endpoints: members }) => endpointAt(members[0]))
  const isPoliced = Uint8Array.from(samples, sample => (isPolicedPod(sample) ? 1 : 0))
  const isolation = (direction: 'ingress' | 'egress'): Uint8Array =>
    Uint8Array.from(samples, sample => (sample.kind === 'pod' && sample.isolated[direction] ? 1 : 0))
  const isolated = { src: isolation('egress'), dst: isolation('ingress') }
  const size = (index: number): number => classes[index]?.endpoints.length ?? 0
  /** Within a class, two different members stand for the pair. */
  const sampleOf = (source: number, destination: number): Endpoint =>
    source === destination
      ? endpointAt(classes[destination]?.endpoints[1])
      : required(samples[destination], 'class')

  const decisions: Readonly<Record<'kubernetes' | 'dataplane', Decision>> = {
    kubernetes: {
      stages: () => verdicts.promisedStages?.(samples),
      answer: (source, destination) =>
        traffic.numberOf(
          verdicts.promised(required(samples[source], 'class'), sampleOf(source, destination)),
        ),
    },
    dataplane: {
      stages: () => verdicts.enforcedStages?.(samples.map(({ address }) => address)),
      answer: (source, destination) =>
        traffic.numberOf(
          verdicts.enforced(
            required(samples[source], 'class').address,
            sampleOf(source, destination).address,
          ),
        ),
    },
  }
  const kubernetes = createAnswers(n, decisions.kubernetes)
  const dataplane = createAnswers(n, decisions.dataplane)

  /** A single member only meets itself. */
  const isAlone = (source: number, destination: number): boolean => source === destination && size(source) < 2
  /** Whom a class has no answer with, by whether it is policed. */
  const nobody = new Uint8Array(n)
  const unpoliced = isPoliced.map(policed => 1 - policed)
  const rowOfNothing = (): ConnectivityRow => ({
    kubernetes: new Int32Array(n),
    dataplane: new Int32Array(n),
    governed: new Uint8Array(n),
  })
  const sweep = (fixed: number, side: 'src' | 'dst', row = rowOfNothing()): ConnectivityRow => {
    const skip = isPoliced[fixed] === 1 ? nobody : unpoliced
    const before = skip[fixed] ?? 0
    if (isAlone(fixed, fixed)) skip[fixed] = 1
    kubernetes.sweep(fixed, side, skip, row.kubernetes)
    dataplane.sweep(fixed, side, skip, row.dataplane)
    const own = isolated[side][fixed] ?? 0
    const others = isolated[side === 'src' ? 'dst' : 'src']
    for (let other = 0; other < n; other++)
      row.governed[other] = skip[other] === 1 ? 0 : own | (others[other] ?? 0)
    skip[fixed] = before
    if (isPoliced[fixed] === 1 && isAlone(fixed, fixed))
      row.kubernetes[fixed] = row.dataplane[fixed] = everything
    return row
  }

  let looked: ConnectivityRow | undefined
  return {
    endpoints,
    classes,
    classOf: classOfEach(endpoints.length, classes),
    traffic: traffic.sets,
    row: keepNewest(n, source => sweep(source, 'src')),
    column: keepNewest(n, destination => sweep(destination, 'dst')),
    look: (fixed, side) => sweep(fixed, side, (looked ??= rowOfNothing())),
    pair(source, destination) {
      if (isPoliced[source] !== 1 && isPoliced[destination] !== 1)
        return { kubernetes: -1, dataplane: -1, governed: false }
      if (isAlone(source, destination))
        return { kubernetes: everything, dataplane: everything, governed: false }
      return {
        kubernetes: kubernetes.pair(source, destination),
        dataplane: dataplane.pair(source, destination),
        governed: isolated.src[source] === 1 || isolated.dst[destination] === 1,
      }
    },
  }
}

/** The function's newest answers, as many as memory is meant for. */
function keepNewest(
  cells: number,
  make: (index: number) => ConnectivityRow,
): (index: number) => ConnectivityRow {
  const most = Math.max(2, Math.floor(MAX_KEPT_BYTES / (BYTES_PER_CELL * Math.max(1, cells))))
  const kept = new Map<number, ConnectivityRow>()
  return index => {
    const known = kept.get(index)
    if (known !== undefined) return known
    const made = make(index)
    for (const oldest of kept.keys()) {
      if (kept.size < most) break
      kept.delete(oldest)
    }
    kept.set(index, made)
    return made
  }
}

/** The class of each of so many endpoints. */
function classOfEach(count: number, classes: readonly EndpointClass[]): Int32Array {
  const classOf = new Int32Array(count).fill(-1)
  classes.forEach((members, index) => {
    for (const endpoint of members.endpoints) classOf[endpoint] = index
  })
  return classOf
}

function classesOf(
  endpoints: readonly Endpoint[],
  signatureOf: (endpoint: Endpoint) => string,
): readonly EndpointClass[] {
  const classes = new Map<string, number[]>()
  endpoints.forEach((endpoint, index) => {
    const key = `${endpoint.kind}${isPolicedPod(endpoint) ? '' : '!'}|${signatureOf(endpoint)}`
    const members = classes.get(key)
    if (members === undefined) classes.set(key, [index])
    else members.push(index)
  })
  return [...classes.values()].map(members => ({ endpoints: members }))
}
