import type { StoreApi } from 'zustand/vanilla'
import { createAssembly } from '../model/pieces.ts'
import type {
  Analysis,
  HistoryChange,
  WorkerQuestion,
  WorkerRequest,
  WorkerResponse,
  WorkStep,
} from '../model/protocol.ts'
import type { Scenario } from '../model/scenario.ts'
import type { AppState } from './appStore.ts'
import { charactersOf } from './files.ts'

/** The part of a `Worker` that the client uses. */
export interface AnalysisWorker {
  postMessage: (request: WorkerRequest) => void
  terminate: () => void
  onmessage: ((event: { readonly data: WorkerResponse }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}

type QuestionOp = WorkerQuestion['op']

interface Question {
  readonly op: QuestionOp
  readonly answer: (response: WorkerResponse | undefined) => void
}

/** A question without the id, which the client gives it. */
export type QuestionOf<Op extends QuestionOp> = Omit<Extract<WorkerQuestion, { readonly op: Op }>, 'id'>

/** The answer with the revision of the inputs that it is about. */
export type AnswerTo<Op extends QuestionOp> = Extract<WorkerResponse, { readonly op: Op }> & {
  readonly revision: number
}

export interface AnalysisClient {
  /** `undefined` when the worker stopped or the inputs changed before the answer. */
  readonly ask: <Op extends QuestionOp>(
    op: Op,
    question: Omit<QuestionOf<Op>, 'op'>,
  ) => Promise<AnswerTo<Op> | undefined>
  /** Analyses the present inputs again, after the worker stopped. */
  readonly retry: () => void
  /** Stops the worker, whatever it is at. Text and picture stay; the next change, or another try, starts a new one. */
  readonly cancel: () => void
  readonly stop: () => void
}

/** Milliseconds. */
const TYPING_PAUSE = 150
/** Edits of one text that follow each other within this are one change of the node's history. */
const SAME_EDIT = 2000
/** Without a word from the worker: so long for any text, and more for each character of a long one. */
const PATIENCE = 30_000
const PATIENCE_A_CHARACTER = 0.01
/** Characters; it takes the page long to hand over what is longer, which is therefore not done twice. */
const LONG_TEXT = 1_000_000
/** What takes longer is said. */
const UNSAID = 400

/** Of several changes that are analysed as one, the one that says most. */
const WEIGHTS: Readonly<Record<HistoryChange, number>> = {
  unchanged: 0,
  'same-change': 1,
  'new-change': 2,
  'new-node': 3,
}

/**
 * Keeps one worker busy with the newest inputs of the store. At most one analysis runs; of those that come in
 * meanwhile only the newest is kept. Questions are about the last good picture: when the worker has seen newer,
 * broken inputs since, it gets the picture's inputs again first.
 */
export function startAnalysisClient(
  store: StoreApi<AppState>,
  createWorker: () => AnalysisWorker,
): AnalysisClient {
  let worker: AnalysisWorker | undefined
  let nextId = 1
  let running: { readonly id: number; readonly revision: number; readonly scenario: Scenario } | undefined
  let waiting: { readonly revision: number; readonly scenario: Scenario } | undefined
  /** What became of the inputs since the worker last got them. */
  let change: HistoryChange = 'new-node'
  /** The newest keystroke, unless something else happened since. */
  let typed: { readonly file: string | undefined; readonly at: number } | undefined
  /** The worker's newest answer made whole; parts that did not change are the same objects as before. */
  let known: Analysis | undefined
  /** The revision whose analysis the worker answers questions about. */
  let held: number | undefined
  /** Open questions by id; the answer is `undefined` when the worker stopped. */
  const questions = new Map<number, Question>()
  /** The answer that comes in pieces. */
  let assembly: ReturnType<typeof createAssembly> | undefined
  let pause: ReturnType<typeof setTimeout> | undefined
  let watchdog: ReturnType<typeof setTimeout> | undefined
  let clock: ReturnType<typeof setTimeout> | undefined
  let step: WorkStep | undefined
  /** How long the texts are that the worker has to do with. */
  let texts = { held: 0, base: 0 }
  /** The long ones that it has. */
  let posted = new Map<string, string>()

  const watch = (): void => {
    clearTimeout(watchdog)
    if (running === undefined && questions.size === 0) return
    const patience = PATIENCE + Math.round(PATIENCE_A_CHARACTER * (texts.held + texts.base))
    watchdog = setTimeout(() => giveUp(`no answer for ${Math.round(patience / 1000)} seconds`), patience)
  }

  /** What the worker is at: it takes one request after the other. */
  const atWork = (): QuestionOp | 'analyze' | undefined => {
    const [first] = questions
    return running !== undefined && running.id < (first?.[0] ?? Infinity) ? 'analyze' : first?.[1].op
  }

  /** From now on counts the time of what the worker is at; called when it begins with something else. */
  const time = (): void => {
    clearTimeout(clock)
    step = undefined
    const { work, setWork } = store.getState()
    if (work !== undefined) setWork(undefined)
    if (atWork() === undefined) return
    const say = (seconds: number): void => {
      const op = atWork()
      if (op === undefined) return
      store.getState().setWork({ op, step, seconds })
      clock = setTimeout(() => say(seconds + 1), seconds === 0 ? 1000 - UNSAID : 1000)
    }
    clock = setTimeout(() => say(0), UNSAID)
  }

  /** Ends the worker; open questions get no answer. */
  const end = (): void => {
    worker?.terminate()
    worker = undefined
    running = undefined
    held = undefined
    assembly = undefined
    texts = { held: 0, base: 0 }
    posted = new Map()
    const open = [...questions.values()]
    questions.clear()
    watch()
    time()
    store.getState().setStopped(true)
    for (const { answer } of open) answer(undefined)
  }

  const giveUp = (reason: string): void => {
    end()
    store.getState().tell({
      tone: 'problem',
      text: `The analysis stopped: ${reason}. Your text is safe; the picture is the last good one. The next change starts it again.`,
      action: 'retry',
      details: reason,
    })
    if (waiting !== undefined) next()
  }

  const started = (): AnalysisWorker => {
    if (worker !== undefined) return worker
    const fresh = createWorker()
    fresh.onmessage = event => {
      if (fresh === worker) receive(event.data)
    }
    fresh.onerror = event => {
      if (fresh === worker) giveUp(event.message ?? 'the worker could not start')
    }
    worker = fresh
    store.getState().setStopped(false)
    return fresh
  }

  const post = (revision: number, scenario: Scenario, since: HistoryChange): number => {
    const id = nextId++
    held = revision
    texts.held = charactersOf(scenario)
    const files = scenario.files.map(file =>
      posted.get(file.name) === file.text ? { name: file.name } : file,
    )
    posted = new Map(
      scenario.files.filter(({ text }) => text.length > LONG_TEXT).map(({ name, text }) => [name, text]),
    )
    started().postMessage({ op: 'analyze', id, scenario: { ...scenario, files }, change: since })
    return id
  }

  const next = (): void => {
    if (running !== undefined || waiting === undefined) return
    const { revision, scenario } = waiting
    waiting = undefined
    running = { id: post(revision, scenario, change), revision, scenario }
    change = 'unchanged'
    watch()
    if (questions.size === 0) time()
  }

  const receive = (response: WorkerResponse): void => {
    if (response.op === 'progress') {
      const { work, setWork } = store.getState()
      step = response.step
      if (work !== undefined) setWork({ ...work, step })
      watch()
      return
    }
    if (response.op === 'piece') {
      assembly ??= createAssembly()
      assembly.add(response.piece)
      watch()
      return
    }
    if (response.op === 'whole') {
      const whole = assembly?.whole() as WorkerResponse
      assembly = undefined
      receive(whole)
      return
    }
    // Every answer counts, also one that nobody waits for: the next says only what differs from it.
    if (response.op === 'analyze') known = { ...known, ...response.analysis } as Analysis
    const question = questions.get(response.id)
    questions.delete(response.id)
    if (running?.id === response.id) {
      const { revision, scenario } = running
      running = undefined
      if (response.op === 'analyze' && known !== undefined)
        store.getState().receive({
          revision,
          scenario,
          analysis: known,
          milliseconds: response.milliseconds,
        })
    }
    if (response.op === 'failure')
      store.getState().tell({
        tone: 'problem',
        text: `This is a fault of Netpol Flow, not of your text: ${response.message}`,
        action: 'report',
        details: `${response.message}\n${response.stack}`,
      })
    time()
    question?.answer(response)
    watch()
    next()
  }

  const schedule = (): void => {
    const { revision, scenario, typing } = store.getState()
    clearTimeout(pause)
    const go = (): void => {
      waiting = { revision, scenario }
      next()
    }
    if (typing) pause = setTimeout(go, TYPING_PAUSE)
    // Handing over a long text takes a task of its own, after the one that opened it.
    else if (charactersOf(scenario) > LONG_TEXT) pause = setTimeout(go)
    else go()
  }

  const ask: AnalysisClient['ask'] = async (op, question) => {
    const { picture } = store.getState()
    if (picture === undefined) return undefined
    // A newer analysis under way makes a new picture, which asks anew.
    if (held !== picture.revision && running === undefined) {
      post(picture.revision, picture.scenario, 'unchanged')
    }
    const revision = held
    if (revision !== picture.revision) return undefined
    const id = nextId++
    const response = await new Promise<WorkerResponse | undefined>(resolve => {
      questions.set(id, { op, answer: resolve })
      const request = { ...question, op, id } as WorkerQuestion
      if (request.op === 'base')
        texts.base = request.scenario === undefined ? 0 : charactersOf(request.scenario)
      started().postMessage(request)
      watch()
      if (running === undefined && questions.size === 1) time()
    })
    return response?.op === op ? ({ ...response, revision } as AnswerTo<typeof op>) : undefined
  }

  const note = (state: AppState, before: AppState): void => {
    const { files } = state.scenario
    const file = state.typing ? files.find((own, i) => own !== before.scenario.files[i])?.name : undefined
    const now = Date.now()
    const typesOn = state.typing && typed?.file === file && now - (typed?.at ?? 0) <= SAME_EDIT
    const since = state.node !== before.node ? 'new-node' : typesOn ? 'same-change' : 'new-change'
    if (WEIGHTS[since] > WEIGHTS[change]) change = since
    typed = state.typing ? { file, at: now } : undefined
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.revision === before.revision) return
    note(state, before)
    schedule()
  })
  schedule()

  return {
    ask,
    retry: schedule,
    cancel: () => {
      clearTimeout(pause)
      waiting = undefined
      if (worker === undefined) return
      end()
      store.getState().tell({
        tone: 'info',
        text: 'Cancelled. Your text is safe; the picture is the last good one. The next change starts the analysis again.',
        action: 'retry',
      })
    },
    stop: () => {
      unsubscribe()
      clearTimeout(pause)
      clearTimeout(watchdog)
      clearTimeout(clock)
      worker?.terminate()
      worker = undefined
    },
  }
}

/** The page's worker. */
export function createAnalysisWorker(): AnalysisWorker {
  return new Worker(new URL('../worker/analysisWorker.ts', import.meta.url), {
    type: 'module',
    name: 'analysis',
  }) as AnalysisWorker
}
