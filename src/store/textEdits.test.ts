import { expect, test } from 'vitest'
import { withEdits } from './textEdits.ts'

const FILES = [
  { name: 'a.yaml', text: 'one two three' },
  { name: 'b.yaml', text: 'kept' },
]

test('several edits of one file all hold for the text before', () => {
  const edited = withEdits(FILES, [
    { file: 'a.yaml', start: 0, end: 3, text: 'first' },
    { file: 'a.yaml', start: 8, end: 8, text: '& ' },
  ])
  expect(edited).toEqual([{ name: 'a.yaml', text: 'first two & three' }, FILES[1]])
  expect(edited[1]).toBe(FILES[1])
})

test('an edit in a file that does not exist makes it, last', () => {
  expect(withEdits(FILES, [{ file: 'c.yaml', start: 0, end: 0, text: 'new\n' }])).toEqual([
    ...FILES,
    { name: 'c.yaml', text: 'new\n' },
  ])
})
