import { required } from '../../model/assert.ts'
import type { Origin } from '../../model/origin.ts'
import { policyResource } from '../../model/networkPolicy.ts'
import type { AgentState, AppliedPolicy, Command } from './agentState.ts'
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
import { addPoliciesToKernel, removePolicyFromKernel } from './kernel.ts'
import { chainSuffix, kernelSetName } from './names.ts'
import { policyRules } from './policyRules.ts'
import { addPoliciesText, removeJumpArgs, removePolicyText, sidesOf } from './policyText.ts'
import { translatePolicy } from './translate.ts'
import type { TranslatedSet, Translation } from './translation.ts'
import { invalidAcl, refusedByIptables } from './validate.ts'

/** Class V: what the data plane did not take. Whatever was done before stays done. */
export interface DataPlaneError {
  readonly message: string
  readonly origin: Origin
}

/**
 * Brings a batch of one or more translated policies into force (§1.7, "Add"): sets for each, then one text for iptables.
 * One without ACLs makes sets and nothing else, and succeeds. Of a batch that fails no policy is in force.
 */
export function addPolicies(agent: AgentState, batch: readonly Translation[]): DataPlaneError | undefined {
  for (const translation of batch) {
    const error = addPolicySets(agent, translation)
    if (error !== undefined) return error
  }
  const taken = new Map<string, string>()
  const added: NewPolicy[] = []
  for (const translation of batch) {
    if (translation.acls.length === 0) continue
    const { key, policy } = translation
    const whole = wholeOf(translation)
    const invalid = invalidAcl(translation)
    if (invalid !== undefined) return { message: invalid, origin: whole }
    const suffix = chainSuffix(agent.profile, key)
    const owner = taken.get(suffix) ?? agent.chainOwners.get(suffix) ?? key
    if (agent.profile.collisionGuards && owner !== key)
      return { message: `chain name ${suffix} belongs to another policy`, origin: whole }
    taken.set(suffix, key)
    added.push({ key, suffix, policy, rules: policyRules(translation, suffix, kernelNames(agent)) })
  }
  return added.length === 0 ? undefined : restorePolicies(agent, added)
}

interface NewPolicy extends AppliedPolicy {
  readonly key: string
  readonly suffix: string
}

function wholeOf({ policy }: Pick<Translation, 'policy'>): Origin {
  return { resource: policyResource(policy), path: '' }
}

/** Sets and references of one policy, in the kernel at the end (§1.7, "Add" 1–4). */
function addPolicySets(agent: AgentState, translation: Translation): DataPlaneError | undefined {
  const { key } = translation
  const notFlushed = { message: 'ipset restore failed', origin: wholeOf(translation) }
  if (agent.removalPending && agent.profile.flushesAfterFailedRemoval) {
    if (!flushIpSets(agent)) return notFlushed
    agent.removalPending = false
  }
  const setError =
    addSets(agent, key, [...translation.selectorSets, ...translation.selectorChildren], 'selector') ??
    addSets(agent, key, translation.ruleSets, 'rule')
  if (setError !== undefined) return setError
  return flushIpSets(agent) ? undefined : notFlushed
}

/** The rules of a batch, in one text: one bad line loses them all (§4.6). */
function restorePolicies(agent: AgentState, added: readonly NewPolicy[]): DataPlaneError | undefined {
  const batch = added.map(({ rules }) => rules)
  const first = agent.applied.size === 0
  const restore = (): Command => ({ tool: 'iptables-restore', stdin: addPoliciesText(batch, first) })
  record(agent, restore)
  for (const one of agent.tools === 'kernel' ? added : []) {
    const refused = refusedByIptables(one.rules)
    if (refused === undefined) continue
    // A restore that fails is run once more with the same text.
    record(agent, restore)
    return { message: refused, origin: wholeOf(one) }
  }
  addPoliciesToKernel(agent.kernel, batch)
  for (const { key, suffix, policy, rules } of added) {
    for (const { chain } of sidesOf(rules)) agent.staleChains.delete(chain)
    agent.chainOwners.set(suffix, key)
    agent.applied.set(key, { policy, rules })
  }
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
