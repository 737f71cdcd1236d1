import { useCallback, useMemo, useState } from 'react'
import { formatCounts } from '../../graph/build.ts'
import { filtersEnds } from '../../graph/flowFilter.ts'
import type { HighlightInput } from '../../graph/highlight.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { MomentBanner } from '../events/MomentBanner.tsx'
import { useAppStore } from '../useApp.ts'
import { FlowCanvas } from './FlowCanvas.tsx'
import { FlowTable } from './FlowTable.tsx'
import { FlowToolbar, type FlowMode } from './FlowToolbar.tsx'
import { Legend } from './Legend.tsx'
import { Omissions } from './Omissions.tsx'
import { useKeptData } from './useKept.ts'
import styles from './FlowPane.module.css'

/** Who can talk to whom: as a picture, and as a list that tells the same. */
export function FlowPane() {
  const analysis = useAppStore(displayedAnalysis)
  const settings = useAppStore(state => state.graphView)
  const drawn = useAppStore(state => state.drawn)
  const resets = useAppStore(state => state.layoutResets)
  const mode: FlowMode = settings.mode === 'list' ? 'list' : 'flow'
  const [fits, setFits] = useState(0)
  const { setGraphView: change, resetLayout } = appStore.getState()

  const unfold = useCallback((id: string, open: boolean) => {
    const { graphView, setGraphView } = appStore.getState()
    const others = graphView.unfolded.filter(other => other !== id)
    setGraphView({ unfolded: open ? [...others, id] : others })
  }, [])
  const openNamespace = useCallback((name: string) => {
    const { graphView, setGraphView } = appStore.getState()
    setGraphView({ opened: [...graphView.opened.filter(other => other !== name), name] })
  }, [])

  const input = useHighlightInput(drawn?.analysis)
  const picture = drawn?.picture
  const model = picture?.model
  const summary = model === undefined ? '' : formatCounts(model.counts)

  return (
    <section className={styles.pane} aria-label="Flows">
      <FlowToolbar
        mode={mode}
        onMode={next => change({ mode: next === 'list' ? 'list' : 'overview' })}
        settings={settings}
        onChange={change}
        onFit={() => setFits(now => now + 1)}
        onReset={resetLayout}
      />
      <MomentBanner />
      <div className={styles.body} role="tabpanel" id="flow-panel" aria-labelledby={`flow-tab-${mode}`}>
        {analysis === undefined || input === undefined || picture === undefined || model === undefined ? (
          <p className={styles.empty}>Reading the policies…</p>
        ) : model.nodes.length === 0 ? (
          <p className={styles.empty}>
            {!filtersEnds(settings.filter)
              ? 'Nothing to draw yet: write a NetworkPolicy, or start from an example.'
              : 'Nothing matches the filter.'}
          </p>
        ) : mode === 'flow' ? (
          <FlowCanvas
            picture={picture}
            input={input}
            resetRequest={resets}
            fitRequest={fits}
            onUnfold={unfold}
            onOpenNamespace={openNamespace}
          />
        ) : (
          <FlowTable view={settings} />
        )}
      </div>
      {model !== undefined && (
        <footer className={styles.footer}>
          <p role="status" aria-live="polite" className={styles.summary}>
            {summary}
          </p>
          <Omissions model={model} mode={mode} onChange={change} />
          {mode === 'flow' && <Legend />}
        </footer>
      )}
    </section>
  )
}

/** The same object until something in it changes: most edits of a text change nothing. */
function useHighlightInput(analysis: Analysis | undefined): HighlightInput | undefined {
  const input = useMemo(
    () => analysis && { endpoints: analysis.endpoints, policies: analysis.policies },
    [analysis],
  )
  return useKeptData(input)
}
