import type { Origin } from '../../model/origin.ts'
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
