import type { Pod } from '../../model/cluster.ts'
import type { FlowEnd } from '../../model/connectivity.ts'
import type { Direction } from '../../model/networkPolicy.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import { ALL_TRAFFIC, intersectTraffic, NO_TRAFFIC, unionTraffic } from '../../model/traffic.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import { isSamePod } from './endpoint.ts'
import { resolveDemand } from './policyPorts.ts'
import type { EndpointClass, IndexedRule, KubernetesIndex } from './select.ts'
import { classOf } from './select.ts'

/**
 * Endpoints with equal signatures are treated alike by every policy of the cluster, as source and as
 * destination, except that a pod always reaches itself. Meaningful within one index only.
 */
export function signatureOf(index: KubernetesIndex, endpoint: KubernetesEndpoint): string {
  return classOf(index, endpoint).signature
}

/** K2: some policy of the pod's namespace selects it for that direction. */
export function isIsolated(index: KubernetesIndex, pod: Pod, direction: Direction): boolean {
  return classOf(index, { kind: 'pod', pod }).combined[direction] !== undefined
}

/**
 * What `src` may send to `dst`, by destination port. A stretch of the line is in it when both ends agree (K4).
 * Protocols without ports, which the API leaves undefined (K19), are in it where no policy isolates or a rule
 * without `ports` allows.
 */
export function allowedTraffic(
  index: KubernetesIndex,
  src: KubernetesEndpoint,
  dst: KubernetesEndpoint,
): TrafficSet {
  if (isSamePod(src, dst)) return ALL_TRAFFIC
  const from = classOf(index, src)
  const to = classOf(index, dst)
  const egress = endTraffic('egress', from, to)
  const ingress = endTraffic('ingress', to, from)
  if (egress === ALL_TRAFFIC || egress === ingress) return ingress
  if (ingress === ALL_TRAFFIC) return egress
  return intersectTraffic(egress, ingress)
}

/**
 * What the policies of one end let through. Computed anew for each pair: most rules name few peers, so that
 * this costs less than a table of all pairs would.
 */
function endTraffic(direction: Direction, self: EndpointClass, peer: EndpointClass): TrafficSet {
  const combined = self.combined[direction]
  if (combined === undefined) return ALL_TRAFFIC
  const receiver = (direction === 'ingress' ? self : peer).namedPorts
  let traffic = resolveDemand(combined.anyPeer, receiver)
  for (const { peer: term, demand } of combined.byPeer)
    if (peer.terms.has(term)) traffic = unionTraffic(traffic, resolveDemand(demand, receiver))
  return traffic
}

/**
 * One end of a flow for people: the policies that apply to `self` in that direction, in order of their keys, and
 * which of their rules allow what with `peer` at the other end. A pod that talks to itself has no policies (K29).
 */
export function explainEnd(
  index: KubernetesIndex,
  direction: Direction,
  self: KubernetesEndpoint,
  peer: KubernetesEndpoint,
): FlowEnd {
  const own = classOf(index, self)
  const other = classOf(index, peer)
  const isolated = own.combined[direction] !== undefined
  if (isSamePod(self, peer)) return { direction, isolated, allowed: ALL_TRAFFIC, policies: [] }
  const receiver = (direction === 'ingress' ? own : other).namedPorts
  const policies = own.policies[direction].map(({ key, rules }) => {
    const allowing = (rules[direction] ?? [])
      .filter(rule => hasPeer(rule, other))
      .map(({ path, demand }) => ({ path, allows: resolveDemand(demand, receiver) }))
      .filter(({ allows }) => allows.length > 0)
    return {
      policy: key,
      allows: allowing.reduce((all, { allows }) => unionTraffic(all, allows), NO_TRAFFIC),
      rules: allowing,
    }
  })
  return { direction, isolated, allowed: endTraffic(direction, own, other), policies }
}

function hasPeer(rule: IndexedRule, peer: EndpointClass): boolean {
  return rule.peers === 'any' || rule.peers.some(term => peer.terms.has(term))
}
