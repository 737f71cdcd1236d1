import type { Labels, LabelSelector, LabelSelectorRequirement, SelectorOperator } from '../model/labels.ts'
import type {
  EgressRule,
  IngressRule,
  IpBlock,
  NetworkPolicySpec,
  Peer,
  PolicyPort,
} from '../model/networkPolicy.ts'
import { anything, integer, intOrString, list, struct, text, textMap } from './shapes.ts'
import type { Shape } from './shapes.ts'

/** The fields of `metadata` that matter here. */
export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
}

export const objectMeta: Shape<ObjectMeta> = struct<ObjectMeta>(
  'ObjectMeta',
  {
    name: text(),
    generateName: text(),
    namespace: text(),
    labels: textMap(),
    annotations: textMap(),
    deletionTimestamp: text('v1.Time'),
    deletionGracePeriodSeconds: integer('int64'),
  },
  [
    'selfLink',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'ownerReferences',
    'finalizers',
    'managedFields',
  ],
)

/** An object of some kind as it is read, before defaults. `null` reads as absent, empty lists stay. */
export interface Manifest<Spec> {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: ObjectMeta
  readonly spec?: Spec
}

/** A kind without `status`, or with one that plays no part. */
export function manifest<Spec>(
  kind: string,
  spec: Shape<Spec>,
  ignored: readonly string[],
): Shape<Manifest<Spec>> {
  return struct<Manifest<Spec>>(
    kind,
    { apiVersion: text(), kind: text(), metadata: objectMeta, spec } as Parameters<
      typeof struct<Manifest<Spec>>
    >[1],
    ignored,
  )
}

const requirement: Shape<LabelSelectorRequirement> = struct<LabelSelectorRequirement>(
  'LabelSelectorRequirement',
  {
    key: text(),
    // Any text passes here; the validation knows the operators.
    operator: text('v1.LabelSelectorOperator') as Shape<SelectorOperator>,
    values: list(text()),
  },
)

export const labelSelector: Shape<LabelSelector> = struct<LabelSelector>('LabelSelector', {
  matchLabels: textMap(),
  matchExpressions: list(requirement),
})

const ipBlock = struct<IpBlock>('IPBlock', { cidr: text(), except: list(text()) })

const peer = struct<Peer>('NetworkPolicyPeer', {
  podSelector: labelSelector,
  namespaceSelector: labelSelector,
  ipBlock,
})

const port = struct<PolicyPort>('NetworkPolicyPort', {
  protocol: text('v1.Protocol'),
  port: intOrString(),
  endPort: integer('int32'),
})

export const networkPolicySpec: Shape<NetworkPolicySpec> = struct<NetworkPolicySpec>('NetworkPolicySpec', {
  podSelector: labelSelector,
  policyTypes: list(text('v1.PolicyType')),
  ingress: list(struct<IngressRule>('NetworkPolicyIngressRule', { from: list(peer), ports: list(port) })),
  egress: list(struct<EgressRule>('NetworkPolicyEgressRule', { to: list(peer), ports: list(port) })),
})

export type NetworkPolicyManifest = Manifest<NetworkPolicySpec>

/** `status` is no field of it since 1.28. */
export const networkPolicyManifest = manifest<NetworkPolicySpec>('NetworkPolicy', networkPolicySpec, [])

export interface NamespaceSpec {
  readonly finalizers?: undefined
}

export const namespaceManifest = manifest<NamespaceSpec>(
  'Namespace',
  struct<NamespaceSpec>('NamespaceSpec', { finalizers: anything() }),
  ['status'],
)
