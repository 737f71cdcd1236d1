import { useMemo } from 'react'
import { formatCounts } from '../../graph/build.ts'
import { filtersEnds } from '../../graph/flowFilter.ts'
import type { HighlightInput } from '../../graph/highlight.ts'
import { unreachedText } from '../../graph/nodeStatus.ts'
import type { GraphView } from '../../model/graphView.ts'
import type { Analysis } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis } from '../../store/timeline.ts'
import { MomentBanner } from '../events/MomentBanner.tsx'
import { useAppStore } from '../useApp.ts'
import { FlowCanvas } from './FlowCanvas.tsx'
import { FlowMenu } from './FlowMenu.tsx'
import { FlowTable } from './FlowTable.tsx'
import { ActiveFilters } from './ActiveFilters.tsx'
import { FlowToolbar } from './FlowToolbar.tsx'
import { MatrixView } from './MatrixView.tsx'
import { pictureKey } from './seenPicture.ts'
import { SubjectBar } from './SubjectBar.tsx'
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
  const { mode } = settings
  const { setGraphView: change } = appStore.getState()
  const isTable = mode === 'list' || mode === 'matrix'

  const input = useHighlightInput(drawn?.analysis)
  const picture = drawn?.picture
  const model = picture?.model
  const summary = model === undefined ? '' : formatCounts(model.counts)

  return (
    <section className={styles.pane} aria-label="Flows">
      <FlowToolbar view={settings} />
      <ActiveFilters view={settings} />
      {(mode === 'focus' || mode === 'policy') && <SubjectBar view={settings} mode={mode} />}
      <MomentBanner />
      <div className={styles.body} role="tabpanel" id="flow-panel" aria-labelledby={`flow-tab-${mode}`}>
        {analysis === undefined || input === undefined || picture === undefined || model === undefined ? (
          <p className={styles.empty}>Reading the policies…</p>
        ) : mode === 'matrix' ? (
          <MatrixView view={settings} />
        ) : mode === 'list' ? (
          <FlowTable view={settings} />
        ) : model.nodes.length === 0 ? (
          <p className={styles.empty}>{nothingWords(settings)}</p>
        ) : (
          <FlowCanvas
            picture={picture}
            input={input}
            resetRequest={resets}
            pictureId={pictureKey(drawn?.view ?? settings)}
          />
        )}
      </div>
      <FlowMenu />
      {model !== undefined && (
        <footer className={styles.footer}>
          <p role="status" aria-live="polite" className={styles.summary}>
            {summary}
            {model.unreached !== undefined && (
              <span className="visually-hidden">, {unreachedText(model.unreached)}</span>
            )}
          </p>
          <Omissions model={model} mode={mode} onChange={change} />
          {!isTable && <Legend model={model} />}
        </footer>
      )}
    </section>
  )
}

/** Why nothing is drawn. */
function nothingWords({ mode, subject, filter }: GraphView): string {
  if ((mode === 'focus' || mode === 'policy') && subject === undefined)
    return mode === 'policy' ? 'There is no policy yet.' : 'There is nobody to put into focus yet.'
  if (filtersEnds(filter)) return 'Nothing matches the filter.'
  if (mode === 'focus' || mode === 'policy') return 'It is not there any more: choose another above.'
  return 'Nothing to draw yet: write a NetworkPolicy, or start from an example.'
}

/** The same object until something in it changes: most edits of a text change nothing. */
function useHighlightInput(analysis: Analysis | undefined): HighlightInput | undefined {
  const input = useMemo(
    () => analysis && { endpoints: analysis.endpoints, policies: analysis.policies },
    [analysis],
  )
  return useKeptData(input)
}
