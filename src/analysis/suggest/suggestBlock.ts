import {
  policyKey,
  rulesOf,
  type DirectedRule,
  type NetworkPolicy,
  type Peer,
  type PolicyPort,
} from '../../model/networkPolicy.ts'
import { labelValue, METADATA_NAME_LABEL, type Labels, type LabelSelector } from '../../model/labels.ts'
import {
  ALL_TRAFFIC,
  intersectTraffic,
  PORT_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import type { FieldEdit, FieldPath } from '../../parse/editPath.ts'
import { exceptFor, isMatched, peersFor, peersForAllBut } from './suggestPeers.ts'
import { portEntries, portsTraffic, speakable } from './suggestPorts.ts'
import {
  matchedCount,
  newPolicy,
  peersField,
  plainOf,
  portsLike,
  ruleObject,
  rulePath,
  selectedCount,
  wordFor,
  type PolicyChange,
  type Proposal,
  type ProposalContext,
  type ProposalEnd,
} from './suggestProposal.ts'
import { inOrder, keptIsolation } from './suggestOrder.ts'
import { excludingLabel } from './suggestSelectors.ts'

/** Edits of one rule that make it let the flow through no more. */
interface Narrowing {
  readonly policy: NetworkPolicy
  readonly what: string
  readonly edits: readonly FieldEdit[]
  readonly weight: number
}

/** Ways to combine the narrowings of several rules are cut off here. */
const MAX_COMBINATIONS = 12

/** Ways to block the traffic at an end, the likely smaller ones first. */
export function blockProposals(context: ProposalContext, end: ProposalEnd): readonly Proposal[] {
  if (!end.flow.isolated) return isolatingPolicies(context, end).toSorted((a, b) => a.weight - b.weight)
  const perRule = end.flow.policies.flatMap(share => {
    const policy = context.policies.get(share.policy)
    if (policy === undefined) return []
    return rulesOf(policy, end.direction).flatMap((rule, index) => {
      const allows = share.rules.find(({ path }) => path === rule.path)?.allows ?? []
      return intersectTraffic(allows, context.traffic).length === 0
        ? []
        : [narrowings(context, end, policy, rule, index, allows)]
    })
  })
  if (perRule.length === 0) return []
  return combinations(perRule).map(chosen => combined(chosen, end, context))
}

/** One narrowing of each rule, the lighter choices first. */
function combinations(perRule: readonly (readonly Narrowing[])[]): readonly (readonly Narrowing[])[] {
  let all: readonly (readonly Narrowing[])[] = [[]]
  const weightOf = (chosen: readonly Narrowing[]): number =>
    chosen.reduce((sum, { weight }) => sum + weight, 0)
  for (const options of perRule)
    all = all
      .flatMap(chosen => options.map(option => [...chosen, option]))
      .toSorted((a, b) => weightOf(a) - weightOf(b))
      .slice(0, MAX_COMBINATIONS)
  return all
}

function combined(
  chosen: readonly Narrowing[],
  { direction }: ProposalEnd,
  context: ProposalContext,
): Proposal {
  const byPolicy = new Map<NetworkPolicy, FieldEdit[]>()
  for (const { policy, edits } of chosen) {
    const list = byPolicy.get(policy)
    if (list === undefined) byPolicy.set(policy, [...edits])
    else list.push(...edits)
  }
  const changes = [...byPolicy].map(([policy, edits]): PolicyChange => ({
    kind: 'edit',
    policy,
    edits: [...keptIsolation(policy, direction, edits, context), ...inOrder(edits)],
  }))
  return {
    what: [...new Set(chosen.map(({ what, policy }) => `${what} ${policyKey(policy)}`))].join(' and '),
    changes,
    weight: chosen.reduce((sum, { weight }) => sum + weight, 0),
  }
}

/** `allows` is what the rule lets through between the two ends. */
function narrowings(
  context: ProposalContext,
  end: ProposalEnd,
  policy: NetworkPolicy,
  rule: DirectedRule,
  index: number,
  allows: TrafficSet,
): readonly Narrowing[] {
  const path = rulePath(end.direction, index)
  const field = peersField(end.direction)
  const { peers = [] } = rule
  const selected = selectedCount(policy, context)
  const left = speakable(subtractTraffic(allows, context.traffic))
  const weigh = (lost: number): number => selected * lost
  const rest = (choice: readonly Peer[] | undefined): readonly FieldEdit[] => {
    const entries = portEntries(left)
    if (left.length === 0 || choice === undefined) return []
    const ports = entries === undefined ? undefined : portsLike(entries, policy, context)
    return [
      { kind: 'append', path: ['spec', end.direction], value: ruleObject(end.direction, choice, ports) },
    ]
  }
  const own = peersFor(end.peer, policy.namespace, context)[0]
  const found: Narrowing[] = []
  const offer = (what: string, edits: readonly FieldEdit[], lost: number): void => {
    found.push({ policy, what, edits, weight: weigh(lost) })
  }
  const removal: FieldEdit = { kind: 'remove', path }
  const everybody = matchedCount(policy, rule.peers, context)
  if (peers.length === 0) {
    for (const choice of peersForAllBut(end.peer, context)) {
      const edits = choice.map((peer): FieldEdit => ({
        kind: 'append',
        path: [...path, field],
        value: plainOf(peer),
      }))
      offer(
        'a rule for fewer peers in',
        [...edits, ...rest(own)],
        everybody - matchedCount(policy, choice, context),
      )
    }
  } else {
    const matching = peers.flatMap((peer, j) =>
      isMatched(policy, peer, end.peer, context) ? [{ peer, j }] : [],
    )
    const at = (j: number): FieldPath => [...path, field, j]
    const narrowed = matching.map(({ peer, j }) => narrowedPeers(context, end, policy, peer, at(j)))
    const matchedBy = matchedCount(
      policy,
      matching.map(({ peer }) => peer),
      context,
    )
    for (let choice = 0; choice < Math.max(...narrowed.map(list => list.length)); choice++) {
      // One that cannot be narrowed is taken out.
      const chosen = narrowed.map(
        (list, i): NarrowedPeer =>
          list[choice] ??
          list[0] ?? { peer: undefined, edits: [{ kind: 'remove', path: at(matching[i]?.j ?? 0) }] },
      )
      const changed = chosen.flatMap(({ peer }) => peer ?? [])
      const kept = matchedCount(policy, changed, context)
      // Peers that match nobody any more are better taken out.
      if (kept > 0)
        offer('a narrower peer in', [...chosen.flatMap(one => one.edits), ...rest(own)], matchedBy - kept)
    }
    const removals =
      matching.length === peers.length
        ? [removal]
        : matching.map(({ j }): FieldEdit => ({ kind: 'remove', path: at(j) }))
    const old = matching.map(({ peer }) => peer)
    const less = matching.length === peers.length ? 'one rule less in' : 'one peer less in'
    const moved = rest(old)
    offer(moved.length > 0 ? 'fewer ports for one peer in' : less, [...moved, ...removals], matchedBy)
  }
  const fewer = fewerPorts(context, policy, rule, path)
  if (fewer !== undefined) offer('fewer ports in', fewer, everybody)
  offer('one rule less in', [removal], everybody)
  return found
}

interface NarrowedPeer {
  /** Undefined when it is gone. */
  readonly peer: Peer | undefined
  readonly edits: readonly FieldEdit[]
}

/** An entry of `from` or `to` changed so that it does not match the other end: one value less, one exception more. */
function narrowedPeers(
  context: ProposalContext,
  { peer: endpoint }: ProposalEnd,
  policy: NetworkPolicy,
  peer: Peer,
  path: FieldPath,
): readonly NarrowedPeer[] {
  if (peer.ipBlock !== undefined) {
    const except = exceptFor(peer, endpoint, context)
    if (except === undefined) return []
    const ipBlock = { ...peer.ipBlock, except: [...(peer.ipBlock.except ?? []), except] }
    return [
      { peer: { ipBlock }, edits: [{ kind: 'append', path: [...path, 'ipBlock', 'except'], value: except }] },
    ]
  }
  if (endpoint.kind !== 'pod') return []
  const namespaceLabels = context.world.kubernetes.namespaceLabels.get(endpoint.namespace) ?? {
    [METADATA_NAME_LABEL]: endpoint.namespace,
  }
  const found: NarrowedPeer[] = [
    ...withoutValue(peer, 'podSelector', endpoint.labels, path),
    ...withoutValue(peer, 'namespaceSelector', namespaceLabels, path),
  ]
  const matched = context.world.cluster.pods.filter(pod =>
    isMatched(policy, peer, { ...endpoint, id: `pod:${pod.namespace}/${pod.name}` }, context),
  )
  const label = excludingLabel(endpoint, matched)
  if (label !== undefined) found.push(excluding(peer, 'podSelector', label.key, label.value, path))
  else if (peer.namespaceSelector !== undefined)
    found.push(excluding(peer, 'namespaceSelector', METADATA_NAME_LABEL, endpoint.namespace, path))
  return found
}

type SelectorField = 'podSelector' | 'namespaceSelector'

/** The peer with one value less in an `In` that has others. */
function withoutValue(
  peer: Peer,
  field: SelectorField,
  labels: Labels,
  path: FieldPath,
): readonly NarrowedPeer[] {
  const selector: LabelSelector = peer[field] ?? {}
  const requirements = selector.matchExpressions ?? []
  return requirements.flatMap(({ key, operator, values = [] }, k) => {
    const at = operator === 'In' ? values.indexOf(labelValue(labels, key) ?? '') : -1
    if (at < 0 || values.length < 2) return []
    const matchExpressions = requirements.with(k, { key, operator, values: values.toSpliced(at, 1) })
    return [
      {
        peer: { ...peer, [field]: { ...selector, matchExpressions } },
        edits: [{ kind: 'remove' as const, path: [...path, field, 'matchExpressions', k, 'values', at] }],
      },
    ]
  })
}

/**
 * The peer with a label's value excluded. Each `NotIn` has one value and a namespaceSelector a requirement that only
 * members meet, because azure-npm reads others differently (D1, D2).
 */
function excluding(
  peer: Peer,
  field: SelectorField,
  key: string,
  value: string,
  path: FieldPath,
): NarrowedPeer {
  const selector: LabelSelector = peer[field] ?? {}
  const requirements = selector.matchExpressions ?? []
  const positive =
    field === 'podSelector' ||
    Object.keys(selector.matchLabels ?? {}).length > 0 ||
    requirements.some(({ operator }) => operator === 'In' || operator === 'Exists')
  const added = [
    ...(positive ? [] : [{ key, operator: 'Exists' as const }]),
    { key, operator: 'NotIn' as const, values: [value] },
  ]
  return {
    peer: { ...peer, [field]: { ...selector, matchExpressions: [...requirements, ...added] } },
    edits: added.map(requirement => ({
      kind: 'append',
      path: [...path, field, 'matchExpressions'],
      value: plainOf(requirement),
    })),
  }
}

/** The rule's ports without the traffic; undefined where none would be left. */
function fewerPorts(
  context: ProposalContext,
  policy: NetworkPolicy,
  { ports = [] }: DirectedRule,
  path: FieldPath,
): readonly FieldEdit[] | undefined {
  const { traffic, receiver } = context
  const list: FieldPath = [...path, 'ports']
  const added = (entries: readonly PolicyPort[]): readonly FieldEdit[] =>
    portsLike(entries, policy, context).map(entry => ({ kind: 'append', path: list, value: plainOf(entry) }))
  if (ports.length === 0) {
    const left = portEntries(intersectTraffic(subtractTraffic(ALL_TRAFFIC, traffic), PORT_TRAFFIC)) ?? []
    return left.length === 0 ? undefined : added(left)
  }
  const edits: FieldEdit[] = []
  let kept = 0
  for (const [k, entry] of ports.entries()) {
    const through = portsTraffic([entry], receiver)
    if (intersectTraffic(through, traffic).length === 0) {
      kept++
      continue
    }
    const [first, ...more] =
      typeof entry.port === 'string' ? [] : (portEntries(subtractTraffic(through, traffic)) ?? [])
    if (first?.port === undefined) edits.push({ kind: 'remove', path: [...list, k] })
    else {
      kept++
      const at: FieldPath = [...list, k]
      if (first.port !== entry.port) edits.push({ kind: 'set', path: [...at, 'port'], value: first.port })
      if (first.endPort !== undefined || entry.endPort !== undefined)
        edits.push({ kind: 'set', path: [...at, 'endPort'], value: first.endPort ?? first.port })
      edits.push(...added(more))
    }
  }
  return kept === 0 ? undefined : edits
}

/** New policies for an end that none isolates: they block the traffic and let through as much of the rest as they can. */
function isolatingPolicies(context: ProposalContext, end: ProposalEnd): readonly Proposal[] {
  const { direction, self, peer } = end
  const left =
    portEntries(intersectTraffic(subtractTraffic(ALL_TRAFFIC, context.traffic), PORT_TRAFFIC)) ?? []
  const others = left.length === 0 ? [] : [ruleObject(direction, undefined, left)]
  const name =
    direction === 'ingress'
      ? `${wordFor(self, context)}-not-from-${wordFor(peer, context)}`
      : `${wordFor(self, context)}-not-to-${wordFor(peer, context)}`
  const policy: NetworkPolicy = { namespace: self.namespace, name, spec: {} }
  const offer = (peers: readonly Peer[] | undefined): Proposal => {
    const scope =
      peers === undefined
        ? 'closed to all'
        : peers.some(({ ipBlock }) => ipBlock !== undefined)
          ? 'open to other pods and addresses'
          : 'open to other pods'
    // The others get all traffic: ports would cut them off from the protocols without ports.
    const rules = peers === undefined ? others : [...others, ruleObject(direction, peers, undefined)]
    const change = newPolicy(end, name, rules, context)
    return {
      what: `a new policy ${change.kind === 'new' ? change.key : ''} (${scope})`,
      changes: [change],
      weight: context.endpoints.length - (peers === undefined ? 0 : matchedCount(policy, peers, context)),
    }
  }
  return [...peersForAllBut(peer, context).map(offer), offer(undefined)]
}
