import { isNpmIpv4 } from '../../engine/azure-npm/npmIpv4.ts'
import type { Profile } from '../../engine/azure-npm/profiles.ts'
import { invalidValuePath } from '../../engine/azure-npm/selectors.ts'
import { readCidr } from '../../engine/kubernetes/ipBlock.ts'
import { directionsOf } from '../../engine/kubernetes/select.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { LabelSelector } from '../../model/labels.ts'
import { labelKeys, labelValue, matchesRequirement } from '../../model/labels.ts'
import type { IpBlock, NetworkPolicy } from '../../model/networkPolicy.ts'
import { DIRECTIONS, rulesOf } from '../../model/networkPolicy.ts'
import { deviationOf } from './deviationReport.ts'
import type { EvaluatedPeer } from './evaluatedRules.ts'
import { evaluatedPeers, evaluatedRules, isEmptyRule } from './evaluatedRules.ts'
import { overlongRules } from './overlongRules.ts'

/** D7, D8, D9, D16: why the agent enforces nothing of a policy. */
export function refusalsOf(policy: NetworkPolicy, profile: Profile): readonly Deviation[] {
  return [...refusedTexts(policy, profile), ...overlongRules(policy, profile)]
}

/** Text that Kubernetes takes and the agent does not, wherever it stands in a field it looks at. */
function refusedTexts(policy: NetworkPolicy, profile: Profile): readonly Deviation[] {
  const found = refusedValues(policy, policy.spec.podSelector, 'spec.podSelector')
  for (const direction of DIRECTIONS)
    for (const { peer, path } of evaluatedPeers(evaluatedRules(policy, direction, profile))) {
      if (peer.ipBlock !== undefined) {
        found.push(...refusedBlock(policy, peer.ipBlock, `${path}.ipBlock`))
        continue
      }
      found.push(...refusedValues(policy, peer.podSelector, `${path}.podSelector`))
      found.push(...refusedValues(policy, peer.namespaceSelector, `${path}.namespaceSelector`))
    }
  return found
}

function refusedValues(
  policy: NetworkPolicy,
  selector: LabelSelector | undefined,
  path: string,
): Deviation[] {
  const at = invalidValuePath(selector ?? {}, path)
  if (at === undefined) return []
  const [, i = '', j = ''] = /matchExpressions\[([0-9]+)\]\.values\[([0-9]+)\]$/.exec(at) ?? []
  const value = selector?.matchExpressions?.[Number(i)]?.values?.[Number(j)] ?? ''
  return [deviationOf('invalidValue', policy, at, { detail: JSON.stringify(value) })]
}

function refusedBlock(policy: NetworkPolicy, block: IpBlock, path: string): readonly Deviation[] {
  const { cidr = '', except = [] } = block
  if (cidr === '') return []
  if (!isNpmIpv4(cidr)) {
    const kind = cidr.includes(':') ? 'ipv6Block' : 'unreadableCidr'
    return [deviationOf(kind, policy, `${path}.cidr`, { detail: cidr })]
  }
  return except.flatMap((text, k) => {
    if (isNpmIpv4(text)) return []
    const kind = text.includes(':') ? 'ipv6Block' : 'unreadableExcept'
    return [deviationOf(kind, policy, `${path}.except[${k}]`, { detail: text })]
  })
}

/** D1, D2, D9, D10, D11, D17, D34: fields that mean another thing to the agent, in a policy that is in force. */
export function misreadRules(policy: NetworkPolicy, profile: Profile): readonly Deviation[] {
  return directionsOf(policy).flatMap(direction => {
    const rules = evaluatedRules(policy, direction, profile)
    const lost = rules.filter(isEmptyRule)
    return [
      ...lost.map(({ path }) => deviationOf('lostEmptyRule', policy, path, { direction })),
      ...evaluatedPeers(rules).flatMap(peer => misreadPeer(policy, peer)),
    ]
  })
}

function misreadPeer(policy: NetworkPolicy, { rule, peer, path }: EvaluatedPeer): readonly Deviation[] {
  const { direction, ports = [] } = rule
  const found: Deviation[] = []
  if (peer.ipBlock !== undefined) {
    found.push(...misreadBlock(policy, rule.direction, peer.ipBlock, `${path}.ipBlock`))
    const named = ports.findIndex(({ port }) => typeof port === 'string')
    if (direction === 'egress' && named >= 0)
      found.push(
        deviationOf('namedPortOutside', policy, `${rule.path}.ports[${named}].port`, {
          direction,
          detail: String(ports[named]?.port),
        }),
      )
    return found
  }
  const { namespaceSelector, podSelector } = peer
  if (namespaceSelector === undefined) return found
  const at = `${path}.namespaceSelector`
  for (const [i, { key, operator }] of (namespaceSelector.matchExpressions ?? []).entries()) {
    const origin = `${at}.matchExpressions[${i}]`
    if (isVoidNotIn(namespaceSelector, i))
      found.push(deviationOf('anyOfNotIn', policy, origin, { direction, detail: key }))
    if (key === 'all-namespaces' && (operator === 'Exists' || operator === 'DoesNotExist'))
      found.push(deviationOf('reservedKey', policy, origin, { direction }))
  }
  if (isOnlyNegative(namespaceSelector) && !demands(podSelector ?? {}))
    found.push(deviationOf('onlyNegative', policy, at, { direction }))
  return found
}

function misreadBlock(
  policy: NetworkPolicy,
  direction: EvaluatedPeer['rule']['direction'],
  { cidr = '', except = [] }: IpBlock,
  path: string,
): readonly Deviation[] {
  // hash:net has no element of length 0, and only this spelling is cut into halves.
  if (cidr !== '0.0.0.0/0')
    return readCidr(cidr)?.length === 0
      ? [deviationOf('lostBlock', policy, `${path}.cidr`, { direction, detail: cidr })]
      : []
  return except.flatMap((text, k) =>
    readCidr(text)?.length === 1 && text !== '0.0.0.0/1' && text !== '128.0.0.0/1'
      ? [deviationOf('exceptOnHalf', policy, `${path}.except[${k}]`, { direction, detail: text })]
      : [],
  )
}

/** A requirement that only members of some set meet. */
function demands(selector: LabelSelector): boolean {
  return (
    labelKeys(selector.matchLabels ?? {}).length > 0 ||
    (selector.matchExpressions ?? []).some(({ operator }) => operator === 'In' || operator === 'Exists')
  )
}

function isOnlyNegative(selector: LabelSelector): boolean {
  return (selector.matchExpressions ?? []).length > 0 && !demands(selector)
}

/**
 * Whether a NotIn of a namespaceSelector excludes nothing: with two different values, each source passes the branch
 * of one of them (D1). No harm is done where the rest of the selector already rules the values out.
 */
function isVoidNotIn(selector: LabelSelector, index: number): boolean {
  const requirements = selector.matchExpressions ?? []
  const { key, operator, values = [] } = requirements[index] ?? { key: '', operator: 'Exists' }
  if (operator !== 'NotIn' || new Set(values).size < 2) return false
  const wanted = labelValue(selector.matchLabels ?? {}, key)
  return values.some(value => {
    if (wanted !== undefined && wanted !== value) return false
    return requirements.every(
      other =>
        other.key !== key ||
        (other.operator === 'NotIn' && new Set(other.values).size > 1) ||
        matchesRequirement({ [key]: value }, other),
    )
  })
}

/** Ports of a policy's rules that are given by name, with their field paths. */
export function namedPortsOfPolicy(
  policy: NetworkPolicy,
): readonly { readonly path: string; readonly direction: 'ingress' | 'egress'; readonly name: string }[] {
  return directionsOf(policy).flatMap(direction =>
    rulesOf(policy, direction).flatMap(({ path, ports = [] }) =>
      ports.flatMap(({ port }, k) =>
        typeof port === 'string' ? [{ path: `${path}.ports[${k}].port`, direction, name: port }] : [],
      ),
    ),
  )
}
