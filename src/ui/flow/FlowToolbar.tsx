import { ArrowLeft, ArrowRight, ImageDown, Maximize, RotateCcw, Search } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { FlowFilter, GraphMode, GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { requestCanvas } from './canvasRequests.ts'
import { FilterMenu } from './FilterMenu.tsx'
import { openFlowMenu } from './flowMenuStore.ts'
import { ToolButton } from './ToolButton.tsx'
import { FLOW_MODES, showMode } from './flowModes.ts'
import styles from './FlowPane.module.css'

/** How flows are shown, which of them, and the ways back. */
export function FlowToolbar({ view }: { readonly view: GraphView }) {
  const { undoView, redoView, resetLayout } = appStore.getState()
  const canGoBack = useAppStore(state => state.viewPast.length > 0)
  const canGoOn = useAppStore(state => state.viewFuture.length > 0)
  const drawn = view.mode !== 'matrix' && view.mode !== 'list'
  return (
    <div className={styles.toolbar}>
      <ModeTabs mode={view.mode} />
      <SearchBox filter={view.filter} />
      <FilterMenu view={view} />
      <div className={styles.tools}>
        <ToolButton
          label={withKey('Back to the view before', 'view-back')}
          disabled={!canGoBack}
          onClick={undoView}
        >
          <ArrowLeft size={15} aria-hidden />
        </ToolButton>
        <ToolButton
          label={withKey('Forward to the view after', 'view-forward')}
          disabled={!canGoOn}
          onClick={redoView}
        >
          <ArrowRight size={15} aria-hidden />
        </ToolButton>
        {drawn && (
          <>
            <ToolButton label={withKey('Fit the view', 'fit')} onClick={() => requestCanvas('fits')}>
              <Maximize size={15} aria-hidden />
            </ToolButton>
            <ToolButton label={withKey('Reset the layout', 'reset-layout')} onClick={resetLayout}>
              <RotateCcw size={15} aria-hidden />
            </ToolButton>
            <button
              type="button"
              className={styles.icon}
              data-opens="export"
              aria-haspopup="menu"
              aria-label={withKey('Export the picture', 'export')}
              title={withKey('Export the picture', 'export')}
              onClick={({ currentTarget }) => {
                const { left, bottom } = currentTarget.getBoundingClientRect()
                openFlowMenu({ kind: 'picture' }, currentTarget, { clientX: left, clientY: bottom + 4 })
              }}
            >
              <ImageDown size={15} aria-hidden />
            </button>
          </>
        )}
      </div>
    </div>
  )
}

function withKey(label: string, action: string): string {
  return `${label} (${shortcutOf(action) ?? ''})`
}

function ModeTabs({ mode }: { readonly mode: GraphMode }) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = FLOW_MODES.findIndex(one => one.mode === mode)
    const next = FLOW_MODES[(at + step + FLOW_MODES.length) % FLOW_MODES.length]
    if (next === undefined) return
    showMode(next.mode)
    document.getElementById(`flow-tab-${next.mode}`)?.focus()
  }
  return (
    <div role="tablist" aria-label="How to show flows" className={styles.tabs} onKeyDown={onKeyDown}>
      {FLOW_MODES.map(({ mode: own, label, about }) => (
        <button
          key={own}
          id={`flow-tab-${own}`}
          type="button"
          role="tab"
          title={about}
          aria-selected={mode === own}
          aria-controls="flow-panel"
          tabIndex={mode === own ? 0 : -1}
          onClick={() => showMode(own)}
        >
          {label}
        </button>
      ))}
    </div>
  )
}

const SEARCHES = 'Filter flows by namespace, name, label (app=web) or address'

function SearchBox({ filter }: { readonly filter: FlowFilter }) {
  return (
    <label className={styles.search} title={SEARCHES}>
      <Search size={14} aria-hidden />
      <span className="visually-hidden">{SEARCHES}</span>
      <input
        type="search"
        data-opens="flow-search"
        placeholder="Filter flows"
        value={filter.text}
        onChange={event =>
          appStore.getState().setGraphView({ filter: { ...filter, text: event.target.value } })
        }
      />
    </label>
  )
}
