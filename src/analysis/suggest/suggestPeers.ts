import { matchesPeer } from '../../engine/kubernetes/isAllowed.ts'
import { readIpBlock } from '../../engine/kubernetes/ipBlock.ts'
import {
  formatIpv4,
  maskOf,
  parseIpv4Prefix,
  prefixContains,
  prefixCovers,
  type Ipv4Prefix,
} from '../../model/ip.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { METADATA_NAME_LABEL, type LabelSelector } from '../../model/labels.ts'
import type { NetworkPolicy, Peer } from '../../model/networkPolicy.ts'
import type { WholeAnalysis } from '../../model/protocol.ts'
import { asKubernetes } from '../assess.ts'
import { saysAddress } from '../node/ownAddresses.ts'
import { distinguishingLabels, excludingLabel } from './suggestSelectors.ts'
import type { SuggestWorld } from './suggestWorld.ts'

/** What peers are made from. */
export interface PeerContext {
  readonly world: SuggestWorld
  readonly endpoints: readonly Endpoint[]
  readonly sources: WholeAnalysis['sources']
}

/** More holes than this are not listed as peers of their own. */
const MAX_HOLES = 4

export function podSelectorOf(pod: Endpoint & { readonly kind: 'pod' }, cluster: Cluster): LabelSelector {
  const labels = distinguishingLabels(pod, cluster)
  return Object.keys(labels).length === 0 ? {} : { matchLabels: labels }
}

/** An address that the user's text gives; addresses made up for pods must not get into a policy. */
function hasGivenAddress(
  endpoint: Endpoint & { readonly kind: 'pod' },
  { sources, world }: PeerContext,
): boolean {
  const pod = world.pods.get(endpoint.id)
  return pod !== undefined && saysAddress(pod, sources)
}

/**
 * Peers that let in one endpoint and as little else as can be said, each a choice of its own; none where nothing in a
 * policy names it, such as a pod on its node's network whose address is not known.
 */
export function peersFor(
  endpoint: Endpoint,
  namespace: string,
  context: PeerContext,
): readonly (readonly Peer[])[] {
  if (endpoint.kind === 'pod') {
    if (endpoint.hostNetwork)
      return hasGivenAddress(endpoint, context)
        ? [[{ ipBlock: { cidr: `${formatIpv4(endpoint.address)}/32` } }]]
        : []
    return [[podPeer(endpoint, namespace, context.world.cluster)]]
  }
  const cidr = endpoint.kind === 'cidr' ? endpoint.cidr : '0.0.0.0/0'
  const holes = endpoint.kind === 'cidr' ? endpoint.holes : outerBlocks(context.endpoints)
  const block = parseIpv4Prefix(cidr)
  if (block === undefined) return []
  const pods = podRanges(block, context.endpoints).filter(range => !holes.includes(range))
  const choices: readonly (readonly string[])[] = [[], holes, pods, outermost([...holes, ...pods])]
  const different = new Map(choices.map(except => [except.join(), except]))
  return [...different.values()].map(except => [{ ipBlock: { cidr, ...(except.length > 0 && { except }) } }])
}

function podPeer(pod: Endpoint & { readonly kind: 'pod' }, namespace: string, cluster: Cluster): Peer {
  const podSelector = podSelectorOf(pod, cluster)
  if (pod.namespace === namespace) return { podSelector }
  return {
    namespaceSelector: { matchLabels: { [METADATA_NAME_LABEL]: pod.namespace } },
    ...(podSelector.matchLabels !== undefined && { podSelector }),
  }
}

/** The blocks that policies name and that lie in no other. */
function outerBlocks(endpoints: readonly Endpoint[]): readonly string[] {
  return outermost(endpoints.flatMap(endpoint => (endpoint.kind === 'cidr' ? [endpoint.cidr] : [])))
}

function outermost(texts: readonly string[]): readonly string[] {
  const blocks = [...new Set(texts)].map(text => ({ text, prefix: parseIpv4Prefix(text) }))
  return blocks
    .filter(
      ({ text, prefix }) =>
        prefix !== undefined &&
        !blocks.some(
          other => other.text !== text && other.prefix !== undefined && prefixCovers(other.prefix, prefix),
        ),
    )
    .map(({ text }) => text)
}

/** Where clusters usually have their pods: private ranges, from the widest. */
export const PRIVATE_RANGES: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
]

/**
 * What to leave out of a block so that no pod is in it: the private ranges that hold pods, or, inside one of those,
 * the network that all pods in the block share. Empty where there are no pods in it, or no such network.
 */
function podRanges(block: Ipv4Prefix, endpoints: readonly Endpoint[]): readonly string[] {
  const pods = endpoints.filter(({ kind, address }) => kind === 'pod' && prefixContains(block, address))
  if (pods.length === 0) return []
  const ranges = PRIVATE_RANGES.map(text => ({ text, prefix: parseIpv4Prefix(text) }))
  const inside = ranges.filter(
    ({ prefix }) => prefix !== undefined && prefix.length > block.length && prefixCovers(block, prefix),
  )
  const used = inside.filter(
    ({ prefix }) => prefix !== undefined && pods.some(pod => prefixContains(prefix, pod.address)),
  )
  const left = pods.filter(
    pod => !used.some(({ prefix }) => prefix !== undefined && prefixContains(prefix, pod.address)),
  )
  if (left.length === 0) return used.map(({ text }) => text)
  const first = left[0]?.address ?? 0
  let length = 16
  const shared = (bits: number): boolean =>
    left.every(({ address }) => ((address ^ first) & maskOf(bits)) >>> 0 === 0)
  while (length > block.length && !shared(length)) length--
  return length > block.length
    ? [...used.map(({ text }) => text), `${formatIpv4((first & maskOf(length)) >>> 0)}/${length}`]
    : []
}

/** Peers for everything but one endpoint, as far as policies can say it, each a choice of its own. */
export function peersForAllBut(endpoint: Endpoint, context: PeerContext): readonly (readonly Peer[])[] {
  const anyPod: Peer = { namespaceSelector: {} }
  const world = parseIpv4Prefix('0.0.0.0/0')
  const blocksOf = (except: readonly string[]): Peer => ({
    ipBlock: { cidr: '0.0.0.0/0', ...(except.length > 0 && { except }) },
  })
  if (endpoint.kind === 'pod') {
    const { cluster } = context.world
    const label = excludingLabel(endpoint, cluster.pods)
    if (label === undefined || endpoint.hostNetwork) return []
    const { key, value } = label
    const others: Peer = {
      namespaceSelector: {},
      podSelector: { matchExpressions: [{ key, operator: 'NotIn', values: [value] }] },
    }
    const elsewhere: Peer = {
      namespaceSelector: {
        matchExpressions: [
          { key: METADATA_NAME_LABEL, operator: 'Exists' },
          { key: METADATA_NAME_LABEL, operator: 'NotIn', values: [endpoint.namespace] },
        ],
      },
      podSelector: { matchLabels: { [key]: value } },
    }
    const shared = cluster.pods.some(
      pod =>
        pod.namespace !== endpoint.namespace && Object.hasOwn(pod.labels, key) && pod.labels[key] === value,
    )
    const pods = shared ? [others, elsewhere] : [others]
    const ranges = world === undefined ? [] : podRanges(world, context.endpoints)
    return ranges.length === 0 ? [pods] : [[...pods, blocksOf(ranges)], pods]
  }
  if (endpoint.kind === 'outside') {
    const blocks = outerBlocks(context.endpoints)
    return blocks.length > MAX_HOLES ? [[anyPod]] : [[anyPod, ...blocks.map(cidr => ({ ipBlock: { cidr } }))]]
  }
  const holes = endpoint.holes.length > MAX_HOLES ? [] : endpoint.holes.map(cidr => ({ ipBlock: { cidr } }))
  if (parseIpv4Prefix(endpoint.cidr)?.length === 0) return [[anyPod, ...holes]]
  return [[anyPod, blocksOf([endpoint.cidr]), ...holes]]
}

/** Whether an entry of `from` or `to` matches an endpoint. */
export function isMatched(
  policy: NetworkPolicy,
  peer: Peer,
  endpoint: Endpoint,
  { world }: PeerContext,
): boolean {
  return matchesPeer(world.cluster, policy, peer, asKubernetes(endpoint, world.pods))
}

/** The block to except so that an endpoint is not in this one; undefined where it is the whole of it or has no block. */
export function exceptFor(peer: Peer, endpoint: Endpoint, context: PeerContext): string | undefined {
  const range = peer.ipBlock === undefined ? undefined : readIpBlock(peer.ipBlock)
  if (range === undefined || endpoint.kind === 'outside') return undefined
  if (endpoint.kind === 'pod' && !hasGivenAddress(endpoint, context)) return undefined
  const text = endpoint.kind === 'cidr' ? endpoint.cidr : `${formatIpv4(endpoint.address)}/32`
  const prefix = parseIpv4Prefix(text)
  return prefix !== undefined && prefix.length > range.cidr.length && prefixCovers(range.cidr, prefix)
    ? text
    : undefined
}
