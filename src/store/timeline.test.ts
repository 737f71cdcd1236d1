import { describe, expect, test } from 'vitest'
import type { Moment, Timeline, TimelineStep } from '../model/protocol.ts'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import type { AnalysisClient, AnswerTo } from './analysisClient.ts'
import { createAppStore, type AnalysisResult } from './appStore.ts'
import { startTimeline } from './startTimeline.ts'
import { chosenMoment, chosenStep, displayedAnalysis, pastMoment } from './timeline.ts'

const step: TimelineStep = {
  revision: 0,
  kind: 'NetworkPolicy',
  action: 'add',
  resource: 'NetworkPolicy/x/p',
  phase: 'whole',
  commands: 1,
}
const timelineOf = (steps: number): Timeline => ({
  steps: Array.from({ length: steps }, () => step),
  unlisted: 0,
})
const momentOf = (at: number): Moment => ({
  step: at,
  commands: [],
  changes: [],
  gone: { tables: [], sets: [] },
  analysis: analysisFixture(),
})

/** A client whose answers the test gives one by one. */
function setUp() {
  const store = createAppStore()
  store.getState().load(scenarioFixture('one'), 'own')
  const asked: { readonly what: string; readonly answer: (value: unknown) => Promise<void> }[] = []
  const ask: AnalysisClient['ask'] = (op, question) =>
    new Promise(resolve => {
      const answer = async (value: unknown): Promise<void> => {
        resolve(value === undefined ? undefined : ({ [op]: value } as unknown as AnswerTo<typeof op>))
        for (let i = 0; i < 5; i++) await Promise.resolve()
      }
      asked.push({ what: [op, ...Object.values(question)].join(' '), answer })
    })
  startTimeline(store, { ask })
  const analysed = (): AnalysisResult => {
    const { revision, scenario } = store.getState()
    const result = { revision, scenario, analysis: analysisFixture(), milliseconds: 1 }
    store.getState().receive(result)
    return result
  }
  const last = () => {
    const found = asked.at(-1)
    if (found === undefined) throw new Error('nothing was asked')
    return found
  }
  const whats = () => asked.map(({ what }) => what)
  const open = () => store.getState().setView({ inspectorTab: 'events' })
  return { store, analysed, last, whats, open }
}

/** Events open, seven steps, the newest shown. */
async function opened() {
  const all = setUp()
  all.analysed()
  all.open()
  await all.last().answer(timelineOf(7))
  await all.last().answer(momentOf(6))
  return all
}

describe('asking', () => {
  test('nothing is asked until Events is open; then the timeline, then its newest step', async () => {
    const { analysed, last, whats, open, store } = setUp()
    analysed()
    expect(whats()).toEqual([])
    open()
    expect(whats()).toEqual(['timeline'])
    await last().answer(timelineOf(7))
    expect(whats()).toEqual(['timeline', 'moment 6'])
    await last().answer(momentOf(6))
    expect(chosenMoment(store.getState())).toMatchObject({ current: true, moment: { step: 6 } })
    store.getState().setView({ inspectorTab: 'iptables' })
    open()
    expect(whats()).toHaveLength(2)
  })

  test('an answer about an older text is dropped, and the newer one asked about', async () => {
    const { analysed, last, whats, open, store } = setUp()
    analysed()
    open()
    const stale = last()
    store.getState().setText('a.yaml', 'two')
    analysed()
    await stale.answer(timelineOf(3))
    expect(store.getState().timeline).toBeUndefined()
    expect(whats()).toEqual(['timeline', 'timeline'])
    await last().answer(timelineOf(9))
    expect(chosenStep(store.getState())).toBe(8)
  })

  test('of the steps passed while one is worked out only the last is asked about', async () => {
    const { store, last, whats } = await opened()
    for (const at of [5, 4, 3]) store.getState().goToStep(at)
    expect(whats().slice(2)).toEqual(['moment 5'])
    await last().answer(momentOf(5))
    expect(whats().slice(2)).toEqual(['moment 5', 'moment 3'])
    expect(chosenMoment(store.getState())).toMatchObject({ current: false, moment: { step: 5 } })
  })

  test('a worker that stopped is told, and asked again only on request', async () => {
    const { analysed, last, whats, open, store } = setUp()
    analysed()
    open()
    await last().answer(undefined)
    expect(store.getState().timelineFailed).toBe(true)
    expect(whats()).toHaveLength(1)
    store.getState().failTimeline(false)
    expect(whats()).toEqual(['timeline', 'timeline'])
    await last().answer(timelineOf(2))
    await last().answer(undefined)
    expect(store.getState().timelineFailed).toBe(true)
    store.getState().failTimeline(false)
    expect(whats().at(-1)).toBe('moment 1')
  })
})

describe('a past moment', () => {
  test('takes the place of the picture, and now gives it back', async () => {
    const { store, last } = await opened()
    const { picture } = store.getState()
    expect(displayedAnalysis(store.getState())).toBe(picture?.analysis)
    store.getState().goToStep(2)
    expect(displayedAnalysis(store.getState())).toBe(picture?.analysis)
    const moment = momentOf(2)
    await last().answer(moment)
    expect(pastMoment(store.getState())).toBe(moment)
    expect(displayedAnalysis(store.getState())).toBe(moment.analysis)
    store.getState().goToStep(undefined)
    expect(displayedAnalysis(store.getState())).toBe(picture?.analysis)
  })

  test('the last step is now; there is none before the first or after the last', async () => {
    const { store } = await opened()
    store.getState().goToStep(-3)
    expect(store.getState().step).toBe(0)
    store.getState().goToStep(6)
    expect(store.getState().step).toBeUndefined()
    store.getState().goToStep(99)
    expect(store.getState().step).toBeUndefined()
  })

  test('stays shown when another tab is opened; an edit returns to now', async () => {
    const { store, last } = await opened()
    store.getState().goToStep(2)
    await last().answer(momentOf(2))
    store.getState().setView({ inspectorTab: 'iptables' })
    expect(pastMoment(store.getState())?.step).toBe(2)
    store.getState().setText('a.yaml', 'two')
    expect(store.getState().step).toBeUndefined()
    expect(pastMoment(store.getState())).toBeUndefined()
  })
})
