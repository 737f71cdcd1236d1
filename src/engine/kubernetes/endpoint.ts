import type { Pod } from '../../model/cluster.ts'
import { isCompletedPod } from '../../model/cluster.ts'
import { parseIpv4 } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'

/** One end of a connection. An `address` is one that no pod has; who holds an address is the caller's to know. */
export type KubernetesEndpoint =
  { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: Ipv4 }

/**
 * The pod as policies see it, or nothing: a hostNetwork pod is its node (K30, reading b), and a pod that has
 * ended takes no part, since its address may belong to another by now.
 */
export function visiblePod(endpoint: KubernetesEndpoint): Pod | undefined {
  if (endpoint.kind === 'address') return undefined
  return endpoint.pod.hostNetwork || isCompletedPod(endpoint.pod) ? undefined : endpoint.pod
}

/** Undefined for a pod without an IPv4 address, which no ipBlock then covers. */
export function addressOf(endpoint: KubernetesEndpoint): Ipv4 | undefined {
  return endpoint.kind === 'address' ? endpoint.address : parseIpv4(endpoint.pod.ip)
}

/** A pod at both ends: policies do not speak about it (K29). */
export function isSamePod(a: KubernetesEndpoint, b: KubernetesEndpoint): boolean {
  return (
    a.kind === 'pod' && b.kind === 'pod' && a.pod.name === b.pod.name && a.pod.namespace === b.pod.namespace
  )
}
