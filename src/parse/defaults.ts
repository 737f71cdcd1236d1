import type { ContainerPort, Namespace, Pod } from '../model/cluster.ts'
import { METADATA_NAME_LABEL } from '../model/labels.ts'
import type { LabelSelector, LabelSelectorRequirement } from '../model/labels.ts'
import type { IpBlock, NetworkPolicy, NetworkPolicySpec, Peer, PolicyPort } from '../model/networkPolicy.ts'
import type { PodSpec, PodStatus } from './podShape.ts'
import type { ObjectMeta } from './policyShape.ts'

/** The namespace of an object that names none, as in kubectl's default context (R14). */
const DEFAULT_NAMESPACE = 'default'

export function namespaceOf(meta: ObjectMeta): string {
  return meta.namespace === undefined || meta.namespace === '' ? DEFAULT_NAMESPACE : meta.namespace
}

/** Set while an object is being deleted. */
export function deletionOf(meta: ObjectMeta): Pick<Pod, 'deletionTimestamp' | 'deletionGracePeriodSeconds'> {
  const { deletionTimestamp, deletionGracePeriodSeconds } = meta
  return {
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  }
}

/** As the API server stores it: F1–F4. */
export function storedNetworkPolicy(meta: ObjectMeta, spec: NetworkPolicySpec): NetworkPolicy {
  const egress = nonEmpty(spec.egress)?.map(rule => storedRule(rule, 'to'))
  const ingress = nonEmpty(spec.ingress)?.map(rule => storedRule(rule, 'from'))
  const types = spec.policyTypes ?? []
  return {
    namespace: namespaceOf(meta),
    name: meta.name ?? '',
    spec: {
      podSelector: storedSelector(spec.podSelector ?? {}),
      policyTypes: types.length > 0 ? types : egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'],
      ...(ingress !== undefined && { ingress }),
      ...(egress !== undefined && { egress }),
    },
    ...deletionOf(meta),
  }
}

/** F3: an empty list is stored as an absent one. */
function nonEmpty<T>(items: readonly T[] | undefined): readonly T[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items
}

interface StoredRule {
  readonly ports?: readonly PolicyPort[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

function storedRule(rule: StoredRule, peersField: 'from' | 'to'): StoredRule {
  const ports = nonEmpty(rule.ports)?.map(port => ({ ...port, protocol: port.protocol ?? 'TCP' }))
  const peers = nonEmpty(rule[peersField])?.map(storedPeer)
  return { ...(ports !== undefined && { ports }), ...(peers !== undefined && { [peersField]: peers }) }
}

function storedPeer({ podSelector, namespaceSelector, ipBlock }: Peer): Peer {
  return {
    ...(podSelector !== undefined && { podSelector: storedSelector(podSelector) }),
    ...(namespaceSelector !== undefined && { namespaceSelector: storedSelector(namespaceSelector) }),
    ...(ipBlock !== undefined && { ipBlock: storedIpBlock(ipBlock) }),
  }
}

function storedIpBlock({ cidr, except }: IpBlock): IpBlock {
  const holes = nonEmpty(except)
  return { ...(cidr !== undefined && { cidr }), ...(holes !== undefined && { except: holes }) }
}

function storedSelector({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  const requirements = nonEmpty(matchExpressions)?.map(
    ({ key, operator, values }): LabelSelectorRequirement => {
      const some = nonEmpty(values)
      return { key, operator, ...(some !== undefined && { values: some }) }
    },
  )
  return {
    ...(matchLabels !== undefined && Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(requirements !== undefined && { matchExpressions: requirements }),
  }
}

/** F5 */
export function storedNamespace(meta: ObjectMeta): Namespace {
  const name = meta.name ?? ''
  return { name, labels: { ...meta.labels, [METADATA_NAME_LABEL]: name }, ...deletionOf(meta) }
}

/**
 * The API server keeps a list of addresses and shows the first as `podIP`; where both are given, `podIP` counts (the
 * conversion of core/v1).
 */
export function storedStatus(status: PodStatus = {}): PodStatus {
  const ip = status.podIP || status.podIPs?.[0]?.ip
  return ip === undefined ? status : { ...status, podIP: ip }
}

/** F6 */
export function storedPod(meta: ObjectMeta, spec: PodSpec, status: PodStatus = {}): Pod {
  const containerPorts = (spec.containers ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ name = '', protocol = 'TCP', containerPort = 0 }): ContainerPort => ({
      name,
      protocol,
      containerPort,
    })),
  )
  return {
    namespace: namespaceOf(meta),
    name: meta.name ?? '',
    labels: meta.labels ?? {},
    ip: status.podIP ?? '',
    hostNetwork: spec.hostNetwork ?? false,
    phase: status.phase ?? '',
    containerPorts,
    ...deletionOf(meta),
  }
}
