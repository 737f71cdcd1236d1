import { chainSuffix, kernelSetName } from '../../engine/azure-npm/names.ts'
import type { PolicySide } from '../../engine/azure-npm/policyRules.ts'
import { policyRules } from '../../engine/azure-npm/policyRules.ts'
import type { Profile } from '../../engine/azure-npm/profiles.ts'
import { translatePolicy } from '../../engine/azure-npm/translate.ts'
import { refusedByIptables } from '../../engine/azure-npm/validate.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { LabelSelector } from '../../model/labels.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import type { Rule } from '../../model/ruleset.ts'
import { deviationOf } from './deviationReport.ts'
import { evaluatedPeers, evaluatedRules } from './evaluatedRules.ts'

/** §6, D16: what iptables-restore takes in one parameter, and in one line. */
const MAX_COMMENT = 1023
/** Fewer terms cannot reach the 251 words of a line. */
const MANY_TERMS = 40
const EMPTY_RULE: Rule = { matches: [], target: { kind: 'none' } }
/** Most of a comment beside its terms: policy key, direction, protocol, ports, port name. */
const COMMENT_FRAME = 512

/** D16: the rules of a policy that iptables-restore refuses for their size, and with them the policy. */
export function overlongRules(policy: NetworkPolicy, profile: Profile): readonly Deviation[] {
  if (!mayBeOverlong(policy, profile)) return []
  const translated = translatePolicy(policy, profile)
  if (!translated.ok) return []
  const suffix = chainSuffix(profile, policyKey(policy))
  const rules = policyRules(translated.value, suffix, prefixed => kernelSetName(profile, prefixed))
  const found = new Map<string, Deviation>()
  for (const side of [rules.ingress, rules.egress]) {
    if (side === undefined) continue
    // The limits hold for each rule by itself, so each is tried alone.
    const isRefused = (alone: PolicySide): boolean =>
      refusedByIptables({ ...rules, ingress: alone, egress: undefined }) !== undefined
    if (isRefused({ ...side, rules: [] })) add(side.jump, 'spec.podSelector')
    for (const rule of side.rules)
      if (isRefused({ ...side, rules: [rule], jump: EMPTY_RULE })) add(rule, rule.origin?.path ?? 'spec')
  }
  return [...found.values()]

  function add(rule: Rule, path: string): void {
    if (!found.has(path)) found.set(path, deviationOf('tooLong', policy, path, { detail: excessOf(rule) }))
  }
}

function excessOf(rule: Rule): string {
  const comment = rule.matches.find(match => match.kind === 'comment')?.text ?? ''
  return comment.length > MAX_COMMENT
    ? `a comment of ${comment.length} characters, where ${MAX_COMMENT} are the limit`
    : 'more than 251 words'
}

/** A cheap upper bound, since hardly any policy comes near the limits. */
function mayBeOverlong(policy: NetworkPolicy, profile: Profile): boolean {
  const key = policyKey(policy)
  const tooLarge = (...selectors: readonly (LabelSelector | undefined)[]): boolean => {
    let length = COMMENT_FRAME
    let terms = 0
    for (const { matchLabels = {}, matchExpressions = [] } of selectors.filter(one => one !== undefined)) {
      terms += Object.keys(matchLabels).length + matchExpressions.length
      for (const [name, value] of Object.entries(matchLabels)) length += name.length + value.length + 32
      for (const { key: name, values = [] } of matchExpressions)
        length += key.length + name.length + 32 + values.reduce((sum, value) => sum + value.length + 1, 0)
    }
    return length > MAX_COMMENT || terms >= MANY_TERMS
  }
  return (
    tooLarge(policy.spec.podSelector) ||
    (['ingress', 'egress'] as const).some(direction =>
      evaluatedPeers(evaluatedRules(policy, direction, profile)).some(({ peer }) =>
        tooLarge(peer.podSelector, peer.namespaceSelector),
      ),
    )
  )
}
