import { useCallback, useMemo, useState } from 'react'
import { buildGraph, formatCounts } from '../../graph/build.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput, type GraphView } from '../../graph/graphModel.ts'
import type { Analysis } from '../../model/protocol.ts'
import type { Selection } from '../../store/selection.ts'
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

type Settings = Omit<GraphView, 'focus'>

/** Who can talk to whom: as a picture, and as a list that tells the same. */
export function FlowPane() {
  const analysis = useAppStore(displayedAnalysis)
  const selection = useAppStore(state => state.selection)
  const [mode, setMode] = useState<FlowMode>('flow')
  const [settings, setSettings] = useState<Settings>(DEFAULT_GRAPH_VIEW)
  const [layoutRequest, setLayoutRequest] = useState({ reset: 0, fit: 0 })
  const change = (part: Partial<Settings>) => setSettings(now => ({ ...now, ...part }))

  const unfold = useCallback((id: string, open: boolean) => {
    setSettings(now => {
      const others = now.unfolded.filter(other => other !== id)
      return { ...now, unfolded: open ? [...others, id] : others }
    })
  }, [])
  const openNamespace = useCallback((name: string) => {
    setSettings(now => ({ ...now, opened: [...now.opened.filter(other => other !== name), name] }))
  }, [])

  const focus = focusOf(selection)
  const input = useGraphInput(analysis)
  const model = useMemo(
    () =>
      input === undefined
        ? undefined
        : buildGraph(input, { ...settings, focus: focus === '' ? [] : focus.split('\n') }),
    [input, settings, focus],
  )
  const summary = model === undefined ? '' : formatCounts(model.counts)

  return (
    <section className={styles.pane} aria-label="Flows">
      <FlowToolbar
        mode={mode}
        onMode={setMode}
        settings={settings}
        onChange={change}
        onFit={() => setLayoutRequest(now => ({ ...now, fit: now.fit + 1 }))}
        onReset={() => setLayoutRequest(now => ({ ...now, reset: now.reset + 1 }))}
      />
      <MomentBanner />
      <div className={styles.body} role="tabpanel" id="flow-panel" aria-labelledby={`flow-tab-${mode}`}>
        {input === undefined || model === undefined ? (
          <p className={styles.empty}>Reading the policies…</p>
        ) : model.nodes.length === 0 ? (
          <p className={styles.empty}>
            {settings.filter === ''
              ? 'Nothing to draw yet: write a NetworkPolicy, or start from an example.'
              : 'Nothing matches the filter.'}
          </p>
        ) : mode === 'flow' ? (
          <FlowCanvas
            model={model}
            input={input}
            resetRequest={layoutRequest.reset}
            fitRequest={layoutRequest.fit}
            onUnfold={unfold}
            onOpenNamespace={openNamespace}
          />
        ) : (
          <FlowTable model={model} settings={settings} />
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

/** What the picture is made from, the same object until something in it changes: most edits of a text change none. */
function useGraphInput(analysis: Analysis | undefined): GraphInput | undefined {
  const input = useMemo(
    () =>
      analysis && {
        connectivity: analysis.connectivity,
        policies: analysis.policies,
        namespaces: analysis.namespaces,
      },
    [analysis],
  )
  return useKeptData(input)
}

/** The endpoints whose blocked flows must be visible, one a line. */
function focusOf(selection: Selection | undefined): string {
  if (selection?.kind === 'endpoint') return selection.id
  if (selection?.kind === 'flow') return `${selection.src}\n${selection.dst}`
  return ''
}
