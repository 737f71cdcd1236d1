import { ChevronFirst, ChevronLast, ChevronRight, ChevronLeft, Pause, Play } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react'
import type { PacketTrace } from '../../model/packetTrace.ts'
import type { KernelName } from '../../store/kernelNames.ts'
import { useAppStore } from '../useApp.ts'
import { IconButton } from '../widgets/IconButton.tsx'
import { goToStep } from './goToStep.ts'
import { WalkedStep } from './WalkedStep.tsx'
import { scrollWithin } from './scrollWithin.ts'
import { rowOfStep, runOfStep, stepOfRow, walkRows, type WalkRow } from './walkRows.ts'
import styles from './Walk.module.css'

interface Props {
  readonly trace: PacketTrace
  /** Whether the rules are those that the other panes show. */
  readonly isShown: boolean
  readonly names: ReadonlyMap<string, KernelName>
}

/** Milliseconds that a step stays while the walk plays. */
const PLAY_STEP = 1100
const KEYS =
  'Arrow keys or J and K go from step to step, Home and End to the first and the last, right and left unfold and fold what does not match.'
const NONE: ReadonlySet<string> = new Set()

/** Every rule that the packet met, step by step. */
export function Walk({ trace, isShown, names }: Props) {
  const { steps } = trace
  const at = useAppStore(state => state.packetStep)
  const [openOf, setOpen] = useState({ steps, open: NONE })
  const open = openOf.steps === steps ? openOf.open : NONE
  const [playing, setPlaying] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  const bar = useRef<HTMLElement>(null)
  const focusCurrent = useRef(false)
  const rows = useMemo(() => walkRows(steps, open), [steps, open])
  const stops = rows.flatMap((row, i) => (stepOfRow(row) === undefined ? [] : [i]))
  const current = at === undefined ? -1 : rowOfStep(rows, at)
  const position = stops.indexOf(current)
  const deciding = decidingStep(trace)

  const goTo = (stop: number, focus: boolean): void => {
    const row = stops[Math.max(0, Math.min(stops.length - 1, stop))]
    const step = row === undefined ? undefined : stepOfRow(rows[row])
    if (row === undefined || step === undefined) return
    focusCurrent.current = focus
    goToStep(trace, step)
  }

  // Once it is drawn with all that there is to say about it.
  useEffect(() => {
    if (current < 0) return
    const button = list.current?.querySelector<HTMLElement>(`[data-row="${current}"]`)
    const row = button?.closest('li')
    if (row) scrollWithin(row, bar.current?.offsetHeight)
    if (focusCurrent.current) button?.focus({ preventScroll: true })
    focusCurrent.current = false
  }, [current])

  const last = stops.length - 1
  useEffect(() => {
    if (!playing) return
    const timer = setTimeout(
      () => {
        if (position >= last) setPlaying(false)
        else goTo(position + 1, false)
      },
      position < 0 ? 0 : PLAY_STEP,
    )
    return () => clearTimeout(timer)
  })

  const toggle = (key: string): void => {
    setOpen({ steps, open: new Set(open.has(key) ? [...open].filter(one => one !== key) : [...open, key]) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    // As in a tree: right unfolds the run that one is at, left folds it again.
    const run = at === undefined ? undefined : runOfStep(rows, at)
    if (run !== undefined && event.key === (run.open ? 'ArrowLeft' : 'ArrowRight')) {
      event.preventDefault()
      toggle(run.key)
      focusCurrent.current = true
      return
    }
    const step = { ArrowDown: 1, j: 1, J: 1, ArrowUp: -1, k: -1, K: -1 }[event.key]
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? last : step === undefined ? undefined : position + step
    if (to === undefined) return
    event.preventDefault()
    setPlaying(false)
    goTo(to, true)
  }

  if (steps.length === 0) return null
  return (
    <section
      className={styles.walk}
      aria-label="The way through the rules"
      aria-description={KEYS}
      onKeyDown={onKeyDown}
    >
      <header ref={bar} className={styles.bar}>
        <h3 title={KEYS}>The way through the rules</h3>
        <span className={styles.position}>
          {position < 0 ? `${stops.length} steps` : `${position + 1} of ${stops.length}`}
        </span>
        <IconButton label="First step" onClick={() => goTo(0, false)} disabled={position === 0}>
          <ChevronFirst size={15} />
        </IconButton>
        <IconButton label="Step back" onClick={() => goTo(position - 1, false)} disabled={position <= 0}>
          <ChevronLeft size={15} />
        </IconButton>
        <IconButton
          label={playing ? 'Pause' : 'Play the steps'}
          onClick={() => {
            if (!playing && position >= last) goTo(0, false)
            setPlaying(!playing)
          }}
        >
          {playing ? <Pause size={14} /> : <Play size={14} />}
        </IconButton>
        <IconButton label="Step on" onClick={() => goTo(position + 1, false)} disabled={position >= last}>
          <ChevronRight size={15} />
        </IconButton>
        <IconButton label="Last step" onClick={() => goTo(last, false)} disabled={position >= last}>
          <ChevronLast size={15} />
        </IconButton>
      </header>
      <ol ref={list} className={styles.rows}>
        {rows.map((row, i) => (
          <li
            key={row.key}
            className={styles.row}
            style={{ '--depth': row.depth } as CSSProperties}
            data-kind={row.kind}
          >
            <Row
              row={row}
              index={i}
              trace={trace}
              isShown={isShown}
              names={names}
              isCurrent={i === current}
              // One stop of the Tab key: the current row, else the first.
              isStop={i === (current < 0 ? stops[0] : current)}
              deciding={deciding}
              onToggle={toggle}
            />
          </li>
        ))}
      </ol>
      <p className={styles.end} data-verdict={trace.verdict}>
        {endWords(trace)}
      </p>
    </section>
  )
}

/** Index of the step that decided; -1 where the chain's own verdict did. */
function decidingStep({ steps, dataplane: { decidedAt } }: PacketTrace): number {
  if (decidedAt === undefined) return -1
  return steps.findLastIndex(
    ({ table, chain, number }) =>
      table === decidedAt.table && chain === decidedAt.chain && number === decidedAt.number,
  )
}

function endWords({ verdict, dataplane: { decidedAt }, hook }: PacketTrace): string {
  const by =
    decidedAt === undefined
      ? `no rule of ${hook} decided, so that its default counts`
      : `${verdict === 'UNKNOWN' ? 'it hangs on' : 'decided by'} rule ${decidedAt.number} of ${decidedAt.chain}`
  switch (verdict) {
    case 'ACCEPT':
      return `ACCEPT: the packet goes on – ${by}.`
    case 'DROP':
      return `DROP: the packet is gone – ${by}.`
    case 'UNKNOWN':
      return `UNKNOWN: nobody can tell how it goes on – ${by}.`
    default:
      return ''
  }
}

interface RowProps extends Props {
  readonly row: WalkRow
  readonly index: number
  readonly isCurrent: boolean
  readonly isStop: boolean
  readonly deciding: number
  readonly onToggle: (key: string) => void
}

function Row({ row, index, trace, isShown, names, isCurrent, isStop, deciding, onToggle }: RowProps) {
  switch (row.kind) {
    case 'chain':
      return <ChainHeading row={row} names={names} />
    case 'passed': {
      const count = row.to - row.from
      return (
        <button
          type="button"
          className={styles.passed}
          data-row={index}
          data-current={isCurrent || undefined}
          tabIndex={isStop || row.open ? 0 : -1}
          aria-expanded={row.open}
          aria-current={isCurrent ? 'step' : undefined}
          onClick={() => onToggle(row.key)}
        >
          <ChevronRight size={12} aria-hidden className={styles.turn} />
          {count === 1 ? '1 rule that does not match' : `${count} rules that do not match`}
        </button>
      )
    }
    case 'rule': {
      const step = trace.steps[row.index]
      return step === undefined ? null : (
        <WalkedStep
          step={step}
          row={index}
          onGo={() => goToStep(trace, row.index)}
          names={names}
          isCurrent={isCurrent}
          isStop={isStop}
          isShown={isShown}
          decides={row.index === deciding ? trace.dataplane.answer : undefined}
        />
      )
    }
  }
}

function ChainHeading({
  row,
  names,
}: {
  readonly row: WalkRow & { readonly kind: 'chain' }
  readonly names: ReadonlyMap<string, KernelName>
}) {
  const name = names.get(row.chain)
  return (
    <h4 className={styles.chain}>
      {row.back && <span className={styles.back}>back in</span>} <code>{row.chain}</code>
      {!row.back && <span className={styles.about}>{name?.sentence ?? `table ${row.table}`}</span>}
    </h4>
  )
}
