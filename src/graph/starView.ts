import { required } from '../model/assert.ts'
import type { GraphSubject, GraphView } from '../model/graphView.ts'
import type { GraphEdge, GraphFlow, GraphGroup, GraphNode } from '../model/picture.ts'
import { edgeOf, spokenName } from './edges.ts'
import { maskOf, placesOfEndpoints, samplesIn, flowOf } from './flows.ts'
import { severityOf } from './flowKinds.ts'
import { countPairsWith, sumAt, tallyStar } from './flowTally.ts'
import { endMatcher, filtersEnds } from './flowFilter.ts'
import { formatNumber } from './formatNumber.ts'
import type { BuiltGraph } from './graphModel.ts'
import { partsOf, type GraphScene } from './graphScene.ts'
import { laneReasons } from './starReasons.ts'
import { closedNode, FEW_PODS, nodesOf, podNodes } from './nodes.ts'

/** So many peers stand in one lane before the rest is one node; so many once that is opened. */
const FEW_PEERS = 14
/** Of blocked ones, that have much in common. */
const FEW_BLOCKED = 8
const MANY_PEERS = 80
/** Peers are sought among so many nodes; of more pods namespaces close. */
const MOST_SOUGHT = 1500

export type LaneSide = 'in' | 'out'

/** An end of a flow of the subject, and what is said about the flow. */
export interface StarPeer {
  readonly node: GraphNode
  /** Undefined for what is not there: no line is drawn. */
  readonly flow: GraphFlow | undefined
  /** On the line, below its label. */
  readonly note?: string
}

export interface FlowPeer extends StarPeer {
  readonly flow: GraphFlow
}

/** A part of the picture: `lane:in`. */
export interface Lane {
  readonly id: string
  readonly side: LaneSide
  readonly title: string
  readonly peers: readonly StarPeer[]
}

/** The endpoints that a subject is, by index. */
function subjectEndpoints(scene: GraphScene, { kind, name }: GraphSubject): readonly number[] {
  if (kind === 'namespace') return scene.namespaces.get(name) ?? []
  if (kind === 'policy') return []
  if (kind === 'workload')
    return scene.endpoints.flatMap((endpoint, index) =>
      endpoint.kind === 'pod' && endpoint.workload === name ? [index] : [],
    )
  const found = scene.indexOf(kind === 'outside' ? 'outside' : `${kind}:${name}`)
  return found < 0 ? [] : [found]
}

/**
 * The subject in the middle; on the left who may open connections to it, on the right to whom it may, and below each what
 * is blocked, with the reason. Nothing in it when the subject does not exist any more.
 */
export function buildFocus(scene: GraphScene, view: GraphView, subject: GraphSubject): BuiltGraph {
  const members = subjectEndpoints(scene, subject)
  const middle = subjectNode(scene, view, subject, members)
  if (middle === undefined) return emptyStar(scene, view)
  const peers = peersOf(scene, view, middle)
  const open = (all: readonly StarPeer[]): readonly StarPeer[] =>
    all.filter(({ flow }) => flow?.verdict !== 'blocked')
  const closed = (all: readonly StarPeer[]): readonly StarPeer[] =>
    all.filter(({ flow }) => flow?.verdict === 'blocked')
  return buildStar(scene, view, [middle], members, [
    { id: 'lane:in', side: 'in', title: 'May come in', peers: open(peers.in) },
    { id: 'lane:blocked-in', side: 'in', title: 'Blocked from coming in', peers: closed(peers.in) },
    { id: 'lane:out', side: 'out', title: 'May be reached', peers: open(peers.out) },
    { id: 'lane:blocked-out', side: 'out', title: 'Blocked from being reached', peers: closed(peers.out) },
  ])
}

function subjectNode(
  scene: GraphScene,
  view: GraphView,
  { kind, name }: GraphSubject,
  members: readonly number[],
): GraphNode | undefined {
  const [first] = members
  if (first === undefined) return undefined
  const answers = scene.answers(view.filter)
  if (kind === 'namespace') {
    const place = { id: `namespace:${name}`, title: name, namespaces: [name] }
    const about = scene.input.namespaces.find(namespace => namespace.name === name)
    return closedNode(place, members, scene.endpoints, () => about?.assumed === true)
  }
  if (kind === 'pod' || kind === 'workload') {
    const [node, ...others] = podNodes(scene, answers, members, FEW_PODS + 1, { unfolded: [] })
    if (node === undefined) return undefined
    const title = kind === 'workload' ? name.slice(name.indexOf('/') + 1) : name
    const named = { ...node, parent: undefined, fold: undefined, canUnfold: false, title }
    return others.length === 0
      ? named
      : { ...named, endpoints: members, detail: `${formatNumber(members.length)} pods`, within: undefined }
  }
  const { nodes } = nodesOf(scene, view, { most: MOST_SOUGHT, grouping: 'namespace' })
  const outer = nodes.find(node => node.id === scene.endpoints[first]?.id)
  return outer && { ...outer, parent: undefined, fold: undefined }
}

/** All peers of a node that the view's filter leaves, those that most is to be said about first. */
export function peersOf(
  scene: GraphScene,
  view: GraphView,
  middle: GraphNode,
): Readonly<Record<LaneSide, readonly FlowPeer[]>> {
  const { filter } = view
  const answers = scene.answers(filter)
  const subject = new Set(middle.endpoints)
  const matches = endMatcher(filter)
  const filtered = filtersEnds(filter)
  const nodes = nodesOf(
    scene,
    { ...view, opened: [], unfolded: view.unfolded.map(plainId) },
    { most: MOST_SOUGHT, grouping: view.groupBy },
  ).nodes.flatMap(node => {
    const endpoints = node.endpoints.filter(
      index => !subject.has(index) && (!filtered || matches(required(scene.endpoints[index], 'endpoint'))),
    )
    return endpoints.length === 0 ? [] : [{ ...node, endpoints }]
  })
  const placeOf = placesOfEndpoints(scene, nodes)
  const parts = partsOf(scene.endpoints, answers, (_, index) => placeOf[index] ?? -1)
  const own = new Map<number, number>()
  for (const index of middle.endpoints) {
    const at = answers.classOf[index] ?? -1
    own.set(at, (own.get(at) ?? 0) + 1)
    placeOf[index] = nodes.length
  }
  const tallies = tallyStar(answers, own, parts, nodes.length)
  const accepts = maskOf(filter)
  const sampleOf = samplesIn(scene, answers, placeOf)
  const side = (which: LaneSide): readonly FlowPeer[] =>
    nodes
      .flatMap((node, place): FlowPeer[] => {
        const sum = sumAt(tallies[which], answers.kinds, place)
        if (sum === undefined || (sum.mask & accepts) === 0) return []
        const id = `${which}|${node.id}`
        const flow =
          which === 'in'
            ? flowOf(id, middle.id, sum, sampleOf(sum, place, nodes.length))
            : flowOf(middle.id, id, sum, sampleOf(sum, nodes.length, place))
        return [{ node: { ...node, id }, flow }]
      })
      .sort((a, b) => tellingOf(b.flow) - tellingOf(a.flow))
  return { in: side('in'), out: side('out') }
}

/** Governed and deviating flows before those that no policy speaks of. Stable: the rest is in the nodes' order. */
function tellingOf({ kind, verdict, deviates, change }: GraphFlow): number {
  return severityOf({ ...kind, verdict, deviates }) + (change === 'none' ? 0 : 20)
}

/** Lanes around the nodes in the middle, each with as many peers as can be read and a node for the rest. */
export function buildStar(
  scene: GraphScene,
  view: GraphView,
  middle: readonly GraphNode[],
  members: readonly number[],
  lanes: readonly Lane[],
): BuiltGraph {
  const groups: GraphGroup[] = []
  const nodes: GraphNode[] = [...middle]
  const drawn: StarPeer[] = []
  const answers = scene.answers(view.filter)
  const alike = new Set(members.map(index => answers.classOf[index])).size <= 1
  for (const { id, side, title, peers } of lanes) {
    if (peers.length === 0) continue
    const blocked = peers.flatMap(({ node, flow }) =>
      flow?.verdict === 'blocked' && !flow.deviates ? [{ node, flow }] : [],
    )
    const few = blocked.length < peers.length ? FEW_PEERS : FEW_BLOCKED
    const most = view.opened.includes(`more:${id}`) ? MANY_PEERS : few
    const shown = peers.length <= most + 1 ? peers : peers.slice(0, most)
    const rest = peers.slice(shown.length)
    const shownBlocked = blocked.filter(({ node }) => shown.some(peer => peer.node === node))
    const isWhole = blocked.length === peers.length
    const { common, own } = laneReasons(scene, side, blocked, shownBlocked, { alike, isWhole })
    groups.push({
      id,
      kind: 'lane',
      namespace: title,
      labels: {},
      pods: peers.reduce((sum, { node }) => sum + node.endpoints.length, 0),
      assumed: false,
      ...(common !== '' && { reason: common }),
    })
    for (const peer of shown) {
      const reason = own.get(peer.node.id) ?? ''
      const node = peerNode(peer.node, id, view)
      nodes.push(reason === '' ? node : { ...node, detail: reason })
      drawn.push(peer)
    }
    if (rest.length > 0) nodes.push(restNode(id, rest, most < MANY_PEERS))
  }
  const byId = new Map(nodes.map(node => [node.id, node]))
  const edges = drawn.flatMap(({ flow, note }): readonly GraphEdge[] => {
    if (flow === undefined) return []
    const edge = edgeOf({ flow, back: undefined, mark: 'none' }, byId, scene)
    return [note === undefined ? edge : { ...edge, note, name: `${edge.name}, ${note}` }]
  })
  const chosen = new Int32Array(answers.classes.length)
  for (const index of members) {
    const at = answers.classOf[index] ?? -1
    chosen[at] = (chosen[at] ?? 0) + 1
  }
  // What is blocked although it is promised needs all words.
  const deviating = new Map(
    edges
      .filter(({ verdict, deviates, reason }) => verdict === 'blocked' && deviates && reason !== '')
      .flatMap(({ source, target, reason }) => [source, target].map(id => [id, reason] as const)),
  )
  const withReasons = nodes.map(node => {
    const reason = middle.includes(node) ? undefined : deviating.get(node.id)
    return reason === undefined ? node : { ...node, detail: reason }
  })
  return {
    groups,
    nodes: withReasons,
    known: withReasons,
    edges,
    flows: drawn.flatMap(({ flow }) => flow ?? []),
    counts: countPairsWith(answers, scene.sizes(view.filter), chosen),
    omitted: {
      closedNamespaces: 0,
      blockedFlows: 0,
      unrestrictedFlows: 0,
      excessFlows: lanes
        .flatMap(({ peers }) => peers)
        .filter(peer => !drawn.includes(peer))
        .reduce((sum, { flow }) => sum + (flow?.pairs ?? 0), 0),
    },
  }
}

/** The id of an overview's node: that of a peer without its side. */
function plainId(id: string): string {
  return id.replace(/^(in|out)\|/, '')
}

function peerNode(node: GraphNode, lane: string, { unfolded }: GraphView): GraphNode {
  const title = node.kind === 'pods' ? `${node.namespace ?? ''}/${node.title}` : node.title
  return {
    ...node,
    parent: lane,
    title,
    canUnfold: node.canUnfold && (node.kind === 'pods' || node.kind === 'cidr'),
    // The very id by which the reader unfolded it, on whichever side that was.
    fold: node.fold === undefined ? undefined : unfolded.find(id => plainId(id) === node.fold),
  }
}

function restNode(lane: string, rest: readonly StarPeer[], canUnfold: boolean): GraphNode {
  return {
    id: `more:${lane}`,
    kind: 'more',
    parent: lane,
    namespace: undefined,
    endpoints: rest.flatMap(({ node }) => node.endpoints).sort((a, b) => a - b),
    namespaces: [],
    title: `and ${formatNumber(rest.length)} more`,
    detail: rest
      .slice(0, 3)
      .map(({ node }) => spokenName(node))
      .join(', '),
    assumed: false,
    hostNetwork: false,
    isolated: { ingress: false, egress: false },
    policies: { ingress: [], egress: [] },
    exceptOf: [],
    namedBy: [],
    canUnfold,
    fold: undefined,
    within: undefined,
  }
}

export function emptyStar(scene: GraphScene, view: GraphView): BuiltGraph {
  return buildStar(scene, view, [], [], [])
}
