import { Maximize, RotateCcw, Search } from 'lucide-react'
import { useDeferredValue, useEffect, useState, type KeyboardEvent } from 'react'
import type { FlowFilter, GraphView } from '../../model/graphView.ts'
import styles from './FlowPane.module.css'

export type FlowMode = 'flow' | 'list'
const MODES: readonly { readonly mode: FlowMode; readonly label: string }[] = [
  { mode: 'flow', label: 'Flow' },
  { mode: 'list', label: 'List' },
]

interface Props {
  readonly mode: FlowMode
  readonly onMode: (mode: FlowMode) => void
  readonly settings: Pick<GraphView, 'filter' | 'unrestricted'>
  readonly onChange: (part: Partial<GraphView>) => void
  readonly onFit: () => void
  readonly onReset: () => void
}

export function FlowToolbar({ mode, onMode, settings, onChange, onFit, onReset }: Props) {
  const changeFilter = (part: Partial<FlowFilter>) => onChange({ filter: { ...settings.filter, ...part } })
  const [text, setText] = useState(settings.filter.text)
  const filter = useDeferredValue(text)
  useEffect(() => {
    if (filter !== settings.filter.text) changeFilter({ text: filter })
    // Only what is typed is passed on; the settings follow it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [filter])
  const blockedOnly = settings.filter.verdicts.includes('blocked')
  const shown = settings.unrestricted === 'show'

  const onTabKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const next = mode === 'flow' ? 'list' : 'flow'
    onMode(next)
    document.getElementById(`flow-tab-${next}`)?.focus()
  }
  return (
    <div className={styles.toolbar}>
      <div role="tablist" aria-label="How to show flows" className={styles.tabs} onKeyDown={onTabKey}>
        {MODES.map(({ mode: own, label }) => (
          <button
            key={own}
            id={`flow-tab-${own}`}
            type="button"
            role="tab"
            aria-selected={mode === own}
            aria-controls="flow-panel"
            tabIndex={mode === own ? 0 : -1}
            onClick={() => onMode(own)}
          >
            {label}
          </button>
        ))}
      </div>
      <label className={styles.search}>
        <Search size={14} aria-hidden />
        <span className="visually-hidden">Filter flows by namespace, name, label or address</span>
        <input
          type="search"
          placeholder="Filter: namespace, pod, app=web, 10.0…"
          value={text}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <button
        type="button"
        className={styles.toggle}
        aria-pressed={blockedOnly}
        onClick={() => changeFilter({ verdicts: blockedOnly ? [] : ['blocked'] })}
      >
        Blocked only
      </button>
      <button
        type="button"
        className={styles.toggle}
        aria-pressed={shown}
        title="Also show flows that no policy governs"
        onClick={() => onChange({ unrestricted: shown ? 'auto' : 'show' })}
      >
        Ungoverned
      </button>
      <span className={styles.spacer} />
      {mode === 'flow' && (
        <>
          <button
            type="button"
            className={styles.icon}
            onClick={onFit}
            title="Fit the view"
            aria-label="Fit the view"
          >
            <Maximize size={15} aria-hidden />
          </button>
          <button
            type="button"
            className={styles.icon}
            onClick={onReset}
            title="Reset the layout"
            aria-label="Reset the layout"
          >
            <RotateCcw size={15} aria-hidden />
          </button>
        </>
      )}
    </div>
  )
}
