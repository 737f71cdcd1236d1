import { compareBytes } from '../../model/order.ts'
import type { PolicyFailure } from '../../model/protocol.ts'
import type { AgentState, AgentStep } from './agentState.ts'
import { finishStep } from './agentState.ts'
import { addPolicies } from './policyManager.ts'
import type { Translation } from './translation.ts'

/** As many waiting policies do not wait for the tick. */
const FULL_BATCH = 100

/** Queues a policy that is not in force; a version of it that waits is replaced (§1.7, "Batching"). */
export function waitForBatch(agent: AgentState, translation: Translation): void {
  agent.waiting.set(translation.key, translation)
  if (agent.waiting.size >= FULL_BATCH) addWaiting(agent)
}

/**
 * What the agent does every 500 ms: it adds all waiting policies at once, or each alone where that fails (§1.7). Those that
 * fail alone, too, are in `stillWaiting`. Nothing happens where none waits.
 */
export function processBatch(agent: AgentState): AgentStep {
  if (agent.waiting.size > 0) addWaiting(agent)
  return finishStep(agent)
}

/** In the order of the keys (§3.9). */
function addWaiting(agent: AgentState): void {
  const batch = [...agent.waiting.values()].sort((a, b) => compareBytes(a.key, b.key))
  if (addPolicies(agent, batch) === undefined) {
    agent.waiting.clear()
    return
  }
  const failures: PolicyFailure[] = []
  for (const translation of batch) {
    const error = addPolicies(agent, [translation])
    if (error === undefined) agent.waiting.delete(translation.key)
    else failures.push({ policy: translation.key, class: 'V', ...error })
  }
  if (failures.length > 0) agent.step.stillWaiting = failures
}
