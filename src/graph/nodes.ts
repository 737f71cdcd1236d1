import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { formatIpv4 } from '../model/ip.ts'
import { compareBytes } from '../model/order.ts'
import { outerNodes } from './outerNodes.ts'
import { formatNumber, plural } from './formatNumber.ts'
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
export const MAX_NODES = 200

interface Placed {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly GraphNode[]
  readonly closedNamespaces: number
}

/** Namespaces as groups and everything that flows start and end at as nodes, at most `MAX_NODES` of them. */
export function nodesOf(input: GraphInput, kinds: FlowKinds, view: GraphView): Placed {
  const { endpoints } = input.connectivity
  const outer = outerNodes(endpoints, kinds, view.unfolded, MAX_NODES / 2)
  const byNamespace = new Map<string, number[]>()
  endpoints.forEach((endpoint, index) => {
    if (endpoint.kind !== 'pod') return
    const own = byNamespace.get(endpoint.namespace)
    if (own === undefined) byNamespace.set(endpoint.namespace, [index])
    else own.push(index)
  })
  const pods = endpoints.filter(endpoint => endpoint.kind === 'pod').length
  const selecting = selectingPolicies(input.policies)
  const names = [...byNamespace.keys()].sort(compareBytes)
  const full = names.map(name => ({
    name,
    members: byNamespace.get(name) ?? [],
    nodes: podNodes(endpoints, byNamespace.get(name) ?? [], kinds, selecting, pods, view),
  }))

  let budget = MAX_NODES - outer.length
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
    nodes: [...nodes, ...outer],
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
  return assumed ? `${formatNumber(count)} assumed pods` : `${formatNumber(count)} pods alike`
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
    detail: plural(members.length, 'pod'),
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

function podAt(endpoints: readonly Endpoint[], index: number): PodEndpoint {
  const endpoint = required(endpoints[index], 'endpoint')
  if (endpoint.kind !== 'pod') throw new Error(`endpoint ${index} is no pod`)
  return endpoint
}
