import type { AgentEvent } from '../../engine/azure-npm/agent.ts'
import { namespaceResource, podKey, podResource, type Cluster } from '../../model/cluster.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { policyKey, policyResource } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { ResourceKey } from '../../model/origin.ts'
import type { HistoryChange } from '../../model/protocol.ts'
import type { ProfileId } from '../../model/scenario.ts'

/** What the API server has held so far, one cluster a change; the first is what the agent finds when it starts. */
export interface History {
  readonly profile: ProfileId
  readonly revisions: readonly Cluster[]
}

export interface ClusterEvent {
  readonly resource: ResourceKey
  readonly change: 'add' | 'change' | 'delete'
  readonly event: AgentEvent
}

/** Older changes fold into the start. */
const REVISIONS_KEPT = 60

/** A history that may still change its last step. */
export interface NodeRecord {
  /** Before the newest change, to which typing on goes back. */
  readonly before: History | undefined
  readonly now: History | undefined
}

/** The record after the scenario became `wanted`; `undefined` when it cannot be read, and so is not applied. */
export function withChange(
  record: NodeRecord,
  change: HistoryChange,
  wanted:
    | {
        readonly cluster: Cluster
        readonly profile: ProfileId
        readonly diagnostics: readonly Diagnostic[]
      }
    | undefined,
): NodeRecord {
  if (change === 'unchanged' && record.now !== undefined) return record
  const before = change === 'new-node' ? undefined : change === 'same-change' ? record.before : record.now
  if (wanted === undefined) return { before, now: change === 'same-change' ? record.now : before }
  const { cluster, profile, diagnostics } = wanted
  const held = before?.profile === profile ? before.revisions.at(-1) : undefined
  return { before, now: withRevision(before, withRefusedKept(cluster, held, diagnostics), profile) }
}

/** The history after the scenario has become `cluster`. Another profile is another agent: it starts anew. */
export function withRevision(history: History | undefined, cluster: Cluster, profile: ProfileId): History {
  if (history?.profile !== profile) return { profile, revisions: [cluster] }
  const last = history.revisions.at(-1)
  if (last !== undefined && eventsBetween(last, cluster).length === 0) return history
  return { profile, revisions: [...history.revisions, cluster].slice(-REVISIONS_KEPT) }
}

/**
 * The cluster as the API server would have it: an object whose new version it refuses stays as it was. `before` is
 * what it held; `diagnostics` are those of the new text.
 */
export function withRefusedKept(
  cluster: Cluster,
  before: Cluster | undefined,
  diagnostics: readonly Diagnostic[],
): Cluster {
  const refused = new Set(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ resource }) => resource),
  )
  if (before === undefined || refused.size === 0) return cluster
  const merged = <T>(now: readonly T[], then: readonly T[], keyOf: (item: T) => string): readonly T[] => {
    const present = new Set(now.map(keyOf))
    return [...now, ...then.filter(item => refused.has(keyOf(item)) && !present.has(keyOf(item)))]
  }
  return {
    namespaces: merged(cluster.namespaces, before.namespaces, ({ name }) => name),
    pods: merged(cluster.pods, before.pods, podKey),
    policies: merged(cluster.policies, before.policies, policyKey),
  }
}

/**
 * What happens when one cluster becomes the other, in the order of `kubectl apply --prune`: new and changed
 * namespaces, pods and policies, then what is gone, policies first. By name within each.
 */
export function eventsBetween(before: Cluster | undefined, after: Cluster): readonly ClusterEvent[] {
  const all = [
    ...changes(
      before?.namespaces,
      after.namespaces,
      ({ name }) => namespaceResource(name),
      (action, object) => ({ kind: 'Namespace', action, object }),
    ),
    ...changes(before?.pods, after.pods, podResource, (action, object) => ({ kind: 'Pod', action, object })),
    ...changes(before?.policies, after.policies, policyResource, (action, object) => ({
      kind: 'NetworkPolicy',
      action,
      object,
    })),
  ]
  return [
    ...all.filter(({ change }) => change !== 'delete'),
    ...all.filter(({ change }) => change === 'delete').reverse(),
  ]
}

function changes<T>(
  before: readonly T[] | undefined,
  after: readonly T[],
  keyOf: (object: T) => ResourceKey,
  eventOf: (action: AgentEvent['action'], object: T) => AgentEvent,
): readonly ClusterEvent[] {
  const old = new Map((before ?? []).map(object => [keyOf(object), object]))
  const now = new Map(after.map(object => [keyOf(object), object]))
  const found: ClusterEvent[] = []
  for (const [resource, object] of now) {
    const was = old.get(resource)
    if (was === undefined) found.push({ resource, change: 'add', event: eventOf('apply', object) })
    else if (was !== object && JSON.stringify(was) !== JSON.stringify(object))
      found.push({ resource, change: 'change', event: eventOf('apply', object) })
  }
  for (const [resource, object] of old)
    if (!now.has(resource)) found.push({ resource, change: 'delete', event: eventOf('delete', object) })
  return found.sort((a, b) => compareBytes(a.resource, b.resource))
}
