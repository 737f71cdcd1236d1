import { expect, test } from 'vitest'
import { DEFAULT_GRAPH_VIEW } from '../graph/graphModel.ts'
import type { Picture } from '../model/picture.ts'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import { modelFixture } from '../testing/pictureFixture.ts'
import type { AnalysisClient } from './analysisClient.ts'
import { createAppStore } from './appStore.ts'
import { startGraphPicture } from './startGraphPicture.ts'

type Question = Readonly<Record<string, unknown>> & { readonly op: string }

/** A client whose questions are answered one by one, by hand. */
function setUp() {
  const store = createAppStore()
  const open: { readonly question: Question; readonly answer: (answer: unknown) => void }[] = []
  const client = {
    ask: (op: string, question: object) =>
      new Promise(resolve => open.push({ question: { ...question, op }, answer: resolve })),
  } as unknown as Pick<AnalysisClient, 'ask'>
  startGraphPicture(store, client)
  const analyzed = (): void => {
    const { revision } = store.getState()
    store
      .getState()
      .receive({ revision, scenario: scenarioFixture(''), analysis: analysisFixture(), milliseconds: 1 })
  }
  /** Answers the oldest question. */
  const answer = async (picture: Picture | undefined): Promise<Question | undefined> => {
    const first = open.shift()
    first?.answer(picture && { op: first.question.op, picture, revision: 0 })
    await new Promise(resolve => setTimeout(resolve))
    return first?.question
  }
  return { store, open, analyzed, answer, asked: () => open.map(({ question }) => question) }
}

function picture(name: string, arranged = true): Picture {
  return {
    model: modelFixture({}),
    layout: new Map([[name, { x: 0, y: 0, width: 1, height: 1 }]]),
    routes: new Map(),
    arranged,
    summed: 1,
  }
}

test('a picture is asked for when there is something to draw, with the focus of the selection', async () => {
  const { store, analyzed, answer, asked } = setUp()
  expect(asked()).toEqual([])
  analyzed()
  expect(asked()).toEqual([{ op: 'graph', view: DEFAULT_GRAPH_VIEW }])
  await answer(picture('a'))
  expect(store.getState().drawn?.picture).toEqual(picture('a'))
  store.getState().select({ kind: 'endpoint', id: 'pod:a/x' })
  expect(asked()).toEqual([{ op: 'graph', view: { ...DEFAULT_GRAPH_VIEW, focus: ['pod:a/x'] } }])
})

test('one question is open at a time; of the changes meanwhile only the last is asked about', async () => {
  const { store, analyzed, answer, asked } = setUp()
  analyzed()
  store.getState().setGraphView({ unfolded: ['a'] })
  store.getState().setGraphView({ unfolded: ['b'] })
  expect(asked()).toHaveLength(1)
  await answer(picture('first'))
  expect(asked()).toEqual([{ op: 'graph', view: { ...DEFAULT_GRAPH_VIEW, unfolded: ['b'] } }])
})

test('an answer about an older analysis is not shown, and the newer is asked about', async () => {
  const { store, analyzed, answer, asked } = setUp()
  analyzed()
  store.getState().setText('policies.yaml', 'x')
  analyzed()
  await answer(picture('old'))
  expect(store.getState().drawn).toBeUndefined()
  expect(asked()).toHaveLength(1)
  await answer(picture('new'))
  expect(store.getState().drawn?.picture).toEqual(picture('new'))
})

test('an equal picture is the very same object, so that nothing is drawn anew', async () => {
  const { store, analyzed, answer } = setUp()
  analyzed()
  await answer(picture('a'))
  const before = store.getState().drawn?.picture
  store.getState().setText('policies.yaml', '# x')
  analyzed()
  await answer(structuredClone(picture('a')))
  expect(store.getState().drawn?.picture).toBe(before)
})

test('without an answer the last picture stays, and the next result asks anew', async () => {
  const { store, analyzed, answer, asked } = setUp()
  analyzed()
  await answer(picture('a'))
  store.getState().setGraphView({ unfolded: ['a'] })
  await answer(undefined)
  expect(asked()).toEqual([])
  expect(store.getState().drawn?.picture).toEqual(picture('a'))
  store.getState().setText('policies.yaml', 'x')
  analyzed()
  expect(asked()).toHaveLength(1)
})

test('a reset is asked for once', async () => {
  const { store, analyzed, answer, asked } = setUp()
  analyzed()
  await answer(picture('a'))
  store.getState().resetLayout()
  expect(asked()).toMatchObject([{ op: 'graph', reset: true }])
  await answer(picture('b'))
  expect(asked()).toEqual([])
})

test('the quick layout is drawn first, then the one that takes longer unless something else is asked for meanwhile', async () => {
  const { store, analyzed, answer, asked } = setUp()
  store.getState().setGraphView({ layout: 'layered' })
  analyzed()
  await answer(picture('quick', false))
  expect(store.getState().drawn?.picture.arranged).toBe(false)
  expect(asked()).toMatchObject([{ op: 'arrange' }])
  await answer(picture('slow'))
  expect(store.getState().drawn?.picture).toEqual(picture('slow'))

  store.getState().resetLayout()
  await answer(picture('quick', false))
  store.getState().setGraphView({ unfolded: ['a'] })
  expect(asked().map(({ op }) => op)).toEqual(['arrange', 'graph'])
  await answer(picture('late'))
  expect(store.getState().drawn?.picture.arranged).toBe(false)
})
