import type { Endpoint } from '../model/connectivity.ts'
import { matchesSelector } from '../model/labels.ts'
import { policyKey, type Direction, type NetworkPolicy } from '../model/networkPolicy.ts'
import { compareBytes } from '../model/order.ts'

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
