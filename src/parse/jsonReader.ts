import type { TextRange } from '../model/origin.ts'
import type { MessageCode } from './messages.ts'
import { MAX_DEPTH } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Tree, TreeEntry } from './tree.ts'

export interface JsonText {
  /** The objects up to the first problem, one after the other. */
  readonly trees: readonly Tree[]
  readonly problems: readonly Problem[]
  /** Where reading stopped on a syntax error. */
  readonly stoppedAt?: number
}

interface Reader {
  readonly text: string
  readonly problems: Problem[]
  at: number
}

/** Thrown and caught in this file only: the way out of the recursion. */
interface Stop {
  readonly stop: MessageCode
  readonly args: Problem['args']
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
const WORD = /true|false|null/y
/** JSON allows every character in a string but controls, quotes and backslashes. */
const PLAIN_STRING = /[ !#-[\]-\u{10ffff}]*/uy

/** JSON values one after the other, strictly (RFC 8259); of equal keys the last wins (R8). Never throws. */
export function readJson(text: string): JsonText {
  const reader: Reader = { text, problems: [], at: 0 }
  const trees: Tree[] = []
  for (;;) {
    skipBlanks(reader)
    if (reader.at >= text.length) return { trees, problems: reader.problems }
    try {
      trees.push(readValue(reader, 0))
    } catch (stop) {
      if (!isStop(stop)) throw stop
      const end = Math.min(reader.at + 1, text.length)
      const range = { start: Math.min(reader.at, Math.max(end - 1, 0)), end }
      reader.problems.push({ code: stop.stop, args: stop.args, range })
      return { trees, problems: reader.problems, stoppedAt: reader.at }
    }
  }
}

function isStop(error: unknown): error is Stop {
  return typeof error === 'object' && error !== null && 'stop' in error
}

function stop(code: MessageCode, args: Problem['args'] = {}): never {
  const reason: Stop = { stop: code, args }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- plain data; it never leaves this file
  throw reason
}

function expected(reader: Reader, what: string): never {
  const found = reader.text.slice(reader.at, reader.at + 1)
  return found === '' ? stop('json-ends-early', { what }) : stop('json-syntax', { what, found })
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    reader.at++
  }
}

function readValue(reader: Reader, depth: number): Tree {
  if (depth > MAX_DEPTH) stop('document-too-deep', { MAX_DEPTH })
  skipBlanks(reader)
  const start = reader.at
  switch (reader.text[start]) {
    case '{':
      return readObject(reader, depth)
    case '[':
      return readArray(reader, depth)
    case '"': {
      const value = readString(reader)
      return { kind: 'string', value, range: { start, end: reader.at } }
    }
    default:
      return readWord(reader)
  }
}

function readWord(reader: Reader): Tree {
  const start = reader.at
  const number = take(reader, NUMBER)
  if (number !== undefined) return numberTree(number, { start, end: reader.at })
  const word = take(reader, WORD)
  const range = { start, end: reader.at }
  if (word === undefined) return expected(reader, 'a value')
  return word === 'null' ? { kind: 'null', range } : { kind: 'bool', value: word === 'true', range }
}

function numberTree(source: string, range: TextRange): Tree {
  const value = Number(source)
  const integer = /^-?[0-9]{1,19}$/.test(source)
  return { kind: 'number', value, text: integer ? BigInt(source).toString() : String(value), range }
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)
  if (match === null) return undefined
  reader.at += match[0].length
  return match[0]
}

function readObject(reader: Reader, depth: number): Tree {
  const start = reader.at++
  const entries = new Map<string, TreeEntry>()
  for (let first = true; ; first = false) {
    skipBlanks(reader)
    if (first && reader.text[reader.at] === '}') break
    const keyStart = reader.at
    if (reader.text[keyStart] !== '"') expected(reader, first ? 'a key in quotes or }' : 'a key in quotes')
    const key = readString(reader)
    const keyRange = { start: keyStart, end: reader.at }
    skipBlanks(reader)
    if (reader.text[reader.at] !== ':') expected(reader, ':')
    reader.at++
    const value = readValue(reader, depth + 1)
    const earlier = entries.get(key)
    if (earlier !== undefined)
      reader.problems.push({ code: 'duplicate-key', args: { key }, range: earlier.keyRange })
    entries.set(key, { keyRange, value })
    skipBlanks(reader)
    if (reader.text[reader.at] === '}') break
    if (reader.text[reader.at] !== ',') expected(reader, ', or }')
    reader.at++
  }
  reader.at++
  return { kind: 'map', entries, range: { start, end: reader.at } }
}

function readArray(reader: Reader, depth: number): Tree {
  const start = reader.at++
  const items: Tree[] = []
  skipBlanks(reader)
  if (reader.text[reader.at] !== ']')
    for (;;) {
      items.push(readValue(reader, depth + 1))
      skipBlanks(reader)
      if (reader.text[reader.at] === ']') break
      if (reader.text[reader.at] !== ',') expected(reader, ', or ]')
      reader.at++
    }
  reader.at++
  return { kind: 'list', items, range: { start, end: reader.at } }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

function readString(reader: Reader): string {
  const { text } = reader
  reader.at++
  let value = ''
  for (;;) {
    value += take(reader, PLAIN_STRING) ?? ''
    const next = text[reader.at]
    if (next === '"') break
    if (next !== '\\') expected(reader, 'a closing quote')
    const escape = text[reader.at + 1] ?? ''
    const simple = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined
    const hex = text.slice(reader.at + 2, reader.at + 6)
    if (simple !== undefined) {
      value += simple
      reader.at += 2
    } else if (escape === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) {
      value += String.fromCharCode(parseInt(hex, 16))
      reader.at += 6
    } else {
      stop('json-escape')
    }
  }
  reader.at++
  return value
}
