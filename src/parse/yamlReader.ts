import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Parser } from 'yaml'
import type { Alias, CST, Node } from 'yaml'
import type { TextRange } from '../model/origin.ts'
import type { MessageCode } from './messages.ts'
import { decodeBase64 } from './base64.ts'
import { formatKeyNumber, readPlainScalar } from './plainScalar.ts'
import type { ScalarValue } from './plainScalar.ts'
import { MAX_DEPTH } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Tree, TreeEntry } from './tree.ts'

export interface YamlText {
  /** Absent when the text is empty, only comments, or cannot be read. */
  readonly tree?: Tree
  readonly problems: readonly Problem[]
}

/** Which of our codes tells what is wrong, by the code of the YAML library. */
const SYNTAX_CODES: Readonly<Record<string, MessageCode>> = {
  ALIAS_PROPS: 'yaml-anchor',
  BAD_ALIAS: 'yaml-anchor',
  BAD_DIRECTIVE: 'yaml-directive',
  BAD_DQ_ESCAPE: 'yaml-escape',
  BAD_INDENT: 'yaml-indentation',
  BAD_PROP_ORDER: 'yaml-anchor',
  BAD_SCALAR_START: 'yaml-scalar-start',
  BLOCK_AS_IMPLICIT_KEY: 'yaml-nested-mapping',
  BLOCK_IN_FLOW: 'yaml-block-in-flow',
  KEY_OVER_1024_CHARS: 'yaml-long-key',
  MISSING_CHAR: 'yaml-missing-character',
  MULTILINE_IMPLICIT_KEY: 'yaml-multiline-key',
  MULTIPLE_ANCHORS: 'yaml-anchor',
  MULTIPLE_TAGS: 'yaml-anchor',
  RESOURCE_EXHAUSTION: 'document-too-deep',
  TAB_AS_INDENT: 'yaml-tab',
}

/**
 * One YAML document as kubectl reads it (kubernetes-admission R3, R6–R9): the piece between two separator lines,
 * of which a `...` cuts off the rest. At most one syntax problem is told, the first: the others tend to follow from it.
 * Never throws.
 */
export function readYaml(text: string): YamlText {
  const control = findControlCharacter(text)
  if (control >= 0)
    return failure('yaml-control-character', rangeAt(text, control, control + 1), {
      code: text.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0'),
    })
  const tokens: CST.Token[] = []
  const problems: Problem[] = []
  let ended = false
  for (const token of new Parser().parse(text)) {
    if (token.type === 'directive')
      return failure('yaml-directive', rangeAt(text, token.offset, token.offset + token.source.length))
    if (ended && token.type === 'document') {
      problems.push({
        code: 'text-after-document-end',
        args: {},
        range: rangeAt(text, token.offset, text.trimEnd().length),
      })
      break
    }
    const deep = ended ? undefined : tooDeep(token)
    if (deep !== undefined) return failure('document-too-deep', rangeAt(text, deep, deep + 1), { MAX_DEPTH })
    if (!ended) tokens.push(token)
    if (token.type === 'doc-end') ended = true
  }
  const options = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' } as const
  const [document] = [...new Composer(options).compose(tokens)]
  if (document === undefined) return { problems }
  const error = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0]
  if (error !== undefined) return { problems: [...problems, syntaxProblem(text, error.code, error.pos)] }
  if (document.contents === null) return { problems }
  const converter: Converter = { text, problems, anchors: new Map(), decoded: 0, aliased: 0, failed: false }
  const tree = convert(converter, document.contents)
  return converter.failed ? { problems } : { tree, problems }
}

function failure(code: MessageCode, range: TextRange, args: Problem['args'] = {}): YamlText {
  return { problems: [{ code, args, range }] }
}

function syntaxProblem(text: string, libraryCode: string, [start, end]: readonly [number, number]): Problem {
  const code = SYNTAX_CODES[libraryCode] ?? 'yaml-unexpected'
  const range = rangeAt(text, start, end)
  const template = templateOnLine(text, range.start)
  if (template !== undefined) return { code: 'yaml-template', args: {}, range: template }
  const excerpt = text.slice(range.start, range.end)
  // A missing character is told at the key when it is the colon, or the blank after it, that is missing.
  if (code === 'yaml-missing-character' && /^[\w.-][^\n]*$/.test(excerpt) && excerpt.length > 1)
    return { code: 'yaml-missing-colon', args: { text: shorten(excerpt) }, range }
  return { code, args: {}, range }
}

/** What stands in double braces on the line of an offset: the work of a template engine, as YAML it is nonsense. */
function templateOnLine(text: string, offset: number): TextRange | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const newline = text.indexOf('\n', offset)
  const line = text.slice(start, newline < 0 ? text.length : newline)
  const found = /\{\{.*?\}\}/.exec(line)
  return found === null
    ? undefined
    : { start: start + found.index, end: start + found.index + found[0].length }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Within the text and on one line, but at least one character long where there is one. */
function rangeAt(text: string, start: number, end: number): TextRange {
  const from = Math.min(start, text.length)
  const newline = text.indexOf('\n', from)
  const to = Math.min(end, newline < 0 ? text.length : newline)
  if (to > from) return { start: from, end: to }
  const before = from > 0 && text[from - 1] !== '\n' ? from - 1 : from
  return { start: before, end: from }
}

/** The place of the first node nested deeper than the limit; with a stack of its own, as the input decides the depth. */
function tooDeep(token: CST.Token): number | undefined {
  const stack: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { token: node, depth } = at
    if (depth > MAX_DEPTH) return node.offset
    const push = (child: CST.Token | null | undefined): void => {
      if (child) stack.push({ token: child, depth: depth + 1 })
    }
    if (node.type === 'document') push(node.value)
    else if ('items' in node)
      for (const item of node.items) {
        push(item.key)
        push(item.value)
      }
  }
  return undefined
}

/** Characters that YAML forbids in text (spec 1.2 §5.1): C0 and C1 controls but tab, newline and NEL. */
function findControlCharacter(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x20 && code < 0x7f) continue
    if (code === 0x0a || code === 0x0d || code === 0x09 || code === 0x85 || code >= 0xa0) continue
    return i
  }
  return -1
}

interface Anchored {
  /** Absent while the node is still being read: an alias to it would hold itself. */
  readonly tree?: Tree
  readonly size: number
}

interface Converter {
  readonly text: string
  readonly problems: Problem[]
  readonly anchors: Map<string, Anchored>
  /** Nodes so far with aliases counted as what they stand for, and those that aliases brought. */
  decoded: number
  aliased: number
  failed: boolean
}

function fail(converter: Converter, code: MessageCode, range: TextRange, args: Problem['args'] = {}): Tree {
  if (!converter.failed) converter.problems.push({ code, args, range })
  converter.failed = true
  return { kind: 'null', range }
}

function convert(converter: Converter, node: unknown): Tree {
  converter.decoded++
  if (isAlias(node)) return convertAlias(converter, node)
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
  if (anchor === undefined) return convertNode(converter, node)
  const before = converter.decoded
  converter.anchors.set(anchor, { size: 0 })
  const tree = convertNode(converter, node)
  converter.anchors.set(anchor, { tree, size: converter.decoded - before + 1 })
  return tree
}

function convertNode(converter: Converter, node: unknown): Tree {
  if (isScalar(node)) return convertScalar(converter, node)
  if (isMap(node)) return convertMap(converter, node.items, rangeOf(node))
  if (isSeq(node)) {
    const items = node.items.map(item =>
      // `[a: b]` is a list of one mapping.
      isPair(item) ? convertMap(converter, [item], rangeOf(item.key)) : convert(converter, item),
    )
    return { kind: 'list', items, range: spanning(node, items.at(-1)?.range.end) }
  }
  return { kind: 'null', range: { start: 0, end: 0 } }
}

function convertAlias(converter: Converter, alias: Alias): Tree {
  const range = rangeOf(alias)
  const anchored = converter.anchors.get(alias.source)
  if (anchored === undefined)
    return fail(converter, 'yaml-unknown-anchor', range, { anchor: shorten(alias.source) })
  if (anchored.tree === undefined)
    return fail(converter, 'yaml-anchor-contains-itself', range, { anchor: shorten(alias.source) })
  converter.decoded += anchored.size
  converter.aliased += anchored.size
  if (excessiveAliasing(converter)) return fail(converter, 'yaml-alias-bomb', range)
  // Shown where it is used; what is inside stands at the anchor.
  return { ...anchored.tree, range }
}

/** go-yaml's own bound on what aliases may expand to: nearly everything of a small document, a tenth of a huge one. */
function excessiveAliasing({ decoded, aliased }: Converter): boolean {
  if (aliased <= 100 || decoded <= 1000) return false
  const beyond = Math.min(Math.max(decoded - 400_000, 0) / 3_600_000, 1)
  return aliased / decoded > 0.99 - beyond * 0.89
}

interface YamlPair {
  readonly key: unknown
  readonly value: unknown
}

function convertMap(converter: Converter, pairs: readonly YamlPair[], outer: TextRange): Tree {
  const entries = new Map<string, TreeEntry>()
  const merged: { readonly value: Tree; readonly range: TextRange }[] = []
  let end = outer.start
  for (const pair of pairs) {
    const keyRange = rangeOf(pair.key)
    if (isMergeKey(pair.key)) {
      const value = pair.value === null ? nullAfter(keyRange) : convert(converter, pair.value)
      merged.push({ value, range: keyRange })
      end = Math.max(end, value.range.end, keyRange.end)
      continue
    }
    const key = convertKey(converter, pair.key)
    const value = pair.value === null ? nullAfter(keyRange) : convert(converter, pair.value)
    end = Math.max(end, value.range.end, keyRange.end)
    if (key === undefined) continue
    const earlier = entries.get(key)
    if (earlier !== undefined)
      converter.problems.push({
        code: 'duplicate-key',
        args: { key: shorten(key) },
        range: earlier.keyRange,
      })
    entries.set(key, { keyRange, value })
  }
  for (const { value, range } of merged) merge(converter, entries, value, range)
  const flow = converter.text[outer.start] === '{'
  return { kind: 'map', entries, range: { start: outer.start, end: flow ? outer.end : end } }
}

/** R9: own keys win, and of several merged maps the first. */
function merge(converter: Converter, entries: Map<string, TreeEntry>, value: Tree, range: TextRange): void {
  const maps = value.kind === 'list' ? value.items : [value]
  for (const map of maps) {
    if (map.kind !== 'map') {
      fail(converter, 'yaml-merge', range)
      return
    }
    for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry)
  }
}

function isMergeKey(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.source === '<<' && node.tag === undefined
}

function convertKey(converter: Converter, node: unknown): string | undefined {
  const tree = convert(converter, node)
  switch (tree.kind) {
    case 'string':
      return tree.value
    case 'bool':
      return String(tree.value)
    case 'number':
      return formatKeyNumber(tree.value, tree.text, isFloatKey(node))
    default:
      if (!converter.failed) fail(converter, 'yaml-key-type', tree.range)
      return undefined
  }
}

function isFloatKey(node: unknown): boolean {
  if (!isScalar(node)) return false
  const value = readPlainScalar(node.source ?? '')
  return value.kind === 'number' && value.float
}

const TAG = 'tag:yaml.org,2002:'

interface YamlScalar {
  readonly value: unknown
  readonly source?: string
  readonly type?: string
  readonly tag?: string
  readonly range?: Node['range']
}

function convertScalar(converter: Converter, node: YamlScalar): Tree {
  const source = node.source ?? (typeof node.value === 'string' ? node.value : '')
  const range = rangeOf(node, converter.text)
  if (node.tag?.startsWith(TAG)) return convertTagged(converter, node.tag.slice(TAG.length), source, range)
  // A local tag such as `!Ref` leaves the text as it is.
  if (node.tag !== undefined || (node.type !== 'PLAIN' && node.type !== undefined))
    return { kind: 'string', value: source, range }
  return scalarTree(converter, readPlainScalar(source), range)
}

function convertTagged(converter: Converter, tag: string, source: string, range: TextRange): Tree {
  const value = readPlainScalar(source)
  switch (tag) {
    case 'binary': {
      const text = decodeBase64(source)
      if (text === undefined) return fail(converter, 'yaml-binary', range)
      return { kind: 'string', value: text, range }
    }
    case 'null':
    case 'bool':
      return value.kind === tag ? scalarTree(converter, value, range) : tagMismatch(converter, tag, range)
    case 'int':
      return value.kind === 'number' && !value.float
        ? scalarTree(converter, value, range)
        : tagMismatch(converter, tag, range)
    case 'float':
      return value.kind === 'number' || value.kind === 'unsupported'
        ? scalarTree(converter, value, range)
        : tagMismatch(converter, tag, range)
    default:
      return { kind: 'string', value: source, range }
  }
}

function tagMismatch(converter: Converter, tag: string, range: TextRange): Tree {
  return fail(converter, 'yaml-tag', range, { tag: `!!${tag}` })
}

function scalarTree(converter: Converter, value: ScalarValue, range: TextRange): Tree {
  switch (value.kind) {
    case 'unsupported':
      return fail(converter, 'yaml-not-finite', range, { value: value.value })
    case 'number':
      return { kind: 'number', value: value.value, text: value.text, range }
    case 'string':
      // Most scalars are strings, and a spread costs several times a literal.
      return { kind: 'string', value: value.value, range }
    default:
      return { ...value, range }
  }
}

function nullAfter(range: TextRange): Tree {
  return { kind: 'null', range: { start: range.end, end: range.end } }
}

/** A node's own text, without the blank lines that belong to a block scalar or an empty value. */
function rangeOf(node: unknown, text?: string): TextRange {
  const range = (isAlias(node) || isScalar(node) || isMap(node) || isSeq(node)) && node.range
  if (!range) return { start: 0, end: 0 }
  let end = range[1]
  if (text !== undefined) while (end > range[0] && /\s/.test(text[end - 1] ?? '')) end--
  return { start: range[0], end }
}

/** A flow list ends at its bracket, a block list with its last item: the library counts the lines after it, too. */
function spanning(node: Parameters<typeof rangeOf>[0], lastEnd: number | undefined): TextRange {
  const range = rangeOf(node)
  const flow = isSeq(node) && node.flow === true
  return flow || lastEnd === undefined ? range : { start: range.start, end: lastEnd }
}
