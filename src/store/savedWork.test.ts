import { expect, test } from 'vitest'
import { scenarioFixture } from '../testing/analysisFixture.ts'
import { loadWork, saveWork, type WorkStorage } from './savedWork.ts'

function storageOf(text: string | null): WorkStorage {
  let item = text
  return {
    getItem: () => item,
    setItem: (_, value) => {
      item = value
    },
    removeItem: () => {
      item = null
    },
  }
}

test('what is saved is what is loaded', () => {
  const storage = storageOf(null)
  expect(saveWork(storage, 'work', scenarioFixture('x'))).toBe(true)
  expect(loadWork(storage, 'work')).toEqual(scenarioFixture('x'))
})

test('text of over 2,000,000 characters is not kept, and what is there stays', () => {
  const storage = storageOf(null)
  saveWork(storage, 'work', scenarioFixture('small'))
  expect(saveWork(storage, 'work', scenarioFixture('x'.repeat(2_000_000)))).toBe(false)
  expect(loadWork(storage, 'work')?.files[0]?.text).toBe('small')
})

test.each([
  ['nothing', null],
  ['no JSON', '{'],
  ['another version', '{"version":2,"scenario":{}}'],
  [
    'an unknown profile',
    '{"version":1,"scenario":{"name":"","profile":"v9","files":[{"name":"a","text":""}]}}',
  ],
  ['a file without text', '{"version":1,"scenario":{"name":"","profile":"head","files":[{"name":"a"}]}}'],
  ['no files', '{"version":1,"scenario":{"name":"","profile":"head","files":[]}}'],
  ['null', '{"version":1,"scenario":null}'],
])('%s reads as nothing stored', (_, text) => {
  expect(loadWork(storageOf(text), 'work')).toBeUndefined()
})

test('a storage that refuses is no fault', () => {
  const refusing: WorkStorage = {
    getItem: () => {
      throw new Error('blocked')
    },
    setItem: () => {
      throw new Error('full')
    },
    removeItem: () => undefined,
  }
  expect(saveWork(refusing, 'work', scenarioFixture('x'))).toBe(false)
  expect(loadWork(refusing, 'work')).toBeUndefined()
})
