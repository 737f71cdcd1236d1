import { expect, test } from 'vitest'
import { arrowOf, neighbourOf, nextLine, otherEnd } from './travel.ts'

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

const lines = [
  { id: 'a > b', source: 'a', target: 'b' },
  { id: 'c > a', source: 'c', target: 'a' },
  { id: 'c > d', source: 'c', target: 'd' },
  { id: 'a > d', source: 'a', target: 'd' },
]

test.each([
  ['the first', undefined, 1, 'a > b'],
  ['the last', undefined, -1, 'a > d'],
  ['past lines of others', 'c > a', 1, 'a > d'],
  ['around the end', 'a > d', 1, 'a > b'],
  ['around the start', 'a > b', -1, 'a > d'],
] as const)('along the lines of a node: %s', (_what, current, step, next) => {
  expect(nextLine('a', current, step, lines)).toBe(next)
})

test('a node without lines has none to go to', () => {
  expect(nextLine('e', undefined, 1, lines)).toBeUndefined()
})

test('the other end of a line is that which one did not come from', () => {
  expect(otherEnd('c > a', 'a', lines)).toBe('c')
  expect(otherEnd('c > a', 'c', lines)).toBe('a')
})
