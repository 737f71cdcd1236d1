import { required } from '../model/assert.ts'
import type { Connectivity, ConnectivityRow, Endpoint, EndpointClass } from '../model/connectivity.ts'
import { ALL_TRAFFIC, type TrafficSet } from '../model/traffic.ts'
import type { Ipv4 } from '../model/ip.ts'

/** The two answers that connectivity is made of, asked for one source and one destination at a time. */
export interface Verdicts {
  /** Endpoints with equal signatures are treated alike by every rule and policy. */
  readonly signatureOf: (endpoint: Endpoint) => string
  /** What Kubernetes promises. */
  readonly promised: (src: Endpoint, dst: Endpoint) => TrafficSet
  /** What the node's rules let through. */
  readonly enforced: (src: Ipv4, dst: Ipv4) => TrafficSet
}

/** Whether the endpoint is a pod with an address of its own; policies speak about no other. */
export function isPolicedPod(endpoint: Endpoint): boolean {
  return endpoint.kind === 'pod' && !endpoint.hostNetwork
}

const MAX_KNOWN_ARRAYS = 50_000

/**
 * Both answers for all pairs of endpoints, computed once a pair of classes: the work grows with the square of the
 * number of different pods, not of pods.
 */
export function connectivityOf(endpoints: readonly Endpoint[], verdicts: Verdicts): Connectivity {
  const classes = classesOf(endpoints, verdicts.signatureOf)
  const n = classes.length
  const kubernetes = new Int32Array(n * n).fill(-1)
  const dataplane = new Int32Array(n * n).fill(-1)
  const governed = new Uint8Array(n * n)
  const traffic: TrafficSet[] = []
  const known = new Map<string, number>()
  // Many answers are the same array again, and looking an array up costs far less than making its text. Others are
  // made for one pair and never come again; the bound keeps those from filling the memory.
  const knownArrays = new Map<TrafficSet, number>()
  const intern = (set: TrafficSet): number => {
    const earlier = knownArrays.get(set)
    if (earlier !== undefined) return earlier
    const key = set.join()
    const index = known.get(key) ?? traffic.length
    if (index === traffic.length) {
      known.set(key, index)
      traffic.push(set)
    }
    if (knownArrays.size < MAX_KNOWN_ARRAYS) knownArrays.set(set, index)
    return index
  }
  const everything = intern(ALL_TRAFFIC)
  const endpointAt = (index: number | undefined): Endpoint => required(endpoints[index ?? -1], 'endpoint')

  classes.forEach((source, s) => {
    const src = endpointAt(source.endpoints[0])
    classes.forEach((destination, d) => {
      // Within a class, two different members stand for the pair; a single member only meets itself.
      const dst = endpointAt(destination.endpoints[s === d ? 1 : 0] ?? destination.endpoints[0])
      if (!isPolicedPod(src) && !isPolicedPod(dst)) return
      const pair = s * n + d
      if (src === dst) {
        kubernetes[pair] = dataplane[pair] = everything
        return
      }
      kubernetes[pair] = intern(verdicts.promised(src, dst))
      dataplane[pair] = intern(verdicts.enforced(src.address, dst.address))
      governed[pair] =
        (src.kind === 'pod' && src.isolated.egress) || (dst.kind === 'pod' && dst.isolated.ingress) ? 1 : 0
    })
  })
  return {
    endpoints,
    classes,
    classOf: classOfEach(endpoints.length, classes),
    traffic,
    row: source => ({
      kubernetes: kubernetes.subarray(source * n, (source + 1) * n),
      dataplane: dataplane.subarray(source * n, (source + 1) * n),
      governed: governed.subarray(source * n, (source + 1) * n),
    }),
    column: destination => columnOf({ kubernetes, dataplane, governed }, n, destination),
    pair: (source, destination) => {
      const pair = source * n + destination
      return {
        kubernetes: kubernetes[pair] ?? -1,
        dataplane: dataplane[pair] ?? -1,
        governed: governed[pair] === 1,
      }
    },
  }
}

function columnOf(
  { kubernetes, dataplane, governed }: ConnectivityRow,
  n: number,
  destination: number,
): ConnectivityRow {
  const column = { kubernetes: new Int32Array(n), dataplane: new Int32Array(n), governed: new Uint8Array(n) }
  for (let source = 0; source < n; source++) {
    const pair = source * n + destination
    column.kubernetes[source] = kubernetes[pair] ?? -1
    column.dataplane[source] = dataplane[pair] ?? -1
    column.governed[source] = governed[pair] ?? 0
  }
  return column
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
