import { required } from '../model/assert.ts'
import type { Connectivity, ConnectivityRow, Endpoint } from '../model/connectivity.ts'
import { matchesSelector } from '../model/labels.ts'
import { policyKey, type Direction, type NetworkPolicy } from '../model/networkPolicy.ts'
import { compareBytes } from '../model/order.ts'
import {
  formatTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  sameTraffic,
  type TrafficSet,
} from '../model/traffic.ts'
import type { FlowKind, FlowVerdict } from './graphModel.ts'

/** More different sets of traffic than there can be; two indexes below it make one exact number. */
const MOST_SETS = 2 ** 25

/** Answers by endpoint class. Kinds are shared: equal answers are the same object. */
export interface FlowKinds {
  /** Undefined where no policy can speak: neither end is a pod. */
  readonly between: (srcClass: number, dstClass: number) => FlowKind | undefined
  readonly classOf: (endpoint: number) => number
}

export function flowKindsOf({ classOf, traffic, row }: Connectivity): FlowKinds {
  const kinds = new Map<number, FlowKind>()
  const kindOf = (promised: number, enforced: number, governed: boolean): FlowKind | undefined => {
    if (promised < 0 || enforced < 0) return undefined
    const key = (promised * MOST_SETS + enforced) * 2 + (governed ? 1 : 0)
    const known = kinds.get(key)
    if (known !== undefined) return known
    const kind = flowKind(
      required(traffic[promised], 'promised traffic'),
      required(traffic[enforced], 'enforced traffic'),
      governed,
    )
    kinds.set(key, kind)
    return kind
  }
  // Asked for one source after the other.
  let at = -1
  let answers: ConnectivityRow | undefined
  return {
    classOf: endpoint => classOf[endpoint] ?? -1,
    between: (src, dst) => {
      if (at !== src || answers === undefined) {
        at = src
        answers = row(src)
      }
      const { kubernetes, dataplane, governed } = answers
      return kindOf(kubernetes[dst] ?? -1, dataplane[dst] ?? -1, governed[dst] === 1)
    },
  }
}

/** Policies speak about TCP, UDP and SCTP, so a verdict and a deviation are about their ports. */
export function flowKind(promised: TrafficSet, enforced: TrafficSet, governed: boolean): FlowKind {
  return {
    verdict: verdictOf(enforced, governed),
    deviates: !sameTraffic(
      intersectTraffic(promised, PORT_TRAFFIC),
      intersectTraffic(enforced, PORT_TRAFFIC),
    ),
    governed,
    enforced,
    promised,
    enforcedText: formatTraffic(enforced),
    promisedText: formatTraffic(promised),
  }
}

function verdictOf(enforced: TrafficSet, governed: boolean): FlowVerdict {
  const ports = intersectTraffic(enforced, PORT_TRAFFIC)
  if (ports.length === 0) return 'blocked'
  if (!sameTraffic(ports, PORT_TRAFFIC)) return 'partial'
  return governed ? 'allowed' : 'unrestricted'
}

/** The policies that select a pod for a direction, by name; empty for other endpoints and pods of the host's network. */
export function selectingPolicies(
  policies: readonly NetworkPolicy[],
): (endpoint: Endpoint, direction: Direction) => readonly string[] {
  const byNamespace = new Map<string, NetworkPolicy[]>()
  for (const policy of policies) {
    const own = byNamespace.get(policy.namespace)
    if (own === undefined) byNamespace.set(policy.namespace, [policy])
    else own.push(policy)
  }
  return (endpoint, direction) => {
    if (endpoint.kind !== 'pod' || endpoint.hostNetwork || !endpoint.isolated[direction]) return []
    const type = direction === 'ingress' ? 'Ingress' : 'Egress'
    return (byNamespace.get(endpoint.namespace) ?? [])
      .filter(
        ({ spec }) =>
          spec.policyTypes?.includes(type) === true &&
          matchesSelector(endpoint.labels, spec.podSelector ?? {}),
      )
      .map(policyKey)
      .sort(compareBytes)
  }
}
