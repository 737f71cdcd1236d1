import { readCidr } from '../engine/kubernetes/ipBlock.ts'
import type { Deviation } from '../model/deviation.ts'
import { formatIpv4 } from '../model/ip.ts'
import { METADATA_NAME_LABEL } from '../model/labels.ts'
import { DIRECTIONS, policyKey, policyResource, rulesOf, type NetworkPolicy } from '../model/networkPolicy.ts'
import { portIntervals } from '../model/traffic.ts'
import type { FieldEdit, FieldPath, PlainValue } from '../parse/editPath.ts'
import { isPlainList, isPlainMap } from '../parse/editPath.ts'
import { inOrder, keptIsolation } from './suggestOrder.ts'
import {
  peersField,
  plainOf,
  ruleObject,
  rulePath,
  type PolicyChange,
  type Proposal,
  type ProposalContext,
} from './suggestProposal.ts'

/**
 * The rewritings that the deviations' own texts recommend, where no choice is left to a person: each policy's, and
 * those of all policies together. Kubernetes reads the new text as it read the old one.
 */
export function rewriteProposals(
  context: ProposalContext,
  deviations: readonly Deviation[],
): readonly Proposal[] {
  const byPolicy = new Map<NetworkPolicy, Deviation[]>()
  for (const deviation of deviations) {
    const policy = context.policies.get(deviation.policy)
    if (policy === undefined) continue
    const list = byPolicy.get(policy)
    if (list === undefined) byPolicy.set(policy, [deviation])
    else list.push(deviation)
  }
  const single = [...byPolicy].flatMap(([policy, own]) => rewritten(context, policy, own))
  if (single.length < 2) return single
  const all: Proposal = {
    what: single.map(({ what }) => what).join(' and '),
    changes: single.flatMap(({ changes }) => changes),
    weight: single.length,
  }
  return [...single, all]
}

function rewritten(
  context: ProposalContext,
  policy: NetworkPolicy,
  deviations: readonly Deviation[],
): readonly Proposal[] {
  const done = deviations.flatMap(deviation => {
    const edits = deviation.id === 'D7' ? [] : rewriting(context, policy, deviation)
    return edits.length === 0 ? [] : [{ id: deviation.id, edits }]
  })
  const changes: PolicyChange[] = []
  const edits = done.flatMap(one => one.edits)
  const moved = deviations.some(({ id }) => id === 'D7') ? movedBlocks(context, policy) : undefined
  if (moved !== undefined) edits.push(...moved.edits)
  if (edits.length === 0) return []
  changes.push({ kind: 'edit', policy, edits: inOrder(edits) })
  if (moved !== undefined) changes.push(moved.policy)
  const ids = [...new Set([...done.map(({ id }) => id), ...(moved === undefined ? [] : ['D7'])])]
  return [{ what: `${ids.join(', ')} written otherwise in ${policyKey(policy)}`, changes, weight: 0 }]
}

/** `spec.ingress[0].from` as steps. Labels' quoted paths do not occur in the deviations that are rewritten. */
function stepsOf(path: string): FieldPath {
  return [...path.matchAll(/\[([0-9]+)\]|[^.[\]]+/g)].map(([text, index]) =>
    index === undefined ? text : Number(index),
  )
}

function valueAt(policy: NetworkPolicy, path: FieldPath): PlainValue | undefined {
  let at: PlainValue | undefined = plainOf({ spec: policy.spec })
  for (const step of path)
    at =
      typeof step === 'number'
        ? isPlainList(at)
          ? at[step]
          : undefined
        : isPlainMap(at) && Object.hasOwn(at, step)
          ? at[step]
          : undefined
  return at
}

function rewriting(
  context: ProposalContext,
  policy: NetworkPolicy,
  { id, origin }: Deviation,
): readonly FieldEdit[] {
  const path = stepsOf(origin.path)
  const value = valueAt(policy, path)
  switch (id) {
    case 'D1':
      return oneValueEach(path, value)
    case 'D2':
      return [
        {
          kind: 'append',
          path: [...path, 'matchExpressions'],
          value: { key: METADATA_NAME_LABEL, operator: 'Exists' },
        },
      ]
    case 'D8':
      return [{ kind: 'remove', path }]
    case 'D9':
    case 'D10': {
      const prefix = typeof value === 'string' ? readCidr(value) : undefined
      if (prefix === undefined) return []
      return [{ kind: 'set', path, value: `${formatIpv4(prefix.address)}/${prefix.length}` }]
    }
    case 'D11': {
      const [, direction, index] = path
      if (direction !== 'ingress' && direction !== 'egress') return []
      return rulesOf(policy, direction).flatMap((_, i): readonly FieldEdit[] =>
        i === index ? [] : [{ kind: 'remove', path: rulePath(direction, i) }],
      )
    }
    case 'D14':
    case 'D34': {
      const number = portNumber(context, policy, path)
      return number === undefined ? [] : [{ kind: 'set', path, value: number }]
    }
    default:
      return []
  }
}

/** `NotIn [a, b]` as `NotIn [a]` and `NotIn [b]`. */
function oneValueEach(path: FieldPath, requirement: PlainValue | undefined): readonly FieldEdit[] {
  if (!isPlainMap(requirement)) return []
  const { key = '', values } = requirement
  if (!isPlainList(values)) return []
  const others = [...new Set(values.slice(1))].filter(value => value !== values[0])
  return [
    ...others.map((value): FieldEdit => ({
      kind: 'append',
      path: path.slice(0, -1),
      value: { key, operator: 'NotIn', values: [value] },
    })),
    ...values.slice(1).map((_, i): FieldEdit => ({ kind: 'remove', path: [...path, 'values', i + 1] })),
  ]
}

/** The number of a named port: that of the destination, else the one that all pods with a port of that name have. */
function portNumber(context: ProposalContext, policy: NetworkPolicy, path: FieldPath): number | undefined {
  const name = valueAt(policy, path)
  const protocol = valueAt(policy, [...path.slice(0, -1), 'protocol']) ?? 'TCP'
  if (typeof name !== 'string' || typeof protocol !== 'string') return undefined
  const { ports } = portIntervals(context.receiver.get(`${protocol}/${name}`) ?? [])
  const [only] = ports
  if (only !== undefined) return ports.length === 1 && only.from === only.to ? only.from : undefined
  const numbers = new Set(
    context.world.cluster.pods.flatMap(({ containerPorts }) =>
      containerPorts
        .filter(port => port.name === name && port.protocol === protocol)
        .map(port => port.containerPort),
    ),
  )
  return numbers.size === 1 ? [...numbers][0] : undefined
}

/** IPv6 blocks out of a policy, into one of their own that says the same about them. */
function movedBlocks(
  context: ProposalContext,
  policy: NetworkPolicy,
): { readonly edits: readonly FieldEdit[]; readonly policy: PolicyChange } | undefined {
  const edits: FieldEdit[] = []
  const rules: { -readonly [K in 'ingress' | 'egress']?: PlainValue[] } = {}
  for (const direction of DIRECTIONS)
    for (const [i, { peers = [], ports }] of rulesOf(policy, direction).entries()) {
      const moved = peers.flatMap((peer, j) =>
        peer.ipBlock?.cidr?.includes(':') === true ? [{ peer, j }] : [],
      )
      if (moved.length === 0) continue
      const path = rulePath(direction, i)
      if (moved.length === peers.length) edits.push({ kind: 'remove', path })
      else
        for (const { j } of moved) edits.push({ kind: 'remove', path: [...path, peersField(direction), j] })
      const list = (rules[direction] ??= [])
      list.push(
        ruleObject(
          direction,
          moved.map(({ peer }) => peer),
          ports,
        ),
      )
    }
  const directions = DIRECTIONS.filter(direction => rules[direction] !== undefined)
  if (directions.length === 0) return undefined
  const kept = directions.includes('egress') ? keptIsolation(policy, 'egress', edits, context) : []
  const name = `${policy.name}-ipv6`
  const key = `${policy.namespace}/${name}`
  if (context.policies.has(key)) return undefined
  return {
    edits: [...kept, ...edits],
    policy: {
      kind: 'new',
      key,
      beside: policyResource(policy),
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace: policy.namespace },
        spec: {
          podSelector: plainOf(policy.spec.podSelector ?? {}),
          policyTypes: directions.map(direction => (direction === 'ingress' ? 'Ingress' : 'Egress')),
          ...rules,
        },
      },
    },
  }
}
