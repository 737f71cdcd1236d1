import { describe, expect, test } from 'vitest'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import { createAppStore } from './appStore.ts'

function storeWith(text: string, provenance: 'example' | 'own' | 'link' = 'own') {
  const store = createAppStore()
  store.getState().load(scenarioFixture(text), provenance)
  return store
}

describe('results', () => {
  test('an older answer than the one on screen is dropped', () => {
    const store = storeWith('x')
    const { scenario, receive } = store.getState()
    const newer = analysisFixture()
    receive({ revision: 5, scenario, analysis: newer, milliseconds: 1 })
    receive({ revision: 4, scenario, analysis: analysisFixture(), milliseconds: 1 })
    expect(store.getState().result?.analysis).toBe(newer)
  })

  test('broken text keeps the last good picture and brings its own diagnostics', () => {
    const store = storeWith('x')
    const { scenario, receive } = store.getState()
    const good = analysisFixture()
    const broken = analysisFixture({ usable: false })
    receive({ revision: 1, scenario, analysis: good, milliseconds: 1 })
    receive({ revision: 2, scenario, analysis: broken, milliseconds: 1 })
    expect(store.getState().picture?.analysis).toBe(good)
    expect(store.getState().result?.analysis).toBe(broken)
  })

  test('typing an object invalid keeps the last good picture; errors that were there already do not', () => {
    const error = (resource: string) => ({
      code: 'port-range',
      severity: 'error' as const,
      args: {},
      message: '',
      file: 'a.yaml',
      range: { start: 0, end: 1 },
      resource,
    })
    const store = storeWith('x')
    const { scenario, receive, setText } = store.getState()
    const draws = (revision: number, ...resources: readonly string[]): boolean => {
      const analysis = analysisFixture({ diagnostics: resources.map(error) })
      receive({ revision, scenario, analysis, milliseconds: 1 })
      return store.getState().picture?.analysis === analysis
    }
    expect(draws(1, 'x/old')).toBe(true)
    setText('a.yaml', 'y')
    expect(draws(2, 'x/old')).toBe(true)
    expect(draws(3, 'x/old', 'x/new')).toBe(false)
    expect(draws(4)).toBe(true)
    store.getState().dropFiles([{ name: 'b.yaml', text: 'z' }])
    expect(draws(5, 'x/new')).toBe(true)
  })

  test('text that was broken from the start draws an empty picture until a good one comes', () => {
    const store = storeWith('x')
    const { scenario, receive } = store.getState()
    receive({ revision: 1, scenario, analysis: analysisFixture({ usable: false }), milliseconds: 1 })
    receive({ revision: 2, scenario, analysis: analysisFixture({ usable: false }), milliseconds: 1 })
    expect(store.getState().picture?.revision).toBe(2)
    receive({ revision: 3, scenario, analysis: analysisFixture(), milliseconds: 1 })
    receive({ revision: 4, scenario, analysis: analysisFixture({ usable: false }), milliseconds: 1 })
    expect(store.getState().picture?.revision).toBe(3)
  })

  test('an explanation of a flow that is no longer selected is dropped', () => {
    const store = storeWith('x')
    store.getState().select({ kind: 'flow', src: 'a', dst: 'b' })
    store.getState().receiveExplanation({ revision: 1, src: 'b', dst: 'a', explanation: undefined })
    expect(store.getState().explained).toBeUndefined()
    store.getState().receiveExplanation({ revision: 1, src: 'a', dst: 'b', explanation: undefined })
    expect(store.getState().explained?.src).toBe('a')
  })
})

describe('files', () => {
  test('setting the same text changes nothing', () => {
    const store = storeWith('x')
    const before = store.getState().revision
    store.getState().setText('a.yaml', 'x')
    expect(store.getState().revision).toBe(before)
    store.getState().setText('a.yaml', 'y')
    expect(store.getState().revision).toBe(before + 1)
    expect(store.getState().typing).toBe(true)
  })

  test('dropped files replace those of the same name, join the others and can be taken back', () => {
    const store = storeWith('old')
    store.getState().dropFiles([
      { name: 'b.yaml', text: 'b' },
      { name: 'a.yaml', text: 'new' },
    ])
    expect(store.getState().scenario.files).toEqual([
      { name: 'a.yaml', text: 'new' },
      { name: 'b.yaml', text: 'b' },
    ])
    expect(store.getState().activeFile).toBe('b.yaml')
    store.getState().undo()
    expect(store.getState().scenario.files).toEqual([{ name: 'a.yaml', text: 'old' }])
    store.getState().redo()
    expect(store.getState().scenario.files).toHaveLength(2)
  })

  test('two dropped files of one name both stay', () => {
    const store = storeWith('')
    store.getState().dropFiles([
      { name: 'p.yaml', text: '1' },
      { name: 'p.yaml', text: '2' },
    ])
    expect(store.getState().scenario.files.map(file => file.name)).toEqual(['a.yaml', 'p.yaml', 'p-2.yaml'])
  })

  test('an untouched example makes room for dropped files', () => {
    const store = storeWith('example', 'example')
    store.getState().dropFiles([{ name: 'mine.yaml', text: 'm' }])
    expect(store.getState().scenario.files.map(file => file.name)).toEqual(['mine.yaml'])
    expect(store.getState().scenario.name).toBe('mine')
    expect(store.getState().provenance).toBe('own')
    store.getState().undo()
    expect(store.getState().provenance).toBe('example')
  })

  test('closing the last file leaves an empty one, and undo brings it back', () => {
    const store = storeWith('precious')
    store.getState().removeFile('a.yaml')
    expect(store.getState().scenario.files).toEqual([{ name: 'policies.yaml', text: '' }])
    expect(store.getState().notice?.action).toBe('undo')
    store.getState().undo()
    expect(store.getState().scenario.files).toEqual([{ name: 'a.yaml', text: 'precious' }])
    expect(store.getState().activeFile).toBe('a.yaml')
  })

  test('a file cannot take the name of another', () => {
    const store = storeWith('x')
    store.getState().addFile()
    store.getState().renameFile('untitled.yaml', 'a.yaml')
    expect(store.getState().scenario.files.map(file => file.name)).toEqual(['a.yaml', 'a-2.yaml'])
    expect(store.getState().activeFile).toBe('a-2.yaml')
  })
})

describe('provenance', () => {
  test('editing an example makes it own work; editing a link does not', () => {
    const example = storeWith('x', 'example')
    example.getState().setText('a.yaml', 'y')
    expect(example.getState().provenance).toBe('own')
    const link = storeWith('x', 'link')
    link.getState().setText('a.yaml', 'y')
    expect(link.getState().provenance).toBe('link')
  })

  test('own work that a link replaces stays on offer until it is taken back', () => {
    const store = storeWith('mine')
    store.getState().load(scenarioFixture('theirs'), 'link')
    expect(store.getState().ownWork?.files[0]?.text).toBe('mine')
    store.getState().load(scenarioFixture('theirs too'), 'link')
    expect(store.getState().ownWork?.files[0]?.text).toBe('mine')
    store.getState().load(scenarioFixture('mine'), 'own')
    expect(store.getState().ownWork).toBeUndefined()
  })
})

test('selecting a flow opens its explanation and selecting it again changes nothing', () => {
  const store = storeWith('x')
  store.getState().select({ kind: 'flow', src: 'a', dst: 'b' })
  expect(store.getState().view.inspectorTab).toBe('explain')
  const before = store.getState()
  store.getState().select({ kind: 'flow', src: 'a', dst: 'b' })
  expect(store.getState()).toBe(before)
})
