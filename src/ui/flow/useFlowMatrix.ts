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
    void client.ask('matrix', { view, ...(step !== undefined && { step }) }).then(answer => {
      if (newest.current === own && answer?.matrix !== undefined) setMatrix(answer.matrix)
    })
  }, [client, analysis, view, bases])
  return matrix
}
