import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url'
import type { ELK } from 'elkjs/lib/elk-api.js'
import type { ElkLayout } from '../graph/layeredLayout.ts'

/** ELK in a worker of its own, which is loaded when it is first needed and ended when nobody waits for it any more. */
export interface ElkRunner {
  readonly layout: ElkLayout
  /** Ends the layout under way: its promise rejects. */
  readonly cancel: () => void
}

/** Why a layout was given up; no fault. */
export const CANCELLED = 'the layout was cancelled'

export function createElkRunner(): ElkRunner {
  let elk: ELK | undefined
  let giveUp: ((reason: Error) => void) | undefined
  return {
    layout: async graph => {
      const cancelled = new Promise<never>((_, reject) => {
        giveUp = reject
      })
      // A race that is lost must not count as a rejection that nobody handles.
      cancelled.catch(() => undefined)
      const { default: Elk } = await Promise.race([import('elkjs/lib/elk-api.js'), cancelled])
      elk ??= new Elk({ workerFactory: () => new Worker(elkWorkerUrl) })
      const answer = await Promise.race([elk.layout(graph), cancelled])
      giveUp = undefined
      return answer
    },
    cancel: () => {
      if (giveUp === undefined) return
      giveUp(new Error(CANCELLED))
      giveUp = undefined
      elk?.terminateWorker()
      elk = undefined
    },
  }
}
