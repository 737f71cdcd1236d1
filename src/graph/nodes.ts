import { required } from '../model/assert.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { formatIpv4 } from '../model/ip.ts'
import { compareBytes } from '../model/order.ts'
import type { FlowKind, GraphGroup, GraphNode } from '../model/picture.ts'
import type { Answers } from './answers.ts'
import { closedPlaces, type ClosedPlace } from './closedNamespaces.ts'
import { endMatcher, filtersEnds, isHiddenNamespace } from './flowFilter.ts'
import { formatNumber, plural } from './formatNumber.ts'
import type { GraphGrouping, GraphView } from '../model/graphView.ts'
import type { GraphScene } from './graphScene.ts'
import { outerNodes } from './outerNodes.ts'
import { groupId } from './graphModel.ts'

type PodEndpoint = Endpoint & { readonly kind: 'pod' }

/** Up to so many pods, two alike ones that no workload makes keep a node each, so that a reader finds them by name. */
export const FEW_PODS = 5
/** Above it, alike pods of one namespace are one node whatever their names are. */
const MANY_PODS = 150
/** The most nodes that a picture may have. */
export const MAX_NODES = 200
/** Of more than these a picture as large as a screen can no longer be read, and namespaces close until the reader opens them. */
const READABLE_NODES = 44
/** In a picture closed namespaces take so many nodes, however much room there is. */
const MOST_PLACES = 60
/** Such a share is kept for the pods of namespaces that the reader opens, where there are very many namespaces. */
const ROOM_TO_OPEN = 0.3

interface Placed {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly GraphNode[]
  readonly closedNamespaces: number
}

/** How many nodes there may be, above how many namespaces close, and whether pods are put together in namespaces, by likeness, or not at all. */
export interface Grain {
  readonly most: number
  /** `most` when absent. */
  readonly readable?: number
  readonly grouping: GraphGrouping
}

/** Namespaces as groups and everything that flows start and end at as nodes, at most `most` of them. */
export function nodesOf(
  scene: GraphScene,
  view: GraphView,
  { most, readable = most, grouping }: Grain = {
    most: MAX_NODES,
    readable: READABLE_NODES,
    grouping: 'workload',
  },
): Placed {
  const { endpoints } = scene
  const { filter } = view
  const answers = scene.answers(filter)
  const outer = outerNodes(endpoints, answers.classOf, view.unfolded, most / 2)
  const namespaces = new Map([...scene.namespaces].filter(([name]) => !isHiddenNamespace(name, filter)))
  const names = [...namespaces.keys()]
  const members = (name: string): readonly number[] => namespaces.get(name) ?? []
  const pods = names.reduce((sum, name) => sum + members(name).length, 0)
  const full = new Map<string, readonly GraphNode[]>()
  const fullOf = (name: string): readonly GraphNode[] => {
    const known = full.get(name) ?? podNodes(scene, answers, members(name), pods, view, grouping === 'pod')
    full.set(name, known)
    return known
  }

  let budget = most - outer.length
  const fits =
    grouping !== 'namespace' && sumWithin(names, name => fullOf(name).length, budget - (most - readable))
  const open = new Set(fits ? names : [])
  if (!fits) {
    budget -= Math.min(names.length, Math.ceil(budget * (1 - ROOM_TO_OPEN)))
    for (const name of grouping === 'namespace' ? [] : [...view.opened].reverse()) {
      if (!namespaces.has(name)) continue
      const size = fullOf(name).length
      if (size - 1 > budget) continue
      budget -= size - 1
      open.add(name)
    }
  }
  const room = most - outer.length - [...open].reduce((sum, name) => sum + fullOf(name).length, 0)
  const closed = closedPlaces(
    names.filter(name => !open.has(name)),
    readable < most ? Math.min(room, MOST_PLACES) : room,
    filtersEnds(filter) ? matchedNamespaces(scene, names, view) : [],
    view.opened,
    name => members(name).length,
  )
  const about = new Map(scene.input.namespaces.map(namespace => [namespace.name, namespace]))
  const groups = names
    .filter(name => open.has(name))
    .map(name => ({
      id: groupId(name),
      kind: 'namespace' as const,
      namespace: name,
      labels: about.get(name)?.labels ?? {},
      pods: members(name).length,
      assumed: about.get(name)?.assumed === true,
    }))
  const places = [
    ...[...open].map(name => ({ at: name, nodes: fullOf(name) })),
    ...closed.map(place => ({
      at: place.namespaces[0] ?? '',
      nodes: [
        closedNode(
          place,
          place.namespaces.flatMap(members),
          endpoints,
          name => about.get(name)?.assumed === true,
        ),
      ],
    })),
  ].sort((a, b) => compareBytes(a.at, b.at))
  return {
    groups,
    nodes: [...places.flatMap(({ nodes }) => nodes), ...outer],
    closedNamespaces: names.length - open.size,
  }
}

/** Whether the sum stays within `most`; looks no further than that takes. */
function sumWithin(names: readonly string[], sizeOf: (name: string) => number, most: number): boolean {
  let sum = 0
  for (const name of names) {
    sum += sizeOf(name)
    if (sum > most) return false
  }
  return true
}

/** Those with most pods that the filter asks for first. */
export function matchedNamespaces(
  scene: GraphScene,
  names: readonly string[],
  view: Pick<GraphView, 'filter'>,
): readonly string[] {
  const matches = endMatcher(view.filter)
  return names.filter(name =>
    (scene.namespaces.get(name) ?? []).some(index => matches(required(scene.endpoints[index], 'endpoint'))),
  )
}

/** What all pods of a workload are called, less what tells them apart: `web-1` and `web-7d9f8b6c5d-x2x4z` are `web`. */
export function nameStem(name: string): string {
  return name.replace(/(-[0-9]+|(-[a-f0-9]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5})$/, '') || name
}

/** The pods of one namespace, alike ones as one node. `pods`: in the whole picture. */
export function podNodes(
  { endpoints, selecting }: GraphScene,
  answers: Answers,
  members: readonly number[],
  pods: number,
  view: Pick<GraphView, 'unfolded'>,
  singly = false,
): readonly GraphNode[] {
  const folds = new Map<string, number[]>()
  for (const index of members) {
    const pod = podAt(endpoints, index)
    const stem = pods > MANY_PODS ? '' : (pod.workload ?? nameStem(pod.name))
    const key = `${answers.classOf[index]} ${pod.assumed} ${stem}`
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
      namespaces: [],
    }
    const together = !singly && alike.length >= (pods > FEW_PODS || first.workload !== undefined ? 2 : 3)
    const fold = together ? id : undefined
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
    const own = answers.classOf[alike[0] ?? -1] ?? -1
    const within = answers.between(own, own)
    return [
      {
        ...common,
        id,
        endpoints: alike,
        title: foldTitle(alike.map(index => podAt(endpoints, index))),
        detail: foldDetail(alike.length, first, within),
        canUnfold: true,
        fold: undefined,
        within,
      },
    ]
  })
}

function foldTitle(pods: readonly PodEndpoint[]): string {
  const stems = [...new Set(pods.map(pod => pod.workload?.split('/').at(-1) ?? nameStem(pod.name)))]
  const [first = '', ...others] = stems
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

function foldDetail(
  count: number,
  { assumed, hostNetwork }: PodEndpoint,
  within: FlowKind | undefined,
): string {
  if (within?.governed === true) {
    const what = within.verdict === 'blocked' ? 'blocked' : within.enforcedText
    return `among themselves: ${what}`
  }
  if (hostNetwork) return `${formatNumber(count)} pods on their nodes’ addresses`
  return assumed ? `${formatNumber(count)} assumed pods` : `${formatNumber(count)} pods alike`
}

export function closedNode(
  { id, title, namespaces }: ClosedPlace,
  members: readonly number[],
  endpoints: readonly Endpoint[],
  isAssumed: (namespace: string) => boolean,
): GraphNode {
  const pods = members.map(index => podAt(endpoints, index))
  const one = id.startsWith('namespace:')
  const [name] = namespaces
  return {
    id,
    kind: one ? 'namespace' : 'namespaces',
    parent: undefined,
    namespace: one ? name : undefined,
    endpoints: members,
    namespaces: one ? [] : namespaces,
    title,
    detail: one
      ? plural(members.length, 'pod')
      : `${plural(namespaces.length, 'namespace')}, ${plural(members.length, 'pod')}`,
    assumed: namespaces.every(isAssumed),
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
