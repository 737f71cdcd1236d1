import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { FlowColumn, FlowRow, SortOrder } from '../../model/flowList.ts'
import type { GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { plural } from '../../graph/formatNumber.ts'
import { CopyFlows } from './CopyFlows.tsx'
import { VERDICT_WORDS } from '../../graph/flowRowTexts.ts'
import { useAppStore } from '../useApp.ts'
import { asksForMenu, openFlowMenu } from './flowMenuStore.ts'
import type { FlowThing } from './flowThing.ts'
import { useFlowList } from './useFlowList.ts'
import { LineSample } from './LineSample.tsx'
import styles from './FlowTable.module.css'

const COLUMNS: readonly FlowColumn[] = [
  'source',
  'destination',
  'verdict',
  'enforced',
  'promised',
  'governedBy',
]

const HEADINGS: Readonly<Record<FlowColumn, string>> = {
  source: 'Source',
  destination: 'Destination',
  verdict: 'Verdict',
  enforced: 'Gets through',
  promised: 'Promised',
  governedBy: 'Governed by',
  change: 'Since the base',
}

const ROW_HEIGHT = 34

/** The picture's flows as a table: the same filter, the same selection. */
export function FlowTable({ view }: { readonly view: GraphView }) {
  const [sort, setSort] = useState<{ column: FlowColumn; order: SortOrder }>({
    column: 'verdict',
    order: 'ascending',
  })
  const [first, setFirst] = useState(0)
  const { list, rowAt } = useFlowList(view, sort.column, sort.order, first)
  const total = list?.total ?? 0
  const compared = useAppStore(state => state.base !== undefined)
  const columns = compared ? [...COLUMNS, 'change' as const] : COLUMNS
  const selection = useAppStore(state => state.selection)
  const scroller = useRef<HTMLDivElement>(null)
  // The virtualizer's functions change their answers without changing themselves; nothing here may be compiled away.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    onChange: instance => setFirst(instance.range?.startIndex ?? 0),
  })

  const focusRow = (index: number) => {
    virtual.scrollToIndex(index)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus(),
    )
  }
  return (
    <div className={styles.view}>
      <div className={styles.options}>
        <span className={styles.count}>{plural(total, 'row')}</span>
        <CopyFlows view={view} column={sort.column} order={sort.order} total={total} />
      </div>
      <div
        ref={scroller}
        className={styles.table}
        data-compared={compared || undefined}
        role="table"
        aria-label="Flows"
        // How many there are is not known before the first answer.
        aria-rowcount={list === undefined ? -1 : total + 1}
        aria-busy={list === undefined}
        aria-colcount={columns.length}
      >
        <div role="rowgroup" className={styles.heads}>
          <div role="row" className={styles.row} aria-rowindex={1}>
            {columns.map(column => (
              <div
                key={column}
                role="columnheader"
                aria-sort={sort.column === column ? sort.order : 'none'}
                className={styles.cell}
              >
                <button
                  type="button"
                  onClick={() =>
                    setSort(now => ({
                      column,
                      order: now.column === column && now.order === 'ascending' ? 'descending' : 'ascending',
                    }))
                  }
                >
                  {HEADINGS[column]}
                  <span aria-hidden>
                    {sort.column !== column ? '' : sort.order === 'ascending' ? ' ↑' : ' ↓'}
                  </span>
                </button>
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rowAt(index)
            if (row === undefined) return null
            const chosen =
              selection?.kind === 'flow' && selection.src === row.src && selection.dst === row.dst
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                data-chosen={chosen || undefined}
                tabIndex={0}
                className={styles.row}
                style={{ position: 'absolute', insetInline: 0, top: start }}
                onClick={() => appStore.getState().select({ kind: 'flow', src: row.src, dst: row.dst })}
                onContextMenu={event => {
                  event.preventDefault()
                  openFlowMenu(rowThing(row), event.currentTarget, event)
                }}
                onKeyDown={event => {
                  if (event.key === 'Enter' || event.key === ' ') {
                    event.preventDefault()
                    appStore.getState().select({ kind: 'flow', src: row.src, dst: row.dst })
                  } else if (event.key === 'Escape') appStore.getState().select(undefined)
                  else if (asksForMenu(event)) {
                    event.preventDefault()
                    openFlowMenu(rowThing(row), event.currentTarget)
                  } else if (event.key === 'ArrowDown' && index + 1 < total) {
                    event.preventDefault()
                    focusRow(index + 1)
                  } else if (event.key === 'ArrowUp' && index > 0) {
                    event.preventDefault()
                    focusRow(index - 1)
                  }
                }}
              >
                {columns.map(column => (
                  <div
                    key={column}
                    role="cell"
                    className={styles.cell}
                    title={column === 'verdict' ? row.reason : cellText(row, column)}
                  >
                    {column === 'verdict' ? <VerdictCell row={row} /> : cellText(row, column)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
        {list !== undefined && total === 0 && <p className={styles.none}>No flows to list.</p>}
      </div>
    </div>
  )
}

function cellText(row: FlowRow, column: FlowColumn): string {
  return column === 'change' && row.change === 'none' ? '' : row[column]
}

function rowThing({ source, destination, verdict, enforced, reason, src, dst }: FlowRow): FlowThing {
  const said = verdict === 'partial' ? enforced : VERDICT_WORDS[verdict]
  const text = [`${source} to ${destination}: ${said}`, reason].filter(Boolean).join('. ')
  return { kind: 'flow', text, src, dst }
}

function VerdictCell({ row }: { readonly row: FlowRow }) {
  return (
    <>
      <LineSample look={row.deviates ? 'deviates' : row.verdict} /> {VERDICT_WORDS[row.verdict]}
      {row.deviates && ' ⚠ deviates'}
    </>
  )
}
