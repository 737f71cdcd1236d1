import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAssembly, piecesOf, weightOf, type Piece } from './pieces.ts'

const anyValue = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(
      fc.integer(),
      fc.string(),
      fc.constantFrom(undefined, null, true),
      fc.int32Array({ maxLength: 4 }),
      fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 3 }).map(entries => new Map(entries)),
    ),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1')), tie('value')),
  ),
})).value

function joined(pieces: Iterable<Piece>): unknown {
  const assembly = createAssembly()
  for (const piece of pieces) assembly.add(structuredClone(piece))
  return assembly.whole()
}

test('pieces make the value again, whatever their size', () => {
  fc.assert(
    fc.property(anyValue, fc.constantFrom(1, 2, 3, 8, 50), (value, most) => {
      // A field called `constructor` misleads `toStrictEqual`.
      expect(isDeepStrictEqual(joined(piecesOf(value, most)), structuredClone(value))).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('what is light enough is one piece', () => {
  const value = { a: [1, 2], b: 'text' }
  expect([...piecesOf(value, 10)]).toEqual([{ kind: 'value', path: [], value }])
})

test('no piece is heavier than it may be, and there are no more than it takes', () => {
  const item = (name: string) => ({ name, labels: { app: 'web' } })
  const answer = {
    id: 1,
    pods: Array.from({ length: 1000 }, (_, i) => item(`pod-${i}`)),
    rules: [{ chain: 'IN', rules: Array.from({ length: 500 }, (_, i) => item(`rule-${i}`)) }],
  }
  const pieces = [...piecesOf(answer, 100)]
  // With what names the piece: its kind, and a path of at most four steps.
  for (const piece of pieces) expect(weightOf(piece, 1000)).toBeLessThanOrEqual(100 + 8)
  // An item weighs 4: two objects, two strings.
  expect(pieces.length).toBeLessThanOrEqual(6000 / 100 + 12)
  expect(joined(pieces)).toEqual(answer)
})

test('a weight is that of objects, strings and what is long; counting ends where it is enough', () => {
  expect(weightOf(7, 9)).toBe(0)
  expect(weightOf({ a: 1, b: [true] }, 9)).toBe(2)
  expect(weightOf('x'.repeat(400), 9)).toBe(3)
  expect(weightOf(new Int32Array(8000), 99)).toBe(5)
  expect(weightOf([{}, {}, {}], 2)).toBe(Infinity)
})
