import { describe, expect, test } from 'vitest'
import { analyze } from '../analysis/analyze.ts'
import type { Endpoint } from '../model/connectivity.ts'
import type { ExpectationResult } from '../model/expectation.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic, protocolTraffic, unionTraffic } from '../model/traffic.ts'
import {
  checkCommand,
  countExpectations,
  expectationKey,
  expectationSentence,
  expectationTitle,
  expectPacket,
  expectThis,
  failingFirst,
} from './expectations.ts'

const result = (name: string, outcome: ExpectationResult['outcome']): ExpectationResult => ({
  expectation: {
    name,
    from: 'shop/web',
    to: 'shop/db',
    traffic: '5432/TCP',
    verdict: 'allowed',
    file: 'a.yaml',
    range: { start: 0, end: 1 },
  },
  outcome,
  pairs: 1,
  failing: outcome === 'fail' ? 1 : 0,
  kubernetes: outcome === 'fail' ? 'fail' : 'pass',
  dataplane: outcome === 'fail' ? 'fail' : 'pass',
  message: '',
})
const pod = (name: string, workload?: string): Endpoint => ({
  kind: 'pod',
  id: `pod:shop/${name}`,
  namespace: 'shop',
  name,
  labels: {},
  address: 1,
  hostNetwork: false,
  assumed: false,
  isolated: { ingress: false, egress: false },
  ...(workload !== undefined && { workload }),
})
const WEB = pod('web-7f9-x2x', 'Deployment/shop/web')
const DB = pod('db-0')

describe('the list', () => {
  test('failing ones first, then those that cannot be checked, otherwise as written', () => {
    const all = [
      result('a', 'pass'),
      result('b', 'error'),
      result('c', 'fail'),
      result('d', 'pass'),
      result('e', 'fail'),
    ]
    expect(failingFirst(all).map(({ expectation }) => expectation.name)).toEqual(['c', 'e', 'b', 'a', 'd'])
  })

  test.each([
    [['pass', 'fail', 'pass', 'error'], '2 of 4 expectations hold'],
    [['pass', 'pass'], 'All 2 expectations hold'],
    [['fail', 'fail'], '0 of 2 expectations hold'],
    [['pass'], 'The expectation holds'],
    [['error'], 'The expectation does not hold'],
  ] as const)('%j reads “%s”', (outcomes, sentence) => {
    expect(expectationSentence(countExpectations(outcomes.map(one => result('a', one))))).toBe(sentence)
  })

  test('an expectation stays the same while the text before it grows', () => {
    const { expectation } = result('a', 'pass')
    expect(expectationKey({ ...expectation, range: { start: 10, end: 11 } })).toBe(
      expectationKey(expectation),
    )
    expect(expectationKey({ ...expectation, traffic: '' })).not.toBe(expectationKey(expectation))
  })
})

describe('what is so becomes what is expected', () => {
  test.each([
    ['all', ALL_TRAFFIC, '', 'allowed'],
    ['one port', portTraffic('TCP', 5432, 5432), '5432/TCP', 'allowed'],
    ['several', unionTraffic(portTraffic('UDP', 53, 53), portTraffic('TCP', 53, 60)), '53/TCP', 'allowed'],
    ['one protocol', protocolTraffic('UDP'), 'UDP', 'allowed'],
  ] as const)('%s', (_, dataplane, traffic, verdict) => {
    expect(expectThis(WEB, DB, { kubernetes: ALL_TRAFFIC, dataplane })).toEqual({
      name: '',
      from: 'shop/web',
      to: 'shop/db-0',
      traffic,
      verdict,
    })
  })

  test.each([
    ['nothing', NO_TRAFFIC, NO_TRAFFIC, '', 'blocked'],
    ['nothing but ICMP', NO_TRAFFIC, [196608, 196609], '', 'blocked'],
    ['less than promised', ALL_TRAFFIC, portTraffic('TCP', 80, 80), '80/TCP', 'allowed'],
    ['more than promised', portTraffic('TCP', 80, 80), ALL_TRAFFIC, '80/TCP', 'allowed'],
    ['another than promised', portTraffic('TCP', 80, 80), NO_TRAFFIC, '80/TCP', 'allowed'],
    ['what is promised not to be', NO_TRAFFIC, ALL_TRAFFIC, '', 'blocked'],
  ] as const)('%s: the promise counts', (_, kubernetes, dataplane, traffic, verdict) => {
    expect(expectThis(WEB, DB, { kubernetes, dataplane })).toMatchObject({ traffic, verdict })
  })

  test('of a block with holes it speaks about what is in none of them, and holds', () => {
    const policies = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}
    - ipBlock: {cidr: 10.1.0.0/16, except: [10.1.2.0/24]}
`
    const checked = (rows: string) =>
      analyze({ name: 'x', profile: 'head', files: [{ name: 'a.yaml', text: `${policies}${rows}` }] })
        .analysis
    const { endpoints } = checked('')
    const web = endpoints.find(({ kind }) => kind === 'pod') ?? WEB
    const blocks = endpoints.filter(endpoint => endpoint.kind === 'cidr')
    expect(blocks.map(({ cidr }) => cidr)).toEqual(['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24'])
    const drafts = blocks.map(block => {
      const traffic = block.exceptOf.length === 0 ? ALL_TRAFFIC : NO_TRAFFIC
      return expectThis(web, block, { kubernetes: traffic, dataplane: traffic })
    })
    expect(drafts.map(({ to, verdict }) => [to, verdict])).toEqual([
      ['outside', 'allowed'],
      [expect.stringMatching(/^10\.(?!1\.)[0-9.]+$/), 'blocked'],
      [expect.stringMatching(/^10\.1\.(?!2\.)[0-9.]+$/), 'allowed'],
      ['10.1.2.0/24', 'blocked'],
    ])
    const rows = drafts.map(
      ({ from, to, verdict }) => `  - {from: ${from}, to: ${to}, verdict: ${verdict}}\n`,
    )
    const { expectations } = checked(
      `---\napiVersion: netpol-flow/v1\nkind: Expectations\nexpectations:\n${rows.join('')}`,
    )
    expect(expectations.map(({ outcome, message }) => [outcome, message])).toEqual(
      drafts.map(() => ['pass', '']),
    )
  })

  test.each([
    ['10.0.0.0/8', '10.0.0.1', 'udp 53', 'blocked', 'allowed', '53/UDP', 'blocked'],
    [' 10.0.0.0/8 ', '10.0.0.1', '80/TCP', 'allowed', 'allowed', '80/TCP', 'allowed'],
    ['outside', '203.0.113.9', '80/TCP', 'undefined', 'allowed', '80/TCP', 'allowed'],
    ['10.9.9.9', 'shop/db-0', 'http/TCP', 'allowed', 'blocked', 'http/TCP', 'allowed'],
  ] as const)('a packet to %s', (to, name, text, promise, does, traffic, verdict) => {
    const src = { name: 'shop/web-1', address: 1 }
    const packet = { src, dst: { name, address: 2 }, protocol: 6, label: '', ported: true }
    expect(
      expectPacket(
        { from: 'shop/web', to, traffic: text },
        {
          packet: { ...packet, srcPort: 1, dstPort: 1, state: 'NEW' },
          kubernetes: { answer: promise, reasons: [] },
          dataplane: { answer: does, reasons: [] },
        },
      ),
    ).toEqual({ name: '', from: 'shop/web', to: to === 'outside' ? to : name, traffic, verdict })
  })

  test('it holds once it is written down', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{ports: [{port: 5432}]}]
---
apiVersion: netpol-flow/v1
kind: Expectations
expectations:
  - {from: outside, to: shop, port: 5432/TCP, verdict: allowed}
  - {from: outside, to: shop/web, verdict: allowed}
`
    const { analysis } = analyze({ name: 'x', profile: 'head', files: [{ name: 'a.yaml', text }] })
    expect(analysis.expectations.map(({ outcome }) => outcome)).toEqual(['pass', 'pass'])
    expect(expectationTitle({ ...result('', 'pass').expectation })).toBe(
      'shop/web → shop/db 5432/TCP: allowed',
    )
    expect(analysis.expectations.map(({ expectation }) => expectation.name)).toEqual([
      expectationTitle({ name: '', from: 'outside', to: 'shop', traffic: '5432/TCP', verdict: 'allowed' }),
      expectationTitle({ name: '', from: 'outside', to: 'shop/web', traffic: '', verdict: 'allowed' }),
    ])
  })
})

test('the command names every file but dumps, as a shell reads it', () => {
  const dump = { name: 'node.txt', text: 'create a hash:net\nadd a 10.0.0.1\n' }
  const files = ['policies.yaml', 'my shop’s $HOME.yaml', "it's.yaml", '-v.yaml'].map(name => ({
    name,
    text: '',
  }))
  expect(checkCommand({ name: 'x', files: [...files, dump], profile: 'v1.4.45' })).toBe(
    String.raw`netpol-flow check --profile v1.4.45 policies.yaml 'my shop’s $HOME.yaml' 'it'\''s.yaml' ./-v.yaml`,
  )
})
