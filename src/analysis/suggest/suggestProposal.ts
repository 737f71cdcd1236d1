import type { NamedPorts } from '../../engine/kubernetes/policyPorts.ts'
import type { Endpoint, FlowEnd } from '../../model/connectivity.ts'
import { matchesSelector } from '../../model/labels.ts'
import {
  policyResource,
  type Direction,
  type NetworkPolicy,
  type Peer,
  type PolicyPort,
} from '../../model/networkPolicy.ts'
import type { ResourceKey } from '../../model/origin.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import type { FieldEdit, FieldPath, PlainValue } from '../../parse/editPath.ts'
import { namesFor } from '../assumed/assumedNames.ts'
import { distinguishingLabels } from './suggestSelectors.ts'
import { isMatched, podSelectorOf, type PeerContext } from './suggestPeers.ts'

/** A change of one policy, not yet of its text. */
export type PolicyChange =
  | { readonly kind: 'edit'; readonly policy: NetworkPolicy; readonly edits: readonly FieldEdit[] }
  | {
      readonly kind: 'new'
      /** `ns/name` */
      readonly key: string
      readonly object: Readonly<Record<string, PlainValue>>
      /** Written like this object, in the same file. */
      readonly beside: ResourceKey | undefined
    }

/** A way to change what one end of the flow lets through. */
export interface Proposal {
  /** `one peer more in shop/db` */
  readonly what: string
  readonly changes: readonly PolicyChange[]
  /** A guess at the pairs that it opens or closes besides, to look at the better ones first. */
  readonly weight: number
}

/** One end of the flow: a pod and what its policies say about the other end. */
export interface ProposalEnd {
  readonly direction: Direction
  readonly self: Endpoint & { readonly kind: 'pod' }
  readonly peer: Endpoint
  readonly flow: FlowEnd
}

export interface ProposalContext extends PeerContext {
  readonly policies: ReadonlyMap<string, NetworkPolicy>
  /** Ports of the destination by name. */
  readonly receiver: NamedPorts
  /** What shall be allowed or blocked. */
  readonly traffic: TrafficSet
}

/** What a manifest holds of it: fields that are undefined are not there. */
export function plainOf(value: object): PlainValue {
  return JSON.parse(JSON.stringify(value)) as PlainValue
}

/** `from` or `to`. */
export function peersField(direction: Direction): 'from' | 'to' {
  return direction === 'ingress' ? 'from' : 'to'
}

export function rulePath(direction: Direction, index: number): FieldPath {
  return ['spec', direction, index]
}

/** A rule as it is written; without peers or without ports where these mean any. */
export function ruleObject(
  direction: Direction,
  peers: readonly Peer[] | undefined,
  ports: readonly PolicyPort[] | undefined,
): PlainValue {
  return {
    ...(peers !== undefined && { [peersField(direction)]: plainOf(peers) }),
    ...(ports !== undefined && { ports: plainOf(ports) }),
  }
}

/** Entries of `ports` in the manner of those that the policy has: without `protocol: TCP`, the port first. */
export function portsLike(
  entries: readonly PolicyPort[],
  policy: NetworkPolicy,
  { sources }: PeerContext,
): readonly PolicyPort[] {
  const paths = sources[policyResource(policy)]?.paths ?? []
  const entry = paths
    .map(path => /^spec\.(?:in|e)gress\[[0-9]+\]\.ports\[[0-9]+\]$/.exec(path)?.[0])
    .find(path => path !== undefined)
  if (entry === undefined) return entries
  const protocol = paths.indexOf(`${entry}.protocol`)
  const port = paths.indexOf(`${entry}.port`)
  return entries.map(one => {
    const { protocol: name, ...numbers } = one
    if (protocol < 0 && name === 'TCP' && one.port !== undefined) return numbers
    return port >= 0 && port < protocol ? { ...numbers, ...(name !== undefined && { protocol: name }) } : one
  })
}

/** Pods that the policy selects. */
export function selectedCount({ namespace, spec }: NetworkPolicy, { world }: PeerContext): number {
  return world.cluster.pods.filter(
    pod => pod.namespace === namespace && matchesSelector(pod.labels, spec.podSelector ?? {}),
  ).length
}

/** Endpoints that some of the peers match; all where there are no peers. */
export function matchedCount(
  policy: NetworkPolicy,
  peers: readonly Peer[] | undefined,
  context: PeerContext,
): number {
  if (peers === undefined || peers.length === 0) return context.endpoints.length
  return context.endpoints.filter(endpoint => peers.some(peer => isMatched(policy, peer, endpoint, context)))
    .length
}

/** A new policy for one pod and its replicas, in one direction, with these rules. */
export function newPolicy(
  { direction, self, flow }: ProposalEnd,
  name: string,
  rules: readonly PlainValue[],
  context: ProposalContext,
): PolicyChange {
  const isolating = flow.policies[0] === undefined ? undefined : context.policies.get(flow.policies[0].policy)
  const neighbour =
    isolating ?? [...context.policies.values()].find(({ namespace }) => namespace === self.namespace)
  const pod = context.world.pods.get(self.id)
  const podSources = [pod?.workload, pod === undefined ? undefined : `Pod/${pod.namespace}/${pod.name}`]
  const beside =
    neighbour === undefined
      ? podSources.find(key => key !== undefined && Object.hasOwn(context.sources, key))
      : policyResource(neighbour)
  const silent =
    self.namespace === 'default' &&
    beside !== undefined &&
    context.sources[beside]?.paths.includes('metadata.namespace') !== true
  const own = uniqueName(name, self.namespace, context)
  const selector = podSelectorOf(self, context.world.cluster)
  return {
    kind: 'new',
    key: `${self.namespace}/${own}`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: own, ...(!silent && { namespace: self.namespace }) },
      spec: {
        podSelector: plainOf(selector),
        policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
        ...(rules.length > 0 && { [direction]: rules }),
      },
    },
    beside,
  }
}

const NAME_LENGTH = 60

function uniqueName(wanted: string, namespace: string, { policies }: ProposalContext): string {
  const base = wanted
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, NAME_LENGTH)
    .replace(/^-+|-+$/g, '')
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!policies.has(`${namespace}/${name}`)) return name
  }
}

/** What an end is called in the name of a policy: by the workload or the labels of a pod, by the address of a block. */
export function wordFor(endpoint: Endpoint, { world }: PeerContext): string {
  if (endpoint.kind === 'cidr') return endpoint.cidr.replaceAll(/[./]/g, '-')
  if (endpoint.kind === 'outside') return 'outside'
  const workload = endpoint.workload?.split('/').at(-1)
  if (workload !== undefined) return workload
  const [word] = namesFor(distinguishingLabels(endpoint, world.cluster), endpoint.name)
  return word ?? endpoint.name
}
