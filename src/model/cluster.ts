import type { Labels } from './labels.ts'
import type { NetworkPolicy } from './networkPolicy.ts'
import type { ResourceKey } from './origin.ts'

export interface Namespace {
  readonly name: string
  /** With `kubernetes.io/metadata.name`, as the API server keeps it. */
  readonly labels: Labels
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  /** Made for a selector or for objects that live in it; not in the user's text. */
  readonly assumed?: boolean
}

export interface ContainerPort {
  /** `''` when it has none. */
  readonly name: string
  /** Upper case after defaulting; a raw object may hold `''` or any text. */
  readonly protocol: string
  readonly containerPort: number
}

export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  /** `status.podIP`; `''` when the pod has none. */
  readonly ip: string
  readonly hostNetwork: boolean
  /** `status.phase`; `''` when absent, which reads as Running. */
  readonly phase: string
  /** Of `spec.containers`, in order. Ports of init and ephemeral containers do not count for azure-npm. */
  readonly containerPorts: readonly ContainerPort[]
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  /** Made for a selector; not in the user's text. */
  readonly assumed?: boolean
  /** The workload in the user's text that makes this pod: `Deployment/shop/web`. */
  readonly workload?: ResourceKey
}

export interface Cluster {
  readonly namespaces: readonly Namespace[]
  readonly pods: readonly Pod[]
  readonly policies: readonly NetworkPolicy[]
}

export function podKey(pod: Pod): string {
  return `${pod.namespace}/${pod.name}`
}

export function podResource(pod: Pod): ResourceKey {
  return `Pod/${podKey(pod)}`
}

export function namespaceResource(name: string): ResourceKey {
  return `Namespace/${name}`
}

/** Succeeded, Failed, or deleted with its grace period over: its address may belong to another pod by now. */
export function isCompletedPod(pod: Pod): boolean {
  return (
    pod.phase === 'Succeeded' ||
    pod.phase === 'Failed' ||
    (pod.deletionTimestamp !== undefined && pod.deletionGracePeriodSeconds === 0)
  )
}
