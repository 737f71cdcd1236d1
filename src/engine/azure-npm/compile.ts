import type { Cluster } from '../../model/cluster.ts'
import { podKey } from '../../model/cluster.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { PolicyFailure } from '../../model/protocol.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { createAgent, handleEvent } from './agent.ts'
import { rulesetOf } from './agentRuleset.ts'

export interface Compilation {
  readonly ruleset: Ruleset
  /** Policies that are not in force as written, in the order of their keys. */
  readonly failures: readonly PolicyFailure[]
}

/** Sorts by a key that is made once for each item. */
function sortedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items
    .map(item => ({ item, key: keyOf(item) }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ item }) => item)
}

/**
 * What a node holds once azure-npm has started and taken up the whole cluster, one event an object in the canonical
 * order of §1.2. The same machine that handles sessions does it, only without writing its commands out.
 */
export function compile(cluster: Cluster, profileId: ProfileId): Compilation {
  const agent = createAgent(profileId, { tools: 'kernel', recording: false })
  for (const object of sortedBy(cluster.namespaces, ({ name }) => name))
    handleEvent(agent, { kind: 'Namespace', action: 'apply', object })
  for (const object of sortedBy(cluster.pods, podKey))
    handleEvent(agent, { kind: 'Pod', action: 'apply', object })
  const failures: PolicyFailure[] = []
  for (const object of sortedBy(cluster.policies, policyKey)) {
    const { failure } = handleEvent(agent, { kind: 'NetworkPolicy', action: 'apply', object })
    if (failure !== undefined) failures.push({ policy: policyKey(object), ...failure })
  }
  return { ruleset: rulesetOf(agent), failures }
}
