import type { StoreApi } from 'zustand/vanilla'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'
import { hasDump, isNodeBehind } from './node.ts'

/**
 * Keeps the report up to date while there is a dump. One question is open at a time; of the pictures meanwhile only the
 * last is asked about.
 */
export function startNodeReport(store: StoreApi<AppState>, client: Pick<AnalysisClient, 'ask'>): () => void {
  let asking = false
  /** Revision of the picture that no answer came about; the next picture asks anew. */
  let unanswered: number | undefined

  const refresh = async (): Promise<void> => {
    const state = store.getState()
    const { picture } = state
    if (asking || picture === undefined || state.nodeFailed || !hasDump(state)) return
    if (!isNodeBehind(state) || unanswered === picture.revision) return
    asking = true
    const answer = await client.ask('node', {})
    asking = false
    const now = store.getState()
    if (answer !== undefined) now.receiveNode(answer.revision, answer.report)
    else {
      unanswered = picture.revision
      // While a newer analysis runs no question is taken.
      if (now.revision === state.revision) now.failNode(true)
    }
    void refresh()
  }

  const unsubscribe = store.subscribe((state, before) => {
    const triedAgain = before.nodeFailed && !state.nodeFailed
    if (triedAgain) unanswered = undefined
    if (state.picture !== before.picture && state.nodeFailed) state.failNode(false)
    else if (state.picture !== before.picture || triedAgain) void refresh()
  })
  void refresh()
  return unsubscribe
}
