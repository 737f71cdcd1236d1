import type { ContainerPort, Pod } from '../../model/cluster.ts'
import { isCompletedPod, podKey, podResource } from '../../model/cluster.ts'
import { labelPath, type Origin } from '../../model/origin.ts'
import type { AgentState, CachedPod } from './agentState.ts'
import { addToSet, removeFromSet } from './ipSetManager.ts'
import type { LabelMembership } from './labelChanges.ts'
import { labelChanges, labelMemberships, sameLabels } from './labelChanges.ts'
import type { SetId } from './names.ts'
import { namedPortSet, namespaceSet, podKeySet, podLabelSet } from './names.ts'
import { enterAllNamespaces } from './namespaceController.ts'
import { isNpmIpv4 } from './npmIpv4.ts'

function setOf({ key, value }: LabelMembership): SetId {
  return value === undefined ? podKeySet(key) : podLabelSet(key, value)
}

/** The member of a named port's set. Without a protocol ipset takes it for TCP. */
function portMember(ip: string, { protocol, containerPort }: ContainerPort): string {
  return protocol === '' ? `${ip},${containerPort}` : `${ip},${protocol}:${containerPort}`
}

function enterLabelSets(agent: AgentState, pod: Pod, memberships: readonly LabelMembership[]): void {
  const owner = podKey(pod)
  const resource = podResource(pod)
  // A label gives two memberships, of its key and of key and value, which come of the same line.
  const origins = new Map<string, Origin>()
  for (const membership of memberships) {
    const { key } = membership
    const origin = origins.get(key) ?? { resource, path: labelPath('metadata.labels', key) }
    origins.set(key, origin)
    addToSet(agent.ipSets, setOf(membership), pod.ip, owner, origin)
  }
}

function leaveLabelSets(
  agent: AgentState,
  key: string,
  ip: string,
  memberships: readonly LabelMembership[],
): void {
  for (const membership of memberships) removeFromSet(agent.ipSets, setOf(membership), ip, key)
}

function enterPortSets(agent: AgentState, pod: Pod): void {
  const origin = { resource: podResource(pod), path: 'spec.containers' }
  for (const port of pod.containerPorts)
    if (port.name !== '')
      addToSet(agent.ipSets, namedPortSet(port.name), portMember(pod.ip, port), podKey(pod), origin)
}

function leavePortSets(agent: AgentState, key: string, pod: CachedPod): void {
  for (const port of pod.containerPorts)
    if (port.name !== '') removeFromSet(agent.ipSets, namedPortSet(port.name), portMember(pod.ip, port), key)
}

function samePorts(a: readonly ContainerPort[], b: readonly ContainerPort[]): boolean {
  return (
    a.length === b.length &&
    a.every((port, i) => {
      const other = b[i]
      return (
        port.name === other?.name &&
        port.protocol === other.protocol &&
        port.containerPort === other.containerPort
      )
    })
  )
}

/** A pod as it is now (§1.4). */
export function syncPod(agent: AgentState, pod: Pod): void {
  const key = podKey(pod)
  if (isCompletedPod(pod)) {
    cleanUpPod(agent, key)
    return
  }
  const cached = agent.pods.get(key)
  if (cached !== undefined && cached.phase === pod.phase && isUnchanged(cached, pod)) return
  if (!agent.namespaces.has(pod.namespace)) {
    enterAllNamespaces(agent, pod.namespace, { resource: podResource(pod), path: 'metadata.namespace' })
    agent.namespaces.set(pod.namespace, {})
  }
  if (cached?.ip === pod.ip) updatePod(agent, key, cached, pod)
  else {
    if (cached !== undefined) cleanUpPod(agent, key)
    addPod(agent, key, pod)
  }
}

function isUnchanged(cached: CachedPod, pod: Pod): boolean {
  return (
    cached.ip === pod.ip &&
    sameLabels(cached.labels, pod.labels) &&
    samePorts(cached.containerPorts, pod.containerPorts)
  )
}

function remember(agent: AgentState, key: string, pod: Pod): void {
  const { ip, phase, labels, containerPorts } = pod
  agent.pods.set(key, { ip, phase, labels, containerPorts })
}

/** A pod whose address is no IPv4 address is passed over in silence. */
function addPod(agent: AgentState, key: string, pod: Pod): void {
  if (!isNpmIpv4(pod.ip)) return
  addToSet(agent.ipSets, namespaceSet(pod.namespace), pod.ip, key, {
    resource: podResource(pod),
    path: 'status.podIP',
  })
  enterLabelSets(agent, pod, labelMemberships(pod.labels))
  enterPortSets(agent, pod)
  remember(agent, key, pod)
}

function updatePod(agent: AgentState, key: string, cached: CachedPod, pod: Pod): void {
  const { leave, enter } = labelChanges(cached.labels, pod.labels)
  leaveLabelSets(agent, key, cached.ip, leave)
  enterLabelSets(agent, pod, enter)
  if (!samePorts(cached.containerPorts, pod.containerPorts)) {
    leavePortSets(agent, key, cached)
    enterPortSets(agent, pod)
  }
  remember(agent, key, pod)
}

/** Takes a pod out of all sets, by what the agent remembers of it. The sets stay, even when empty. */
export function cleanUpPod(agent: AgentState, key: string): void {
  const cached = agent.pods.get(key)
  if (cached === undefined) return
  const namespace = key.slice(0, key.indexOf('/'))
  removeFromSet(agent.ipSets, namespaceSet(namespace), cached.ip, key)
  leaveLabelSets(agent, key, cached.ip, labelMemberships(cached.labels))
  leavePortSets(agent, key, cached)
  agent.pods.delete(key)
}
