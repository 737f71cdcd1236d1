import type { Deviation } from '../../model/deviation.ts'
import { METADATA_NAME_LABEL } from '../../model/labels.ts'
import {
  DIRECTIONS,
  policyKey,
  policyResource,
  rulesOf,
  type NetworkPolicy,
} from '../../model/networkPolicy.ts'
import type { FieldEdit, FieldPath, PlainValue } from '../../parse/editPath.ts'
import { isPlainList, isPlainMap } from '../../parse/editPath.ts'
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
 * those of all policies together. Kubernetes reads the new text as it read the old one. Deviations that need text which
 * the API refuses (D8, D9, D10) are none that a rewriting would have to mend; pods, names and sizes (D3, D20, D21) are no
 * matter of a rewriting.
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
    const edits = deviation.id === 'D7' ? [] : rewriting(policy, deviation)
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

function rewriting(policy: NetworkPolicy, { id, origin }: Deviation): readonly FieldEdit[] {
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
    case 'D11': {
      const [, direction, index] = path
      if (direction !== 'ingress' && direction !== 'egress') return []
      return rulesOf(policy, direction).flatMap((_, i): readonly FieldEdit[] =>
        i === index ? [] : [{ kind: 'remove', path: rulePath(direction, i) }],
      )
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
