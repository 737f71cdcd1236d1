import type { Namespace } from '../../model/cluster.ts'
import { namespaceResource } from '../../model/cluster.ts'
import type { Origin } from '../../model/origin.ts'
import { labelPath } from '../../model/origin.ts'
import type { AgentState } from './agentState.ts'
import { addToList, removeFromList } from './ipSetManager.ts'
import type { LabelMembership } from './labelChanges.ts'
import { labelChanges, labelMemberships } from './labelChanges.ts'
import type { SetId } from './names.ts'
import { ALL_NAMESPACES, namespaceKeySet, namespaceLabelSet, namespaceSet } from './names.ts'

function listOf({ key, value }: LabelMembership): SetId {
  return value === undefined ? namespaceKeySet(key) : namespaceLabelSet(key, value)
}

function enterLists(agent: AgentState, name: string, memberships: readonly LabelMembership[]): void {
  for (const membership of memberships)
    addToList(agent.ipSets, listOf(membership), namespaceSet(name), {
      resource: namespaceResource(name),
      path: labelPath('metadata.labels', membership.key),
    })
}

function leaveLists(agent: AgentState, name: string, memberships: readonly LabelMembership[]): void {
  for (const membership of memberships) removeFromList(agent.ipSets, listOf(membership), namespaceSet(name))
}

export function enterAllNamespaces(agent: AgentState, name: string, origin: Origin): void {
  addToList(agent.ipSets, namespaceKeySet(ALL_NAMESPACES), namespaceSet(name), origin)
}

/** A namespace as it is now (§1.5). One that is being deleted counts as gone although its pods still run (D18). */
export function syncNamespace(agent: AgentState, namespace: Namespace): void {
  const { name, labels } = namespace
  if (namespace.deletionTimestamp !== undefined || namespace.deletionGracePeriodSeconds !== undefined) {
    cleanUpNamespace(agent, name)
    return
  }
  const cached = agent.namespaces.get(name)
  agent.namespaces.set(name, labels)
  if (cached === undefined) {
    enterAllNamespaces(agent, name, { resource: namespaceResource(name), path: 'metadata.name' })
    enterLists(agent, name, labelMemberships(labels))
    return
  }
  const { leave, enter } = labelChanges(cached, labels)
  leaveLists(agent, name, leave)
  enterLists(agent, name, enter)
}

/** A namespace that is gone leaves all lists. Its own set stays behind, with the pods in it. */
export function cleanUpNamespace(agent: AgentState, name: string): void {
  const cached = agent.namespaces.get(name)
  if (cached === undefined) return
  leaveLists(agent, name, labelMemberships(cached))
  removeFromList(agent.ipSets, namespaceKeySet(ALL_NAMESPACES), namespaceSet(name))
  agent.namespaces.delete(name)
}
