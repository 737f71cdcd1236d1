import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import { sameData } from '../graph/sameData.ts'
import type { GraphView } from '../model/graphView.ts'
import type { Picture, Point } from '../model/picture.ts'
import type { Analysis } from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'

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

  /** Where the reader put nodes: by picture, then by node id. A reset of the layout puts all back. */
  readonly moved: ReadonlyMap<string, ReadonlyMap<string, Point>>

  /** Views to go back and forward to, the nearest last. */
  readonly viewPast: readonly GraphView[]
  readonly viewFuture: readonly GraphView[]

  /** What "changed" is measured against. */
  readonly base: Scenario | undefined
  /** Grows when the worker has taken a base, so that all that is shown is asked for anew. */
  readonly basesTaken: number

  readonly setGraphView: (change: Partial<GraphView>) => void
  readonly undoView: () => void
  readonly redoView: () => void
  readonly resetLayout: () => void
  readonly moveNodes: (picture: string, places: ReadonlyMap<string, Point>) => void
  /** Without one nothing counts as changed, and none is filtered for. */
  readonly setBase: (base: Scenario | undefined) => void
  readonly takeBase: () => void
  readonly receivePicture: (drawn: Drawn) => void
}

const VIEW_STEPS = 50

/** Whether two views search for another text and are alike otherwise. */
function onlySearches(before: GraphView | undefined, after: GraphView): boolean {
  if (before === undefined || before.filter.text === after.filter.text) return false
  return sameData({ ...before, filter: { ...before.filter, text: after.filter.text } }, after)
}

export function graphPictureState(
  set: (change: Partial<GraphPictureState>) => void,
  get: () => GraphPictureState,
): GraphPictureState {
  return {
    graphView: DEFAULT_GRAPH_VIEW,
    drawn: undefined,
    layoutResets: 0,
    moved: new Map(),
    viewPast: [],
    viewFuture: [],
    base: undefined,
    basesTaken: 0,

    setGraphView: change => {
      const { graphView, viewPast } = get()
      const next = { ...graphView, ...change }
      if (sameData(next, graphView)) return
      // Typing into the search box is one change, however many letters.
      const typesOn = onlySearches(graphView, next) && onlySearches(viewPast.at(-1), next)
      set({
        graphView: next,
        viewPast: typesOn ? viewPast : [...viewPast, graphView].slice(-VIEW_STEPS),
        viewFuture: [],
      })
    },
    undoView: () => {
      const { graphView, viewPast, viewFuture } = get()
      const before = viewPast.at(-1)
      if (before === undefined) return
      set({ graphView: before, viewPast: viewPast.slice(0, -1), viewFuture: [...viewFuture, graphView] })
    },
    redoView: () => {
      const { graphView, viewPast, viewFuture } = get()
      const after = viewFuture.at(-1)
      if (after === undefined) return
      set({ graphView: after, viewPast: [...viewPast, graphView], viewFuture: viewFuture.slice(0, -1) })
    },
    setBase: base => {
      const { graphView, setGraphView } = get()
      set({ base })
      if (base === undefined && graphView.filter.changed)
        setGraphView({ filter: { ...graphView.filter, changed: false } })
    },
    takeBase: () => set({ basesTaken: get().basesTaken + 1 }),
    resetLayout: () => set({ layoutResets: get().layoutResets + 1, moved: new Map() }),
    moveNodes: (picture, places) => {
      const { moved } = get()
      set({ moved: new Map(moved).set(picture, new Map([...(moved.get(picture) ?? []), ...places])) })
    },
    receivePicture: drawn => {
      const before = get().drawn?.picture
      // Most edits of a text change nothing in the picture; nothing is drawn anew for the same one.
      const picture = before !== undefined && sameData(before, drawn.picture) ? before : drawn.picture
      set({ drawn: { ...drawn, picture } })
    },
  }
}
