import { required } from '../../model/assert.ts'
import type { Origin } from '../../model/origin.ts'
import { policyResource } from '../../model/networkPolicy.ts'
import type { AgentState, AppliedPolicy } from './agentState.ts'
import { flushIpSets, record } from './agentState.ts'
import type { ReferenceKind } from './ipSetManager.ts'
import {
  addReference,
  addToList,
  addToSet,
  deleteReference,
  removeFromList,
  removeFromSet,
  softDelete,
} from './ipSetManager.ts'
import { addPolicyToKernel, removePolicyFromKernel } from './kernel.ts'
import { chainSuffix, kernelSetName } from './names.ts'
import { policyRules } from './policyRules.ts'
import { addPolicyText, removeJumpArgs, removePolicyText, sidesOf } from './policyText.ts'
import { translatePolicy } from './translate.ts'
import type { TranslatedSet, Translation } from './translation.ts'
import { invalidAcl, refusedByIptables } from './validate.ts'

/** Class V: what the data plane did not take. Whatever was done before stays done. */
export interface DataPlaneError {
  readonly message: string
  readonly origin: Origin
}

/** Brings a translated policy into force (§1.7, "Add"). Without ACLs it makes sets and nothing else, and succeeds. */
export function addPolicy(agent: AgentState, translation: Translation): DataPlaneError | undefined {
  const { key, acls, policy } = translation
  const whole = { resource: policyResource(policy), path: '' }
  if (agent.removalPending && agent.profile.flushesAfterFailedRemoval) {
    if (!flushIpSets(agent)) return { message: 'ipset restore failed', origin: whole }
    agent.removalPending = false
  }
  const setError =
    addSets(agent, key, [...translation.selectorSets, ...translation.selectorChildren], 'selector') ??
    addSets(agent, key, translation.ruleSets, 'rule')
  if (setError !== undefined) return setError
  if (!flushIpSets(agent)) return { message: 'ipset restore failed', origin: whole }
  if (acls.length === 0) return undefined

  const invalid = invalidAcl(translation)
  if (invalid !== undefined) return { message: invalid, origin: whole }
  const suffix = chainSuffix(agent.profile, key)
  if (agent.profile.collisionGuards && (agent.chainOwners.get(suffix) ?? key) !== key)
    return { message: `chain name ${suffix} belongs to another policy`, origin: whole }
  const rules = policyRules(translation, suffix, kernelNames(agent))
  const first = agent.applied.size === 0
  const restore = { tool: 'iptables-restore', stdin: '' } as const
  record(agent, () => ({ ...restore, stdin: addPolicyText(rules, first) }))
  const refused = agent.tools === 'kernel' ? refusedByIptables(rules) : undefined
  if (refused !== undefined) {
    // A restore that fails is run once more with the same text.
    record(agent, () => ({ ...restore, stdin: addPolicyText(rules, first) }))
    return { message: refused, origin: whole }
  }
  addPolicyToKernel(agent.kernel, rules)
  for (const { chain } of sidesOf(rules)) agent.staleChains.delete(chain)
  agent.chainOwners.set(suffix, key)
  agent.applied.set(key, { policy, rules })
  return undefined
}

/** Kernel names without hashing again what the cache has. */
function kernelNames(agent: AgentState): (prefixed: string) => string {
  return prefixed => agent.ipSets.sets.get(prefixed)?.kernelName ?? kernelSetName(agent.profile, prefixed)
}

/** Takes a policy out of force (§1.7, "Remove"). */
export function removePolicy(agent: AgentState, key: string, applied: AppliedPolicy): void {
  const { policy, rules } = applied
  const last = agent.applied.size === 1
  for (const args of agent.recording ? removeJumpArgs(rules) : [])
    record(agent, () => ({ tool: 'iptables', args }))
  record(agent, () => ({ tool: 'iptables-restore', stdin: removePolicyText(rules, last) }))
  removePolicyFromKernel(agent.kernel, rules, last)
  for (const { chain } of sidesOf(rules)) agent.staleChains.add(chain)
  agent.applied.delete(key)
  agent.chainOwners.delete(chainSuffix(agent.profile, key))
  const again = translatePolicy(policy, agent.profile)
  const translation = required(again.ok ? again.value : undefined, `translation of ${key}`)
  removeSets(agent, key, translation.ruleSets, 'rule')
  removeSets(agent, key, [...translation.selectorSets, ...translation.selectorChildren], 'selector')
  agent.removalPending = !flushIpSets(agent)
}

function addSets(
  agent: AgentState,
  key: string,
  sets: readonly TranslatedSet[],
  kind: ReferenceKind,
): DataPlaneError | undefined {
  for (const { set, origin } of sets)
    if (!addReference(agent.ipSets, set, key, kind, origin))
      return { message: `set name ${set.prefixed} belongs to somebody else`, origin }
  for (const { set, members } of sets) {
    for (const member of members) {
      const added =
        member.set === undefined
          ? addToSet(agent.ipSets, set, member.text, '', member.origin)
          : addToList(agent.ipSets, set, member.set, member.origin)
      if (!added) return { message: `invalid ip ${member.text}`, origin: member.origin }
    }
  }
  return undefined
}

/** Members go even where another policy's set of the same name needs them (§2.5). */
function removeSets(
  agent: AgentState,
  key: string,
  sets: readonly TranslatedSet[],
  kind: ReferenceKind,
): void {
  for (const { set } of sets) deleteReference(agent.ipSets, set, key, kind)
  for (const { set, members } of sets) {
    for (const member of members)
      if (member.set === undefined) removeFromSet(agent.ipSets, set, member.text, '')
      else removeFromList(agent.ipSets, set, member.set)
    softDelete(agent.ipSets, set.prefixed)
  }
}
