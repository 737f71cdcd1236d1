import type { Namespace, Pod } from '../../model/cluster.ts'
import { isCompletedPod, podKey } from '../../model/cluster.ts'
import { unreachable } from '../../model/assert.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import type { ProfileId } from '../../model/scenario.ts'
import type { AgentState, AgentStep } from './agentState.ts'
import { createAgentState, finishStep, flushIpSets } from './agentState.ts'
import { cleanUpNamespace, syncNamespace } from './namespaceController.ts'
import { cleanUpPod, syncPod } from './podController.ts'
import { deletePolicy, syncPolicy } from './policyController.ts'

export type AgentEvent =
  | { readonly kind: 'Namespace'; readonly action: 'apply' | 'delete'; readonly object: Namespace }
  | { readonly kind: 'Pod'; readonly action: 'apply' | 'delete'; readonly object: Pod }
  | { readonly kind: 'NetworkPolicy'; readonly action: 'apply' | 'delete'; readonly object: NetworkPolicy }

/** An agent that has started on a node. Plain data, changed by `handleEvent`, `processBatch` and `reconcile` only. */
export type Agent = AgentState

export interface AgentOptions {
  /**
   * `succeed`: every command does, as in a recording. `kernel`: iptables and ipset refuse what the real ones refuse
   * (D16, D20, D33, §5.5).
   */
  readonly tools?: 'succeed' | 'kernel'
  /** Whether commands are written out; without them a large cluster is compiled much faster. */
  readonly recording?: boolean
  /**
   * Whether policies wait and are added in batches, which `processBatch` ends (§1.7); without, each is added at once. Of
   * no effect in profiles that have no batches.
   */
  readonly batching?: boolean
}

export function createAgent(profileId: ProfileId, options: AgentOptions = {}): Agent {
  const { tools = 'succeed', recording = true, batching = false } = options
  return createAgentState(profileId, { tools, recording, batching })
}

/**
 * One event, handled to its end (§1), or with batching until a policy waits: the commands it causes, and what went
 * wrong.
 */
export function handleEvent(agent: Agent, event: AgentEvent): AgentStep {
  switch (event.kind) {
    case 'Namespace':
      handleNamespace(agent, event.action, event.object)
      break
    case 'Pod':
      handlePod(agent, event.action, event.object)
      break
    case 'NetworkPolicy':
      handlePolicy(agent, event.action, event.object)
      break
    default:
      unreachable(event)
  }
  return finishStep(agent)
}

function handleNamespace(agent: Agent, action: AgentEvent['action'], namespace: Namespace): void {
  if (action === 'apply') syncNamespace(agent, namespace)
  else cleanUpNamespace(agent, namespace.name)
  flushIpSets(agent)
}

/** Events that the pod controller does not even queue (§1.4) leave pending set changes pending. */
function handlePod(agent: Agent, action: AgentEvent['action'], pod: Pod): void {
  const key = podKey(pod)
  if (action === 'delete') {
    agent.knownPods.delete(key)
    if (pod.hostNetwork) return
    cleanUpPod(agent, key)
    flushIpSets(agent)
    return
  }
  const isUpdate = agent.knownPods.has(key)
  agent.knownPods.add(key)
  if (pod.hostNetwork) return
  if (isUpdate ? pod.ip === '' && pod.phase !== 'Running' : pod.ip === '' || isCompletedPod(pod)) return
  syncPod(agent, pod)
  flushIpSets(agent)
}

function handlePolicy(agent: Agent, action: AgentEvent['action'], policy: NetworkPolicy): void {
  if (action === 'apply') syncPolicy(agent, policy)
  else deletePolicy(agent, policyKey(policy))
}
