import type { TextRange } from '../model/origin.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { readJson } from './jsonReader.ts'
import type { MessageCode } from './messages.ts'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'
import { readYaml } from './yamlReader.ts'

/** One document of a file. Ranges inside `document` count from `offset`. */
export interface FileDocument<D> {
  readonly document: D
  readonly offset: number
}

export interface FileDocuments<D> {
  readonly documents: readonly FileDocument<D>[]
  /** In the order of the text, with ranges in the file. */
  readonly problems: readonly Problem[]
}

/** What stands between two separators. Ranges count from its start, so it depends on the piece's text alone. */
export interface PieceContent<D> {
  readonly documents: readonly D[]
  readonly problems: readonly Problem[]
}

/** Reads one piece. `mayBeSeveral`: the file is JSON, of which one piece may hold several objects. */
export type PieceReader<D> = (text: string, mayBeSeveral: boolean) => PieceContent<D>

/** What is read of a whole scenario. Reading takes about half a second a million characters of YAML the first time. */
export const MAX_TEXT = 64 * 1024 * 1024
export const MAX_DOCUMENTS = 200_000

/**
 * The documents of a file, YAML or JSON by content (kubernetes-admission R2–R5). Every piece between separator lines
 * is read on its own, so a syntax error costs only its own piece. `budget` is how many documents may still be read;
 * beyond it a problem says so.
 */
export function readDocuments<D>(
  file: ScenarioFile,
  read: PieceReader<D>,
  budget: number = MAX_DOCUMENTS,
): FileDocuments<D> {
  const { text } = file
  if (text.length > MAX_TEXT)
    return {
      documents: [],
      problems: [{ code: 'text-too-long', args: { limit: MAX_TEXT }, range: { start: 0, end: 1 } }],
    }
  const documents: FileDocument<D>[] = []
  const problems: Problem[] = []
  const mayBeSeveral = /^\ufeff?\s*\{/.test(text)
  for (const { start, end, separator } of pieces(text)) {
    if (separator !== undefined)
      problems.push({
        code: 'yaml-separator',
        args: { rest: text.slice(separator.start, separator.end).slice(0, 1000) },
        range: separator,
      })
    if (documents.length >= budget) {
      problems.push({ code: 'too-many-documents', args: { limit: MAX_DOCUMENTS }, range: { start, end } })
      break
    }
    const piece = read(text.slice(start, end), mayBeSeveral)
    for (const document of piece.documents) documents.push({ document, offset: start })
    for (const problem of piece.problems) problems.push({ ...problem, range: shifted(problem.range, start) })
  }
  return { documents, problems }
}

export function shifted(range: TextRange, offset: number): TextRange {
  return { start: range.start + offset, end: range.end + offset }
}

interface Piece extends TextRange {
  /** What stands after the `---` before this piece although nothing may (R3). */
  readonly separator?: TextRange
}

/** R3: a line that begins with `---` in its first column separates. The mark that it is Unicode is skipped. */
function* pieces(text: string): Generator<Piece> {
  let start = text.startsWith('\ufeff') ? 1 : 0
  let separator: TextRange | undefined
  const piece = (end: number): Piece => ({ start, end, ...(separator && { separator }) })
  for (let line = separatorFrom(text, start); line >= 0; line = separatorFrom(text, start)) {
    if (line > start || separator !== undefined) yield piece(line)
    const newline = text.indexOf('\n', line)
    const next = newline < 0 ? text.length : newline + 1
    const rest = text.slice(line + 3, next)
    const trimmed = rest.trim()
    const at = line + 3 + rest.indexOf(trimmed)
    separator =
      trimmed === '' || trimmed.startsWith('#') ? undefined : { start: at, end: at + trimmed.length }
    start = next
  }
  yield piece(text.length)
}

/** The next separator line at or behind the beginning of a line; -1 when there is none. */
function separatorFrom(text: string, line: number): number {
  if (text.startsWith('---', line)) return line
  const newline = text.indexOf('\n---', line)
  return newline < 0 ? -1 : newline + 1
}

/**
 * Text that begins with `{` is tried as JSON and, where it is none, as YAML; when it is neither, the reader that came
 * further tells what is wrong. A document that reads as null counts as absent.
 */
export function readPiece(text: string, mayBeSeveral: boolean): PieceContent<Tree> {
  const first = /\S/.exec(text)
  if (first === null) return { documents: [], problems: [] }
  // Two braces begin a template, which the YAML reader knows by name; no JSON begins so.
  if (first[0] !== '{' || text.startsWith('{{', first.index)) return readYamlPiece(text)
  const json = readJson(text)
  const jsonPiece = { documents: json.trees, problems: json.problems }
  if (json.stoppedAt === undefined && (mayBeSeveral || json.trees.length < 2)) return jsonPiece
  const yaml = readYamlPiece(text)
  const error = yaml.problems.find(problem => isSyntaxProblem(problem.code))
  const yamlStoppedAt = yaml.documents.length > 0 || error === undefined ? Infinity : error.range.start
  const jsonCameFurther = (json.stoppedAt ?? 0) >= yamlStoppedAt
  return jsonCameFurther || (mayBeSeveral && json.trees.length > 0) ? jsonPiece : yaml
}

function readYamlPiece(text: string): PieceContent<Tree> {
  const { tree, problems } = readYaml(text)
  return { documents: tree === undefined || tree.kind === 'null' ? [] : [tree], problems }
}

/** What is told of the text and yet leaves it readable. */
const HARMLESS: ReadonlySet<MessageCode> = new Set<MessageCode>(['duplicate-key', 'text-after-document-end'])

/** Whether some text could not be read. */
export function isSyntaxProblem(code: MessageCode): boolean {
  return !HARMLESS.has(code)
}
