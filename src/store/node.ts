import type { StoreApi } from 'zustand/vanilla'
import type { NodeReport } from '../model/nodeReport.ts'
import type { AnalysisClient } from './analysisClient.ts'
import type { AppState } from './appStore.ts'
import { isDump } from './fileKind.ts'

/** What the worker found out about a real node, of which there are dumps among the files. */
export interface NodeState {
  /** The newest answer, with the inputs it is about; the one before while a new one is made. */
  readonly nodeAnswer: { readonly revision: number; readonly report: NodeReport | undefined } | undefined
  /** The worker stopped before it answered. */
  readonly nodeFailed: boolean
  /** Whether the dialog for pasting a dump is open. */
  readonly pastingDump: boolean

  readonly receiveNode: (revision: number, report: NodeReport | undefined) => void
  readonly failNode: (failed: boolean) => void
  readonly setPastingDump: (open: boolean) => void
}

export function nodeState(set: (change: Partial<NodeState>) => void): NodeState {
  return {
    nodeAnswer: undefined,
    nodeFailed: false,
    pastingDump: false,
    receiveNode: (revision, report) => set({ nodeAnswer: { revision, report }, nodeFailed: false }),
    failNode: nodeFailed => set({ nodeFailed }),
    setPastingDump: pastingDump => set({ pastingDump }),
  }
}

export function hasDump({ scenario }: Pick<AppState, 'scenario'>): boolean {
  return scenario.files.some(isDump)
}

/** The report, while there is a dump. */
export function nodeReportOf(state: Pick<AppState, 'scenario' | 'nodeAnswer'>): NodeReport | undefined {
  return hasDump(state) ? state.nodeAnswer?.report : undefined
}

/** Whether the report is about older inputs than the picture. */
export function isNodeBehind({ nodeAnswer, picture }: Pick<AppState, 'nodeAnswer' | 'picture'>): boolean {
  return picture !== undefined && nodeAnswer?.revision !== picture.revision
}

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
