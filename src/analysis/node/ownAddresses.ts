import { podResource, type Pod } from '../../model/cluster.ts'
import type { ResourceKey, ResourceSource } from '../../model/origin.ts'

/** The API server takes the first of `podIPs` where `podIP` is missing. */
const ADDRESS: ReadonlySet<string> = new Set(['status.podIP', 'status.podIPs[0].ip'])

/** Whether the user's text gives the pod's address; others have one that was made up. */
export function saysAddress(pod: Pod, sources: Readonly<Record<ResourceKey, ResourceSource>>): boolean {
  const key = podResource(pod)
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined
  return pod.workload === undefined && source?.paths.some(path => ADDRESS.has(path)) === true
}
