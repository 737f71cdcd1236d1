import type { GraphMode } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { inMode } from '../../store/graphSubject.ts'
import type { Selection } from '../../store/selection.ts'
import { displayedAnalysis } from '../../store/timeline.ts'

export const FLOW_MODES: readonly {
  readonly mode: GraphMode
  readonly label: string
  readonly about: string
}[] = [
  { mode: 'overview', label: 'Flow', about: 'Everybody, and who may talk to whom' },
  { mode: 'focus', label: 'Focus', about: 'One peer: who may come in, where it may go' },
  { mode: 'policy', label: 'Policy', about: 'One policy: what it selects, lets in and lets out' },
  { mode: 'matrix', label: 'Matrix', about: 'Peers by peers' },
  { mode: 'list', label: 'List', about: 'Every flow in words' },
]

/** Shows flows that way; a focus or policy view is about what is selected. */
export function showMode(mode: GraphMode, selection?: Selection): void {
  const state = appStore.getState()
  state.setGraphView(inMode(state.graphView, mode, selection ?? state.selection, displayedAnalysis(state)))
}
