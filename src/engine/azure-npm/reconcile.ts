import { compareBytes } from '../../model/order.ts'
import type { AgentState, AgentStep } from './agentState.ts'
import { finishStep, record } from './agentState.ts'
import { softDelete } from './ipSetManager.ts'

/**
 * What the agent does every five minutes: it deletes the empty chains of removed policies (§4.6) and gives up the sets
 * that nothing uses (§1.8), whose destruction goes out with the next flush. The jump in FORWARD is `positionJump`'s.
 */
export function reconcile(agent: AgentState): AgentStep {
  for (const chain of [...agent.staleChains].sort(compareBytes)) {
    record(agent, () => ({ tool: 'iptables', args: `-X ${chain}` }))
    agent.kernel.chains.delete(chain)
  }
  agent.staleChains.clear()
  for (const prefixed of [...agent.ipSets.sets.keys()].sort(compareBytes)) softDelete(agent.ipSets, prefixed)
  return finishStep(agent)
}
