import { profileOf } from '../../engine/azure-npm/profiles.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { FlowEnd } from '../../model/connectivity.ts'
import type { Deviation } from '../../model/deviation.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { deviationsOfSharedNames } from './deviationsOfCluster.ts'
import { deviationsOfPods, unusualPods } from './deviationsOfPods.ts'
import { misreadRules, refusalsOf } from './deviationsOfPolicy.ts'

/**
 * The places where azure-npm does not do what Kubernetes promises (azure-npm-v2-linux §6), as far as the objects
 * themselves show it, in order of the policies' keys; of a policy that is not enforced at all, only the reasons. Objects are taken to be valid for the API and defaulted.
 * Left out are deviations that need more than objects: the moment of an edit, other agents, kube-proxy, restarts.
 */
export function findDeviations(cluster: Cluster, profileId: ProfileId): readonly Deviation[] {
  const profile = profileOf(profileId)
  const policies = [...cluster.policies].sort((a, b) => compareBytes(policyKey(a), policyKey(b)))
  const refusals = new Map(policies.map(policy => [policy, refusalsOf(policy, profile)] as const))
  const enforced = policies.filter(policy => refusals.get(policy)?.length === 0)
  const pods = unusualPods(cluster)
  const shared = deviationsOfSharedNames(cluster, enforced, profile)
  return policies.flatMap(policy => {
    const reasons = refusals.get(policy) ?? []
    if (reasons.length > 0) return reasons
    return [
      ...misreadRules(policy, profile),
      ...deviationsOfPods(policy, profile, pods),
      ...(shared.get(policy) ?? []),
    ]
  })
}

/** Kernel sets hold too much or too little, so that a policy may act on pods that it does not select. */
const BEYOND_SELECTION = new Set(['D20', 'D21'])

/**
 * Why the two verdicts on a flow may differ: the deviations of the policies that apply at its ends, each for the
 * direction it is about. Where they show none, those that make policies act on other pods.
 */
export function deviationsOfFlow(
  deviations: readonly Deviation[],
  egress: FlowEnd,
  ingress: FlowEnd,
): readonly Deviation[] {
  const applies = [egress, ingress].flatMap(({ direction, policies }) =>
    policies.map(({ policy }) => `${direction} ${policy}`),
  )
  const involved = new Set(applies)
  const found = deviations.filter(({ policy, direction }) =>
    (direction === undefined ? (['egress', 'ingress'] as const) : [direction]).some(side =>
      involved.has(`${side} ${policy}`),
    ),
  )
  return found.length > 0 ? found : deviations.filter(({ id }) => BEYOND_SELECTION.has(id))
}
