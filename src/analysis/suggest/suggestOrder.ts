import { policyKey, policyResource, type Direction, type NetworkPolicy } from '../../model/networkPolicy.ts'
import type { FieldEdit, FieldPath } from '../../parse/editPath.ts'
import type { PeerContext } from './suggestPeers.ts'
import type { PolicyChange } from './suggestProposal.ts'

/** What sets and adds first, then what removes, from the end of each list: so no edit moves what a later one means. */
export function inOrder(edits: readonly FieldEdit[]): readonly FieldEdit[] {
  const removals = edits.filter(({ kind }) => kind === 'remove')
  return [
    ...edits.filter(({ kind }) => kind !== 'remove'),
    ...removals.toSorted((a, b) => comparePaths(b.path, a.path)),
  ]
}

function comparePaths(a: FieldPath, b: FieldPath): number {
  for (const [i, step] of a.entries()) {
    const other = b[i]
    if (typeof step === 'number' && typeof other === 'number' && step !== other) return step - other
  }
  return a.length - b.length
}

/** A policy without `policyTypes` isolates for egress by its egress rules alone: with the last of them it would stop to. */
export function keptIsolation(
  policy: NetworkPolicy,
  direction: Direction,
  edits: readonly FieldEdit[],
  { sources }: PeerContext,
): readonly FieldEdit[] {
  const source = sources[policyResource(policy)]
  if (direction === 'ingress' || source?.paths.includes('spec.policyTypes[0]') !== false) return []
  const removed = edits.filter(({ kind, path }) => kind === 'remove' && path.length === 3).length
  const added = edits.filter(({ kind, path }) => kind === 'append' && path.length === 2).length
  if (removed < (policy.spec.egress ?? []).length || added > 0) return []
  return ['Ingress', 'Egress'].map(value => ({ kind: 'append', path: ['spec', 'policyTypes'], value }))
}

/** Changes of several proposals, all meant for the policies as they are, with one change a policy. */
export function mergedChanges(changes: readonly PolicyChange[]): readonly PolicyChange[] {
  const byPolicy = new Map<string, PolicyChange>()
  for (const change of changes) {
    const key = change.kind === 'edit' ? policyKey(change.policy) : change.key
    const earlier = byPolicy.get(key)
    byPolicy.set(
      key,
      earlier?.kind === 'edit' && change.kind === 'edit'
        ? { ...change, edits: inOrder([...earlier.edits, ...change.edits]) }
        : change,
    )
  }
  return [...byPolicy.values()]
}
