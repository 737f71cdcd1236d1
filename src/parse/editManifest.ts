import type { TextRange } from '../model/origin.ts'
import { isSyntaxProblem, readDocuments, readPiece } from './documents.ts'
import type { FieldEdit, FieldPath, PlainValue } from './editPath.ts'
import { editedValue } from './editPath.ts'
import type { EditedDocument } from './editText.ts'
import { replaceIn, replacementsOf } from './editText.ts'
import type { TextStyle } from './printValue.ts'
import { mapLines, printFlow, printJson, styleOf } from './printValue.ts'
import type { Tree } from './tree.ts'
import { plainValue } from './tree.ts'
import { yamlComments } from './yamlComments.ts'

/** An object of a file's text: the document that it stands in, and where in it. */
interface FoundObject {
  /** The piece between two separators, in the file. */
  readonly piece: TextRange
  readonly document: number
  /** `['items', 2]` of an object in a List. */
  readonly path: FieldPath
}

/**
 * The text of a file after changes to one of its objects, made the way the text is written: comments, order, quotes
 * and indentation stay. `object` is its range in the file. Undefined where that cannot be done safely: the outcome is
 * read again and must say exactly what the changes mean, for every object of the document (an edit inside an anchor
 * would change all its aliases), and must still have all comments.
 */
export function editManifest(
  text: string,
  object: TextRange,
  edits: readonly FieldEdit[],
): string | undefined {
  const found = findObject(text, object)
  if (found === undefined) return undefined
  const { piece } = found
  const mayBeSeveral = isJsonText(text)
  let current = text.slice(piece.start, piece.end)
  for (const edit of edits) {
    const next = editOnce(current, mayBeSeveral, found, edit)
    if (next === undefined) return undefined
    current = next
  }
  return text.slice(0, piece.start) + current + text.slice(piece.end)
}

function editOnce(
  text: string,
  mayBeSeveral: boolean,
  { document, path }: FoundObject,
  edit: FieldEdit,
): string | undefined {
  const { documents } = readPiece(text, mayBeSeveral)
  const root = documents[document]
  if (root === undefined) return undefined
  const style = styleOf(text, root)
  const comments = style.quoted ? [] : yamlComments(text)
  const whole: FieldEdit = { ...edit, path: [...path, ...edit.path] }
  const edited: EditedDocument = { text, root, style, comments }
  const replacements = replacementsOf(edited, whole)
  const meant = editedValue(plainValue(root) as PlainValue, whole)
  if (replacements === undefined || meant === undefined) return undefined
  const outcome = replaceIn(text, replacements)
  const again = readPiece(outcome, mayBeSeveral)
  const wanted = documents.map((tree, i) => (i === document ? meant : plainValue(tree)))
  const same = JSON.stringify(again.documents.map(plainValue)) === JSON.stringify(wanted)
  return same && !again.problems.some(({ code }) => isSyntaxProblem(code)) && keepsComments(edited, outcome)
    ? outcome
    : undefined
}

function keepsComments({ text, comments, style }: EditedDocument, outcome: string): boolean {
  if (style.quoted) return true
  const left = yamlComments(outcome).map(({ start, end }) => outcome.slice(start, end))
  return (
    left.length === comments.length &&
    [...left].sort().join('\n') ===
      comments
        .map(({ start, end }) => text.slice(start, end))
        .sort()
        .join('\n')
  )
}

function isJsonText(text: string): boolean {
  return /^\ufeff?\s*\{/.test(text)
}

interface Piece extends TextRange {
  readonly documents: readonly Tree[]
}

/** The piece of a file's text that holds a place, read. */
function pieceAround(text: string, place: number): Piece | undefined {
  const { documents } = readDocuments<string>({ name: '', text }, piece => ({
    documents: [piece],
    problems: [],
  }))
  const found = documents.findLast(({ offset }) => offset <= place)
  if (found === undefined) return undefined
  const { document: piece, offset } = found
  return {
    start: offset,
    end: offset + piece.length,
    documents: readPiece(piece, isJsonText(text)).documents,
  }
}

function findObject(text: string, object: TextRange): FoundObject | undefined {
  const piece = pieceAround(text, object.start)
  if (piece === undefined) return undefined
  const inside: TextRange = { start: object.start - piece.start, end: object.end - piece.start }
  for (const [document, tree] of piece.documents.entries()) {
    const path = pathTo(tree, inside)
    if (path !== undefined) return { piece, document, path }
  }
  return undefined
}

/** The way to the object of that range, through the items of Lists. */
function pathTo(tree: Tree, range: TextRange): FieldPath | undefined {
  if (tree.range.start === range.start && tree.range.end === range.end) return []
  const items = tree.kind === 'map' ? tree.entries.get('items')?.value : undefined
  if (items?.kind !== 'list') return undefined
  for (const [i, item] of items.items.entries()) {
    const path = pathTo(item, range)
    if (path !== undefined) return ['items', i, ...path]
  }
  return undefined
}

/**
 * The text of a file with one object more, written like the object at `like`: a document of its own at the end, or,
 * in JSON, one more item where that one stands in a List. Undefined where the text has no place for it.
 */
export function appendManifest(
  text: string,
  like: TextRange | undefined,
  object: Readonly<Record<string, PlainValue>>,
): string | undefined {
  const found = like === undefined ? undefined : findObject(text, like)
  const piece = like === undefined ? undefined : pieceAround(text, like.start)
  const root = found === undefined ? undefined : piece?.documents[found.document]
  const own = piece === undefined ? text : text.slice(piece.start, piece.end)
  const style: TextStyle = styleOf(own, root ?? EMPTY)
  if (root !== undefined && found !== undefined && style.quoted && found.path.length > 0) {
    const edit: FieldEdit = { kind: 'append', path: found.path.slice(0, -1), value: object }
    return editManifest(
      text,
      { start: root.range.start + found.piece.start, end: root.range.end + found.piece.start },
      [edit],
    )
  }
  const { eol } = style
  const gap = text === '' || text.endsWith('\n') ? '' : eol
  const outcome = style.quoted
    ? `${text}${gap}${style.compact ? printFlow(object, style) : printJson(object, '', style)}${eol}`
    : `${text}${gap}${text.trim() === '' ? '' : `---${eol}`}${mapLines(object, 0, style).join(eol)}${eol}`
  const added = outcome.slice(text.length).replace(/^\s*---/, '')
  const [read] = readPiece(added, false).documents
  return read !== undefined && JSON.stringify(plainValue(read)) === JSON.stringify(object)
    ? outcome
    : undefined
}

const EMPTY: Tree = { kind: 'null', range: { start: 0, end: 0 } }
