import { isCompletedPod, type Cluster, type Pod } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { parseIpv4Prefix, prefixContains, type Ipv4Prefix } from '../../model/ip.ts'
import { labelKeys, labelValue, type LabelSelector } from '../../model/labels.ts'
import { DIRECTIONS, rulesOf, type NetworkPolicy } from '../../model/networkPolicy.ts'
import { podEndpointId } from '../endpoints/endpoints.ts'

/** What policies tell pods apart by. */
interface Distinctions {
  readonly keys: ReadonlySet<string>
  /** Of blocks and exceptions. */
  readonly blocks: ReadonlySet<string>
}

/**
 * One pod of each sort instead of all, so that trying an edit costs as much as there are different pods, not pods. Pods
 * of one sort have the same namespace, ports and state, the same values of all labels that some selector asks about,
 * and addresses in the same blocks; a policy that asks about others is not covered.
 */
export interface Reduction {
  readonly pods: readonly Pod[]
  /** The endpoint whose pod stands for an endpoint's; itself for others. */
  readonly standsFor: (endpoint: Endpoint) => Endpoint
  readonly covers: (policies: readonly NetworkPolicy[]) => boolean
}

/** `apart` are endpoints whose labels are told apart by all their keys, and blocks that edits may name. */
export function reductionOf(
  cluster: Cluster,
  endpoints: readonly Endpoint[],
  apart: { readonly ends: readonly Endpoint[]; readonly blocks: readonly string[] },
): Reduction {
  const { keys: named, blocks: blockTexts } = distinctionsOf(cluster.policies)
  const keys = new Set([
    ...named,
    ...apart.ends.flatMap(end => (end.kind === 'pod' ? labelKeys(end.labels) : [])),
  ])
  const blocks = new Set([...blockTexts, ...apart.blocks])
  const prefixes = [...blocks].map(parseIpv4Prefix).filter(prefix => prefix !== undefined)
  const byId = new Map(cluster.pods.map(pod => [podEndpointId(pod.namespace, pod.name), pod]))
  const first = new Map<string, Endpoint>()
  const standing = new Map<string, Endpoint>()
  const kept = new Set<Pod>()
  for (const endpoint of endpoints) {
    const pod = byId.get(endpoint.id)
    if (pod === undefined) continue
    const isEnd = apart.ends.some(({ id }) => id === endpoint.id)
    const sort = isEnd ? endpoint.id : sortOf(pod, endpoint, keys, prefixes)
    const chosen = first.get(sort) ?? endpoint
    first.set(sort, chosen)
    standing.set(endpoint.id, chosen)
    if (chosen === endpoint) kept.add(pod)
  }
  return {
    // Pods without an endpoint (no address, or ended) are in no set and no flow.
    pods: cluster.pods.filter(pod => kept.has(pod) || isCompletedPod(pod)),
    standsFor: endpoint => standing.get(endpoint.id) ?? endpoint,
    covers: policies => {
      const asked = distinctionsOf(policies)
      return [...asked.keys].every(key => keys.has(key)) && [...asked.blocks].every(text => blocks.has(text))
    },
  }
}

function sortOf(
  pod: Pod,
  { address }: Endpoint,
  keys: ReadonlySet<string>,
  blocks: readonly Ipv4Prefix[],
): string {
  const {
    namespace,
    labels,
    hostNetwork,
    phase,
    containerPorts,
    deletionTimestamp,
    deletionGracePeriodSeconds,
  } = pod
  return JSON.stringify([
    namespace,
    labelKeys(labels)
      .filter(key => keys.has(key))
      .map(key => [key, labelValue(labels, key)]),
    hostNetwork,
    phase,
    containerPorts,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    blocks.flatMap((block, i) => (prefixContains(block, address) ? [i] : [])),
  ])
}

export function distinctionsOf(policies: readonly NetworkPolicy[]): Distinctions {
  const keys = new Set<string>()
  const blocks = new Set<string>()
  const addKeys = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): void => {
    for (const key of labelKeys(matchLabels)) keys.add(key)
    for (const { key } of matchExpressions) keys.add(key)
  }
  for (const policy of policies) {
    addKeys(policy.spec.podSelector ?? {})
    for (const direction of DIRECTIONS)
      for (const { peers = [] } of rulesOf(policy, direction))
        for (const { podSelector = {}, namespaceSelector = {}, ipBlock } of peers) {
          addKeys(podSelector)
          addKeys(namespaceSelector)
          if (ipBlock !== undefined)
            for (const text of [ipBlock.cidr ?? '', ...(ipBlock.except ?? [])]) blocks.add(text)
        }
  }
  return { keys, blocks }
}
