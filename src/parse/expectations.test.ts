import { describe, expect, test } from 'vitest'
import { parseExpectedTraffic } from './expectationsTraffic.ts'
import { parseManifests } from './manifests.ts'
import { createParseCache } from './parseCache.ts'

const HEAD = 'apiVersion: netpol-flow/v1\nkind: Expectations\n'

function parse(text: string) {
  return parseManifests([{ name: 'a.yaml', text }])
}

/** Each diagnostic as `code: underlined`. */
function told(text: string): readonly string[] {
  return parse(text).diagnostics.map(({ code, range }) => `${code}: ${text.slice(range.start, range.end)}`)
}

describe('an Expectations document', () => {
  const text = `${HEAD}metadata: {name: tests}
expectations:
# the first
- name: the frontend reaches no database
  from: shop/frontend
  to: shop/db
  port: 5432/TCP
  verdict: blocked
- {from: outside, to: shop, verdict: allowed}
- from: 10.0.0.0/8
  to: 10.1.2.3
  port: 443
  verdict: allowed
`

  test('gives its items with their places', () => {
    const { expectations, diagnostics, unused, cluster } = parse(text)
    expect({ diagnostics, unused, cluster }).toEqual({
      diagnostics: [],
      unused: [],
      cluster: { namespaces: [], pods: [], policies: [] },
    })
    expect(
      expectations.map(({ range, ...rest }) => ({ ...rest, at: text.slice(range.start, range.start + 20) })),
    ).toEqual([
      {
        name: 'the frontend reaches no database',
        from: 'shop/frontend',
        to: 'shop/db',
        traffic: '5432/TCP',
        verdict: 'blocked',
        file: 'a.yaml',
        at: 'name: the frontend r',
      },
      {
        name: 'outside → shop: allowed',
        from: 'outside',
        to: 'shop',
        traffic: '',
        verdict: 'allowed',
        file: 'a.yaml',
        at: '{from: outside, to: ',
      },
      {
        name: '10.0.0.0/8 → 10.1.2.3 443/TCP: allowed',
        from: '10.0.0.0/8',
        to: '10.1.2.3',
        traffic: '443/TCP',
        verdict: 'allowed',
        file: 'a.yaml',
        at: 'from: 10.0.0.0/8\n  t',
      },
    ])
  })

  test('stands among other documents, in lists, in JSON, and keeps its place when text before it changes', () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n'
    const cache = createParseCache()
    for (const before of [namespace, `# more\n${namespace}`]) {
      const both = before + text
      const { expectations, cluster } = parseManifests([{ name: 'a.yaml', text: both }], cache)
      expect(cluster.namespaces).toHaveLength(1)
      expect(expectations.map(({ range }) => both.slice(range.start, range.start + 5))).toEqual([
        'name:',
        '{from',
        'from:',
      ])
    }
    const item = { from: 'a/b', to: 'c', verdict: 'allowed' }
    const document = { apiVersion: 'netpol-flow/v1', kind: 'Expectations', expectations: [item] }
    const listed = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [document, document] })
    expect(parse(listed).expectations).toHaveLength(2)
    const typed = JSON.stringify({
      apiVersion: 'netpol-flow/v1',
      kind: 'ExpectationsList',
      items: [{ expectations: [item] }],
    })
    expect(parse(typed).expectations).toHaveLength(1)
  })

  test.each(['', 'expectations:\n', 'expectations: []\n'])('may be empty: %j', rest => {
    expect(parse(HEAD + rest)).toMatchObject({ expectations: [], diagnostics: [], unused: [] })
  })
})

test.each([
  ['expectation: []\n', ['unknown-field: expectation']],
  ['expectations: {from: a}\n', ['expectation-type: expectations']],
  ['expectations:\n- shop/web\n', ['expectation-type: shop/web']],
  ['expectations:\n- {from: a, to: b, verdict: allow}\n', ['expectation-verdict: allow']],
  ['expectations:\n- {from: a, to: b, verdict: true}\n', ['expectation-type: true']],
  ['expectations:\n- {form: a, to: b, verdict: allowed}\n', ['unknown-field: form']],
  ['expectations:\n- {to: b}\n', ['expectation-incomplete: {to: b}', 'expectation-incomplete: {to: b}']],
  ['expectations:\n- {from: a, to: b, verdict: allowed, port: 80/ICMP}\n', ['expectation-port: 80/ICMP']],
  ['expectations:\n- {from: a, to: b, verdict: allowed, port: 70000}\n', ['expectation-port: 70000']],
  ['expectations:\n- {from: a, to: b, verdict: allowed, port: [80]}\n', ['expectation-type: port']],
])('%j is told and left out', (rest, problems) => {
  expect(told(HEAD + rest)).toEqual(problems)
  expect(parse(HEAD + rest).expectations).toEqual([])
})

test('one bad item costs the others nothing', () => {
  const { expectations, diagnostics } = parse(
    `${HEAD}expectations:\n- {from: a, to: b, verdict: no}\n- {from: a, to: b, verdict: allowed}\n- {from: y, to: b, verdict: blocked}\n`,
  )
  expect(expectations.map(({ name }) => name)).toEqual(['a → b: allowed', 'y → b: blocked'])
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['expectation-verdict', 'expectations[0].verdict: "no" is no verdict; write allowed or blocked'],
  ])
})

test('a field that is nearly right is suggested', () => {
  const { diagnostics } = parse(`${HEAD}expectations:\n- {from: a, to: b, verdikt: allowed}\n`)
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'unknown field "expectations[0].verdikt"; did you mean "verdict"?',
  ])
})

test.each([
  ['apiVersion: netpol-flow/v2\nkind: Expectations\n', ['unknown-version: netpol-flow/v2']],
  ['apiVersion: netpol-flow/v1\nkind: Expectation\n', ['unknown-version: Expectation']],
])('%j is another version or kind', (text, problems) => {
  expect(told(text)).toEqual(problems)
})

test('a kind of that name in another group is somebody else’s', () => {
  expect(parse('apiVersion: example.com/v1\nkind: Expectations\n')).toMatchObject({
    expectations: [],
    diagnostics: [],
    unused: [{ kind: 'Expectations' }],
  })
})

test.each([
  ['', '', [0, 196608]],
  ['80', '80/TCP', [80, 81]],
  ['80/tcp', '80/TCP', [80, 81]],
  ['53/UDP', '53/UDP', [65589, 65590]],
  ['8000-8010/TCP', '8000-8010/TCP', [8000, 8011]],
  ['8000-8010', '8000-8010/TCP', [8000, 8011]],
  ['5-5/SCTP', '5/SCTP', [131077, 131078]],
  ['udp', 'UDP', [65536, 131072]],
])('port %j asks about %s', (text, kept, traffic) => {
  expect(parseExpectedTraffic(text)).toMatchObject({ text: kept, traffic })
})

test.each([
  ['http', 'http/TCP'],
  ['dns/udp', 'dns/UDP'],
  ['metrics-2/TCP', 'metrics-2/TCP'],
])('port %j is a name', (text, kept) => {
  const [name, protocol] = kept.split('/')
  expect(parseExpectedTraffic(text)).toEqual({ text: kept, name, protocol })
})

test.each(['65536', '-1', '80/', '/TCP', '80/TCP/x', '90-80/TCP', 'ICMP/ICMP', 'a_b', '80,81', 'a--b', '-a'])(
  'port %j is none',
  text => {
    expect(parseExpectedTraffic(text)).toBeUndefined()
  },
)
