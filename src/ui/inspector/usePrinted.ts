import { useEffect, useState } from 'react'
import type { PrintedLine, PrintForm } from '../../model/protocol.ts'
import { pastMoment } from '../../store/timeline.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'

interface Answer {
  readonly form: PrintForm
  readonly assumedPods: boolean
  readonly lines: readonly PrintedLine[]
}

/** The text of what the panes show, in one form. While a newer one is made the older stays; `undefined` before the first. */
export function usePrinted(form: PrintForm): readonly PrintedLine[] | undefined {
  const client = useAnalysisClient()
  const revision = useAppStore(state => state.picture?.revision)
  const step = useAppStore(state => pastMoment(state)?.step)
  const assumedPods = useAppStore(state => state.view.assumedPods)
  const [answer, setAnswer] = useState<Answer | undefined>()
  useEffect(() => {
    if (revision === undefined) return
    let current = true
    void client.ask('print', { form, assumedPods, ...(step !== undefined && { step }) }).then(printed => {
      if (current && printed?.revision === revision) setAnswer({ form, assumedPods, lines: printed.lines })
    })
    return () => {
      current = false
    }
  }, [client, form, assumedPods, revision, step])
  return answer?.form === form && answer.assumedPods === assumedPods ? answer.lines : undefined
}
