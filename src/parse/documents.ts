import type { TextRange } from '../model/origin.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { readJson } from './jsonReader.ts'
import type { MessageCode } from './messages.ts'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'
import { readYaml } from './yamlReader.ts'

/** One document of a file. Ranges inside `tree` count from `offset`. */
export interface FileDocument {
  readonly tree: Tree
  readonly offset: number
}

export interface FileDocuments {
  readonly documents: readonly FileDocument[]
  /** In the order of the text, with ranges in the file. */
  readonly problems: readonly Problem[]
}

/** What is read of a whole scenario. Reading takes about half a second a million characters of YAML. */
export const MAX_TEXT = 32 * 1024 * 1024
export const MAX_DOCUMENTS = 50_000

/**
 * The documents of a file, YAML or JSON by content (kubernetes-admission R2–R5). Every piece between separator lines
 * is read on its own, so a syntax error costs only its own piece. `budget` is how many documents may still be read;
 * beyond it a problem says so.
 */
export function readDocuments(file: ScenarioFile, budget: number = MAX_DOCUMENTS): FileDocuments {
  const { text } = file
  if (text.length > MAX_TEXT)
    return {
      documents: [],
      problems: [{ code: 'text-too-long', args: { limit: MAX_TEXT }, range: { start: 0, end: 1 } }],
    }
  const documents: FileDocument[] = []
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
    const read = readPiece(text.slice(start, end), mayBeSeveral)
    for (const tree of read.trees) documents.push({ tree, offset: start })
    for (const problem of read.problems) problems.push({ ...problem, range: shifted(problem.range, start) })
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
  for (let line = start; line < text.length;) {
    const newline = text.indexOf('\n', line)
    const next = newline < 0 ? text.length : newline + 1
    if (text.startsWith('---', line)) {
      if (line > start || separator !== undefined) yield piece(line)
      const rest = text.slice(line + 3, next)
      const trimmed = rest.trim()
      const at = line + 3 + rest.indexOf(trimmed)
      separator =
        trimmed === '' || trimmed.startsWith('#') ? undefined : { start: at, end: at + trimmed.length }
      start = next
    }
    line = next
  }
  yield piece(text.length)
}

interface PieceContent {
  readonly trees: readonly Tree[]
  readonly problems: readonly Problem[]
}

/**
 * Text that begins with `{` is tried as JSON and, where it is none, as YAML; when it is neither, the reader that came
 * further tells what is wrong. A document that reads as null counts as absent.
 */
function readPiece(text: string, mayBeSeveral: boolean): PieceContent {
  const first = /\S/.exec(text)
  if (first === null) return { trees: [], problems: [] }
  if (first[0] !== '{') return readYamlPiece(text)
  const json = readJson(text)
  if (json.stoppedAt === undefined && (mayBeSeveral || json.trees.length < 2)) return json
  const yaml = readYamlPiece(text)
  const error = yaml.problems.find(problem => isSyntaxProblem(problem.code))
  const yamlStoppedAt = yaml.trees.length > 0 || error === undefined ? Infinity : error.range.start
  return (json.stoppedAt ?? 0) >= yamlStoppedAt || (mayBeSeveral && json.trees.length > 0) ? json : yaml
}

function readYamlPiece(text: string): PieceContent {
  const { tree, problems } = readYaml(text)
  return { trees: tree === undefined || tree.kind === 'null' ? [] : [tree], problems }
}

/** What is told of the text and yet leaves it readable. */
const HARMLESS: ReadonlySet<MessageCode> = new Set<MessageCode>(['duplicate-key', 'text-after-document-end'])

/** Whether some text could not be read. */
export function isSyntaxProblem(code: MessageCode): boolean {
  return !HARMLESS.has(code)
}
