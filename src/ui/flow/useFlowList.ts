import { useEffect, useRef, useState } from 'react'
import type { FlowColumn, FlowList, FlowRow, SortOrder } from '../../model/flowList.ts'
import type { GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis, pastMoment } from '../../store/timeline.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'

/** Rows are asked for in windows of so many, which begin at a multiple of a third of it. */
const WINDOW = 300

/**
 * The rows around `first`, as the worker sorts them. The last answer stays until the next one is there; `rowAt` is
 * undefined for rows that are still to come.
 */
export function useFlowList(
  view: GraphView,
  column: FlowColumn,
  order: SortOrder,
  first: number,
): { readonly list: FlowList | undefined; readonly rowAt: (index: number) => FlowRow | undefined } {
  const client = useAnalysisClient()
  const analysis = useAppStore(displayedAnalysis)
  const bases = useAppStore(state => state.basesTaken)
  const [list, setList] = useState<FlowList>()
  const newest = useRef(0)
  const third = WINDOW / 3
  const offset = Math.max(0, Math.floor(first / third) - 1) * third
  useEffect(() => {
    if (analysis === undefined) return
    const own = ++newest.current
    const step = pastMoment(appStore.getState())?.step
    const question = { view, column, order, offset, limit: WINDOW, ...(step !== undefined && { step }) }
    const ask = async (): Promise<void> => {
      const answer = await client.ask('flows', question)
      if (newest.current !== own || answer?.list === undefined) return
      setList(answer.list)
      // The next question goes on with the sums.
      if (answer.list.summed < 1) void ask()
    }
    void ask()
  }, [client, analysis, view, bases, column, order, offset])
  return { list, rowAt: index => list?.rows[index - list.offset] }
}
