import { expect, test } from 'vitest'
import { shopFixture } from '../testing/graphFixture.ts'
import { drawPicture } from './drawPicture.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { sameData } from './sameData.ts'

test('a copy as a worker sends it is the same', () => {
  const picture = drawPicture(shopFixture(), DEFAULT_GRAPH_VIEW)
  expect(sameData(picture, structuredClone(picture))).toBe(true)
})

test('one moved node is a difference', () => {
  const { layout } = drawPicture(shopFixture(), DEFAULT_GRAPH_VIEW)
  const [id, rect] = [...layout][0] ?? ['', { x: 0, y: 0, width: 0, height: 0 }]
  expect(sameData(layout, new Map([...layout, [id, { ...rect, x: rect.x + 1 }]]))).toBe(false)
})

test.each([
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [1]],
  [[], {}],
  [new Int32Array(2), new Int32Array(3)],
  [new Int32Array(1), [0]],
  [null, {}],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Map([['a', undefined]]), new Map([['b', undefined]])],
  [new Map(), {}],
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
