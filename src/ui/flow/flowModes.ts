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

/** Shows the pods or blocks of a folded node one by one, or puts them together again. */
export function unfold(id: string, open: boolean): void {
  const { graphView, setGraphView } = appStore.getState()
  const others = graphView.unfolded.filter(other => other !== id)
  setGraphView({ unfolded: open ? [...others, id] : others })
}

/** Shows what is in a namespace, or in a node that stands for several things, or shuts it again. */
export function openNamespace(name: string, open = true): void {
  const { graphView, setGraphView } = appStore.getState()
  const others = graphView.opened.filter(other => other !== name)
  setGraphView({ opened: open ? [...others, name] : others })
}
