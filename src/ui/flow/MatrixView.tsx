import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { formatNumber, plural } from '../../graph/formatNumber.ts'
import { LOOK_MARKS } from '../../graph/looks.ts'
import type { FlowMatrix, MatrixCell, MatrixPeer } from '../../model/flowList.ts'
import type { GraphGrouping, GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { hoverStore } from '../../store/hoverStore.ts'
import { useAppStore } from '../useApp.ts'
import { Segments } from '../widgets/Segments.tsx'
import { asksForMenu, openFlowMenu } from './flowMenuStore.ts'
import type { FlowThing } from './flowThing.ts'
import { VERDICT_WORDS } from './verdictWords.ts'
import { MATRIX_SORTS, matrixOrder, type MatrixSort } from './matrixOrder.ts'
import { useFlowMatrix } from './useFlowMatrix.ts'
import styles from './MatrixView.module.css'

const GROUPINGS: readonly { readonly value: GraphGrouping; readonly label: string }[] = [
  { value: 'namespace', label: 'Namespaces' },
  { value: 'workload', label: 'Workloads' },
  { value: 'pod', label: 'Pods' },
]
/** Up to so many peers a cell has room for its ports. */
const ROOMY = 9
const WIDE = { width: 104, height: 32 }
const NARROW = { width: 27, height: 27 }

interface Place {
  readonly row: number
  readonly column: number
}

/** Who may open connections (rows) to whom (columns): the picture as a table, for eyes, keys and screen readers. */
export function MatrixView({ view }: { readonly view: GraphView }) {
  const matrix = useFlowMatrix(view)
  const [sort, setSort] = useState<MatrixSort>('name')
  return (
    <div className={styles.view}>
      <div className={styles.options}>
        <Segments
          label="Rows and columns are"
          value={view.groupBy}
          options={GROUPINGS}
          onChange={groupBy => appStore.getState().setGraphView({ groupBy })}
        />
        <Segments label="Order" value={sort} options={MATRIX_SORTS} onChange={setSort} />
        <span className={styles.reading}>Each row says whom that peer may reach.</span>
      </div>
      {matrix === undefined ? (
        <p className={styles.empty}>Reading the policies…</p>
      ) : matrix.peers.length === 0 ? (
        <p className={styles.empty}>Nothing to show: no flow meets the filter.</p>
      ) : (
        <Grid matrix={matrix} sort={sort} />
      )}
    </div>
  )
}

function Grid({ matrix, sort }: { readonly matrix: FlowMatrix; readonly sort: MatrixSort }) {
  const { peers, cells } = matrix
  const order = useMemo(() => matrixOrder(matrix, sort), [matrix, sort])
  const [at, setAt] = useState<Place>({ row: 0, column: 0 })
  const scroller = useRef<HTMLDivElement>(null)
  const selection = useAppStore(state => state.selection)
  const n = order.length
  const roomy = n <= ROOMY
  const size = roomy ? WIDE : NARROW
  const scrolling = { count: n, getScrollElement: () => scroller.current, overscan: 6 }
  // The virtualizers' functions change their answers without changing themselves; nothing here may be compiled away.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({ ...scrolling, estimateSize: () => size.height })
  const columns = useVirtualizer({ ...scrolling, horizontal: true, estimateSize: () => size.width })

  const peerAt = (index: number): MatrixPeer | undefined => peers[order[index] ?? -1]
  const cellAt = ({ row, column }: Place): MatrixCell | undefined =>
    cells[(order[row] ?? 0) * peers.length + (order[column] ?? 0)]
  const place = { row: Math.min(at.row, n - 1), column: Math.min(at.column, n - 1) }

  const go = (to: Place): void => {
    const next = {
      row: Math.min(n - 1, Math.max(0, to.row)),
      column: Math.min(n - 1, Math.max(0, to.column)),
    }
    setAt(next)
    rows.scrollToIndex(next.row)
    columns.scrollToIndex(next.column)
    hover(cellAt(next))
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus())
  }
  const choose = (cell: MatrixCell | undefined): void => {
    if (cell !== undefined) appStore.getState().select({ kind: 'flow', src: cell.src, dst: cell.dst })
  }
  const cellThing = ({ row, column }: Place, cell: MatrixCell): FlowThing => ({
    kind: 'flow',
    text: sentence(peerAt(row), peerAt(column), cell),
    src: cell.src,
    dst: cell.dst,
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    const { row, column } = place
    const to: Place | undefined = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      Home: { row: event.ctrlKey ? 0 : row, column: 0 },
      End: { row: event.ctrlKey ? n - 1 : row, column: n - 1 },
      PageDown: { row: row + 10, column },
      PageUp: { row: row - 10, column },
    }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      go(to)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(cellAt(place))
    } else if (asksForMenu(event)) {
      const cell = cellAt(place)
      if (cell === undefined || !(event.target instanceof HTMLElement)) return
      event.preventDefault()
      openFlowMenu(cellThing(place, cell), event.target)
    } else if (event.key === 'Escape') appStore.getState().select(undefined)
  }

  const width = columns.getTotalSize()
  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label="Who may reach whom"
        aria-rowcount={n + 1}
        aria-colcount={n + 1}
        onKeyDown={onKeyDown}
        onMouseLeave={() => hover(undefined)}
        data-roomy={roomy || undefined}
      >
        <div role="row" aria-rowindex={1} className={styles.heads}>
          <div role="columnheader" aria-colindex={1} className={styles.corner}>
            from <span aria-hidden>↓</span> to <span aria-hidden>→</span>
          </div>
          <div className={styles.track} style={{ width }} role="presentation">
            {columns.getVirtualItems().map(({ index, start }) => (
              <div
                key={index}
                role="columnheader"
                aria-colindex={index + 2}
                className={styles.columnHead}
                style={{ left: start, width: size.width }}
                title={saidOf(peerAt(index))}
              >
                <span>{nameOf(peerAt(index))}</span>
              </div>
            ))}
          </div>
        </div>
        <div className={styles.rows} style={{ height: rows.getTotalSize() }} role="presentation">
          {rows.getVirtualItems().map(({ index: row, start }) => (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 2}
              className={styles.row}
              data-band={startsGroup(peerAt(row - 1), peerAt(row), sort) || undefined}
              style={{ transform: `translateY(${start}px)`, height: size.height }}
            >
              <div
                role="rowheader"
                aria-colindex={1}
                aria-label={saidOf(peerAt(row))}
                className={styles.rowHead}
                title={saidOf(peerAt(row))}
              >
                <PeerMark peer={peerAt(row)} />
                {nameOf(peerAt(row))}
              </div>
              <div className={styles.track} style={{ width }} role="presentation">
                {columns.getVirtualItems().map(({ index: column, start: left }) => {
                  const cell = cellAt({ row, column })
                  const chosen =
                    selection?.kind === 'flow' && selection.src === cell?.src && selection.dst === cell.dst
                  const isAt = place.row === row && place.column === column
                  return (
                    <div
                      key={column}
                      role="gridcell"
                      aria-colindex={column + 2}
                      aria-selected={chosen}
                      tabIndex={isAt ? 0 : -1}
                      className={styles.cell}
                      data-verdict={cell?.verdict}
                      data-deviates={cell?.deviates === true || undefined}
                      data-change={cell === undefined || cell.change === 'none' ? undefined : cell.change}
                      data-self={row === column || undefined}
                      style={{ left, width: size.width }}
                      title={sentence(peerAt(row), peerAt(column), cell)}
                      aria-label={sentence(peerAt(row), peerAt(column), cell)}
                      onMouseEnter={() => hover(cell)}
                      onContextMenu={event => {
                        if (cell === undefined) return
                        event.preventDefault()
                        setAt({ row, column })
                        openFlowMenu(cellThing({ row, column }, cell), event.currentTarget, event)
                      }}
                      onClick={() => {
                        setAt({ row, column })
                        choose(cell)
                      }}
                    >
                      {cell !== undefined && (
                        <>
                          <span className={styles.mark} aria-hidden>
                            {LOOK_MARKS[cell.verdict]}
                          </span>
                          {roomy && <span className={styles.label}>{cell.label}</span>}
                        </>
                      )}
                    </div>
                  )
                })}
              </div>
            </div>
          ))}
        </div>
      </div>
      <p className={styles.spoken} aria-live="polite">
        {sentence(peerAt(place.row), peerAt(place.column), cellAt(place))}
      </p>
    </>
  )
}

function hover(cell: MatrixCell | undefined): void {
  hoverStore.getState().hover(cell && { kind: 'flow', src: cell.src, dst: cell.dst })
}

function startsGroup(
  before: MatrixPeer | undefined,
  peer: MatrixPeer | undefined,
  sort: MatrixSort,
): boolean {
  return sort === 'name' && before !== undefined && before.namespace !== peer?.namespace
}

function nameOf(peer: MatrixPeer | undefined): string {
  if (peer === undefined) return ''
  return peer.endpoints > 1 ? `${peer.name} (${formatNumber(peer.endpoints)})` : peer.name
}

/** `shop/web (3), nobody reaches them`. */
function saidOf(peer: MatrixPeer | undefined): string {
  return [nameOf(peer), peer?.status?.text].filter(Boolean).join(', ')
}

/** What all of a peer's flows come to, where that is more than its row tells: nothing passes, or something deviates. */
function PeerMark({ peer }: { readonly peer: MatrixPeer | undefined }) {
  const look = peer?.status?.look
  if (look !== 'blocked' && look !== 'deviates') return null
  return (
    <span className={styles.peerMark} data-look={look} aria-hidden>
      {LOOK_MARKS[look]}{' '}
    </span>
  )
}

/** `shop/web → shop/db: blocked; TCP 80`. */
function sentence(
  from: MatrixPeer | undefined,
  to: MatrixPeer | undefined,
  cell: MatrixCell | undefined,
): string {
  const way = from === to ? `within ${nameOf(from)}` : `${nameOf(from)} → ${nameOf(to)}`
  if (cell === undefined) return `${way}: no policy speaks about it`
  const parts = [VERDICT_WORDS[cell.verdict], cell.label]
  if (cell.deviates) parts.push('differs from what Kubernetes promises')
  if (cell.change !== 'none') parts.push(`${cell.change} since the base`)
  if (cell.pairs > 1) parts.push(plural(cell.pairs, 'pair', 'pairs'))
  return `${way}: ${[...new Set(parts)].filter(Boolean).join('; ')}`
}
