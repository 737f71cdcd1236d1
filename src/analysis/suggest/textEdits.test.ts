import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceIn } from '../../parse/editText.ts'
import { textEdits } from './textEdits.ts'

test('edits lead from one text to the other, in order and apart', () => {
  const line = fc.constantFrom('a\n', 'b\n', 'bb\n', 'c\r\n', '\n', 'a')
  const text = fc.array(line, { maxLength: 12 }).map(lines => lines.join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edits = textEdits(before, after)
      expect(replaceIn(before, edits)).toBe(after)
      edits.forEach(({ start, end }, i) => {
        expect(start).toBeGreaterThanOrEqual(edits[i - 1]?.end ?? 0)
        expect(end).toBeGreaterThanOrEqual(start)
      })
    }),
    { numRuns: 2000 },
  )
})

test('only what differs is touched', () => {
  expect(textEdits('a\nvalues: [x]\nb\nc\n', 'a\nvalues: [x, y]\nb\nnew\nc\n')).toEqual([
    { start: 12, end: 12, text: ', y' },
    { start: 16, end: 16, text: 'new\n' },
  ])
  expect(textEdits('same\n', 'same\n')).toEqual([])
})

test('texts without anything in common are one edit', () => {
  const old = Array.from({ length: 900 }, (_, i) => `a${i}\n`).join('')
  const now = Array.from({ length: 900 }, (_, i) => `b${i}\n`).join('')
  expect(textEdits(old, now)).toHaveLength(1)
})
