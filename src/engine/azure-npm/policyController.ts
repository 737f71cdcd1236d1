import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey, policyResource } from '../../model/networkPolicy.ts'
import type { AgentState } from './agentState.ts'
import { waitForBatch } from './policyBatch.ts'
import { addPolicies, removePolicy } from './policyManager.ts'
import { sameSpec } from './sameSpec.ts'
import { translatePolicy } from './translate.ts'

/** A policy as it is now (§1.6). */
export function syncPolicy(agent: AgentState, policy: NetworkPolicy): void {
  const key = policyKey(policy)
  if (policy.deletionTimestamp !== undefined || policy.deletionGracePeriodSeconds !== undefined) {
    deletePolicy(agent, key)
    return
  }
  const cached = agent.specs.get(key)
  if (cached !== undefined && sameSpec(cached, policy.spec)) return
  const translated = translatePolicy(policy, agent.profile)
  if (!translated.ok) {
    agent.step.failure = { class: 'T', ...translated.error }
    return
  }
  // Never a difference in place: the old version goes first, and the pods are open in between (D19).
  const applied = agent.applied.get(key)
  if (applied !== undefined) {
    removePolicy(agent, key, applied)
    agent.step.removal = agent.step.commands.length
  }
  // Class V does not reach the controller from a batch (§1.6): it takes the policy for one that got through.
  if (agent.batching) waitForBatch(agent, translated.value)
  const error = agent.batching ? undefined : addPolicies(agent, [translated.value])
  if (error !== undefined) {
    agent.step.failure = { class: 'V', ...error }
    return
  }
  agent.specs.set(key, policy.spec)
  if (translated.value.acls.length === 0)
    agent.step.failure = {
      class: 'N',
      message: 'policyTypes is empty, so no rule is made',
      origin: { resource: policyResource(policy), path: 'spec.policyTypes' },
    }
}

/** A policy that is gone. One that never got through, or whose last edit did not, was not in force. */
export function deletePolicy(agent: AgentState, key: string): void {
  if (!agent.specs.has(key)) return
  agent.waiting.delete(key)
  const applied = agent.applied.get(key)
  if (applied !== undefined) removePolicy(agent, key, applied)
  else if (agent.profile.removingUnappliedPolicy === 'crash') agent.step.crashed = true
  agent.specs.delete(key)
}
