import type { Origin, ResourceKey } from '../../model/origin.ts'
import type { AgentState } from './agentState.ts'
import { createLine, deletedMember } from './ipSetFlush.ts'
import { parentChain, sidesOf } from './policyText.ts'
import type { PolicyRules } from './policyRules.ts'
import { printRule } from './ruleText.ts'

/**
 * The fields that a policy's lines come from: every line about its rules and jumps that the agent writes when it adds
 * or removes the policy, as written.
 */
export function lineOrigins(rules: PolicyRules): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>()
  for (const side of sidesOf(rules)) {
    for (const rule of side.rules)
      if (rule.origin !== undefined) origins.set(`-A ${side.chain} ${printRule(rule)}`, rule.origin)
    const { origin } = side.jump
    if (origin === undefined) continue
    const jump = printRule(side.jump)
    origins.set(`-I ${parentChain(side)} 1 ${jump}`, origin)
    origins.set(`-D ${parentChain(side)} ${jump}`, origin)
  }
  return origins
}

/**
 * The fields that lines for `ipset restore` come from, as written: of every member the agent holds its own, of every set
 * the first of `resource` that asks for it.
 */
export function setLineOrigins(agent: AgentState, resource: ResourceKey): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>()
  for (const { id, kernelName, members, references } of agent.ipSets.sets.values()) {
    for (const { text, origin } of members.values()) {
      origins.set(`-A ${kernelName} ${text}`, origin)
      origins.set(`-D ${kernelName} ${deletedMember(agent.profile, text)}`, origin)
    }
    const asking = [...references.values()].flat().find(origin => origin.resource === resource)
    if (asking === undefined) continue
    for (const line of [createLine(kernelName, id.type), `-F ${kernelName}`, `-X ${kernelName}`])
      origins.set(line, asking)
  }
  return origins
}
