import { expect, test } from 'vitest'
import { MESSAGE_CODES, messageOf, quoteGo, quoteJson, severityOf } from './messages.ts'

const ARGS = {
  path: 'PATH',
  value: 'VALUE',
  canonical: 'CANONICAL',
  first: 'FIRST',
  suggestion: 'SUGGESTION',
  found: 'FOUND',
  struct: 'STRUCT',
  field: 'FIELD',
  type: 'TYPE',
  kind: 'KIND',
  apiVersion: 'VERSION',
  wanted: 'WANTED',
  wantedKind: 'WANTEDKIND',
  name: 'NAME',
  key: 'KEY',
  shown: 10,
  count: 3,
  anchor: 'ANCHOR',
  code: '0007',
  text: 'TEXT',
  rest: 'REST',
  tag: 'TAG',
  what: 'WHAT',
  reason: 'REASON',
  limit: 100,
  MAX_DEPTH: 500,
}

test('all sentences', () => {
  expect(
    MESSAGE_CODES.map(code => `${severityOf(code)} ${code}: ${messageOf(code, ARGS)}`).join('\n'),
  ).toMatchSnapshot()
})

test('no sentence lacks an argument', () => {
  for (const code of MESSAGE_CODES) expect(messageOf(code, ARGS)).not.toContain('undefined')
})

test('values are quoted as Go does', () => {
  expect(quoteGo('a"b\\c\n\t\x01é😀\u200b')).toBe('"a\\"b\\\\c\\n\\t\\x01é😀\\u200b"')
  expect(quoteJson(['<a>', '&'])).toBe('["\\u003ca\\u003e","\\u0026"]')
})
