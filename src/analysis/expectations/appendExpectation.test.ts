import { expect, test } from 'vitest'
import type { NewExpectation } from '../../model/expectation.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import { parseManifests } from '../../parse/manifests.ts'
import { appendExpectation, canExpect } from './appendExpectation.ts'

const wanted: NewExpectation = {
  name: 'no way: "out"',
  from: 'shop/web',
  to: '10.0.0.0/8',
  traffic: '443/TCP',
  verdict: 'blocked',
}

/** The text of the file that the edit is about, after it; the edit is checked to say what was asked. */
function edited(files: readonly ScenarioFile[], expectation: NewExpectation): string {
  const edit = appendExpectation(files, expectation)
  const before = files.find(({ name }) => name === edit.file)?.text ?? ''
  const text = before.slice(0, edit.start) + edit.text + before.slice(edit.end)
  const after = parseManifests([...files.filter(({ name }) => name !== edit.file), { name: edit.file, text }])
  expect(after.diagnostics).toEqual([])
  expect(after.expectations).toHaveLength(parseManifests(files).expectations.length + 1)
  expect(after.expectations.filter(({ file }) => file === edit.file).at(-1)).toMatchObject({
    ...expectation,
    name: expectation.name === '' ? 'shop/web → 10.0.0.0/8 443/TCP: blocked' : expectation.name,
  })
  return text
}

test.each(['', '443/TCP', '8000-8010/UDP', 'http', 'UDP'])('%j can be expected', traffic => {
  expect(canExpect({ traffic })).toBe(true)
})

test.each(['ICMP', '70000', 'udp 53', '80/ICMP', '!'])('%j is nothing to expect', traffic => {
  expect(canExpect({ traffic })).toBe(false)
})

test('without a document it makes a file', () => {
  expect(appendExpectation([{ name: 'a.yaml', text: '' }], wanted)).toEqual({
    file: 'expectations.yaml',
    start: 0,
    end: 0,
    text: `apiVersion: netpol-flow/v1
kind: Expectations
expectations:
  - name: "no way: \\"out\\""
    from: shop/web
    to: 10.0.0.0/8
    port: 443/TCP
    verdict: blocked
`,
  })
  expect(appendExpectation([{ name: 'expectations.yaml', text: 'kind: {' }], wanted).file).toBe(
    'expectations-2.yaml',
  )
})

test('a name that says no more than the rest is left out, as is all traffic', () => {
  expect(edited([], { ...wanted, name: '' })).not.toContain('name')
  const named = appendExpectation([], { ...wanted, name: 'shop/web → 10.0.0.0/8 443/TCP: blocked' })
  expect(named.text).not.toContain('name')
  expect(appendExpectation([], { ...wanted, traffic: '' }).text).not.toContain('port')
})

test('another document gets one item more, with its comments and in its style', () => {
  const text = `# before
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: netpol-flow/v1
kind: Expectations
expectations:
# the database
- from: shop/web # web
  to: shop/db
  verdict: blocked
# the end
---
apiVersion: netpol-flow/v1
kind: Expectations
expectations: []
`
  expect(edited([{ name: 'b.yaml', text }], wanted)).toBe(
    text.replace(
      '  verdict: blocked\n',
      `  verdict: blocked
- name: "no way: \\"out\\""
  from: shop/web
  to: 10.0.0.0/8
  port: 443/TCP
  verdict: blocked
`,
    ),
  )
})

test.each([
  ['nothing yet', 'apiVersion: netpol-flow/v1\nkind: Expectations\nexpectations:\n'],
  ['no field yet', 'apiVersion: netpol-flow/v1\nkind: Expectations\n'],
  ['brackets', 'apiVersion: netpol-flow/v1\nkind: Expectations\nexpectations: []\n'],
  [
    'JSON in a list',
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"netpol-flow/v1","kind":"Expectations","expectations":[]}]}',
  ],
])('%s is enough', (_, text) => {
  edited([{ name: 'a.yaml', text }], wanted)
})

test('a document that cannot be edited safely is left alone', () => {
  const text = `apiVersion: netpol-flow/v1
kind: Expectations
metadata: {labels: &all [{from: a, to: b, verdict: blocked}]}
expectations: *all
`
  expect(appendExpectation([{ name: 'a.yaml', text }], wanted)).toMatchObject({
    file: 'expectations.yaml',
    start: 0,
  })
})
