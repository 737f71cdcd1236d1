import { expect, test } from 'vitest'
import type { TextEdit } from '../../model/suggestion.ts'
import { diffHunks } from './diffLines.ts'

const TEXT = ['a:', '  b: 1', '  c:', '    - x', '    - y', 'd: 2', 'e: 3', 'f: 4', 'g: 5', 'h: 6', ''].join(
  '\n',
)
const FILES = [{ name: 'a.yaml', text: TEXT }]

function edit(find: string, text: string): TextEdit {
  const start = TEXT.indexOf(find)
  return { file: 'a.yaml', start, end: start + find.length, text }
}
function shown(edits: readonly TextEdit[]): readonly (readonly string[])[] {
  const signs = { same: ' ', removed: '-', added: '+' }
  return diffHunks(FILES, edits).map(({ lines }) =>
    lines.map(({ kind, number, text }) => `${number}${signs[kind]}${text}`),
  )
}

test('an inserted line stands between two lines on each side', () => {
  const start = TEXT.indexOf('    - y')
  expect(shown([{ file: 'a.yaml', start, end: start, text: '    - new\n' }])).toEqual([
    ['3   c:', '4     - x', '5+    - new', '6     - y', '7 d: 2'],
  ])
})

test('a changed value is a removed and an added line', () => {
  expect(shown([edit('d: 2', 'd: 9')])).toEqual([
    ['4     - x', '5     - y', '6-d: 2', '6+d: 9', '7 e: 3', '8 f: 4'],
  ])
})

test('far changes are two hunks, and the second counts the lines that the first one added', () => {
  expect(shown([edit('g: 5', 'g: 50'), edit('  b: 1', '  b: 1\n  b2: 1')])).toEqual([
    ['1 a:', '2   b: 1', '3+  b2: 1', '4   c:', '5     - x'],
    ['8 e: 3', '9 f: 4', '9-g: 5', '10+g: 50', '11 h: 6', '12 '],
  ])
})

test('near changes are one hunk', () => {
  expect(shown([edit('  b: 1', '  b: 2'), edit('    - x\n', '')])).toEqual([
    ['1 a:', '2-  b: 1', '2+  b: 2', '3   c:', '4-    - x', '4     - y', '5 d: 2'],
  ])
})

test('a file that does not exist yet is all new', () => {
  expect(diffHunks(FILES, [{ file: 'new.yaml', start: 0, end: 0, text: 'x: 1' }])).toEqual([
    {
      file: 'new.yaml',
      lines: [{ kind: 'added', number: 1, text: 'x: 1' }],
    },
  ])
})
