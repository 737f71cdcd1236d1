import type { TextEdit } from '../model/suggestion.ts'

const CONTEXT = 3

/** Lines that go and lines that come in their place; `start` counts from 0. */
interface Change {
  readonly start: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Edits of one file as `diff -u` prints them, for `patch`. The edits are in the order of the text and do not overlap. */
export function unifiedDiff(name: string, text: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(text)
  const hunks: Change[][] = []
  for (const change of changesOf(text, lines, edits)) {
    const hunk = hunks.at(-1)
    const last = hunk?.at(-1)
    if (
      hunk !== undefined &&
      last !== undefined &&
      change.start - last.start - last.removed.length <= 2 * CONTEXT
    )
      hunk.push(change)
    else hunks.push([change])
  }
  let shift = 0
  const printed = hunks.map(hunk => {
    const body = hunkText(lines, hunk, shift)
    shift += hunk.reduce((sum, { removed, added }) => sum + added.length - removed.length, 0)
    return body
  })
  return `--- ${name}\n+++ ${name}\n${printed.join('')}`
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** Edits widened to whole lines; those on neighbouring lines are one change. */
function changesOf(text: string, lines: readonly string[], edits: readonly TextEdit[]): readonly Change[] {
  const starts = [0]
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length)
  const lineAt = (offset: number): number => {
    const after = starts.findIndex(start => start > offset)
    if (after >= 0) return after - 1
    // The last line goes on where it has no newline.
    return text === '' || text.endsWith('\n') ? lines.length : lines.length - 1
  }
  const changes: Change[] = []
  let at = 0
  while (at < edits.length) {
    const first = lineAt(edits[at]?.start ?? 0)
    let last = first
    const group: TextEdit[] = []
    for (let edit = edits[at]; edit !== undefined && lineAt(edit.start) <= last; edit = edits[++at]) {
      group.push(edit)
      const end = lineAt(edit.end)
      const whole = edit.end === starts[end] && (edit.text === '' || edit.text.endsWith('\n'))
      last = Math.max(
        last,
        whole && edit.start === starts[lineAt(edit.start)] ? end : Math.min(end + 1, lines.length),
      )
    }
    const from = starts[first] ?? text.length
    const until = starts[last] ?? text.length
    const old = text.slice(from, until)
    const now = group
      .toReversed()
      .reduce((all, edit) => all.slice(0, edit.start - from) + edit.text + all.slice(edit.end - from), old)
    changes.push(trimmed(first, linesOf(old), linesOf(now)))
  }
  return changes
}

function trimmed(start: number, old: readonly string[], now: readonly string[]): Change {
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head++
  let tail = 0
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail++
  return {
    start: start + head,
    removed: old.slice(head, old.length - tail),
    added: now.slice(head, now.length - tail),
  }
}

function hunkText(lines: readonly string[], hunk: readonly Change[], shift: number): string {
  const first = hunk[0]
  const last = hunk.at(-1)
  if (first === undefined || last === undefined) return ''
  const from = Math.max(0, first.start - CONTEXT)
  const until = Math.min(lines.length, last.start + last.removed.length + CONTEXT)
  const body: string[] = []
  let at = from
  for (const { start, removed, added } of hunk) {
    body.push(...lines.slice(at, start).map(line => marked(' ', line)))
    body.push(...removed.map(line => marked('-', line)), ...added.map(line => marked('+', line)))
    at = start + removed.length
  }
  body.push(...lines.slice(at, until).map(line => marked(' ', line)))
  const grown = hunk.reduce((sum, { removed, added }) => sum + added.length - removed.length, 0)
  const oldCount = until - from
  return `@@ -${position(from, oldCount)} +${position(from + shift, oldCount + grown)} @@\n${body.join('')}`
}

/** Of no lines, the place is the line before. */
function position(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`
}

function marked(mark: string, line: string): string {
  return line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`
}
