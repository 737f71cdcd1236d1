import { expect, test } from 'vitest'
import { shopFixture } from '../testing/graphFixture.ts'
import { sameData } from './sameData.ts'

test('a copy as a worker sends it is the same', () => {
  const { connectivity, policies, namespaces } = shopFixture()
  const input = { connectivity, policies, namespaces }
  expect(sameData(input, structuredClone(input))).toBe(true)
})

test('one number in a table is a difference', () => {
  const { connectivity } = shopFixture()
  for (const table of ['kubernetes', 'dataplane', 'governed'] as const) {
    const other = structuredClone(connectivity)
    other[table][1] = (other[table][1] ?? 0) + 1
    expect(sameData(connectivity, other)).toBe(false)
  }
})

test.each([
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [1]],
  [[], {}],
  [new Int32Array(2), new Int32Array(3)],
  [new Int32Array(1), [0]],
  [null, {}],
  ['1', 1],
])('%j and %j differ', (a, b) => {
  expect(sameData(a, b)).toBe(false)
  expect(sameData(b, a)).toBe(false)
})

test('a label called __proto__ counts', () => {
  const labels = (value: string): unknown => JSON.parse(`{"__proto__":"${value}"}`)
  expect(sameData(labels('x'), labels('x'))).toBe(true)
  expect(sameData(labels('x'), labels('y'))).toBe(false)
})
