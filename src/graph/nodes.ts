import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { formatIpv4, parseIpv4Prefix, prefixCovers } from '../model/ip.ts'
import { compareBytes } from '../model/order.ts'
import { selectingPolicies, type FlowKinds } from './flowKinds.ts'
import {
  groupId,
  type FlowKind,
  type GraphGroup,
  type GraphInput,
  type GraphNode,
  type GraphView,
} from './graphModel.ts'

type PodEndpoint = Endpoint & { readonly kind: 'pod' }

/** Up to so many pods, two alike ones that no workload makes keep a node each, so that a reader finds them by name. */
const FEW_PODS = 5
/** Above it, alike pods of one namespace are one node whatever their names are. */
const MANY_PODS = 150
/** The most nodes that a picture may have. */
export const MAX_NODES = 400

/** Addresses that a reader of policies meets everywhere. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  '0.0.0.0/0': 'any address',
  '169.254.169.254/32': 'instance metadata',
  '168.63.129.16/32': 'Azure platform: DNS, health probes',
  '10.0.0.0/8': 'private network',
  '172.16.0.0/12': 'private network',
  '192.168.0.0/16': 'private network',
  '100.64.0.0/10': 'carrier-grade NAT range',
  '169.254.0.0/16': 'link-local range',
}

interface Placed {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly GraphNode[]
  readonly closedNamespaces: number
}

/** Namespaces as groups and everything that flows start and end at as nodes, at most `MAX_NODES` of them. */
export function nodesOf(input: GraphInput, kinds: FlowKinds, view: GraphView): Placed {
  const { endpoints } = input.connectivity
  const outer = outerNodes(endpoints)
  const byNamespace = new Map<string, number[]>()
  endpoints.forEach((endpoint, index) => {
    if (endpoint.kind !== 'pod') return
    const own = byNamespace.get(endpoint.namespace)
    if (own === undefined) byNamespace.set(endpoint.namespace, [index])
    else own.push(index)
  })
  const pods = endpoints.length - outer.length
  const selecting = selectingPolicies(input.policies)
  const names = [...byNamespace.keys()].sort(compareBytes)
  const full = names.map(name => ({
    name,
    members: byNamespace.get(name) ?? [],
    nodes: podNodes(endpoints, byNamespace.get(name) ?? [], kinds, selecting, pods, view),
  }))

  let budget = MAX_NODES - Math.min(outer.length, MAX_NODES / 2)
  const fits = full.reduce((sum, { nodes }) => sum + nodes.length, 0) <= budget
  const open = new Set(fits ? names : [])
  if (!fits) {
    budget -= names.length
    for (const name of [...view.opened].reverse()) {
      const size = full.find(namespace => namespace.name === name)?.nodes.length ?? Infinity
      if (size - 1 > budget) continue
      budget -= size - 1
      open.add(name)
    }
  }
  const labels = new Map(input.namespaces.map(namespace => [namespace.name, namespace]))
  const groups = full
    .filter(({ name }) => open.has(name))
    .map(({ name, members }) => ({
      id: groupId(name),
      namespace: name,
      labels: labels.get(name)?.labels ?? {},
      pods: members.length,
      assumed: labels.get(name)?.assumed === true,
    }))
  const nodes = full.flatMap(({ name, members, nodes }) =>
    open.has(name) ? nodes : [closedNamespace(name, members, endpoints, labels.get(name)?.assumed === true)],
  )
  return {
    groups,
    nodes: [...nodes, ...outer.slice(0, MAX_NODES)],
    closedNamespaces: names.length - open.size,
  }
}

/** What all pods of a workload are called, less what tells them apart: `web-1` and `web-7d9f8b6c5d-x2x4z` are `web`. */
export function nameStem(name: string): string {
  return name.replace(/(-[0-9]+|(-[a-f0-9]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5})$/, '') || name
}

function podNodes(
  endpoints: readonly Endpoint[],
  members: readonly number[],
  kinds: FlowKinds,
  selecting: ReturnType<typeof selectingPolicies>,
  pods: number,
  view: GraphView,
): readonly GraphNode[] {
  const folds = new Map<string, number[]>()
  for (const index of members) {
    const pod = podAt(endpoints, index)
    const stem = pods > MANY_PODS ? '' : (pod.workload ?? nameStem(pod.name))
    const key = `${kinds.classOf(index)} ${pod.assumed} ${stem}`
    const own = folds.get(key)
    if (own === undefined) folds.set(key, [index])
    else own.push(index)
  }
  return [...folds.values()].flatMap<GraphNode>(alike => {
    const first = podAt(endpoints, alike[0] ?? -1)
    const policies = { ingress: selecting(first, 'ingress'), egress: selecting(first, 'egress') }
    const id = `pods:${first.namespace}/${first.name}`
    const common = {
      kind: 'pods' as const,
      parent: groupId(first.namespace),
      namespace: first.namespace,
      assumed: first.assumed,
      hostNetwork: first.hostNetwork,
      isolated: first.isolated,
      policies,
      exceptOf: [],
      namedBy: [],
    }
    const fold = alike.length >= (pods > FEW_PODS || first.workload !== undefined ? 2 : 3) ? id : undefined
    if (fold === undefined || view.unfolded.includes(id))
      return alike.map(index => ({
        ...common,
        id: podAt(endpoints, index).id,
        endpoints: [index],
        title: podAt(endpoints, index).name,
        detail: [
          ...(first.assumed ? ['assumed'] : []),
          formatIpv4(podAt(endpoints, index).address),
          ...(first.hostNetwork ? ['host network'] : []),
        ].join(' · '),
        canUnfold: false,
        fold,
        within: undefined,
      }))
    const own = kinds.classOf(alike[0] ?? -1)
    return [
      {
        ...common,
        id,
        endpoints: alike,
        title: foldTitle(alike.map(index => podAt(endpoints, index))),
        detail: foldDetail(alike.length, first.assumed, kinds.between(own, own)),
        canUnfold: true,
        fold: undefined,
        within: kinds.between(own, own),
      },
    ]
  })
}

function foldTitle(pods: readonly PodEndpoint[]): string {
  const stems = [...new Set(pods.map(pod => pod.workload?.split('/').at(-1) ?? nameStem(pod.name)))]
  const [first = '', ...others] = stems
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

function foldDetail(count: number, assumed: boolean, within: FlowKind | undefined): string {
  if (within?.governed === true) {
    const what = within.verdict === 'blocked' ? 'blocked' : within.enforcedText
    return `among themselves: ${what}`
  }
  return assumed ? `${count} assumed pods` : `${count} pods alike`
}

function closedNamespace(
  name: string,
  members: readonly number[],
  endpoints: readonly Endpoint[],
  assumed: boolean,
): GraphNode {
  const pods = members.map(index => podAt(endpoints, index))
  return {
    id: `namespace:${name}`,
    kind: 'namespace',
    parent: undefined,
    namespace: name,
    endpoints: members,
    title: name,
    detail: members.length === 1 ? '1 pod' : `${members.length} pods`,
    assumed,
    hostNetwork: false,
    isolated: {
      ingress: pods.some(pod => pod.isolated.ingress),
      egress: pods.some(pod => pod.isolated.egress),
    },
    policies: { ingress: [], egress: [] },
    exceptOf: [],
    namedBy: [],
    canUnfold: true,
    fold: undefined,
    within: undefined,
  }
}

/** CIDR blocks, each inside the smallest block that holds it, and the rest of the world. */
function outerNodes(endpoints: readonly Endpoint[]): readonly GraphNode[] {
  const blocks = endpoints.flatMap(endpoint => (endpoint.kind === 'cidr' ? [endpoint] : []))
  const none = { ingress: false, egress: false }
  return endpoints.flatMap<GraphNode>((endpoint, index) => {
    if (endpoint.kind === 'pod') return []
    const block = endpoint.kind === 'cidr' ? endpoint : undefined
    const prefix = block === undefined ? undefined : parseIpv4Prefix(block.cidr)
    let parent: string | undefined
    let widest = -1
    for (const other of blocks) {
      const outer = parseIpv4Prefix(other.cidr)
      if (prefix === undefined || outer === undefined || other === block) continue
      if (outer.length < prefix.length && outer.length > widest && prefixCovers(outer, prefix)) {
        parent = other.id
        widest = outer.length
      }
    }
    const cidr = block?.cidr ?? ''
    return [
      {
        id: endpoint.id,
        kind: endpoint.kind,
        parent,
        namespace: undefined,
        endpoints: [index],
        title: block === undefined ? 'everything else' : cidr.replace(/\/32$/, ''),
        detail: block === undefined ? 'every other address' : blockDetail(block),
        assumed: false,
        hostNetwork: false,
        isolated: none,
        policies: { ingress: [], egress: [] },
        exceptOf: block?.exceptOf ?? [],
        namedBy: block?.namedBy ?? [],
        canUnfold: false,
        fold: undefined,
        within: undefined,
      },
    ]
  })
}

function blockDetail({ cidr, exceptOf, namedBy }: Endpoint & { readonly kind: 'cidr' }): string {
  const known = Object.hasOwn(WELL_KNOWN, cidr) ? WELL_KNOWN[cidr] : undefined
  const what = known ?? (cidr.endsWith('/32') ? 'one address' : 'CIDR block')
  return exceptOf.length > 0 && namedBy.length === 0 ? `except: ${what}` : what
}

function podAt(endpoints: readonly Endpoint[], index: number): PodEndpoint {
  const endpoint = required(endpoints[index], 'endpoint')
  if (endpoint.kind !== 'pod') throw new Error(`endpoint ${index} is no pod`)
  return endpoint
}
