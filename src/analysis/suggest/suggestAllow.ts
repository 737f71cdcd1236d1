import type { LabelSelector } from '../../model/labels.ts'
import { labelValue, type Labels } from '../../model/labels.ts'
import {
  policyKey,
  rulesOf,
  type DirectedRule,
  type NetworkPolicy,
  type Peer,
} from '../../model/networkPolicy.ts'
import { METADATA_NAME_LABEL } from '../../model/labels.ts'
import { intersectTraffic, subtractTraffic } from '../../model/traffic.ts'
import type { FieldEdit, FieldPath, PlainValue } from '../../parse/editPath.ts'
import { isMatched, peersFor } from './suggestPeers.ts'
import { portEntries, portsTraffic } from './suggestPorts.ts'
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
  type Proposal,
  type ProposalContext,
  type ProposalEnd,
} from './suggestProposal.ts'

/** Ways to let the traffic through at an end whose policies block some of it, the likely smaller ones first. */
export function allowProposals(context: ProposalContext, end: ProposalEnd): readonly Proposal[] {
  const policies = end.flow.policies.flatMap(({ policy }) => context.policies.get(policy) ?? [])
  const proposals = policies.flatMap(policy => [
    ...rulesOf(policy, end.direction).flatMap((rule, index) =>
      ruleProposals(context, end, policy, rule, index),
    ),
    ...newRules(context, end, policy),
  ])
  return [...proposals, ...newPolicies(context, end)].toSorted((a, b) => a.weight - b.weight)
}

function ruleProposals(
  context: ProposalContext,
  end: ProposalEnd,
  policy: NetworkPolicy,
  rule: DirectedRule,
  index: number,
): readonly Proposal[] {
  const { peer } = end
  const path = rulePath(end.direction, index)
  const { peers = [], ports = [] } = rule
  const through = portsTraffic(rule.ports, context.receiver)
  if (peers.length === 0 || peers.some(one => isMatched(policy, one, peer, context))) {
    const entries = portEntries(subtractTraffic(context.traffic, through))
    if (ports.length === 0 || entries === undefined || entries.length === 0) return []
    const edits = portsLike(entries, policy, context).map((entry): FieldEdit => ({
      kind: 'append',
      path: [...path, 'ports'],
      value: plainOf(entry),
    }))
    return [proposal(context, policy, edits, `${counted(edits.length, 'port')} more in`, rule.peers)]
  }
  const missing = subtractTraffic(context.traffic, end.flow.allowed)
  const wider = subtractTraffic(subtractTraffic(through, context.traffic), end.flow.allowed)
  if (subtractTraffic(missing, through).length > 0 || wider.length > 0) return []
  const added = peersFor(peer, policy.namespace, context).map(choice =>
    proposal(
      context,
      policy,
      choice.map((one): FieldEdit => ({
        kind: 'append',
        path: [...path, peersField(end.direction)],
        value: plainOf(one),
      })),
      'one peer more in',
      choice,
    ),
  )
  const widened = peers.flatMap((one, j) =>
    widenedPeer(context, end, policy, one, [...path, peersField(end.direction), j]),
  )
  return [...widened, ...added]
}

function proposal(
  context: ProposalContext,
  policy: NetworkPolicy,
  edits: readonly FieldEdit[],
  what: string,
  peers: readonly Peer[] | undefined,
): Proposal {
  return {
    what: `${what} ${policyKey(policy)}`,
    changes: [{ kind: 'edit', policy, edits }],
    weight: selectedCount(policy, context) * matchedCount(policy, peers, context),
  }
}

export function counted(count: number, word: string): string {
  return count === 1 ? `one ${word}` : `${count} ${word}s`
}

/** An entry of `from` or `to` that matches the peer once a value is added to it or a hole is taken out of it. */
function widenedPeer(
  context: ProposalContext,
  { peer: endpoint }: ProposalEnd,
  policy: NetworkPolicy,
  peer: Peer,
  path: FieldPath,
): readonly Proposal[] {
  const found: Proposal[] = []
  const offer = (changed: Peer, edit: FieldEdit, what: string): void => {
    if (isMatched(policy, changed, endpoint, context))
      found.push(proposal(context, policy, [edit], what, [changed]))
  }
  if (peer.ipBlock !== undefined && endpoint.kind === 'cidr') {
    const { cidr = '', except = [] } = peer.ipBlock
    except.forEach((text, k) => {
      if (text !== endpoint.cidr) return
      const ipBlock = { cidr, except: except.toSpliced(k, 1) }
      offer({ ipBlock }, { kind: 'remove', path: [...path, 'ipBlock', 'except', k] }, 'one exception less in')
    })
  }
  if (endpoint.kind !== 'pod') return found
  const namespaceLabels = context.world.kubernetes.namespaceLabels.get(endpoint.namespace) ?? {
    [METADATA_NAME_LABEL]: endpoint.namespace,
  }
  for (const [field, labels] of [
    ['podSelector', endpoint.labels],
    ['namespaceSelector', namespaceLabels],
  ] as const)
    for (const { selector, edit } of widenedSelectors(peer[field], labels, [...path, field]))
      offer({ ...peer, [field]: selector }, edit, 'one value more in')
  return found
}

/** The selector with the value of the labels added to one of its `In`. */
function widenedSelectors(
  selector: LabelSelector | undefined,
  labels: Labels,
  path: FieldPath,
): readonly { readonly selector: LabelSelector; readonly edit: FieldEdit }[] {
  const requirements = selector?.matchExpressions ?? []
  return requirements.flatMap((requirement, k) => {
    const { key, operator, values = [] } = requirement
    const value = labelValue(labels, key)
    if (operator !== 'In' || value === undefined || values.includes(value)) return []
    const matchExpressions = requirements.with(k, { key, operator, values: [...values, value] })
    return [
      {
        selector: { ...selector, matchExpressions },
        edit: { kind: 'append' as const, path: [...path, 'matchExpressions', k, 'values'], value },
      },
    ]
  })
}

function newRules(context: ProposalContext, end: ProposalEnd, policy: NetworkPolicy): readonly Proposal[] {
  const entries = portEntries(context.traffic)
  const ports = entries === undefined ? undefined : portsLike(entries, policy, context)
  return peersFor(end.peer, policy.namespace, context).map(peers =>
    proposal(
      context,
      policy,
      [{ kind: 'append', path: ['spec', end.direction], value: ruleObject(end.direction, peers, ports) }],
      'one rule more in',
      peers,
    ),
  )
}

function newPolicies(context: ProposalContext, end: ProposalEnd): readonly Proposal[] {
  const ports = portEntries(context.traffic)
  const { direction, self, peer } = end
  const name =
    direction === 'ingress'
      ? `${wordFor(self, context)}-from-${wordFor(peer, context)}`
      : `${wordFor(self, context)}-to-${wordFor(peer, context)}`
  return peersFor(peer, self.namespace, context).map(peers => {
    const rules: readonly PlainValue[] = [ruleObject(direction, peers, ports)]
    const change = newPolicy(end, name, rules, context)
    const key = change.kind === 'new' ? change.key : ''
    const policy: NetworkPolicy = { namespace: self.namespace, name, spec: {} }
    return {
      what: `a new policy ${key}`,
      changes: [change],
      weight: matchedCount(policy, peers, context),
    }
  })
}

/** Whether the end lets through less than is wanted. */
export function blocksSome(context: ProposalContext, { flow }: ProposalEnd): boolean {
  return intersectTraffic(subtractTraffic(context.traffic, flow.allowed), context.traffic).length > 0
}
