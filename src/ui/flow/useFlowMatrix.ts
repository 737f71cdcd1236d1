import { useEffect, useRef, useState } from 'react'
import type { FlowMatrix } from '../../model/flowList.ts'
import type { GraphView } from '../../model/graphView.ts'
import { appStore } from '../../store/appStore.ts'
import { displayedAnalysis, pastMoment } from '../../store/timeline.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'

/** Who may talk to whom, as the worker puts peers together; the last answer until the next one is there. */
export function useFlowMatrix(view: GraphView): FlowMatrix | undefined {
  const client = useAnalysisClient()
  const analysis = useAppStore(displayedAnalysis)
  const bases = useAppStore(state => state.basesTaken)
  const [matrix, setMatrix] = useState<FlowMatrix>()
  const newest = useRef(0)
  useEffect(() => {
    if (analysis === undefined) return
    const own = ++newest.current
    const step = pastMoment(appStore.getState())?.step
    const ask = async (): Promise<void> => {
      const answer = await client.ask('matrix', { view, ...(step !== undefined && { step }) })
      if (newest.current !== own || answer?.matrix === undefined) return
      setMatrix(answer.matrix)
      // The next question goes on with the sums.
      if (answer.matrix.summed < 1) void ask()
    }
    void ask()
  }, [client, analysis, view, bases])
  return matrix
}
