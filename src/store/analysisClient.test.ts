import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { piecesOf } from '../model/pieces.ts'
import type { WorkerRequest, WorkerResponse } from '../model/protocol.ts'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import { startAnalysisClient, type AnalysisWorker } from './analysisClient.ts'
import { createAppStore } from './appStore.ts'

/** Workers that answer when the test says so. */
function setUp() {
  const workers: (AnalysisWorker & { readonly sent: WorkerRequest[]; terminated: boolean })[] = []
  const store = createAppStore()
  store.getState().load(scenarioFixture('one'), 'own')
  const client = startAnalysisClient(store, () => {
    const worker = {
      sent: [] as WorkerRequest[],
      terminated: false,
      postMessage: (request: WorkerRequest) => void worker.sent.push(request),
      terminate: () => {
        worker.terminated = true
      },
      onmessage: null,
      onerror: null,
    }
    workers.push(worker)
    return worker
  })
  const worker = (index = 0) => {
    const found = workers[index]
    if (found === undefined) throw new Error(`no worker ${index}`)
    return found
  }
  const reply = (response: WorkerResponse, index = 0) => worker(index).onmessage?.({ data: response })
  const texts = (index = 0) =>
    worker(index).sent.flatMap(request =>
      request.op === 'analyze' ? [request.scenario.files[0]?.text ?? ''] : [],
    )
  const answerAnalysis = (usable = true, index = 0) => {
    const request = worker(index).sent.findLast(sent => sent.op === 'analyze')
    reply(
      { op: 'analyze', id: request?.id ?? 0, analysis: analysisFixture({ usable }), milliseconds: 1 },
      index,
    )
  }
  return { store, client, worker, workers, reply, texts, answerAnalysis }
}

beforeEach(() => {
  vi.useFakeTimers()
})

const NAMESPACES = Array.from({ length: 100 }, (_, i) => ({ name: `team-${i}`, labels: { team: `${i}` } }))

/** An answer as the worker sends a large one. */
function inPieces(response: WorkerResponse): readonly WorkerResponse[] {
  const { id } = response
  const pieces = [...piecesOf(response, 20)].map((piece): WorkerResponse => ({ op: 'piece', id, piece }))
  return [...pieces, { op: 'whole', id }]
}
afterEach(() => {
  vi.useRealTimers()
})

describe('latest wins', () => {
  test('keystrokes wait for a pause, and only the last text is analysed', () => {
    const { store, texts, answerAnalysis } = setUp()
    answerAnalysis()
    for (const text of ['two', 'three', 'four']) {
      store.getState().setText('a.yaml', text)
      vi.advanceTimersByTime(100)
    }
    expect(texts()).toEqual(['one'])
    vi.advanceTimersByTime(100)
    expect(texts()).toEqual(['one', 'four'])
  })

  test('while one analysis runs only the newest of the others is kept', () => {
    const { store, texts, answerAnalysis } = setUp()
    store.getState().setProfile('v1.4.45')
    store.getState().setProfile('v1.8.11')
    store.getState().setProfile('head')
    expect(texts()).toEqual(['one'])
    answerAnalysis()
    expect(texts()).toHaveLength(2)
    expect(store.getState().result?.revision).toBe(1)
    answerAnalysis()
    expect(store.getState().result?.revision).toBe(store.getState().revision)
    expect(texts()).toHaveLength(2)
  })

  test('a long text goes to a worker once', () => {
    const { store, client, worker, answerAnalysis } = setUp()
    answerAnalysis()
    const long = { name: 'b.yaml', text: `# ${'x'.repeat(1_000_000)}` }
    const files = (index = 0) => {
      const sent = worker(index).sent.findLast(request => request.op === 'analyze')
      return sent?.op === 'analyze' ? sent.scenario.files : []
    }
    store.getState().dropFiles([long])
    vi.advanceTimersByTime(0)
    expect(files()).toEqual([{ name: 'a.yaml', text: 'one' }, long])
    answerAnalysis()
    store.getState().setText('a.yaml', 'two')
    vi.advanceTimersByTime(200)
    expect(files()).toEqual([{ name: 'a.yaml', text: 'two' }, { name: 'b.yaml' }])
    worker().onerror?.({ message: 'gone' })
    client.retry()
    vi.advanceTimersByTime(200)
    expect(files(1)).toEqual([{ name: 'a.yaml', text: 'two' }, long])
    answerAnalysis(true, 1)
    store.getState().setText('b.yaml', `${long.text}y`)
    vi.advanceTimersByTime(200)
    expect(files(1)[1]?.text).toBe(`${long.text}y`)
  })

  test('an answer in pieces counts when it is whole', () => {
    const { store, worker, reply } = setUp()
    const id = worker().sent[0]?.id ?? 0
    const analysis = analysisFixture({ namespaces: NAMESPACES })
    const messages = inPieces({ op: 'analyze', id, analysis, milliseconds: 1 })
    expect(messages.length).toBeGreaterThan(10)
    for (const message of messages) {
      expect(store.getState().result).toBeUndefined()
      reply(message)
    }
    expect(store.getState().result?.analysis).toEqual(analysis)
  })

  test('of an answer that broke off nothing is left', () => {
    const { store, client, worker, reply } = setUp()
    const response = (id: number): WorkerResponse => ({
      op: 'analyze',
      id,
      analysis: analysisFixture({ namespaces: NAMESPACES }),
      milliseconds: 1,
    })
    for (const message of inPieces(response(worker().sent[0]?.id ?? 0)).slice(0, 5)) reply(message)
    worker().onerror?.({ message: 'gone' })
    client.retry()
    for (const message of inPieces(response(worker(1).sent[0]?.id ?? 0))) reply(message, 1)
    expect(store.getState().result?.analysis.namespaces).toEqual(NAMESPACES)
  })

  test('answers that nobody waits for change nothing', () => {
    const { store, reply, answerAnalysis } = setUp()
    answerAnalysis()
    const before = store.getState().result
    reply({ op: 'analyze', id: 999, analysis: analysisFixture(), milliseconds: 1 })
    expect(store.getState().result).toBe(before)
  })

  test('an answer says what differs from the one before, also from one that nobody waited for', () => {
    const { store, worker, reply, answerAnalysis } = setUp()
    answerAnalysis()
    const before = store.getState().result?.analysis
    reply({ op: 'analyze', id: 999, analysis: { usable: false }, milliseconds: 1 })
    store.getState().rename('two')
    const id = worker().sent.at(-1)?.id ?? 0
    reply({ op: 'analyze', id, analysis: { flowCounts: undefined }, milliseconds: 1 })
    const now = store.getState().result?.analysis
    expect(now).toEqual({ ...before, usable: false, flowCounts: undefined })
    expect(now?.ruleset).toBe(before?.ruleset)
  })
})

describe('questions', () => {
  test('a print is answered with the revision it is about', async () => {
    const { client, worker, reply, answerAnalysis } = setUp()
    answerAnalysis()
    const printed = client.ask('print', { form: 'iptables-save', assumedPods: false })
    const request = worker().sent.at(-1)
    expect(request).toMatchObject({ op: 'print', form: 'iptables-save', assumedPods: false })
    reply({ op: 'print', id: request?.id ?? 0, lines: [{ text: '*filter' }] })
    expect(await printed).toMatchObject({ revision: 1, lines: [{ text: '*filter' }] })
  })

  test('while the text is broken the worker gets the last good text again before it is asked', () => {
    const { store, client, worker, texts, answerAnalysis } = setUp()
    answerAnalysis()
    store.getState().setText('a.yaml', 'broken')
    vi.advanceTimersByTime(150)
    answerAnalysis(false)
    void client.ask('explain', { src: 'a', dst: 'b' })
    expect(texts()).toEqual(['one', 'broken', 'one'])
    expect(worker().sent.at(-1)).toMatchObject({ op: 'explain', src: 'a', dst: 'b' })
    void client.ask('explain', { src: 'b', dst: 'a' })
    expect(texts()).toHaveLength(3)
  })

  test('a question about a picture that is being replaced is not asked', async () => {
    const { store, client, worker, answerAnalysis } = setUp()
    answerAnalysis()
    store.getState().setProfile('v1.4.45')
    expect(await client.ask('print', { form: 'ipset-save', assumedPods: true })).toBeUndefined()
    expect(worker().sent.at(-1)?.op).toBe('analyze')
  })
})

describe('a worker that dies', () => {
  test('a crash says what happened, keeps text and picture, and the next change starts a new one', async () => {
    const { store, client, worker, workers, texts, answerAnalysis } = setUp()
    answerAnalysis()
    const { picture } = store.getState()
    const question = client.ask('print', { form: 'ipset-save', assumedPods: true })
    worker().onerror?.({ message: 'out of memory' })
    expect(await question).toBeUndefined()
    expect(worker().terminated).toBe(true)
    expect(store.getState().notice).toMatchObject({ tone: 'problem', action: 'retry' })
    expect(store.getState().notice?.text).toContain('out of memory')
    expect(store.getState().picture).toBe(picture)
    expect(store.getState().scenario.files[0]?.text).toBe('one')
    expect(workers).toHaveLength(1)
    store.getState().setText('a.yaml', 'two')
    vi.advanceTimersByTime(150)
    expect(texts(1)).toEqual(['two'])
    answerAnalysis(true, 1)
    expect(store.getState().picture?.scenario.files[0]?.text).toBe('two')
  })

  test('a worker without an answer for 30 s is given up, and what waited is analysed by a new one', () => {
    const { store, worker, texts } = setUp()
    store.getState().setProfile('v1.4.45')
    vi.advanceTimersByTime(29_999)
    expect(worker().terminated).toBe(false)
    vi.advanceTimersByTime(1)
    expect(worker().terminated).toBe(true)
    expect(texts(1)).toEqual(['one'])
    expect(store.getState().notice?.text).toContain('30 seconds')
  })

  test('a long text gets more patience, and so does a worker that says how far it is', () => {
    const { store, worker, reply } = setUp()
    worker().onerror?.({})
    store.getState().setText('a.yaml', 'x'.repeat(1_000_000))
    vi.advanceTimersByTime(150)
    vi.advanceTimersByTime(39_999)
    expect(worker(1).terminated).toBe(false)
    reply({ op: 'progress', id: worker(1).sent[0]?.id ?? 0, step: 'rules' }, 1)
    vi.advanceTimersByTime(39_999)
    expect(worker(1).terminated).toBe(false)
    vi.advanceTimersByTime(1)
    expect(worker(1).terminated).toBe(true)
    expect(store.getState().notice?.text).toContain('40 seconds')
  })

  test('another try asks anew for what stayed without an answer', async () => {
    const { store, client, worker, answerAnalysis } = setUp()
    answerAnalysis()
    const { picture } = store.getState()
    const question = client.ask('timeline', {})
    worker().onerror?.({})
    expect(await question).toBeUndefined()
    expect(store.getState().stopped).toBe(true)
    client.retry()
    expect(store.getState().stopped).toBe(false)
    answerAnalysis(true, 1)
    expect(store.getState().picture?.revision).toBe(picture?.revision)
    expect(store.getState().picture).not.toBe(picture)
  })

  test('a late word of a worker that was given up is not heard', () => {
    const { store, worker, answerAnalysis } = setUp()
    worker().onerror?.({})
    answerAnalysis()
    expect(store.getState().result).toBeUndefined()
  })

  test('a fault of ours is told with its details, and the work goes on', () => {
    const { store, reply, worker, texts } = setUp()
    reply({ op: 'failure', id: worker().sent[0]?.id ?? 0, message: 'missing: chain', stack: 'at walk' })
    expect(store.getState().notice).toMatchObject({ action: 'report', details: 'missing: chain\nat walk' })
    store.getState().setProfile('v1.4.45')
    expect(texts()).toHaveLength(2)
  })
})

describe('work that takes long', () => {
  test('is told after 400 ms, with its steps and seconds, until the answer is there', () => {
    const { store, worker, reply, answerAnalysis } = setUp()
    const id = worker().sent[0]?.id ?? 0
    reply({ op: 'progress', id, step: 'reading' })
    vi.advanceTimersByTime(399)
    expect(store.getState().work).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(store.getState().work).toEqual({ op: 'analyze', step: 'reading', seconds: 0 })
    vi.advanceTimersByTime(600)
    expect(store.getState().work).toMatchObject({ seconds: 1 })
    reply({ op: 'progress', id, step: 'verdicts' })
    expect(store.getState().work).toEqual({ op: 'analyze', step: 'verdicts', seconds: 1 })
    vi.advanceTimersByTime(2000)
    expect(store.getState().work).toMatchObject({ seconds: 3 })
    expect(store.getState().result).toBeUndefined()
    answerAnalysis()
    expect(store.getState().work).toBeUndefined()
    vi.advanceTimersByTime(5000)
    expect(store.getState().work).toBeUndefined()
  })

  test('counts from when the worker begins with it, not from when it was asked', () => {
    const { store, client, worker, reply, answerAnalysis } = setUp()
    answerAnalysis()
    void client.ask('timeline', {})
    void client.ask('print', { form: 'ipset-save', assumedPods: true })
    const [timeline, print] = worker().sent.slice(1)
    vi.advanceTimersByTime(300)
    reply({ op: 'timeline', id: timeline?.id ?? 0, timeline: { steps: [], unlisted: 0 } })
    vi.advanceTimersByTime(399)
    expect(store.getState().work).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(store.getState().work).toEqual({ op: 'print', step: undefined, seconds: 0 })
    store.getState().setProfile('v1.4.45')
    vi.advanceTimersByTime(600)
    expect(store.getState().work).toEqual({ op: 'print', step: undefined, seconds: 1 })
    reply({ op: 'print', id: print?.id ?? 0, lines: [] })
    vi.advanceTimersByTime(400)
    expect(store.getState().work).toMatchObject({ op: 'analyze', seconds: 0 })
  })

  test('can be cancelled: text and picture stay, and the next change starts a new worker', async () => {
    const { store, client, worker, workers, texts, answerAnalysis } = setUp()
    answerAnalysis()
    const { picture } = store.getState()
    const question = client.ask('print', { form: 'ipset-save', assumedPods: true })
    store.getState().setProfile('v1.4.45')
    store.getState().setProfile('v1.8.11')
    vi.advanceTimersByTime(1000)
    expect(store.getState().work).toBeDefined()
    client.cancel()
    expect(await question).toBeUndefined()
    expect(worker().terminated).toBe(true)
    expect(workers).toHaveLength(1)
    expect(store.getState()).toMatchObject({ work: undefined, stopped: true })
    expect(store.getState().picture).toBe(picture)
    expect(store.getState().scenario.profile).toBe('v1.8.11')
    expect(store.getState().notice).toMatchObject({ tone: 'info', action: 'retry' })
    vi.advanceTimersByTime(60_000)
    expect(workers).toHaveLength(1)
    store.getState().setText('a.yaml', 'two')
    vi.advanceTimersByTime(150)
    expect(texts(1)).toEqual(['two'])
    expect(store.getState().stopped).toBe(false)
    answerAnalysis(true, 1)
    expect(store.getState().picture?.scenario).toEqual(store.getState().scenario)
  })

  test('can be tried again after it was cancelled', () => {
    const { store, client, texts, answerAnalysis } = setUp()
    client.cancel()
    client.retry()
    expect(texts(1)).toEqual(['one'])
    answerAnalysis(true, 1)
    expect(store.getState().picture?.revision).toBe(1)
  })
})

describe('the node’s history', () => {
  const changes = (sent: readonly WorkerRequest[]) =>
    sent.flatMap(request => (request.op === 'analyze' ? [request.change] : []))

  /** Types and waits for the answer; `after` milliseconds since the keystroke before. */
  function typing(all: ReturnType<typeof setUp>) {
    return (text: string, after = 500, file = 'a.yaml') => {
      vi.advanceTimersByTime(Math.max(0, after - 150))
      all.store.getState().setText(file, text)
      vi.advanceTimersByTime(150)
      all.answerAnalysis()
    }
  }

  test('typing on is one change; a pause, another file and a toggle begin another', () => {
    const all = setUp()
    all.answerAnalysis()
    const type = typing(all)
    type('two')
    type('three')
    type('four', 2001)
    all.store.getState().addFile()
    all.answerAnalysis()
    type('five')
    type('six', 500, 'untitled.yaml')
    type('seven', 500, 'untitled.yaml')
    all.store.getState().setProfile('v1.4.45')
    all.answerAnalysis()
    expect(changes(all.worker().sent)).toEqual([
      'new-node',
      'new-change',
      'same-change',
      'new-change',
      'new-change',
      'new-change',
      'new-change',
      'same-change',
      'new-change',
    ])
  })

  test('another scenario is another node, undo goes back to the one before', () => {
    const all = setUp()
    all.answerAnalysis()
    all.store.getState().load(scenarioFixture('other'), 'example')
    all.answerAnalysis()
    all.store.getState().undo()
    all.answerAnalysis()
    expect(changes(all.worker().sent)).toEqual(['new-node', 'new-node', 'new-node'])
    all.store.getState().dropFiles([{ name: 'b.yaml', text: 'added' }])
    all.answerAnalysis()
    expect(changes(all.worker().sent).at(-1)).toBe('new-change')
  })

  test('changes that are analysed together count as the one that says most', () => {
    const all = setUp()
    all.store.getState().load(scenarioFixture('other'), 'example')
    all.store.getState().setText('a.yaml', 'typed')
    all.store.getState().setText('a.yaml', 'typed on')
    vi.advanceTimersByTime(150)
    all.answerAnalysis()
    all.answerAnalysis()
    expect(changes(all.worker().sent)).toEqual(['new-node', 'new-node'])
  })

  test('an old text that is analysed again for questions about it is no change', () => {
    const all = setUp()
    all.answerAnalysis()
    all.store.getState().setText('a.yaml', 'broken')
    vi.advanceTimersByTime(150)
    all.answerAnalysis(false)
    void all.client.ask('timeline', {})
    expect(changes(all.worker().sent)).toEqual(['new-node', 'new-change', 'unchanged'])
  })
})
