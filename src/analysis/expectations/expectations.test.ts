import { describe, expect, test } from 'vitest'
import type { ExpectationResult } from '../../model/expectation.ts'
import { analyze } from '../analyze.ts'
import { selectEndpoints } from '../endpoints/endpointQuery.ts'
import { flowRows } from '../flows/flowTable.ts'
import { parseExpectedTraffic } from '../../parse/expectationsTraffic.ts'
import { intersectTraffic, subtractTraffic } from '../../model/traffic.ts'

const POD = (name: string, labels: string, more = '') =>
  `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name.split('/')[1]}, namespace: ${name.split('/')[0]}, labels: ${labels}}\nspec: {${more}containers: [{name: c, image: x, ports: [{name: sql, containerPort: 5432}]}]}\n`

const CLUSTER = [
  POD('shop/web-1', '{app: web}'),
  POD('shop/web-2', '{app: web}'),
  POD('shop/db', '{app: db}'),
  POD('ops/tool', '{app: tool}'),
  POD('ops/agent', '{app: agent}', 'hostNetwork: true, '),
  `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}, {ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
    ports: [{port: 5432}]
`,
].join('')

function results(items: string, more = ''): readonly ExpectationResult[] {
  const expectations = `apiVersion: netpol-flow/v1\nkind: Expectations\nexpectations:\n${items}`
  const { analysis } = analyze({
    name: '',
    profile: 'head',
    files: [
      { name: 'e.yaml', text: expectations },
      { name: 'c.yaml', text: CLUSTER + more },
    ],
  })
  return analysis.expectations
}

function one(from: string, to: string, port: string, verdict: string, more = ''): ExpectationResult {
  const [result] = results(`- {from: ${from}, to: ${to}, port: "${port}", verdict: ${verdict}}\n`, more)
  if (result === undefined) throw new Error('no result')
  return result
}

describe('an expectation', () => {
  test.each([
    ['shop/web-1', 'shop/db', '5432/TCP', 'allowed', 1],
    ['shop/web-1', 'shop/db', 'sql/TCP', 'allowed', 1],
    ['shop/web-1', 'shop/db', '1-5431/TCP', 'blocked', 1],
    ['shop/web-1', 'shop/db', 'UDP', 'blocked', 1],
    ['ops/tool', 'shop/db', '', 'blocked', 1],
    ['shop', 'shop/web-1', '', 'allowed', 2],
    ['shop', 'shop', '22/TCP', 'allowed', 0],
    ['outside', 'shop/db', '', 'blocked', 1],
    ['192.0.2.7', 'shop/db', '5432', 'allowed', 1],
    ['192.0.2.0/25', 'shop/db', '5432', 'allowed', 1],
    ['192.0.2.128/25', 'shop/db', '5432', 'blocked', 1],
    ['198.51.100.0/24', 'shop/db', '', 'blocked', 1],
    ['shop', 'outside', '', 'allowed', 3],
  ])('%s → %s %s %s', (from, to, port, verdict, pairs) => {
    const result = one(from, to, port, verdict)
    if (pairs === 0) expect(result).toMatchObject({ outcome: 'fail', pairs: 6, failing: 2 })
    else
      expect(result).toMatchObject({
        outcome: 'pass',
        pairs,
        failing: 0,
        kubernetes: 'pass',
        dataplane: 'pass',
        message: '',
      })
  })

  test('fails where one pair or one port does otherwise, and names it', () => {
    expect(one('shop', 'shop/db', '', 'blocked')).toMatchObject({
      outcome: 'fail',
      pairs: 2,
      failing: 2,
      kubernetes: 'fail',
      dataplane: 'fail',
      src: 'pod:shop/web-1',
      dst: 'pod:shop/db',
      message: 'shop/web-1 reaches shop/db on TCP 5432 (2 of 2 pairs fail)',
    })
    expect(one('192.0.2.0/24', 'shop/db', '5432', 'allowed')).toMatchObject({
      outcome: 'fail',
      pairs: 2,
      failing: 1,
      src: 'cidr:192.0.2.128/25',
      message: '192.0.2.128/25 does not reach shop/db on TCP 5432 (1 of 2 pairs fail)',
    })
    expect(one('ops/tool', 'shop/db', '', 'allowed').message).toBe(
      'ops/tool does not reach shop/db on every port',
    )
  })

  test('fails where the two answers differ, with the reason', () => {
    const policy = `---
apiVersion: v1
kind: Namespace
metadata: {name: ops, labels: {team: ops}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [ops, dev]}]}}]}]
`
    expect(one('ops/tool', 'shop/web-1', '', 'blocked', policy)).toMatchObject({
      outcome: 'fail',
      kubernetes: 'pass',
      dataplane: 'fail',
      message:
        'ops/tool reaches shop/web-1 on every port on the data plane, although Kubernetes promises otherwise, because of D1 (multi-value NotIn in a namespaceSelector), D2 (namespaceSelector with only negative requirements)',
    })
    expect(one('ops/tool', 'shop/web-1', '', 'allowed', policy)).toMatchObject({
      outcome: 'fail',
      kubernetes: 'fail',
      dataplane: 'pass',
    })
  })

  test.each([
    ['shop/none', 'shop', '', 'there is no pod shop/none; in shop there are'],
    ['shop', 'none', '', 'there is no pod in namespace none'],
    ['a/b/c', 'shop', '', 'a/b/c is none of NAMESPACE/POD'],
    ['shop/db', 'shop/db', '', 'both ends are the same pod, which always reaches itself'],
    ['shop', 'ops/tool', 'http/TCP', 'nothing in ops/tool has a TCP port named http'],
    ['shop', 'outside', 'sql/TCP', 'nothing in outside has a TCP port named sql'],
  ])('%s → %s %s cannot be checked', (from, to, port, message) => {
    const result = one(from, to, port, 'allowed')
    expect(result).toMatchObject({ outcome: 'error', pairs: 0, failing: 0 })
    expect(result.message).toContain(message)
  })

  test('between ends that no policy speaks about everything is allowed', () => {
    expect(one('ops/agent', 'outside', '', 'allowed').outcome).toBe('pass')
    expect(one('ops/agent', 'outside', '', 'blocked')).toMatchObject({
      outcome: 'fail',
      message:
        'ops/agent (node network) reaches outside (203.0.113.9) on every port: neither is a pod with a network of its own, so that no policy can stop it',
    })
  })

  test('of a CIDR counts what is no pod, of an address the pod that has it', () => {
    const { analysis } = analyze({ name: '', profile: 'head', files: [{ name: 'c.yaml', text: CLUSTER }] })
    const web = analysis.pods.find(({ name }) => name === 'web-1')?.ip ?? ''
    expect(one('10.0.0.0/8', 'shop/db', '', 'blocked').outcome).toBe('pass')
    expect(one(web, 'shop/db', '5432', 'allowed').src).toBe('pod:shop/web-1')
  })

  test('where a policy names every address that block is the outside', () => {
    const everything = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: ops}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
`
    const endpoints = analyze({
      name: '',
      profile: 'head',
      files: [{ name: 'c.yaml', text: CLUSTER + everything }],
    }).analysis.endpoints
    const outside = [...selectEndpoints(endpoints, { kind: 'outside' })]
    expect(outside.map(index => endpoints[index]?.id)).toEqual(['cidr:0.0.0.0/0'])
    expect(one('outside', 'ops/tool', '', 'allowed', everything)).toMatchObject({
      outcome: 'pass',
      src: 'cidr:0.0.0.0/0',
    })
  })
})

test('a failing one is a warning at its item, an unchecked one too', () => {
  const text = `apiVersion: netpol-flow/v1
kind: Expectations
expectations:
- {from: shop/web-1, to: shop/db, verdict: allowed}
- {from: shop/web-1, to: shop/db, port: 5432, verdict: allowed}
- {name: typo, from: shop/wbe, to: shop/db, verdict: allowed}
`
  const { analysis } = analyze({
    name: '',
    profile: 'head',
    files: [
      { name: 'e.yaml', text: `${text}---\nkind: Pod\n` },
      { name: 'c.yaml', text: CLUSTER },
    ],
  })
  expect(
    analysis.diagnostics.map(({ code, severity, range }) => [
      code,
      severity,
      text.slice(range.start, range.end),
    ]),
  ).toEqual([
    ['expectation-failed', 'warning', '{from: shop/web-1, to: shop/db, verdict: allowed}'],
    ['expectation-unchecked', 'warning', '{name: typo, from: shop/wbe, to: shop/db, verdict: allowed}'],
    ['api-version-not-set', 'error', ''],
  ])
  expect(analysis.diagnostics[0]?.message).toBe(
    'Not as expected (shop/web-1 → shop/db: allowed): shop/web-1 does not reach shop/db on all but TCP 5432',
  )
})

test('the answer is that of every pair on its own', () => {
  const analyzed = analyze({ name: '', profile: 'head', files: [{ name: 'c.yaml', text: CLUSTER }] })
  const wanted: { readonly item: string; readonly holds: boolean }[] = []
  for (const { src, dst, kubernetes, dataplane } of flowRows(analyzed, { traffic: [0, 196608] }))
    for (const s of src)
      for (const d of dst) {
        if (s === d || s.kind !== 'pod' || d.kind !== 'pod') continue
        for (const port of ['', '5432/TCP', '80/TCP', 'UDP'])
          for (const verdict of ['allowed', 'blocked']) {
            const asked = parseExpectedTraffic(port)?.traffic ?? []
            wanted.push({
              item: `- {from: ${s.namespace}/${s.name}, to: ${d.namespace}/${d.name}, port: "${port}", verdict: ${verdict}}`,
              holds: [kubernetes, dataplane].every(open =>
                verdict === 'allowed'
                  ? subtractTraffic(asked, open).length === 0
                  : intersectTraffic(asked, open).length === 0,
              ),
            })
          }
      }
  expect(wanted).toHaveLength(20 * 8)
  const outcomes = results(`${wanted.map(({ item }) => item).join('\n')}\n`).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(wanted.map(({ holds }) => (holds ? 'pass' : 'fail')))
  expect(new Set(outcomes).size).toBe(2)
})

test('of many different pods the pairs are counted as they are one by one', () => {
  const names = Array.from({ length: 34 }, (_, i) => i)
  const world = names
    .map(
      i =>
        POD(`many/p${i}`, `{id: "${i}"}`) +
        `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: q${i}, namespace: many}
spec:
  podSelector: {matchLabels: {id: "${i}"}}
  ingress: [{from: [{podSelector: {matchExpressions: [{key: id, operator: In, values: ["${(i * 7) % 34}", "${(i * 11) % 34}", "1"]}]}}]}]
`,
    )
    .join('')
  const item = (from: string, to: string) => `- {from: ${from}, to: ${to}, verdict: blocked}\n`
  const [whole, into, outOf, ...single] = results(
    [
      item('many', 'many'),
      item('many', 'many/p3'),
      item('many/p1', 'many'),
      ...names.flatMap(s => names.filter(d => d !== s).map(d => item(`many/p${s}`, `many/p${d}`))),
    ].join(''),
    world,
  )
  const failing = (keep: (result: ExpectationResult) => boolean) =>
    single.filter(result => result.outcome === 'fail' && keep(result)).length
  expect(whole).toMatchObject({ pairs: 34 * 33, failing: failing(() => true) })
  expect(into).toMatchObject({ pairs: 33, failing: failing(({ dst }) => dst === 'pod:many/p3') })
  expect(outOf).toMatchObject({ pairs: 33, failing: 33 })
  expect(failing(() => true)).toBeGreaterThan(33)
})
