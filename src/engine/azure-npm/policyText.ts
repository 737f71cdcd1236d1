import { activeRules } from './baseChains.ts'
import { AZURE_CHAIN, EGRESS_CHAIN, INGRESS_CHAIN } from './names.ts'
import type { PolicyRules, PolicySide } from './policyRules.ts'
import { printRule, restoreText } from './ruleText.ts'

/** Ingress first, as the agent goes. */
export function sidesOf(rules: PolicyRules): readonly PolicySide[] {
  return [rules.ingress, rules.egress].filter(side => side !== undefined)
}

export function parentChain(side: PolicySide): string {
  return side.direction === 'ingress' ? INGRESS_CHAIN : EGRESS_CHAIN
}

/** The text that adds one policy (§4.6). `first`: no other is in force, so AZURE-NPM is filled, too. */
export function addPolicyText(rules: PolicyRules, first: boolean): string {
  const sides = sidesOf(rules)
  return restoreText([
    ...sides.map(side => `:${side.chain} - -`),
    ...(first
      ? [`-F ${AZURE_CHAIN}`, ...activeRules().map(rule => `-A ${AZURE_CHAIN} ${printRule(rule)}`)]
      : []),
    ...ruleLines(rules),
    ...sides.map(side => `-I ${parentChain(side)} 1 ${printRule(side.jump)}`),
  ])
}

/** All rules of both chains in ACL order. */
function ruleLines({ ingress, egress, order }: PolicyRules): readonly string[] {
  const next = { ingress: 0, egress: 0 }
  return order.flatMap(direction => {
    const side = direction === 'ingress' ? ingress : egress
    const rule = side?.rules[next[direction]++]
    return side === undefined || rule === undefined ? [] : [`-A ${side.chain} ${printRule(rule)}`]
  })
}

/** The text that empties a policy's chains; its jumps are gone by then. */
export function removePolicyText(rules: PolicyRules, last: boolean): string {
  return restoreText([
    ...(last ? [`-F ${AZURE_CHAIN}`] : []),
    ...sidesOf(rules).map(side => `-F ${side.chain}`),
  ])
}

/** The arguments of `iptables` that remove a policy's jumps, one call each. */
export function removeJumpArgs(rules: PolicyRules): readonly string[] {
  return sidesOf(rules).map(side => `-D ${parentChain(side)} ${printRule(side.jump)}`)
}
