import { compareBytes } from '../model/order.ts'

interface Arc {
  readonly source: string
  readonly target: string
}

/** No picture gets wider than so many ranks. */
const MOST_RANKS = 12

/**
 * The nodes in columns from left to right so that one-way arcs lead to the right; what talks both ways stands in one
 * column. Within a column the given order. Cycles are cut where the walk, in byte order, closes them.
 */
export function columnsByFlow(ids: readonly string[], arcs: readonly Arc[]): string[][] {
  const known = new Set(ids)
  const out = new Map<string, Set<string>>(ids.map(id => [id, new Set()]))
  for (const { source, target } of arcs)
    if (source !== target && known.has(source) && known.has(target)) out.get(source)?.add(target)
  const oneWay = (source: string): string[] =>
    [...(out.get(source) ?? [])].filter(target => out.get(target)?.has(source) !== true).sort(compareBytes)

  // Longest path from a node that nothing leads to, by depth-first order; arcs that close a cycle are left out.
  const state = new Map<string, 'open' | 'done'>()
  const order: string[] = []
  const kept = new Map<string, string[]>()
  const visit = (id: string): void => {
    state.set(id, 'open')
    const forward: string[] = []
    for (const next of oneWay(id)) {
      if (state.get(next) === 'open') continue
      forward.push(next)
      if (!state.has(next)) visit(next)
    }
    kept.set(id, forward)
    state.set(id, 'done')
    order.push(id)
  }
  for (const id of [...ids].sort(compareBytes)) if (!state.has(id)) visit(id)

  const rank = new Map<string, number>(ids.map(id => [id, 0]))
  for (const id of order.reverse())
    for (const next of kept.get(id) ?? [])
      rank.set(next, Math.min(MOST_RANKS - 1, Math.max(rank.get(next) ?? 0, (rank.get(id) ?? 0) + 1)))

  const columns: string[][] = Array.from({ length: MOST_RANKS }, () => [])
  for (const id of ids) columns[rank.get(id) ?? 0]?.push(id)
  return columns.filter(column => column.length > 0)
}

/** Ordered by the mean place of the partners that are placed already; without any, in the given order at the end. */
export function meanOrder(
  ids: readonly string[],
  ownerOf: ReadonlyMap<string, string>,
  arcs: readonly Arc[],
  place: (id: string) => number | undefined,
): string[] {
  const wanted = new Map<string, { sum: number; count: number }>(ids.map(id => [id, { sum: 0, count: 0 }]))
  for (const { source, target } of arcs)
    for (const [own, partner] of [
      [source, target],
      [target, source],
    ] as const) {
      const entry = wanted.get(ownerOf.get(own) ?? '')
      const at = place(partner)
      if (entry === undefined || at === undefined) continue
      entry.sum += at
      entry.count++
    }
  const mean = (id: string): number => {
    const entry = wanted.get(id)
    return entry === undefined || entry.count === 0 ? Number.MAX_SAFE_INTEGER : entry.sum / entry.count
  }
  return ids
    .map((id, index) => ({ id, index, at: mean(id) }))
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map(({ id }) => id)
}
