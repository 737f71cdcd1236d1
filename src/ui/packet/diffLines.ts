import type { ScenarioFile } from '../../model/scenario.ts'
import type { TextEdit } from '../../model/suggestion.ts'
import { withEdits } from '../../store/textEdits.ts'

/** A line of a diff; `number` counts from 1, in the old text for removed lines, in the new for the others. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly number: number
  readonly text: string
}

/** Lines around one change. */
export interface DiffHunk {
  readonly file: string
  readonly lines: readonly DiffLine[]
}

const CONTEXT = 2

interface Change {
  readonly edits: readonly TextEdit[]
  /** Lines of the old text, from 0, both included. */
  readonly first: number
  readonly last: number
}

/** What edits change, line by line, with two lines around; changes close to each other are one hunk. */
export function diffHunks(files: readonly ScenarioFile[], edits: readonly TextEdit[]): readonly DiffHunk[] {
  const names = [...new Set(edits.map(({ file }) => file))]
  return names.flatMap(file => {
    const text = files.find(({ name }) => name === file)?.text ?? ''
    const own = edits.filter(edit => edit.file === file)
    return hunksOf(file, text, own)
  })
}

function hunksOf(file: string, text: string, edits: readonly TextEdit[]): readonly DiffHunk[] {
  const lines = text.split('\n')
  const changes = joined(edits.map(edit => ({ edits: [edit], ...linesOf(text, edit) })))
  /** By how much lines below have moved. */
  let shift = 0
  return changes.map(change => {
    const first = Math.max(0, change.first - CONTEXT)
    const last = Math.min(lines.length - 1, change.last + CONTEXT)
    const offset = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0)
    const old = lines.slice(first, last + 1)
    const moved = change.edits.map(edit => ({ ...edit, start: edit.start - offset, end: edit.end - offset }))
    const [edited] = withEdits([{ name: file, text: old.join('\n') }], moved)
    const fresh = (edited?.text ?? '').split('\n')
    const hunk = { file, lines: compared(text === '' ? [] : old, fresh, first, shift) }
    shift += fresh.length - old.length
    return hunk
  })
}

function linesOf(text: string, { start, end }: TextEdit): { readonly first: number; readonly last: number } {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length - 1
  return { first: lineAt(start), last: lineAt(end) }
}

function joined(changes: readonly Change[]): readonly Change[] {
  const result: Change[] = []
  for (const change of changes.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1)
    if (before === undefined || change.first - before.last > 2 * CONTEXT) result.push(change)
    else
      result.splice(-1, 1, {
        edits: [...before.edits, ...change.edits],
        first: before.first,
        last: Math.max(before.last, change.last),
      })
  }
  return result
}

/** Lines common to both in order stay; a few dozen at most, so that the slow way is quick enough. */
function compared(
  old: readonly string[],
  fresh: readonly string[],
  first: number,
  shift: number,
): readonly DiffLine[] {
  // longest[i][j]: how many lines old[i…] and fresh[j…] have in common.
  const longest = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0))
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = longest[i]
      if (row !== undefined)
        row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < fresh.length) {
    const was = old[i]
    const is = fresh[j]
    if (was !== undefined && was === is) {
      lines.push({ kind: 'same', number: first + shift + j + 1, text: was })
      i++
      j++
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'removed', number: first + i + 1, text: was })
      i++
    } else {
      lines.push({ kind: 'added', number: first + shift + j + 1, text: is ?? '' })
      j++
    }
  }
  return trimmed(lines)
}

/** At most the wanted lines around, also where an edit holds unchanged lines at its ends. */
function trimmed(lines: readonly DiffLine[]): readonly DiffLine[] {
  const changed = lines.flatMap(({ kind }, i) => (kind === 'same' ? [] : [i]))
  const first = changed[0]
  const last = changed.at(-1)
  if (first === undefined || last === undefined) return []
  return lines.slice(Math.max(0, first - CONTEXT), last + CONTEXT + 1)
}
