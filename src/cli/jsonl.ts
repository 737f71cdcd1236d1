import { OPERATIONS } from '../analysis/headless.ts'
import { isNestedTooDeep, TOO_DEEP } from '../analysis/nesting.ts'
import type { CliIo } from './io.ts'

/** Characters of one request. A longer line is answered with an error and not kept. */
const LINE_MAX = 256 * 1024 * 1024

/**
 * Answers one JSON request a line, in order, until the end of input. Nothing is kept from one line to the next, and a
 * line is read only when the answer to the one before it is out. A line that makes no sense, or that meets a bug of
 * ours, is answered with `error`, and the stream goes on.
 */
export async function jsonl(io: CliIo): Promise<void> {
  for await (const line of linesOf(io.stdin)) await io.stdout(`${answerLine(line)}\n`)
}

function answerLine(line: string | undefined): string {
  if (line === undefined) return errorAnswer({ id: null }, 'bad-request', `line over ${LINE_MAX} characters`)
  let request: unknown
  try {
    request = JSON.parse(line)
  } catch (error) {
    return errorAnswer({ id: null }, 'bad-request', `not JSON: ${messageOf(error)}`)
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return errorAnswer({ id: null }, 'bad-request', 'a request is a JSON object')
  const fields = request as Readonly<Record<string, unknown>>
  const { op } = fields
  const id = Object.hasOwn(fields, 'id') ? { id: isNestedTooDeep(fields['id']) ? null : fields['id'] } : {}
  if (isNestedTooDeep(request)) return errorAnswer(id, 'bad-request', TOO_DEEP)
  try {
    const operation = typeof op === 'string' && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined
    if (operation === undefined)
      return errorAnswer(id, 'bad-request', `op must be one of ${Object.keys(OPERATIONS).join(', ')}`)
    const answer = operation(fields)
    return answer.ok
      ? JSON.stringify({ ...id, ...(answer.value as object) })
      : errorAnswer(id, answer.error.code, answer.error.message)
  } catch (error) {
    return errorAnswer(id, 'internal', messageOf(error))
  }
}

function errorAnswer(id: { readonly id?: unknown }, code: string, message: string): string {
  return JSON.stringify({ ...id, error: { code, message } })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Lines without their ends (LF or CRLF); undefined for one that is too long. The last needs no end. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let rest = ''
  let tooLong = false
  let first = true
  const finish = (end: string): string | undefined => {
    const line = (rest + end).replace(/\r$/, '')
    const answer = tooLong ? undefined : first ? line.replace(/^\ufeff/, '') : line
    rest = ''
    tooLong = false
    first = false
    return answer
  }
  for await (const piece of pieces) {
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      yield finish(piece.slice(start, end))
      start = end + 1
    }
    rest += piece.slice(start)
    if (rest.length > LINE_MAX) {
      rest = ''
      tooLong = true
    }
  }
  if (rest !== '' || tooLong) yield finish('')
}
