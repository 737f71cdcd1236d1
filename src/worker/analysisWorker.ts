import { analyze, createAnalysisCache, type Analyzed } from '../analysis/analyze.ts'
import { assess, type Assessment } from '../analysis/assess.ts'
import { explainFlow } from '../analysis/flows/explain.ts'
import { withChange, type NodeRecord } from '../analysis/events/history.ts'
import { pageAnalysis } from '../analysis/pageAnalysis.ts'
import { print } from '../analysis/print.ts'
import type * as Events from '../analysis/events/timeline.ts'
import { required } from '../model/assert.ts'
import { PIECE_WEIGHT, piecesOf, weightOf } from '../model/pieces.ts'
import type {
  Analysis,
  PostedScenario,
  WholeMoment,
  WorkerRequest,
  WorkerResponse,
  WorkStep,
} from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'
import { changedParts } from './changedParts.ts'
import { createGraphAnswers, type Drawable } from './graphAnswers.ts'

/** The questions below `analyze` are about the newest analysis that was asked for. */
let newest: Analyzed | undefined
let scenario: Scenario | undefined
/** The newest that was posted, whether it could be analysed or not. */
let posted: Scenario | undefined
/** The analysis that the page holds. */
let sent: Analysis | undefined
const cache = createAnalysisCache()
let record: NodeRecord = { before: undefined, now: undefined }
/** The last that was asked for: questions about it follow. */
let moment: WholeMoment | undefined
let momentAssessment: Assessment | undefined
const graphs = createGraphAnswers()
/** Loaded by the first question about the timeline, which comes before those about its steps. */
let events: typeof Events | undefined

function answer(request: WorkerRequest): WorkerResponse | Promise<WorkerResponse> {
  switch (request.op) {
    case 'analyze': {
      const start = performance.now()
      const asked = withTexts(request.scenario, posted)
      posted = asked
      const tell = (step: WorkStep): void => self.postMessage({ op: 'progress', id: request.id, step })
      newest = analyze(asked, cache, tell)
      scenario = asked
      record = withChange(record, request.change, applied(newest, asked))
      moment = momentAssessment = undefined
      tell('sending')
      const shown = pageAnalysis(newest.analysis)
      const parts = changedParts(shown, sent)
      sent = shown
      return {
        op: 'analyze',
        id: request.id,
        analysis: parts,
        milliseconds: performance.now() - start,
      }
    }
    case 'print': {
      const analyzed = required(newest, 'an analysis to print')
      const { step, assumedPods, form, id } = request
      if (step !== undefined) {
        const then = momentAt(step)?.analysis.ruleset
        return { op: 'print', id, lines: then === undefined ? [] : print(then, form) }
      }
      const ruleset = assumedPods ? analyzed.analysis.ruleset : analyzed.given()
      return { op: 'print', id, lines: print(ruleset, form) }
    }
    case 'explain': {
      const { step, src, dst, id } = request
      if (step === undefined) {
        const analyzed = required(newest, 'an analysis to explain')
        return { op: 'explain', id, explanation: explainFlow(analyzed, src, dst) }
      }
      const analyzed = analyzedAt(step)
      return { op: 'explain', id, explanation: analyzed && explainFlow(analyzed, src, dst) }
    }
    case 'graph': {
      const of = drawableAt(request.step)
      const { view, reset = false, id } = request
      return { op: 'graph', id, picture: of && graphs.picture(of, view, reset) }
    }
    case 'arrange': {
      const of = drawableAt(request.step)
      const { view, id } = request
      if (of === undefined) return { op: 'arrange', id, picture: undefined }
      return graphs.arrange(of, view).then(picture => ({ op: 'arrange', id, picture }))
    }
    case 'flows': {
      const of = drawableAt(request.step)
      return { op: 'flows', id: request.id, list: of && graphs.list(of, request) }
    }
    case 'matrix': {
      const of = drawableAt(request.step)
      return { op: 'matrix', id: request.id, matrix: of && graphs.matrix(of, request.view) }
    }
    case 'base':
      return { op: 'base', id: request.id, usable: graphs.setBase(request.scenario) }
    case 'packet': {
      const analyzed = required(newest, 'an analysis to walk')
      return packetAnswer(request, analyzed)
    }
    case 'expect':
      return expectationEdit(request)
    case 'suggest': {
      const analyzed = required(newest, 'an analysis to change')
      return suggestions(request, analyzed, required(scenario, 'its texts'))
    }
    case 'node':
      return nodeComparison(request, required(newest, 'an analysis to compare'))
    case 'timeline':
      return timelineAnswer(request, record.now)
    case 'moment':
      return events === undefined ? loadEvents().then(() => momentAnswer(request)) : momentAnswer(request)
  }
}

/** With the texts of files that are as they were in the request before. */
function withTexts({ files, ...rest }: PostedScenario, before: Scenario | undefined): Scenario {
  const texts = new Map(before?.files.map(({ name, text }) => [name, text]))
  return {
    ...rest,
    files: files.map(({ name, text }) => ({
      name,
      text: text ?? required(texts.get(name), 'the text of a file that did not change'),
    })),
  }
}

type Asked<Op extends WorkerRequest['op']> = Extract<WorkerRequest, { readonly op: Op }>

// What is asked for by a click is loaded by the first click; the first picture need not wait for it. Each answer is
// about the analysis that was the newest when it was asked for.

async function packetAnswer({ id, question }: Asked<'packet'>, analyzed: Analyzed): Promise<WorkerResponse> {
  const { answerPacket } = await import('../analysis/packet/answerPacket.ts')
  return { op: 'packet', id, answer: answerPacket(analyzed, question) }
}

async function expectationEdit({ id, files, expectation }: Asked<'expect'>): Promise<WorkerResponse> {
  const { appendExpectation, canExpect } = await import('../analysis/expectations/appendExpectation.ts')
  return {
    op: 'expect',
    id,
    edit: canExpect(expectation) ? appendExpectation(files, expectation) : undefined,
  }
}

async function suggestions(
  { id, question }: Asked<'suggest'>,
  analyzed: Analyzed,
  texts: Scenario,
): Promise<WorkerResponse> {
  const { suggestChanges } = await import('../analysis/suggest/suggestChanges.ts')
  return { op: 'suggest', id, ...suggestChanges(analyzed, texts, question, cache) }
}

async function nodeComparison({ id }: Asked<'node'>, analyzed: Analyzed): Promise<WorkerResponse> {
  const { nodeReport } = await import('../analysis/node/nodeReport.ts')
  return { op: 'node', id, report: nodeReport(analyzed) }
}

async function loadEvents(): Promise<typeof Events> {
  return (events ??= await import('../analysis/events/timeline.ts'))
}

async function timelineAnswer(
  { id }: Asked<'timeline'>,
  history: NodeRecord['now'],
): Promise<WorkerResponse> {
  const { timelineOf } = await loadEvents()
  return {
    op: 'timeline',
    id,
    timeline: history === undefined ? { steps: [], unlisted: 0 } : timelineOf(history),
  }
}

function momentAnswer({ id, step }: Asked<'moment'>): WorkerResponse {
  const then = momentAt(step)
  return { op: 'moment', id, moment: then && { ...then, analysis: pageAnalysis(then.analysis) } }
}

function momentAt(step: number): WholeMoment | undefined {
  if (events === undefined || record.now === undefined || newest === undefined) return undefined
  if (moment?.step !== step) {
    moment = events.momentOf(record.now, step, newest.analysis)
    momentAssessment = undefined
  }
  return moment
}

function analyzedAt(step: number): Drawable | undefined {
  const analysis = momentAt(step)?.analysis
  if (analysis === undefined) return undefined
  momentAssessment ??= assess(analysis, analysis.ruleset)
  return { ...momentAssessment, analysis }
}

/** What is drawn: the newest analysis, or the node after a step. */
function drawableAt(step: number | undefined): Drawable | undefined {
  return step === undefined ? required(newest, 'an analysis to draw') : analyzedAt(step)
}

/** What a real cluster would have been told: the pods that the user gave; where there are none, assumed ones. */
function applied(
  { cluster, givenCluster, analysis }: Analyzed,
  { profile }: Scenario,
): Parameters<typeof withChange>[2] {
  if (!analysis.usable) return undefined
  return {
    cluster: givenCluster.pods.length > 0 ? givenCluster : cluster,
    profile,
    diagnostics: analysis.diagnostics,
  }
}

/** Only a bug of ours gets here; the page shows it and goes on with the next edit. */
function failure({ id }: WorkerRequest, error: unknown): WorkerResponse {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return { op: 'failure', id, message, stack }
}

/** The page reads an answer on the thread that also draws, a message in one go: a large answer goes in pieces. */
function post(response: WorkerResponse): void {
  if (weightOf(response, PIECE_WEIGHT) <= PIECE_WEIGHT) {
    self.postMessage(response)
    return
  }
  const { id } = response
  for (const piece of piecesOf(response, PIECE_WEIGHT)) self.postMessage({ op: 'piece', id, piece })
  self.postMessage({ op: 'whole', id })
}

self.addEventListener('message', (event: MessageEvent<WorkerRequest>) => {
  const request = event.data
  try {
    const response = answer(request)
    if (response instanceof Promise) response.then(post, (error: unknown) => post(failure(request, error)))
    else post(response)
  } catch (error) {
    post(failure(request, error))
  }
})
