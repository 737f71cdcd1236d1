import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import { sameData } from '../graph/sameData.ts'
import type { GraphView } from '../model/graphView.ts'
import type { Picture } from '../model/picture.ts'
import type { Analysis } from '../model/protocol.ts'

/** The newest picture and what it was made from. */
export interface Drawn {
  readonly picture: Picture
  readonly view: GraphView
  readonly analysis: Analysis
}

export interface GraphPictureState {
  /** How the reader wants to see it. `focus` is not kept here: it follows the selection. */
  readonly graphView: GraphView
  /** The newest; the one before while a new one is made. */
  readonly drawn: Drawn | undefined
  /** Grows when the layout shall be made from nothing. */
  readonly layoutResets: number

  readonly setGraphView: (change: Partial<GraphView>) => void
  readonly resetLayout: () => void
  readonly receivePicture: (drawn: Drawn) => void
}

export function graphPictureState(
  set: (change: Partial<GraphPictureState>) => void,
  get: () => GraphPictureState,
): GraphPictureState {
  return {
    graphView: DEFAULT_GRAPH_VIEW,
    drawn: undefined,
    layoutResets: 0,

    setGraphView: change => {
      const { graphView } = get()
      const next = { ...graphView, ...change }
      if (!sameData(next, graphView)) set({ graphView: next })
    },
    resetLayout: () => set({ layoutResets: get().layoutResets + 1 }),
    receivePicture: drawn => {
      const before = get().drawn?.picture
      // Most edits of a text change nothing in the picture; nothing is drawn anew for the same one.
      const picture = before !== undefined && sameData(before, drawn.picture) ? before : drawn.picture
      set({ drawn: { ...drawn, picture } })
    },
  }
}
