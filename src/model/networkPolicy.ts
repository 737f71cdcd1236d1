import type { LabelSelector } from './labels.ts'
import type { ResourceKey } from './origin.ts'

/**
 * A NetworkPolicy with the fields of `networking.k8s.io/v1`, as the API server stores it or, for the agent's own
 * quirks, raw: then lists may be empty, protocols and ports any text. `null` never occurs: it reads as absent.
 */
export interface NetworkPolicy {
  readonly namespace: string
  readonly name: string
  readonly spec: NetworkPolicySpec
  /** Set while the object is being deleted. */
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
}

export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector
  /** `Ingress`, `Egress`; a raw object may hold other text. */
  readonly policyTypes?: readonly string[]
  readonly ingress?: readonly IngressRule[]
  readonly egress?: readonly EgressRule[]
}

export interface IngressRule {
  readonly from?: readonly Peer[]
  readonly ports?: readonly PolicyPort[]
}

export interface EgressRule {
  readonly to?: readonly Peer[]
  readonly ports?: readonly PolicyPort[]
}

export interface Peer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: IpBlock
}

export interface IpBlock {
  readonly cidr?: string
  readonly except?: readonly string[]
}

export interface PolicyPort {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}

export type Direction = 'ingress' | 'egress'

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress']

/** `namespace/name`, which azure-npm calls the policy key. */
export function policyKey(policy: NetworkPolicy): string {
  return `${policy.namespace}/${policy.name}`
}

export function policyResource(policy: NetworkPolicy): ResourceKey {
  return `NetworkPolicy/${policyKey(policy)}`
}

/** One rule of either direction, with the field path that the user wrote it at. */
export interface DirectedRule {
  readonly direction: Direction
  /** `spec.ingress[0]` */
  readonly path: string
  /** `spec.ingress[0].from` */
  readonly peersPath: string
  readonly peers: readonly Peer[] | undefined
  readonly ports: readonly PolicyPort[] | undefined
}

/** The rules of one direction, whether or not `policyTypes` names it. */
export function rulesOf(policy: NetworkPolicy, direction: Direction): readonly DirectedRule[] {
  return direction === 'ingress'
    ? (policy.spec.ingress ?? []).map((rule, i) => ({
        direction,
        path: `spec.ingress[${i}]`,
        peersPath: `spec.ingress[${i}].from`,
        peers: rule.from,
        ports: rule.ports,
      }))
    : (policy.spec.egress ?? []).map((rule, i) => ({
        direction,
        path: `spec.egress[${i}]`,
        peersPath: `spec.egress[${i}].to`,
        peers: rule.to,
        ports: rule.ports,
      }))
}
