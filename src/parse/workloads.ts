import type { Pod } from '../model/cluster.ts'
import { namespaceOf, storedPod } from './defaults.ts'
import type { PodTemplate, WorkloadSpec } from './podShape.ts'
import type { ObjectMeta } from './policyShape.ts'

/** So many pods are made of one workload; more would only repeat them. */
export const MAX_REPLICAS = 10

export interface WorkloadPods {
  /** Where the pods' own fields stand: `spec.template`. */
  readonly templatePath: string
  readonly template: PodTemplate
  /** How many pods Kubernetes makes; for a DaemonSet one, as nodes are not known. */
  readonly wanted: number
  /** The first of them, `MAX_REPLICAS` at most, named `web-1`, `web-2`, … and as Kubernetes does for a StatefulSet. */
  readonly pods: readonly Pod[]
}

/** The pods that a workload makes, in its own namespace, whatever namespace the template names. */
export function workloadPods(kind: string, meta: ObjectMeta, spec: WorkloadSpec): WorkloadPods {
  const own = kind === 'CronJob' ? (spec.jobTemplate?.spec ?? {}) : spec
  const templatePath = kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template'
  const template = own.template ?? {}
  const suspended = spec.suspend === true || own.suspend === true
  const wanted = suspended ? 0 : Math.max(0, podCount(kind, own))
  const first = kind === 'StatefulSet' ? (spec.ordinals?.start ?? 0) : 1
  const workload = `${kind}/${namespaceOf(meta)}/${meta.name ?? ''}`
  const pods = Array.from({ length: Math.min(wanted, MAX_REPLICAS) }, (_, i): Pod => {
    const name = `${meta.name ?? ''}-${first + i}`
    const labels = template.metadata?.labels ?? {}
    const pod = storedPod({ name, namespace: namespaceOf(meta), labels }, template.spec ?? {})
    return { ...pod, workload }
  })
  return { templatePath, template, wanted, pods }
}

function podCount(kind: string, spec: WorkloadSpec): number {
  switch (kind) {
    case 'DaemonSet':
      return 1
    case 'Job':
    case 'CronJob':
      return Math.min(spec.parallelism ?? 1, spec.completions ?? Infinity)
    default:
      return spec.replicas ?? 1
  }
}
