import { analyze, createAnalysisCache, type Analyzed } from '../analysis/analyze.ts'
import { explainFlow } from '../analysis/explain.ts'
import { withRefusedKept, withRevision, type History } from '../analysis/history.ts'
import { print } from '../analysis/print.ts'
import { momentOf, timelineOf } from '../analysis/timeline.ts'
import { required } from '../model/assert.ts'
import type { WorkerRequest, WorkerResponse } from '../model/protocol.ts'

/** The questions below `analyze` are about the newest analysis that was asked for. */
let newest: Analyzed | undefined
const cache = createAnalysisCache()
let history: History | undefined

function answer(request: WorkerRequest): WorkerResponse {
  switch (request.op) {
    case 'analyze': {
      const start = performance.now()
      newest = analyze(request.scenario, cache)
      if (newest.analysis.usable) history = continued(newest, request)
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
    case 'timeline':
      return {
        op: 'timeline',
        id: request.id,
        timeline: timelineOf(required(history, 'a history')),
      }
    case 'moment':
      return {
        op: 'moment',
        id: request.id,
        moment: momentOf(
          required(history, 'a history'),
          request.step,
          required(newest, 'an analysis').analysis,
        ),
      }
  }
}

/** The node's history with this analysis: what a real cluster would have been told. */
function continued(
  analyzed: Analyzed,
  { scenario, continuesEdit = false }: WorkerRequest & { op: 'analyze' },
): History {
  const { cluster, givenCluster, analysis } = analyzed
  const wanted = givenCluster.pods.length > 0 ? givenCluster : cluster
  const before = history?.profile === scenario.profile ? history.revisions.at(-1) : undefined
  const held = withRefusedKept(wanted, before, analysis.diagnostics)
  return withRevision(history, held, scenario.profile, continuesEdit)
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
