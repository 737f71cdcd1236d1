import { podResource, type Pod } from '../../model/cluster.ts'
import type { ResourceKey, ResourceSource } from '../../model/origin.ts'

/** Whether the user's text gives the pod's address; others have one that was made up. */
export function saysAddress(pod: Pod, sources: Readonly<Record<ResourceKey, ResourceSource>>): boolean {
  const key = podResource(pod)
  const source = Object.hasOwn(sources, key) ? sources[key] : undefined
  return pod.workload === undefined && source?.paths.includes('status.podIP') === true
}
