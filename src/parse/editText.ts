import type { TextRange } from '../model/origin.ts'
import type { FieldEdit, FieldPath, Located, PlainValue } from './editPath.ts'
import { isAlias, isPlainMap, locate } from './editPath.ts'
import type { TextStyle } from './printValue.ts'
import {
  columnOf,
  entryLines,
  isFlow,
  itemLines,
  lineStart,
  listLines,
  printFlow,
  printJson,
  printScalar,
} from './printValue.ts'
import type { Tree } from './tree.ts'

export interface Replacement extends TextRange {
  readonly text: string
}

/** The text after replacements that do not overlap and all hold for the text before. */
export function replaceIn(text: string, replacements: readonly Replacement[]): string {
  return replacements
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: inner }) => all.slice(0, start) + inner + all.slice(end), text)
}

/** A document with what is needed to change its text. */
export interface EditedDocument {
  readonly text: string
  readonly root: Tree
  readonly style: TextStyle
  /** All comments, in the order of the text. */
  readonly comments: readonly TextRange[]
}

/**
 * The replacements that make a change in the way the text is written: block or flow, with its indentation. Undefined
 * where the text is written in a way that this does not know; whoever uses it reads the outcome again to be sure.
 */
export function replacementsOf(
  document: EditedDocument,
  edit: FieldEdit,
): readonly Replacement[] | undefined {
  const way = locate(document.text, document.root, edit.path)
  const target = way?.at(-1)
  if (way === undefined || target === undefined) return undefined
  const missing = edit.path.slice(way.length - 1)
  switch (edit.kind) {
    case 'remove':
      return missing.length === 0 ? removed(document, way) : undefined
    case 'append':
      return missing.length > 0
        ? added(document, target, missing, [edit.value])
        : target.node.kind === 'list' && target.node.items.length > 0
          ? appended(document, target.node, edit.value)
          : filled(document, target, [edit.value])
    case 'set':
      if (missing.length > 0) return added(document, target, missing, edit.value)
      if (target.node.kind === 'null') return filled(document, target, edit.value)
      if (target.node.kind === 'list' || target.node.kind === 'map') return undefined
      return [{ ...target.node.range, text: replacedScalar(document, target.node, edit.value) }]
  }
}

/** In the quotes of the scalar that stood there. */
function replacedScalar({ text, style }: EditedDocument, { range }: Tree, value: PlainValue): string {
  if (typeof value !== 'string') return printFlow(value, style)
  if (text[range.start] === '"') return JSON.stringify(value)
  if (text[range.start] === "'") return `'${value.replaceAll("'", "''")}'`
  return printScalar(value, style)
}

const REST_OF_LINE = /^:?(?:[ \t]+#.*|[ \t]*)\r?$/

/** Where the line of an offset ends, newline included, if nothing but a comment follows on it. */
function endOfLine(
  text: string,
  offset: number,
): { readonly at: number; readonly newline: boolean } | undefined {
  const newline = text.indexOf('\n', offset)
  const end = newline < 0 ? text.length : newline
  if (!REST_OF_LINE.test(text.slice(offset, end))) return undefined
  return newline < 0 ? { at: end, newline: false } : { at: newline + 1, newline: true }
}

/** New lines below the line of an offset. */
function below(
  { text, style: { eol } }: EditedDocument,
  offset: number,
  lines: readonly string[],
): Replacement | undefined {
  const end = endOfLine(text, offset)
  if (end === undefined) return undefined
  const joined = lines.join(eol)
  return { start: end.at, end: end.at, text: end.newline ? joined + eol : eol + joined }
}

function one(replacement: Replacement | undefined): readonly Replacement[] | undefined {
  return replacement === undefined ? undefined : [replacement]
}

/** The place of an item's dash, where it is alone on its line before the item. */
function dashOf(text: string, item: Tree): number | undefined {
  let at = item.range.start - 1
  while (at >= 0 && /\s/.test(text[at] ?? '')) at--
  if (text[at] !== '-') return undefined
  return /^ *$/.test(text.slice(lineStart(text, at), at)) ? at : undefined
}

function appended(
  document: EditedDocument,
  list: Tree & { readonly kind: 'list' },
  value: PlainValue,
): readonly Replacement[] | undefined {
  const { text, style } = document
  const last = list.items.at(-1)
  if (last === undefined) return undefined
  if (isFlow(text, list)) return [afterLast(document, last.range, last.range.start, value, '')]
  for (const item of list.items) {
    const dash = dashOf(text, item)
    if (dash === undefined) continue
    const blanks = text.slice(dash + 1, item.range.start)
    const mark = /^ +$/.test(blanks) ? `-${blanks}` : '- '
    const column = columnOf(text, dash)
    const lines = isFlow(text, last)
      ? [' '.repeat(column) + mark + printFlow(value, style)]
      : itemLines(value, column, mark, style, hasFlowValues(text, last))
    return one(below(document, last.range.end, lines))
  }
  return undefined
}

/** `- podSelector: {matchLabels: {app: web}}`: brackets wherever an entry could go on below its key. */
function hasFlowValues(text: string, item: Tree): boolean {
  const values = item.kind === 'map' ? [...item.entries.values()].map(({ value }) => value) : []
  const nested = values.filter(({ kind }) => kind === 'map' || kind === 'list')
  return (
    nested.length > 0 &&
    nested.every(value => isAlias(text, value) || (isFlow(text, value) && !isEmpty(value)))
  )
}

function isEmpty(node: Tree): boolean {
  return (node.kind === 'map' && node.entries.size === 0) || (node.kind === 'list' && node.items.length === 0)
}

/** Behind the last item or entry of something in brackets: on the same line, or on its own where that one is. */
function afterLast(
  { text, style }: EditedDocument,
  last: TextRange,
  from: number,
  value: PlainValue,
  key: string,
): Replacement {
  const start = lineStart(text, from)
  const indentation = text.slice(start, from)
  const ownLine = /^[ \t]*$/.test(indentation)
  const long = ownLine && text.slice(from, last.end).includes('\n') && style.quoted
  const printed = long ? printJson(value, indentation, style) : printFlow(value, style)
  const separator = ownLine ? `,${style.eol}${indentation}` : style.compact ? ',' : ', '
  return { start: last.end, end: last.end, text: `${separator}${key}${printed}` }
}

/** A field that is not there, in the map around it; with the maps between, where they lack, too. */
function added(
  document: EditedDocument,
  { node: map, key: mapKey }: Located,
  path: FieldPath,
  value: PlainValue,
): readonly Replacement[] | undefined {
  const { text, style } = document
  const [name, ...rest] = path
  if (typeof name !== 'string' || rest.some(step => typeof step === 'number')) return undefined
  const inner = rest.reduceRight<PlainValue>((all, step) => ({ [step]: all }), value)
  if (map.kind === 'null')
    return filled(document, { node: map, ...(mapKey && { key: mapKey }) }, { [name]: inner })
  if (map.kind !== 'map') return undefined
  if (isFlow(text, map)) {
    const last = lastEntry(map)
    if (last === undefined) return [{ ...map.range, text: printFlow({ [name]: inner }, style) }]
    const key = `${printScalar(name, style)}:${style.compact ? '' : ' '}`
    return [afterLast(document, { start: last.key.start, end: last.end }, last.key.start, inner, key)]
  }
  if (!/^(?: *- +)* *$/.test(text.slice(lineStart(text, map.range.start), map.range.start))) return undefined
  const lines = entryLines(name, inner, columnOf(text, map.range.start), style)
  return one(below(document, map.range.end, lines))
}

function lastEntry(
  map: Tree & { readonly kind: 'map' },
): { readonly key: TextRange; readonly end: number } | undefined {
  const entries = [...map.entries.values()].filter(({ keyRange }) => keyRange.start >= map.range.start)
  const last = entries.at(-1)
  return last === undefined
    ? undefined
    : { key: last.keyRange, end: Math.max(last.keyRange.end, last.value.range.end) }
}

/** A value where nothing, `null` or an empty list stands. */
function filled(
  document: EditedDocument,
  { node, key }: Located,
  value: PlainValue,
): readonly Replacement[] | undefined {
  const { text, style } = document
  const { start, end } = node.range
  if (key === undefined || !isBlockKey(text, key)) return [{ start, end, text: printFlow(value, style) }]
  const colon = colonAfter(text, key)
  if (colon === undefined) return undefined
  if (!isPlainMap(value) && !Array.isArray(value))
    return [{ start: colon, end: Math.max(colon, end), text: ` ${printFlow(value, style)}` }]
  const column = columnOf(text, key.start)
  const lines = isPlainMap(value)
    ? entryLines('x', value, column, style).slice(1)
    : listLines(value as readonly PlainValue[], column + style.listIndent, style)
  const added = below(document, Math.max(colon, end), lines)
  if (added === undefined) return undefined
  return end > start ? [{ start: colon, end, text: '' }, added] : [added]
}

/** Whether the key stands in a map without brackets: nothing but blanks and dashes before it on its line. */
function isBlockKey(text: string, key: TextRange): boolean {
  return text[key.start] !== '"' && /^(?: *- +)* *$/.test(text.slice(lineStart(text, key.start), key.start))
}

function colonAfter(text: string, key: TextRange): number | undefined {
  const found = /^[ \t]*:/.exec(text.slice(key.end, key.end + 100))
  return found === null ? undefined : key.end + found[0].length
}

function removed(document: EditedDocument, way: readonly Located[]): readonly Replacement[] | undefined {
  const item = way.at(-1)?.node
  const list = way.at(-2)
  if (item === undefined || list?.node.kind !== 'list') return undefined
  const { items } = list.node
  const { text, comments } = document
  const index = items.indexOf(item)
  const holdsComment = ({ start, end }: TextRange): boolean =>
    comments.some(comment => comment.start >= start && comment.end <= end)
  if (isFlow(text, list.node)) {
    const next = items[index + 1]
    const previous = items[index - 1]
    const range =
      items.length === 1
        ? list.node.range
        : previous !== undefined
          ? { start: previous.range.end, end: item.range.end }
          : { start: item.range.start, end: next?.range.start ?? item.range.end }
    return holdsComment(range) ? undefined : [{ ...range, text: items.length === 1 ? '[]' : '' }]
  }
  if (items.length > 1) return one(withoutLines(document, item, item))
  const colon = list.key === undefined ? undefined : colonAfter(text, list.key)
  const lines = withoutLines(document, item, item)
  return colon === undefined || lines === undefined
    ? undefined
    : [{ start: colon, end: colon, text: ' []' }, lines]
}

/** The lines of an item away; the comments on them stay, each on a line of its own. */
function withoutLines(
  { text, comments, style }: EditedDocument,
  first: Tree,
  last: Tree,
): Replacement | undefined {
  const dash = dashOf(text, first)
  const end = endOfLine(text, last.range.end)
  if (dash === undefined || end === undefined) return undefined
  const start = lineStart(text, dash)
  const kept = comments.filter(comment => comment.start >= start && comment.end <= end.at)
  const indentation = text.slice(start, dash)
  return {
    start,
    end: end.at,
    text: kept.map(comment => `${indentation}${text.slice(comment.start, comment.end)}${style.eol}`).join(''),
  }
}
