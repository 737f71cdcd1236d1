import { expect, test } from 'vitest'
import { ACTIONS } from './actions.ts'

test('no key does two things', () => {
  const keys = ACTIONS.flatMap(({ shortcut }) => (shortcut === undefined ? [] : [shortcut.label]))
  expect(keys.length).toBeGreaterThan(15)
  expect(new Set(keys).size).toBe(keys.length)
})

test('ids and names are unique, so that the palette tells them apart', () => {
  expect(new Set(ACTIONS.map(action => action.id)).size).toBe(ACTIONS.length)
  expect(new Set(ACTIONS.map(action => action.name)).size).toBe(ACTIONS.length)
})
