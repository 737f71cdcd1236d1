import { analyze, type Analyzed } from '../analysis/analyze.ts'
import { explainFlow } from '../analysis/explain.ts'
import { print } from '../analysis/print.ts'
import { required } from '../model/assert.ts'
import type { WorkerRequest, WorkerResponse } from '../model/protocol.ts'

/** `print` and `explain` are about the newest analysis that was asked for. */
let newest: Analyzed | undefined

function answer(request: WorkerRequest): WorkerResponse {
  switch (request.op) {
    case 'analyze': {
      const start = performance.now()
      newest = analyze(request.scenario)
      return {
        op: 'analyze',
        id: request.id,
        analysis: newest.analysis,
        milliseconds: performance.now() - start,
      }
    }
    case 'print': {
      const analyzed = required(newest, 'an analysis to print')
      const ruleset = request.assumedPods ? analyzed.analysis.ruleset : analyzed.given()
      return { op: 'print', id: request.id, lines: print(ruleset, request.form) }
    }
    case 'explain':
      return {
        op: 'explain',
        id: request.id,
        explanation: explainFlow(required(newest, 'an analysis to explain'), request.src, request.dst),
      }
  }
}

self.addEventListener('message', (event: MessageEvent<WorkerRequest>) => {
  const request = event.data
  let response: WorkerResponse
  try {
    response = answer(request)
  } catch (error) {
    // Only a bug of ours gets here; the page shows it and goes on with the next edit.
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
    response = { op: 'failure', id: request.id, message, stack }
  }
  self.postMessage(response)
})
