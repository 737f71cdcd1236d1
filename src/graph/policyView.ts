import { required } from '../model/assert.ts'
import { formatIpv4, networkOf, parseIpv4Prefix } from '../model/ip.ts'
import { formatSelector, matchesSelector } from '../model/labels.ts'
import {
  DIRECTIONS,
  policyKey,
  rulesOf,
  type Direction,
  type NetworkPolicy,
  type Peer,
} from '../model/networkPolicy.ts'
import type { GraphNode } from '../model/picture.ts'
import { formatTraffic, NO_TRAFFIC, type TrafficSet } from '../model/traffic.ts'
import type { GraphView } from '../model/graphView.ts'
import { plural } from './formatNumber.ts'
import type { BuiltGraph } from './graphModel.ts'
import type { GraphScene } from './graphScene.ts'
import { FEW_PODS, podNodes } from './nodes.ts'
import { buildStar, emptyStar, peersOf, type FlowPeer, type Lane } from './starView.ts'

/**
 * What a policy selects in the middle, what it lets in on the left and out on the right. The line's label is what passes
 * with all policies, its note what this one alone lets through; below stand peers that only other policies let through,
 * and peers of its rules that nothing matches yet.
 */
export function buildPolicyView(scene: GraphScene, view: GraphView, key: string): BuiltGraph {
  const policy = scene.input.policies.find(candidate => policyKey(candidate) === key)
  if (policy === undefined) return emptyStar(scene, view)
  const members = (scene.namespaces.get(policy.namespace) ?? []).filter(index =>
    selects(policy, scene, index),
  )
  const middle = selectedNode(scene, view, policy, members)
  const [first] = members
  if (first === undefined) return buildStar(scene, view, [middle], members, pendingLanes(scene, policy))
  const peers = peersOf(scene, view, middle)
  const alone = (peer: FlowPeer, direction: Direction): TrafficSet => {
    const [src, dst] = [scene.indexOf(peer.flow.src), scene.indexOf(peer.flow.dst)]
    const end = scene.input.explain?.(src, dst)[direction]
    return end?.policies.find(share => share.policy === key)?.allows ?? NO_TRAFFIC
  }
  const lanes = DIRECTIONS.flatMap((direction): readonly Lane[] => {
    if (!restricts(policy, direction)) return []
    const side = direction === 'ingress' ? 'in' : 'out'
    const all = peers[side].map(peer => ({ peer, allows: alone(peer, direction) }))
    const own = all.filter(({ allows }) => allows.length > 0)
    const cutOut = exceptsOf(policy, direction)
    const isCut = ({ peer, allows }: (typeof all)[number]): boolean =>
      allows.length === 0 && peer.node.endpoints.some(index => cutOut.has(scene.endpoints[index]?.id ?? ''))
    const cut = all.filter(isCut)
    const others = all.filter(
      one => one.allows.length === 0 && one.peer.flow.verdict !== 'blocked' && !isCut(one),
    )
    const noted = own.map(({ peer, allows }) => ({ ...peer, note: `alone: ${formatTraffic(allows)}` }))
    return [
      { id: `lane:${side}`, side, title: side === 'in' ? 'It lets in' : 'It lets out to', peers: noted },
      {
        id: `lane:cut-${side}`,
        side,
        title: 'Cut out by “except”',
        peers: cut.map(({ peer }) => ({ ...peer, note: 'alone: blocked' })),
      },
      {
        id: `lane:others-${side}`,
        side,
        title: side === 'in' ? 'Let in by other policies' : 'Let out to by other policies',
        peers: others.map(({ peer }) => ({ ...peer, note: 'alone: blocked' })),
      },
    ]
  })
  return buildStar(scene, view, [middle], members, [...lanes, ...pendingLanes(scene, policy)])
}

/** Endpoint ids of the blocks that its rules of that direction leave out. */
function exceptsOf(policy: NetworkPolicy, direction: Direction): ReadonlySet<string> {
  const blocks = rulesOf(policy, direction).flatMap(({ peers = [] }) =>
    peers.flatMap(({ ipBlock }) => ipBlock?.except ?? []),
  )
  const networks = blocks.flatMap(text => {
    const prefix = parseIpv4Prefix(text)
    return prefix === undefined ? [] : [networkOf(prefix)]
  })
  return new Set(networks.map(({ address, length }) => `cidr:${formatIpv4(address)}/${length}`))
}

function restricts({ spec }: NetworkPolicy, direction: Direction): boolean {
  return spec.policyTypes?.includes(direction === 'ingress' ? 'Ingress' : 'Egress') === true
}

function selects({ spec }: NetworkPolicy, { endpoints }: GraphScene, index: number): boolean {
  const endpoint = endpoints[index]
  return (
    endpoint?.kind === 'pod' &&
    !endpoint.hostNetwork &&
    matchesSelector(endpoint.labels, spec.podSelector ?? {})
  )
}

/** All that it selects as one node: its rules treat them alike but for the numbers behind port names. */
function selectedNode(
  scene: GraphScene,
  view: GraphView,
  policy: NetworkPolicy,
  members: readonly number[],
): GraphNode {
  const [first] = members
  const nodes = podNodes(scene, scene.answers(view.filter), members, FEW_PODS + 1, { unfolded: [] })
  const [only] = nodes
  const title =
    only !== undefined && nodes.length === 1
      ? `${policy.namespace}/${only.title}`
      : `${policy.namespace}: ${formatSelector(policy.spec.podSelector ?? {})}`
  const isolated = {
    ingress: first !== undefined && restricts(policy, 'ingress'),
    egress: first !== undefined && restricts(policy, 'egress'),
  }
  const key = policyKey(policy)
  return {
    id: `selected:${key}`,
    kind: first === undefined ? 'pending' : 'pods',
    parent: undefined,
    namespace: policy.namespace,
    endpoints: members,
    namespaces: [],
    title,
    detail: first === undefined ? 'selects no pod yet' : `${plural(members.length, 'pod')} selected`,
    assumed: members.length > 0 && nodes.every(node => node.assumed),
    hostNetwork: false,
    isolated,
    policies: { ingress: isolated.ingress ? [key] : [], egress: isolated.egress ? [key] : [] },
    exceptOf: [],
    namedBy: [],
    canUnfold: false,
    fold: undefined,
    within: undefined,
  }
}

/** Peers of its rules that no pod matches. Blocks always stand for addresses, so they are never missing. */
function pendingLanes(scene: GraphScene, policy: NetworkPolicy): readonly Lane[] {
  return DIRECTIONS.flatMap((direction): readonly Lane[] => {
    const side = direction === 'ingress' ? 'in' : 'out'
    const missing = rulesOf(policy, direction).flatMap(({ peers = [], peersPath }) =>
      peers.flatMap((peer, i) =>
        peer.ipBlock !== undefined || isMatched(scene, policy, peer)
          ? []
          : [pendingNode(`${side}|pending:${peersPath}[${i}]`, policy, peer)],
      ),
    )
    if (!restricts(policy, direction) || missing.length === 0) return []
    return [
      {
        id: `lane:pending-${side}`,
        side,
        title: 'Matches nothing yet',
        peers: missing.map(node => ({ node, flow: undefined })),
      },
    ]
  })
}

function isMatched(scene: GraphScene, policy: NetworkPolicy, peer: Peer): boolean {
  const names = scene.input.namespaces
    .filter(({ name, labels }) =>
      peer.namespaceSelector === undefined
        ? name === policy.namespace
        : matchesSelector(labels, peer.namespaceSelector),
    )
    .map(({ name }) => name)
  return names.some(name =>
    (scene.namespaces.get(name) ?? []).some(index => {
      const endpoint = required(scene.endpoints[index], 'endpoint')
      return (
        endpoint.kind === 'pod' &&
        !endpoint.hostNetwork &&
        matchesSelector(endpoint.labels, peer.podSelector ?? {})
      )
    }),
  )
}

function pendingNode(id: string, policy: NetworkPolicy, peer: Peer): GraphNode {
  const pods = peer.podSelector === undefined ? 'pods' : formatSelector(peer.podSelector)
  const where =
    peer.namespaceSelector === undefined ? policy.namespace : formatSelector(peer.namespaceSelector)
  return {
    id,
    kind: 'pending',
    parent: undefined,
    namespace: undefined,
    endpoints: [],
    namespaces: [],
    title: pods,
    detail: `in ${where}: no such pod`,
    assumed: true,
    hostNetwork: false,
    isolated: { ingress: false, egress: false },
    policies: { ingress: [], egress: [] },
    exceptOf: [],
    namedBy: [],
    canUnfold: false,
    fold: undefined,
    within: undefined,
  }
}
