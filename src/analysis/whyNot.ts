import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { addressOf, visiblePod } from '../engine/kubernetes/endpoint.ts'
import type { FlowEnd } from '../model/connectivity.ts'
import { formatIpv4, parseIpv4Prefix, prefixContains } from '../model/ip.ts'
import { labelValue, type Labels, type LabelSelector } from '../model/labels.ts'
import { rulesOf, type NetworkPolicy, type Peer } from '../model/networkPolicy.ts'
import { formatTraffic } from '../model/traffic.ts'

/** Why one rule of a policy that isolates an end does not let a packet through. */
export interface RuleMiss {
  /** `spec.ingress[0]`; of the list where it has no rule. */
  readonly path: string
  readonly reason: string
}

/**
 * Rule by rule why a policy does not allow what it blocks at one end: which label, namespace, address or port is
 * another than wanted. `peer` is the other end.
 */
export function missesOf(
  policy: NetworkPolicy,
  { direction, policies }: FlowEnd,
  peer: KubernetesEndpoint,
  namespaceLabels: ReadonlyMap<string, Labels>,
): readonly RuleMiss[] {
  const rules = rulesOf(policy, direction)
  if (rules.length === 0) return [{ path: `spec.${direction}`, reason: `it has no ${direction} rule` }]
  const key = `${policy.namespace}/${policy.name}`
  const allowing = policies.find(share => share.policy === key)?.rules ?? []
  return rules.map(({ path, peers = [] }) => {
    const allows = allowing.find(rule => rule.path === path)?.allows
    if (allows !== undefined) return { path, reason: `it allows ${formatTraffic(allows)} only` }
    const misses = peers.map(one => peerMiss(policy.namespace, one, peer, namespaceLabels))
    const reasons = [...new Set(misses.filter(reason => reason !== undefined))]
    return {
      path,
      reason:
        misses.includes(undefined) || reasons.length === 0
          ? 'none of its ports is there'
          : reasons.join('; or '),
    }
  })
}

/** What is wrong with the peer for this entry of `from` or `to`; undefined when it matches. */
function peerMiss(
  policyNamespace: string,
  { ipBlock, podSelector, namespaceSelector }: Peer,
  peer: KubernetesEndpoint,
  namespaceLabels: ReadonlyMap<string, Labels>,
): string | undefined {
  if (ipBlock !== undefined) {
    const address = addressOf(peer)
    const within = (text: string): boolean => {
      const prefix = parseIpv4Prefix(text)
      return prefix !== undefined && address !== undefined && prefixContains(prefix, address)
    }
    const text = address === undefined ? 'the address' : formatIpv4(address)
    if (!within(ipBlock.cidr ?? '')) return `${text} is not in ${ipBlock.cidr ?? ''}`
    const hole = (ipBlock.except ?? []).find(within)
    return hole === undefined ? undefined : `${text} is in ${hole}, which is excepted`
  }
  const pod = visiblePod(peer)
  if (pod === undefined) return 'the other end is no pod that selectors know'
  if (namespaceSelector === undefined) {
    if (pod.namespace !== policyNamespace)
      return `namespace is ${quote(pod.namespace)}, wanted the policy’s own, ${quote(policyNamespace)}`
  } else {
    const miss = selectorMiss(namespaceLabels.get(pod.namespace) ?? {}, namespaceSelector)
    if (miss !== undefined) return `namespace ${quote(pod.namespace)}: ${miss}`
  }
  return selectorMiss(pod.labels, podSelector ?? {})
}

/** The first requirement that the labels do not meet. */
export function selectorMiss(labels: Labels, selector: LabelSelector): string | undefined {
  for (const [key, wanted] of Object.entries(selector.matchLabels ?? {})) {
    const value = labelValue(labels, key)
    if (value !== wanted) return `${valueWords(key, value)}, wanted ${quote(wanted)}`
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labelValue(labels, key)
    const listed = values.map(quote).join(', ')
    if (operator === 'In' && (value === undefined || !values.includes(value)))
      return `${valueWords(key, value)}, wanted ${values.length === 1 ? '' : 'one of '}${listed}`
    if (operator === 'NotIn' && value !== undefined && values.includes(value))
      return `${valueWords(key, value)}, wanted none of ${listed}`
    if (operator === 'Exists' && value === undefined) return `${valueWords(key, value)}`
    if (operator === 'DoesNotExist' && value !== undefined)
      return `${valueWords(key, value)}, wanted no such label`
  }
  return undefined
}

function valueWords(key: string, value: string | undefined): string {
  return value === undefined ? `label ${key} is missing` : `label ${key} is ${quote(value)}`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
