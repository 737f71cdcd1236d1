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

/**
 * The text that adds a batch of one or more policies (§4.6): their jumps stand on top, in the order of the batch.
 * `first`: no policy is in force, so AZURE-NPM is filled, too.
 */
export function addPoliciesText(batch: readonly PolicyRules[], first: boolean): string {
  const position = { ingress: 0, egress: 0 }
  const jumpLine = (side: PolicySide): string =>
    `-I ${parentChain(side)} ${++position[side.direction]} ${printRule(side.jump)}`
  return restoreText([
    ...batch.flatMap(sidesOf).map(side => `:${side.chain} - -`),
    ...(first
      ? [`-F ${AZURE_CHAIN}`, ...activeRules().map(rule => `-A ${AZURE_CHAIN} ${printRule(rule)}`)]
      : []),
    ...batch.flatMap(rules => [...ruleLines(rules), ...sidesOf(rules).map(jumpLine)]),
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
