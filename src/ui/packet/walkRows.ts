import type { WalkedRule } from '../../model/packetTrace.ts'

/** A line of the walk as it is drawn. */
export type WalkRow =
  /** The packet comes into a chain, or back to it. */
  | {
      readonly kind: 'chain'
      readonly key: string
      readonly depth: number
      readonly table: string
      readonly chain: string
      readonly back: boolean
    }
  | { readonly kind: 'rule'; readonly key: string; readonly depth: number; readonly index: number }
  /** Rules one after the other that do not match. */
  | {
      readonly kind: 'passed'
      readonly key: string
      readonly depth: number
      /** Into the steps, the last one not included. */
      readonly from: number
      readonly to: number
      readonly open: boolean
    }

/** The steps under the chains that they belong to; runs of rules that do not match are folded unless `open` has their key. */
export function walkRows(steps: readonly WalkedRule[], open: ReadonlySet<string>): readonly WalkRow[] {
  const rows: WalkRow[] = []
  let before: WalkedRule | undefined
  for (let index = 0; index < steps.length;) {
    const step = steps[index]
    if (step === undefined) break
    const { table, chain, depth } = step
    if (before === undefined || before.chain !== chain || before.table !== table || before.depth !== depth)
      rows.push({
        kind: 'chain',
        key: `chain ${index}`,
        depth,
        table,
        chain,
        back: before !== undefined && depth < before.depth,
      })
    before = step
    if (!isMiss(step)) {
      rows.push({ kind: 'rule', key: `rule ${index}`, depth, index })
      index++
      continue
    }
    let end = index
    while (isPassed(steps[end], step)) end++
    const key = `passed ${index}`
    const isOpen = open.has(key)
    rows.push({ kind: 'passed', key, depth, from: index, to: end, open: isOpen })
    if (isOpen)
      for (let at = index; at < end; at++) rows.push({ kind: 'rule', key: `rule ${at}`, depth, index: at })
    index = end
  }
  return rows
}

/** Whether the rule is known not to match. */
export function isMiss({ matched, matches }: Pick<WalkedRule, 'matched' | 'matches'>): boolean {
  return !matched && !matches.some(({ outcome }) => outcome === 'unknown')
}

function isPassed(step: WalkedRule | undefined, first: WalkedRule): boolean {
  return (
    step !== undefined &&
    isMiss(step) &&
    step.table === first.table &&
    step.chain === first.chain &&
    step.depth === first.depth
  )
}

/** The row that stands for a step: its own, or the folded run that holds it; -1 when there is none. */
export function rowOfStep(rows: readonly WalkRow[], step: number): number {
  const own = rows.findIndex(row => row.kind === 'rule' && row.index === step)
  return own >= 0 ? own : rows.findIndex(row => row.kind === 'passed' && row.from <= step && step < row.to)
}

/** The step that a row stands for; `undefined` for headings, and for an open run, whose rules have rows of their own. */
export function stepOfRow(row: WalkRow | undefined): number | undefined {
  if (row?.kind === 'rule') return row.index
  return row?.kind === 'passed' && !row.open ? row.from : undefined
}

/** The run of rules without a match that holds a step. */
export function runOfStep(
  rows: readonly WalkRow[],
  step: number,
): (WalkRow & { readonly kind: 'passed' }) | undefined {
  return rows.filter(row => row.kind === 'passed').find(row => row.from <= step && step < row.to)
}
