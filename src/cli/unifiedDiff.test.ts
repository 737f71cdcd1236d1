import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unifiedDiff } from './unifiedDiff.ts'

const edit = (start: number, end: number, text: string) => ({ file: 'f', start, end, text })
const TEN = Array.from({ length: 30 }, (_, i) => `line ${i + 1}\n`).join('')
const at = (line: number): number => TEN.indexOf(`line ${line}\n`)

test.each([
  ['a line comes', TEN, [edit(at(5), at(5), 'new\n')]],
  ['a line goes', TEN, [edit(at(5), at(6), '')]],
  ['inside a line', TEN, [edit(at(5) + 2, at(5) + 3, 'X')]],
  ['two on one line', TEN, [edit(at(5), at(5) + 1, 'X'), edit(at(5) + 3, at(5) + 3, 'Y')]],
  ['near and far', TEN, [edit(at(2), at(2), 'a\n'), edit(at(7), at(8), ''), edit(at(28), at(28), 'b\nc\n')]],
  ['over line ends', TEN, [edit(at(3) + 2, at(5) + 1, 'x\ny')]],
  ['at the end', TEN, [edit(TEN.length, TEN.length, 'end\n')]],
  ['without a last newline', 'a\nb', [edit(3, 3, '\nc')]],
  ['of nothing', '', [edit(0, 0, 'a\n')]],
  ['to nothing', 'a\n', [edit(0, 2, '')]],
])('patch takes it: %s', (_name, text, edits) => {
  const folder = mkdtempSync(join(tmpdir(), 'unified-'))
  try {
    writeFileSync(join(folder, 'f'), text)
    execFileSync('patch', ['-p0', '-E', '--no-backup-if-mismatch'], {
      cwd: folder,
      input: `# a comment\n${unifiedDiff('f', text, edits)}`,
    })
    const wanted = edits
      .toReversed()
      .reduce((all, one) => all.slice(0, one.start) + one.text + all.slice(one.end), text)
    if (wanted !== '') expect(readFileSync(join(folder, 'f'), 'utf8')).toBe(wanted)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('shows three lines around', () => {
  expect(unifiedDiff('f', TEN, [edit(at(5), at(6), 'five\n'), edit(at(30), at(30), 'more\n')])).toBe(`--- f
+++ f
@@ -2,7 +2,7 @@
 line 2
 line 3
 line 4
-line 5
+five
 line 6
 line 7
 line 8
@@ -27,4 +27,5 @@
 line 27
 line 28
 line 29
+more
 line 30
`)
})
