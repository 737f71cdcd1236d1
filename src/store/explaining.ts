import type { StoreApi } from 'zustand/vanilla'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'
import { displayedAnalysis, pastMoment } from './timeline.ts'

/** Asks for the explanation of the selected flow, and again for everything new that the panes show. */
export function startExplaining(store: StoreApi<AppState>, client: Pick<AnalysisClient, 'ask'>): void {
  store.subscribe((state, before) => {
    const { selection } = state
    const displayed = displayedAnalysis(state)
    if (selection?.kind !== 'flow' || displayed === undefined) return
    if (selection === before.selection && displayed === displayedAnalysis(before)) return
    const { src, dst } = selection
    const step = pastMoment(state)?.step
    void client.ask('explain', { src, dst, ...(step !== undefined && { step }) }).then(answer => {
      if (displayedAnalysis(store.getState()) !== displayed) return
      if (answer !== undefined)
        store.getState().receiveExplanation({
          revision: answer.revision,
          src,
          dst,
          explanation: answer.explanation,
        })
    })
  })
}
