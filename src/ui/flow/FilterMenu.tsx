import { Eye, EyeOff, ListFilter } from 'lucide-react'
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { hiding, trafficOf } from '../../graph/flowFilter.ts'
import { DEFAULT_GRAPH_VIEW } from '../../graph/graphModel.ts'
import { LOOK_MARKS } from '../../graph/looks.ts'
import type { FlowFilter, GraphView } from '../../model/graphView.ts'
import type { FlowVerdict } from '../../model/picture.ts'
import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { useAppStore } from '../useApp.ts'
import { activeFilters } from './activeFilters.ts'
import { VERDICT_WORDS } from './verdictWords.ts'
import styles from './FilterMenu.module.css'

const VERDICTS: readonly FlowVerdict[] = ['blocked', 'partial', 'allowed', 'unrestricted']

function change(part: Partial<FlowFilter>): void {
  const { graphView, setGraphView } = appStore.getState()
  setGraphView({ filter: { ...graphView.filter, ...part } })
}

/** Which flows are shown: a button that opens all filters. */
export function FilterMenu({ view }: { readonly view: GraphView }) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const active = activeFilters(view).length
  useEffect(() => {
    if (!open) return
    root.current?.querySelector<HTMLElement>('input')?.focus()
    const close = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return
    event.stopPropagation()
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div className={styles.root} ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className={styles.button}
        data-opens="flow-filters"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-active={active > 0 || undefined}
        onClick={() => setOpen(!open)}
      >
        <ListFilter size={14} aria-hidden />
        Filters{active > 0 && <span className={styles.count}>{active}</span>}
      </button>
      {open && (
        <div id={id} role="dialog" aria-label="Filters" className={styles.panel}>
          <Filters view={view} />
        </div>
      )}
    </div>
  )
}

function Filters({ view }: { readonly view: GraphView }) {
  const { filter, unrestricted } = view
  const base = useAppStore(state => state.base)
  const { setGraphView } = appStore.getState()
  return (
    <>
      <fieldset>
        <legend>Verdict</legend>
        {VERDICTS.map(verdict => (
          <Check
            key={verdict}
            label={`${LOOK_MARKS[verdict]} ${VERDICT_WORDS[verdict]}`}
            checked={filter.verdicts.includes(verdict)}
            onChange={on =>
              change({
                verdicts: VERDICTS.filter(one => (one === verdict ? on : filter.verdicts.includes(one))),
              })
            }
          />
        ))}
        <Check
          label="≠ only where promise and data plane differ"
          checked={filter.deviating}
          onChange={deviating => change({ deviating })}
        />
        <Check
          label="Δ only what changed since the base"
          checked={filter.changed}
          disabled={base === undefined}
          onChange={changed => change({ changed })}
        />
      </fieldset>
      <TrafficField filter={filter} />
      <Namespaces filter={filter} />
      <TextField
        label="Labels"
        hint="app=web tier, separated by spaces"
        value={filter.labels.join(' ')}
        onChange={text => change({ labels: text.split(/\s+/).filter(Boolean) })}
      />
      <fieldset>
        <legend>Show</legend>
        <Check
          label="hide system namespaces"
          checked={filter.hideSystem}
          onChange={hideSystem => change({ hideSystem })}
        />
        <Check
          label="draw flows that no policy governs"
          checked={unrestricted === 'show'}
          onChange={on => setGraphView({ unrestricted: on ? 'show' : 'auto' })}
        />
        <Check
          label="layered layout instead of lanes"
          checked={view.layout === 'layered'}
          onChange={on => setGraphView({ layout: on ? 'layered' : 'lanes' })}
        />
      </fieldset>
      <Base />
      <button
        type="button"
        className={styles.clear}
        onClick={() =>
          setGraphView({ filter: DEFAULT_GRAPH_VIEW.filter, unrestricted: DEFAULT_GRAPH_VIEW.unrestricted })
        }
      >
        Clear all filters
      </button>
    </>
  )
}

function Check({
  label,
  checked,
  disabled = false,
  onChange,
}: {
  readonly label: string
  readonly checked: boolean
  readonly disabled?: boolean
  readonly onChange: (on: boolean) => void
}) {
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={event => onChange(event.target.checked)}
      />
      {label}
    </label>
  )
}

/** Keeps what is typed until it is left or Enter is pressed, so that half a word filters nothing away. */
function TextField({
  label,
  hint,
  value,
  problem,
  onChange,
}: {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly problem?: ((text: string) => string | undefined) | undefined
  readonly onChange: (text: string) => void
}) {
  const [typed, setTyped] = useState<string>()
  const id = useId()
  const text = typed ?? value
  const wrong = problem?.(text.trim())
  const done = (): void => {
    if (typed === undefined || wrong !== undefined) return
    onChange(typed.trim())
    setTyped(undefined)
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        spellCheck={false}
        placeholder={hint}
        value={text}
        aria-invalid={wrong !== undefined}
        aria-describedby={wrong === undefined ? undefined : `${id}-wrong`}
        onChange={event => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={event => {
          if (event.key === 'Enter') done()
        }}
      />
      {wrong !== undefined && (
        <p id={`${id}-wrong`} className={styles.wrong}>
          {wrong}
        </p>
      )}
    </div>
  )
}

function TrafficField({ filter }: { readonly filter: FlowFilter }) {
  return (
    <TextField
      label="Port and protocol"
      hint="80/TCP, 8000-8080/TCP, UDP"
      value={filter.traffic}
      problem={text =>
        text === '' || trafficOf(text) !== undefined ? undefined : 'Write 80/TCP, 8000-8080/TCP or UDP.'
      }
      onChange={traffic => change({ traffic })}
    />
  )
}

function Namespaces({ filter }: { readonly filter: FlowFilter }) {
  const analysis = useAppStore(displayedAnalysis)
  const [search, setSearch] = useState('')
  const names = useMemo(() => (analysis?.namespaces ?? []).map(({ name }) => name), [analysis])
  const shown = names.filter(
    name =>
      name.includes(search.trim()) ||
      filter.namespaces.includes(name) ||
      filter.hideNamespaces.includes(name),
  )
  return (
    <fieldset>
      <legend>Only flows of these namespaces; the eye hides one</legend>
      {names.length > MANY && (
        <input
          type="search"
          aria-label="Find a namespace"
          placeholder="Find"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
      )}
      <div className={styles.names}>
        {shown.slice(0, MOST).map(name => {
          const hidden = filter.hideNamespaces.includes(name)
          return (
            <div key={name} className={styles.name} data-hidden={hidden || undefined}>
              <Check
                label={name}
                checked={filter.namespaces.includes(name)}
                disabled={hidden}
                onChange={on =>
                  change({
                    namespaces: [...filter.namespaces.filter(one => one !== name), ...(on ? [name] : [])],
                  })
                }
              />
              <button
                type="button"
                className={styles.eye}
                aria-pressed={hidden}
                aria-label={`Hide namespace ${name}`}
                title={hidden ? `Show namespace ${name} again` : `Hide namespace ${name}`}
                onClick={() => change(hiding(filter, name, !hidden))}
              >
                {hidden ? <EyeOff size={13} aria-hidden /> : <Eye size={13} aria-hidden />}
              </button>
            </div>
          )
        })}
      </div>
      {shown.length > MOST && <p className={styles.hint}>{shown.length - MOST} more: type to find them.</p>}
    </fieldset>
  )
}

const MANY = 8
const MOST = 60

function Base() {
  const base = useAppStore(state => state.base)
  const { scenario, setBase, tell } = appStore.getState()
  return (
    <fieldset>
      <legend>Compare</legend>
      <p className={styles.hint}>
        {base === undefined
          ? 'Keep the scenario as it is now, and every flow that an edit opens or closes is marked.'
          : 'Flows are compared with the base that you kept.'}
      </p>
      <button
        type="button"
        className={styles.clear}
        onClick={() => {
          setBase(scenario)
          tell({ tone: 'success', text: 'Kept as the base: edits now show what they open and close' })
        }}
      >
        {base === undefined ? 'Keep this as the base' : 'Keep this as the base instead'}
      </button>
      {base !== undefined && (
        <button type="button" className={styles.clear} onClick={() => setBase(undefined)}>
          Forget the base
        </button>
      )}
    </fieldset>
  )
}
