import type { StoreApi } from 'zustand/vanilla'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'

/** Asks for the explanation of the selected flow, and again for every new picture. */
export function startExplaining(store: StoreApi<AppState>, client: Pick<AnalysisClient, 'explain'>): void {
  store.subscribe(({ selection, picture }, before) => {
    if (selection?.kind !== 'flow' || picture === undefined) return
    if (selection === before.selection && picture === before.picture) return
    const { src, dst } = selection
    void client.explain(src, dst).then(answer => {
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
