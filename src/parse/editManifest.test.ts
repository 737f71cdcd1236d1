import { describe, expect, test } from 'vitest'
import { required } from '../model/assert.ts'
import { appendManifest, editManifest } from './editManifest.ts'
import type { FieldEdit, FieldPath, PlainValue } from './editPath.ts'
import { parseManifests } from './manifests.ts'

function rangeOf(text: string, name = 'p') {
  const { sources } = parseManifests([{ name: 'f', text }])
  return required(sources[`NetworkPolicy/default/${name}`], name).range
}

function edited(text: string, ...edits: readonly FieldEdit[]): string | undefined {
  return editManifest(text, rangeOf(text), edits)
}

const append = (path: FieldPath, value: PlainValue): FieldEdit => ({ kind: 'append', path, value })
const set = (path: FieldPath, value: PlainValue): FieldEdit => ({ kind: 'set', path, value })
const remove = (...path: FieldPath): FieldEdit => ({ kind: 'remove', path })

const HEAD = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p
spec:
  podSelector: {}
`

const FROM: FieldPath = ['spec', 'ingress', 0, 'from']
const PORTS: FieldPath = ['spec', 'ingress', 0, 'ports']
const WEB = { podSelector: { matchLabels: { app: 'web' } } }

describe('one item more', () => {
  test.each<[string, string, FieldEdit, string]>([
    [
      'in a block list, behind the comment of the last item',
      `  ingress:
    - from:
        - podSelector: {} # all
      # below
      ports:
        - port: 80
`,
      append(FROM, WEB),
      `  ingress:
    - from:
        - podSelector: {} # all
        - podSelector:
            matchLabels:
              app: web
      # below
      ports:
        - port: 80
`,
    ],
    [
      'in a list whose dashes stand below the key',
      `  ingress:
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
  policyTypes: [Ingress]
`,
      append(FROM, { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } }),
      `  ingress:
  - from:
    - ipBlock:
        cidr: 10.0.0.0/8
    - podSelector:
        matchExpressions:
        - key: a
          operator: In
          values:
          - b
  policyTypes: [Ingress]
`,
    ],
    [
      'like the last one, in brackets',
      `  ingress:
    - ports:
        -   {protocol: TCP, port: 80}
`,
      append(PORTS, { protocol: 'TCP', port: 443 }),
      `  ingress:
    - ports:
        -   {protocol: TCP, port: 80}
        -   {protocol: TCP, port: 443}
`,
    ],
    [
      'with brackets where the last one has them',
      `  ingress:
    - from:
        - podSelector: {matchLabels: {app: api}} # api
`,
      append(FROM, { namespaceSelector: {}, ...WEB }),
      `  ingress:
    - from:
        - podSelector: {matchLabels: {app: api}} # api
        - namespaceSelector: {}
          podSelector: {matchLabels: {app: web}}
`,
    ],
    [
      'in brackets with blanks',
      `  ingress: [ { ports: [ { port: 80 } ] } ] # short
`,
      append(PORTS, { port: 443 }),
      `  ingress: [ { ports: [ { port: 80 }, { port: 443 } ] } ] # short
`,
    ],
    [
      'in brackets over several lines, with a last comma and comments',
      `  ingress: [{
    ports: [
      {port: 80}, # web
      {port: 81}, # more
    ]
    }]
`,
      append(PORTS, { port: 443 }),
      `  ingress: [{
    ports: [
      {port: 80}, # web
      {port: 81},
      {port: 443}, # more
    ]
    }]
`,
    ],
    [
      'where the list is empty',
      `  policyTypes: [Ingress]
  ingress: [] # nobody
  egress: []
`,
      append(['spec', 'ingress'], { ports: [{ port: 80 }] }),
      `  policyTypes: [Ingress]
  ingress: # nobody
    - ports:
        - port: 80
  egress: []
`,
    ],
    [
      'where nothing stands',
      `  ingress:
  # comment
  policyTypes:
  - Ingress
`,
      append(['spec', 'ingress'], { ports: [{ port: 80 }] }),
      `  ingress:
  - ports:
    - port: 80
  # comment
  policyTypes:
  - Ingress
`,
    ],
    [
      'where the list is not there',
      `  policyTypes:
    - Ingress
`,
      append(['spec', 'ingress'], { from: [WEB], ports: [{ port: 'yes' }] }),
      `  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: web
      ports:
        - port: "yes"
`,
    ],
    [
      'inside an empty selector',
      `  ingress:
    - from: [{podSelector: {}}]
`,
      append([...FROM, 0, 'podSelector', 'matchExpressions'], { key: 'app', operator: 'Exists' }),
      `  ingress:
    - from: [{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]
`,
    ],
    [
      'with the map around it',
      `  ingress:
    - from:
        - namespaceSelector: {}
    # next
    - from:
        - podSelector: {}
`,
      append([...FROM, 0, 'podSelector', 'matchExpressions'], { key: 'app', operator: 'Exists' }),
      `  ingress:
    - from:
        - namespaceSelector: {}
          podSelector:
            matchExpressions:
              - key: app
                operator: Exists
    # next
    - from:
        - podSelector: {}
`,
    ],
    [
      'at the end of a text without a last newline',
      `  ingress:
    - ports:
        - port: 80`,
      append(PORTS, { port: 81 }),
      `  ingress:
    - ports:
        - port: 80
        - port: 81`,
    ],
    [
      'behind an item that begins below its dash',
      `  ingress:
    - from:
        -
          podSelector: {}
`,
      append(FROM, WEB),
      `  ingress:
    - from:
        -
          podSelector: {}
        - podSelector:
            matchLabels:
              app: web
`,
    ],
  ])('%s', (_name, before, edit, after) => {
    expect(edited(HEAD + before, edit)).toBe(HEAD + after)
  })
})

describe('one item less', () => {
  const rules = `  ingress:
    # first
    - from:
        # a
        - podSelector: {} # all
        - ipBlock: {cidr: 10.0.0.0/8}
      ports: [{port: 80}, {port: 81}, {port: 82}]
    - {}
`
  test.each<[string, FieldPath, string]>([
    [
      'of a block list: its comment stays',
      [...FROM, 0],
      rules.replace('        - podSelector: {} # all\n', '        # all\n'),
    ],
    ['the last', [...FROM, 1], rules.replace('        - ipBlock: {cidr: 10.0.0.0/8}\n', '')],
    ['a rule', ['spec', 'ingress', 1], rules.replace('    - {}\n', '')],
    ['first in brackets', [...PORTS, 0], rules.replace('{port: 80}, ', '')],
    ['in the middle of brackets', [...PORTS, 1], rules.replace('{port: 81}, ', '')],
    ['last in brackets', [...PORTS, 2], rules.replace(', {port: 82}', '')],
  ])('%s', (_name, path, after) => {
    expect(edited(HEAD + rules, remove(...path))).toBe(HEAD + after)
  })

  test('an only item leaves an empty list, never nothing', () => {
    const text = `  ingress: # who may
    # anybody
    - from: # from
        - podSelector: {} # only
      # ports
      ports:
        - port: 80
  policyTypes: [Ingress]
`
    expect(edited(HEAD + text, remove('spec', 'ingress', 0))).toBe(
      `${HEAD}  ingress: [] # who may
    # anybody
    # from
    # only
    # ports
  policyTypes: [Ingress]
`,
    )
    expect(edited(HEAD + text, remove('spec', 'policyTypes', 0))).toBe(HEAD + text.replace('[Ingress]', '[]'))
  })
})

describe('a field', () => {
  const rules = `  ingress:
    - ports:
        - port: 80 # from
          protocol: TCP
        - {port: "http"}
        - port: 'http'
`
  test.each<[string, FieldEdit, string]>([
    ['changes', set([...PORTS, 0, 'port'], 81), rules.replace('80', '81')],
    ['keeps its quotes', set([...PORTS, 2, 'port'], 'web'), rules.replace("'http'", "'web'")],
    ['gets quotes only with reason', set([...PORTS, 1, 'port'], 443), rules.replace('"http"', '443')],
    ['comes', set([...PORTS, 0, 'endPort'], 90), rules.replace('TCP\n', 'TCP\n          endPort: 90\n')],
    ['comes in brackets', set([...PORTS, 1, 'protocol'], 'UDP'), rules.replace('"}', '", protocol: UDP}')],
  ])('%s', (_name, edit, after) => {
    expect(edited(HEAD + rules, edit)).toBe(HEAD + after)
  })
})

test('several changes are made one after the other', () => {
  const text = `${HEAD}  ingress:
    - ports: [{port: 80}]
    - ports: [{port: 81}]
`
  expect(
    edited(text, remove('spec', 'ingress', 1), remove('spec', 'ingress', 0), append(['spec', 'ingress'], {})),
  ).toBe(`${HEAD}  ingress:
    - {}
`)
})

test('line ends stay what they are', () => {
  const text = `${HEAD}  ingress:
    - ports:
        - port: 80
`.replaceAll('\n', '\r\n')
  const after = edited(text, append(PORTS, { port: 81 }), append(FROM, WEB))
  expect(after).toBe(
    `${HEAD}  ingress:
    - ports:
        - port: 80
        - port: 81
      from:
        - podSelector:
            matchLabels:
              app: web
`.replaceAll('\n', '\r\n'),
  )
})

describe('objects among others', () => {
  const list = `# all
apiVersion: v1
kind: List
items:
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: other}
  spec: {podSelector: {}, ingress: [{}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: p}
  spec:
    podSelector: {}
    ingress:
    - {}
---
# behind
kind: Other
apiVersion: v1
`
  test('an item of a List', () => {
    expect(edited(list, append(['spec', 'ingress'], { from: [WEB] }))).toBe(
      list.replace('    - {}\n', '    - {}\n    - {from: [{podSelector: {matchLabels: {app: web}}}]}\n'),
    )
  })

  test('a document between others', () => {
    const other = HEAD.replace('name: p', 'name: q')
    const text = `${other}--- # here\n${HEAD}  ingress:\n    - {}\n---\n${other}`
    expect(edited(text, remove('spec', 'ingress', 0))).toBe(
      `${other}--- # here\n${HEAD}  ingress: []\n---\n${other}`,
    )
  })

  test('a new document is written like the policy it stands by', () => {
    const object = { kind: 'X', list: [{ a: 'on' }], labels: { 'a.b/c': '1.0', '*': '2024-01-01' } }
    expect(appendManifest(list, rangeOf(list), object)).toBe(`${list}---
kind: X
list:
- a: "on"
labels:
  a.b/c: "1.0"
  "*": "2024-01-01"
`)
    const crlf = HEAD.replaceAll('\n', '\r\n').trimEnd()
    expect(appendManifest(crlf, undefined, { kind: 'X', empty: [] })).toBe(
      `${crlf}\r\n---\r\nkind: X\r\nempty: []\r\n`,
    )
    const flow = '{apiVersion: v1, kind: X}'
    expect(appendManifest(flow, { start: 0, end: flow.length }, { kind: 'X' })).toBe(
      `${flow}\n---\nkind: X\n`,
    )
    expect(appendManifest('', undefined, { kind: 'X' })).toBe('kind: X\n')
  })
})

describe('JSON', () => {
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p' },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
  }
  const changed = {
    ...policy,
    spec: { ...policy.spec, ingress: [{ ports: [{ port: 80 }, { port: 81, x: 'yes' }] }] },
  }
  const edit = append(PORTS, { port: 81, x: 'yes' })

  test.each([undefined, 2, 4, '\t'])('indented by %s', indent => {
    const text = JSON.stringify(policy, null, indent)
    expect(edited(text, edit)).toBe(
      indent === '\t'
        ? text.replace(
            '\t\t\t\t\t}\n',
            '\t\t\t\t\t},\n\t\t\t\t\t{\n\t\t\t\t\t\t"port": 81,\n\t\t\t\t\t\t"x": "yes"\n\t\t\t\t\t}\n',
          )
        : JSON.stringify(changed, null, indent),
    )
  })

  test('a List gets one item more, a single object a neighbour', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [policy] }
    const text = JSON.stringify(list, null, 2)
    const object = { kind: 'X' }
    expect(appendManifest(text, rangeOf(text), object)).toBe(
      JSON.stringify({ ...list, items: [policy, object] }, null, 2),
    )
    const alone = JSON.stringify(policy)
    expect(appendManifest(alone, rangeOf(alone), object)).toBe(`${alone}\n{"kind":"X"}\n`)
  })
})

describe('what cannot be done safely is not done', () => {
  const anchored = `${HEAD}  ingress:
    - ports: &ports
        - port: 80
      from: &from [{podSelector: {}}]
    - ports: *ports
`
  test.each<[string, string, FieldEdit]>([
    ['an anchor that is used elsewhere', anchored, append(PORTS, { port: 81 })],
    ['an alias', anchored, append(['spec', 'ingress', 1, 'ports'], { port: 81 })],
    ['inside an alias', anchored, set(['spec', 'ingress', 1, 'ports', 0, 'port'], 81)],
    [
      'inside a merge key',
      `${HEAD}  x: &x {ports: [{port: 80}]}\n  ingress: [{<<: *x}]\n`,
      append(PORTS, { port: 81 }),
    ],
    ['no such item', anchored, remove(...PORTS, 3)],
    ['a list where a map is meant', anchored, set([...PORTS, 'port'], 81)],
    ['a comment that would go', `${HEAD}  ingress: [{}, # why\n    {}]\n`, remove('spec', 'ingress', 0)],
  ])('%s', (_name, text, edit) => {
    expect(
      editManifest(
        text,
        rangeOf(text.replace('  x: &x {ports: [{port: 80}]}\n', '').replace('[{<<: *x}]', '[{}]')),
        [edit],
      ),
    ).toBeUndefined()
  })

  test('an anchor that nothing else uses is no hindrance', () => {
    expect(edited(anchored, append(FROM, {}))).toBe(anchored.replace('{}}]', '{}}, {}]'))
    expect(edited(anchored, remove('spec', 'ingress', 1))).toBe(anchored.replace('    - ports: *ports\n', ''))
  })
})
