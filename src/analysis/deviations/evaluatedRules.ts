import type { Profile } from '../../engine/azure-npm/profiles.ts'
import { directionsOf } from '../../engine/kubernetes/select.ts'
import type { DirectedRule, Direction, NetworkPolicy, Peer } from '../../model/networkPolicy.ts'
import { rulesOf } from '../../model/networkPolicy.ts'

/** A selector or block of a policy, with the field path of its peer. */
export interface EvaluatedPeer {
  readonly rule: DirectedRule
  readonly peer: Peer
  /** `spec.ingress[0].from[1]` */
  readonly path: string
}

export function isEmptyRule(rule: DirectedRule): boolean {
  return (rule.peers ?? []).length === 0 && (rule.ports ?? []).length === 0
}

/**
 * The rules of a direction that azure-npm looks into: none where `policyTypes` leaves the direction out, and none
 * where an empty rule makes it allow everything at once (§3.5).
 */
export function evaluatedRules(
  policy: NetworkPolicy,
  direction: Direction,
  profile: Profile,
): readonly DirectedRule[] {
  if (!directionsOf(policy).includes(direction)) return []
  const rules = rulesOf(policy, direction)
  const allowsAll = profile.allowAllRule === 'any' ? rules.some(isEmptyRule) : rules.length === 1
  return allowsAll && rules.some(isEmptyRule) ? [] : rules
}

export function evaluatedPeers(rules: readonly DirectedRule[]): readonly EvaluatedPeer[] {
  return rules.flatMap(rule =>
    (rule.peers ?? []).map((peer, j) => ({ rule, peer, path: `${rule.peersPath}[${j}]` })),
  )
}
