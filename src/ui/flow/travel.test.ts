import { expect, test } from 'vitest'
import { arrowOf, neighbourOf } from './travel.ts'

const rects = new Map([
  ['a', { x: 0, y: 0, width: 10, height: 10 }],
  ['b', { x: 100, y: 5, width: 10, height: 10 }],
  ['c', { x: 0, y: 60, width: 10, height: 10 }],
  ['d', { x: 30, y: 200, width: 10, height: 10 }],
])

test.each([
  ['a', 'ArrowRight', 'b'],
  ['a', 'ArrowDown', 'c'],
  ['c', 'ArrowUp', 'a'],
  ['b', 'ArrowLeft', 'a'],
  ['a', 'ArrowLeft', undefined],
  ['d', 'ArrowDown', undefined],
])('from %s by %s to %s', (from, key, to) => {
  expect(neighbourOf(from, arrowOf(key) ?? { x: 0, y: 0 }, rects)).toBe(to)
})

test('other keys are no arrows, whatever an object is born with', () => {
  expect([arrowOf('Enter'), arrowOf('constructor')]).toEqual([undefined, undefined])
})
