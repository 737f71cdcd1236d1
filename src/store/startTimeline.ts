import type { StoreApi } from 'zustand/vanilla'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'
import { chosenMoment, chosenStep } from './timeline.ts'

/**
 * Keeps the timeline and the chosen moment up to date while somebody looks at them. One question about a moment is
 * open at a time; of the steps passed meanwhile only the last is asked about.
 */
export function startTimeline(store: StoreApi<AppState>, client: Pick<AnalysisClient, 'ask'>): () => void {
  /** The answer of the worker that the timeline was asked about. */
  let askedAbout: AppState['result']
  let asking = false

  const isWatched = ({ view, step }: AppState): boolean =>
    view.inspectorTab === 'events' || step !== undefined

  const refresh = async (): Promise<void> => {
    const state = store.getState()
    const { result } = state
    if (!isWatched(state) || result === undefined || askedAbout === result) return
    askedAbout = result
    const answer = (await client.ask('timeline', {}))?.timeline
    // A newer answer asks anew.
    if (store.getState().result !== result) return
    if (answer === undefined) {
      askedAbout = undefined
      // While a newer analysis runs no question is taken.
      if (store.getState().revision === result.revision) store.getState().failTimeline(true)
      return
    }
    store.getState().receiveTimeline(answer)
  }

  const showMoment = async (): Promise<void> => {
    const state = store.getState()
    const { timeline } = state
    const step = chosenStep(state)
    if (asking || timeline === undefined || step < 0 || !isWatched(state)) return
    if (askedAbout !== state.result || state.timelineFailed || chosenMoment(state)?.current === true) return
    asking = true
    const moment = (await client.ask('moment', { step }))?.moment
    asking = false
    const now = store.getState()
    if (moment !== undefined) now.receiveMoment(timeline, moment)
    else if (now.timeline === timeline && now.revision === state.revision) now.failTimeline(true)
    void showMoment()
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.revision !== before.revision && state.step !== undefined) {
      state.goToStep(undefined)
      return
    }
    const triedAgain = before.timelineFailed && !state.timelineFailed
    if (
      state.result !== before.result ||
      state.view.inspectorTab !== before.view.inspectorTab ||
      state.step !== before.step ||
      triedAgain
    )
      void refresh()
    if (
      state.timeline !== before.timeline ||
      state.step !== before.step ||
      state.view.inspectorTab !== before.view.inspectorTab ||
      triedAgain
    )
      void showMoment()
  })
  void refresh()
  return unsubscribe
}
