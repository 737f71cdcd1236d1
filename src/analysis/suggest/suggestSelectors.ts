import type { Cluster, Pod } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { labelKeys, labelValue, matchesSelector, type Labels } from '../../model/labels.ts'
import { tellingFirst } from '../assumed/assumedNames.ts'

/** Labels that controllers give to single pods or to one generation of them: no policy should rest on them. */
const GENERATED_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'pod-template-generation',
  'controller-revision-hash',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
  'job-completion-index',
  'batch.kubernetes.io/job-completion-index',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
])

/** The labels that tell what a pod is, the most telling first. */
function lastingKeys(labels: Labels): readonly string[] {
  return tellingFirst(labelKeys(labels).filter(key => !GENERATED_LABELS.has(key)))
}

function identityOf({ namespace, labels }: Pick<Pod, 'namespace' | 'labels'>): string {
  return JSON.stringify([namespace, lastingKeys(labels).map(key => [key, labelValue(labels, key)])])
}

/** Replicas: pods of one namespace whose lasting labels are the same. Other endpoints are kin of themselves only. */
export function areKin(a: Endpoint, b: Endpoint): boolean {
  if (a.kind !== 'pod' || b.kind !== 'pod') return a.id === b.id
  return a.namespace === b.namespace && a.hostNetwork === b.hostNetwork && identityOf(a) === identityOf(b)
}

/** More keys than this are not combined. */
const COMBINED_KEYS = 8

/**
 * The fewest labels that tell a pod and its replicas from the other pods of its namespace; where none do, those that
 * the fewest others share. A pod without lasting labels has none: then everything is selected. A pod that was assumed
 * for some selector is known by all of its labels only.
 */
export function distinguishingLabels(
  pod: Pick<Pod, 'namespace' | 'labels' | 'assumed'>,
  { pods }: Cluster,
): Labels {
  if (pod.assumed === true) return pod.labels
  const own = identityOf(pod)
  const others = pods.filter(
    other => other.namespace === pod.namespace && !other.hostNetwork && identityOf(other) !== own,
  )
  let best: Labels | undefined
  let fewest = Infinity
  for (const keys of subsets(lastingKeys(pod.labels).slice(0, COMBINED_KEYS))) {
    const labels = Object.fromEntries(keys.map(key => [key, labelValue(pod.labels, key) ?? '']))
    const shared = others.filter(other => matchesSelector(other.labels, { matchLabels: labels })).length
    if (shared === 0) return labels
    if (shared < fewest) {
      best = labels
      fewest = shared
    }
  }
  return best ?? {}
}

/** Of one, two and three keys, in this order, and then all. */
function* subsets(keys: readonly string[]): Generator<readonly string[]> {
  for (const key of keys) yield [key]
  for (const [i, a] of keys.entries()) for (const b of keys.slice(i + 1)) yield [a, b]
  for (const [i, a] of keys.entries())
    for (const [j, b] of keys.slice(i + 1).entries()) for (const c of keys.slice(i + j + 2)) yield [a, b, c]
  if (keys.length > 3) yield keys
}

/** A label by which the pod differs from most of the others, to be excluded by; undefined when it has no lasting one. */
export function excludingLabel(
  pod: Pick<Pod, 'namespace' | 'labels'>,
  others: readonly Pod[],
): { readonly key: string; readonly value: string } | undefined {
  const own = identityOf(pod)
  const counted = lastingKeys(pod.labels).map(key => {
    const value = labelValue(pod.labels, key) ?? ''
    const shared = others.filter(
      other => identityOf(other) !== own && labelValue(other.labels, key) === value,
    )
    return { key, value, count: shared.length }
  })
  return counted.toSorted((a, b) => a.count - b.count)[0]
}
