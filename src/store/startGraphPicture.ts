import type { StoreApi } from 'zustand/vanilla'
import { sameData } from '../graph/sameData.ts'
import type { GraphView } from '../model/graphView.ts'
import type { Analysis } from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'
import { graphSelection } from './packet.ts'
import type { Selection } from './selection.ts'
import { displayedAnalysis, pastMoment } from './timeline.ts'

/** The endpoints whose blocked flows are drawn even where there are too many to draw all. */
function focusOf(selection: Selection | undefined): readonly string[] {
  if (selection?.kind === 'endpoint') return [selection.id]
  if (selection?.kind === 'flow') return [selection.src, selection.dst]
  return []
}

/**
 * Asks for the picture of what the panes show, and again whenever that, the view or the focus changes. One question is
 * open at a time; of the changes meanwhile only the last is asked about, and a late answer is not shown.
 */
export function startGraphPicture(
  store: StoreApi<AppState>,
  client: Pick<AnalysisClient, 'ask'>,
): () => void {
  let asking = false
  let resets = 0
  /** The base that the worker measures against. */
  let heldBase: Scenario | undefined
  let asked: { readonly analysis: Analysis; readonly view: GraphView } | undefined

  const wanted = (): typeof asked => {
    const state = store.getState()
    const analysis = displayedAnalysis(state)
    return analysis && { analysis, view: { ...state.graphView, focus: focusOf(graphSelection(state)) } }
  }
  const refresh = async (): Promise<void> => {
    const next = wanted()
    const state = store.getState()
    const reset = state.layoutResets !== resets
    if (asking || next === undefined) return
    if (
      !reset &&
      heldBase === state.base &&
      asked?.analysis === next.analysis &&
      sameData(asked.view, next.view)
    )
      return
    asking = true
    if (heldBase !== state.base) {
      const taken = await client.ask('base', { scenario: state.base })
      asking = false
      if (taken === undefined) {
        asked = undefined
        return
      }
      heldBase = state.base
      if (state.base !== undefined && !taken.usable)
        state.tell({ tone: 'problem', text: 'The base could not be read: nothing is compared.' })
      asked = undefined
      state.takeBase()
      return
    }
    asked = next
    resets = state.layoutResets
    const step = pastMoment(state)?.step
    const answer = await client.ask('graph', {
      view: next.view,
      ...(step !== undefined && { step }),
      ...(reset && { reset }),
    })
    asking = false
    if (answer === undefined) {
      // A newer analysis is under way, or the worker stopped: the next result asks anew.
      asked = undefined
      // A worker that was started again knows no base.
      heldBase = undefined
      return
    }
    if (answer.picture !== undefined && displayedAnalysis(store.getState()) === next.analysis) {
      store.getState().receivePicture({ picture: answer.picture, ...next })
      if (!answer.picture.arranged) void arrange(next, step)
      // The next question goes on with the sums.
      if (answer.picture.summed < 1) asked = undefined
    }
    void refresh()
  }
  /** The layout that takes longer, in place of the quick one; a later question for a picture cancels it. */
  const arrange = async (next: NonNullable<typeof asked>, step: number | undefined): Promise<void> => {
    const answer = await client.ask('arrange', { view: next.view, ...(step !== undefined && { step }) })
    if (
      answer?.picture !== undefined &&
      asked === next &&
      displayedAnalysis(store.getState()) === next.analysis
    )
      store.getState().receivePicture({ picture: answer.picture, ...next })
  }
  const unsubscribe = store.subscribe((state, before) => {
    if (
      state.result !== before.result ||
      displayedAnalysis(state) !== displayedAnalysis(before) ||
      state.graphView !== before.graphView ||
      state.selection !== before.selection ||
      state.layoutResets !== before.layoutResets ||
      state.base !== before.base ||
      state.basesTaken !== before.basesTaken
    )
      void refresh()
  })
  void refresh()
  return unsubscribe
}
