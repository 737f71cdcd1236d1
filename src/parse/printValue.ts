import type { PlainValue } from './editPath.ts'
import { isPlainList, isPlainMap } from './editPath.ts'
import { readPlainScalar } from './plainScalar.ts'
import type { Tree } from './tree.ts'

/** How a document is written, so that what is added looks like the rest. */
export interface TextStyle {
  readonly eol: string
  /** Columns that a map stands right of its key. */
  readonly indent: number
  /** Columns that a list stands right of its key: often 0. */
  readonly listIndent: number
  /** Of JSON over several lines: what a level stands to the right. */
  readonly jsonIndent: string
  /** Every text and key in double quotes: JSON. */
  readonly quoted: boolean
  /** JSON without blanks. */
  readonly compact: boolean
  /** `{ a: b }` */
  readonly padded: boolean
}

export function styleOf(text: string, root: Tree): TextStyle {
  const columns = { indent: 0, listIndent: -1 }
  measure(text, root, columns)
  const quoted =
    root.kind === 'map' && [...root.entries.values()].every(({ keyRange }) => text[keyRange.start] === '"')
  return {
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    indent: columns.indent || 2,
    listIndent: columns.listIndent < 0 ? columns.indent || 2 : columns.listIndent,
    jsonIndent: /^\s*\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? '  ',
    quoted,
    compact: quoted && !/":\s/.test(text),
    padded: /\{ \S/.test(text) && !/\{[^\s}]/.test(text),
  }
}

/** The first block map and the first block list that stand below a key. */
function measure(text: string, node: Tree, columns: { indent: number; listIndent: number }): void {
  if (columns.indent > 0 && columns.listIndent >= 0) return
  if (node.kind === 'list') for (const item of node.items) measure(text, item, columns)
  if (node.kind !== 'map' || isFlow(text, node)) return
  for (const { keyRange, value } of node.entries.values()) {
    const right = columnOf(text, value.range.start) - columnOf(text, keyRange.start)
    const below = lineStart(text, value.range.start) > keyRange.start
    if (value.kind === 'map' && below && right > 0 && columns.indent === 0) columns.indent = right
    if (value.kind === 'list' && below && right >= 0 && columns.listIndent < 0) columns.listIndent = right
    measure(text, value, columns)
  }
}

/** Whether the collection is written with brackets. */
export function isFlow(text: string, { range }: Tree): boolean {
  return text[range.start] === '{' || text[range.start] === '['
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}

const PLAIN = /^[A-Za-z0-9_](?:[A-Za-z0-9_./-]*[A-Za-z0-9_])?$/

/** A text without quotes where every reader takes it for one; what looks like a date is one to some. */
export function printScalar(value: null | boolean | number | string, { quoted }: TextStyle): string {
  if (typeof value !== 'string') return String(value)
  const plain =
    PLAIN.test(value) && !/^[0-9]{4}-[0-9]/.test(value) && readPlainScalar(value).kind === 'string'
  return plain && !quoted ? value : JSON.stringify(value)
}

/** In brackets, on one line. */
export function printFlow(value: PlainValue, style: TextStyle): string {
  const comma = style.compact ? ',' : ', '
  if (isPlainList(value)) return `[${value.map(item => printFlow(item, style)).join(comma)}]`
  if (!isPlainMap(value)) return printScalar(value, style)
  const entries = Object.entries(value).map(
    ([key, inner]) => `${printScalar(key, style)}:${style.compact ? '' : ' '}${printFlow(inner, style)}`,
  )
  if (entries.length === 0) return '{}'
  return style.padded ? `{ ${entries.join(comma)} }` : `{${entries.join(comma)}}`
}

/** JSON over several lines, of which all but the first begin with `indentation`. */
export function printJson(value: PlainValue, indentation: string, { jsonIndent, eol }: TextStyle): string {
  return JSON.stringify(value, null, jsonIndent).replaceAll('\n', eol + indentation)
}

/** The entries of a map as lines at a column. */
export function mapLines(
  map: Readonly<Record<string, PlainValue>>,
  column: number,
  style: TextStyle,
): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => entryLines(key, value, column, style))
}

export function entryLines(
  key: string,
  value: PlainValue,
  column: number,
  style: TextStyle,
): readonly string[] {
  const head = `${' '.repeat(column)}${printScalar(key, style)}:`
  if (isPlainList(value) && value.length > 0)
    return [head, ...listLines(value, column + style.listIndent, style)]
  if (isPlainMap(value) && Object.keys(value).length > 0)
    return [head, ...mapLines(value, column + style.indent, style)]
  return [`${head} ${printFlow(value, style)}`]
}

/** The items of a list as lines with their dashes at a column. */
export function listLines(list: readonly PlainValue[], column: number, style: TextStyle): readonly string[] {
  return list.flatMap(item => itemLines(item, column, '- ', style))
}

/** One item; `dash` with the blanks that follow it. `flowValues`: one line an entry. */
export function itemLines(
  item: PlainValue,
  column: number,
  dash: string,
  style: TextStyle,
  flowValues = false,
): readonly string[] {
  const head = ' '.repeat(column) + dash
  if (!isPlainMap(item) || Object.keys(item).length === 0) return [head + printFlow(item, style)]
  const [first = '', ...rest] = flowValues
    ? Object.entries(item).map(
        ([key, value]) => `${' '.repeat(head.length)}${printScalar(key, style)}: ${printFlow(value, style)}`,
      )
    : mapLines(item, head.length, style)
  return [head + first.slice(head.length), ...rest]
}
