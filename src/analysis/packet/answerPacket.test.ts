import { describe, expect, test } from 'vitest'
import { originRange } from '../../model/origin.ts'
import type { PacketProblem, PacketQuestion, PacketTrace, Reason } from '../../model/packetTrace.ts'
import { analyze, type Analyzed } from '../analyze.ts'
import { answerPacket } from './answerPacket.ts'

const TEXT = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {tier: web}}
spec: {containers: [{name: c, image: x, ports: [{name: http, containerPort: 8080}]}]}
status: {podIP: 10.244.0.10}
---
apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: ops, labels: {tier: tool}}
spec: {containers: [{name: c, image: x}]}
status: {podIP: 10.244.0.20}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: ops, labels: {tier: agent}}
spec: {hostNetwork: true, containers: [{name: c, image: x}]}
status: {podIP: 10.240.0.4}
---
apiVersion: v1
kind: Pod
metadata: {name: proxy, namespace: ops}
spec: {hostNetwork: true, containers: [{name: c, image: x}]}
status: {podIP: 10.240.0.4}
---
apiVersion: v1
kind: Pod
metadata: {name: far, namespace: ops}
spec: {hostNetwork: true, containers: [{name: c, image: x}]}
status: {podIP: 10.240.0.5}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: ops}
spec: {containers: [{name: c, image: x}]}
status: {podIP: 10.244.0.30, phase: Succeeded}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {tier: web}}
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {team: b}}
      podSelector:
        matchExpressions:
        - {key: tier, operator: In, values: [api, db]}
        - {key: tier, operator: NotIn, values: [tool]}
        - {key: tier, operator: DoesNotExist}
        - {key: old, operator: Exists}
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.244.0.0/16]}
    - ipBlock: {cidr: 192.0.2.0/24}
    ports: [{port: 443}, {port: 8443, endPort: 8444}, {port: https}]
  - from: [{podSelector: {matchLabels: {tier: tool}}}]
  - ports: [{port: 53, protocol: UDP}]
`

function scenario(text: string): Analyzed {
  return analyze({ name: '', profile: 'head', files: [{ name: 'a.yaml', text }] })
}
const all = scenario(TEXT)

function ask(from: string, to: string, traffic: string, more: Partial<PacketQuestion> = {}, analyzed = all) {
  return answerPacket(analyzed, {
    from,
    to,
    traffic,
    srcPort: 40000,
    state: 'NEW',
    rules: 'policies',
    hook: 'FORWARD',
    ...more,
  })
}

function traced(...asked: Parameters<typeof ask>): PacketTrace {
  const answer = ask(...asked)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

/** Every reason with the text of its field. */
function flat(reasons: readonly Reason[] = []): readonly (readonly [string, string])[] {
  return reasons.flatMap(({ text, origin, parts }) => {
    const source = origin && all.analysis.sources[origin.resource]
    const range = source && originRange(source, origin.path)
    return [[text, range === undefined ? '' : TEXT.slice(range.start, range.end)] as const, ...flat(parts)]
  })
}

test('a packet has both ends in the picture, and is plain data', () => {
  const { packet } = traced('ops/tool', 'outside', '80/TCP')
  expect(packet).toEqual({
    src: { name: 'ops/tool', address: 0x0af40014, endpoint: 'pod:ops/tool' },
    dst: { name: '203.0.113.9', address: 0xcb007109, endpoint: 'outside' },
    protocol: 6,
    label: 'TCP 80',
    ported: true,
    srcPort: 40000,
    dstPort: 80,
    state: 'NEW',
  })
  const end = (text: string) => traced(text, 'shop/web', '80').packet.src.endpoint
  expect(end('10.1.2.3')).toBe('cidr:10.1.0.0/16')
  expect(end('10.2.0.0/16')).toBe('cidr:10.0.0.0/8')
  expect(end('10.240.0.4')).toBe('pod:ops/agent')
  const whole = traced('ops/tool', 'shop/web', '80')
  expect(structuredClone(whole)).toEqual(whole)
})

test.each<[Partial<PacketQuestion>, PacketProblem['field'], string]>([
  [{ from: 'ops/none' }, 'from', 'there is no pod ops/none; in ops there are'],
  [{ to: 'ops/done' }, 'to', 'ops/done has ended: its address may be another pod’s by now'],
  [{ traffic: 'https/TCP' }, 'traffic', 'shop/web has no TCP port named https'],
  [{ traffic: 'https/TCP' }, 'traffic', 'it has http (8080/TCP)'],
  [{ to: 'ops/tool', traffic: 'https/TCP' }, 'traffic', 'no port of it is declared'],
  [{ traffic: 'TCP' }, 'traffic', 'a port is missing'],
  [{ rules: 'node' }, 'rules', ''],
])('%j is a problem of its field', (change, field, message) => {
  const answer = ask('ops/tool', 'shop/web', '80', change)
  expect(answer).toMatchObject({ ok: false, error: { field } })
  if (!answer.ok) expect(answer.error.message).toContain(message)
})

test('blanks around a question do not matter', () => {
  expect(ask(' ops/tool ', ' shop/web', ' http ')).toEqual(ask('ops/tool', 'shop/web', '8080/TCP'))
})

test.each<[string, string, string, Partial<PacketQuestion>, string | undefined]>([
  [
    'ops/tool',
    'shop/web',
    '8080',
    {},
    'It is stopped on entering shop/web: shop/web selects that pod, and no rule there lets TCP 8080 in from ops/tool.',
  ],
  ['ops/tool', '192.0.2.1', '80', {}, 'It arrives: no policy restricts either end.'],
  [
    '192.0.2.1',
    'shop/web',
    '443',
    {},
    'It arrives: no policy restricts what leaves 192.0.2.1, and shop/web lets it into shop/web.',
  ],
  [
    'ops/tool',
    'shop/web',
    'ICMP',
    {},
    'It is stopped on entering shop/web: shop/web selects that pod, and no rule there lets ICMP in from ops/tool.',
  ],
  [
    'ops/tool',
    'shop/web',
    '8080',
    { state: 'ESTABLISHED' },
    'It arrives: azure-npm judges only packets that open a connection, and this one does not.',
  ],
  ['shop/web', 'shop/web', '8080', {}, undefined],
])('in one sentence: %s → %s %s %j', (from, to, traffic, change, sentence) => {
  expect(traced(from, to, traffic, change).summary).toBe(sentence)
})

test('what stands for both ends is said once', () => {
  expect(
    traced('outside', 'outside', '80').notes.filter(note => note.includes('stands for everything outside')),
  ).toHaveLength(1)
})

test.each([
  ['tcp/443', 'TCP 443'],
  ['UDP 53', 'UDP 53'],
  ['53 udp', 'UDP 53'],
  ['TCP:http', 'TCP 8080'],
])('%s is as good as the usual form', (text, label) => {
  expect(traced('ops/tool', 'shop/web', text).packet.label).toBe(label)
})

describe('why Kubernetes blocks', () => {
  test('label by label and port by port, each at its own field', () => {
    const { kubernetes } = traced('ops/tool', 'shop/web', 'http/TCP')
    expect(kubernetes?.answer).toBe('blocked')
    expect(flat(kubernetes?.reasons)).toEqual([
      ['leaving ops/tool (10.244.0.20): no policy isolates it, so that everything passes', ''],
      [
        'entering shop/web (10.244.0.10): isolated, so that only what a rule allows passes, and none allows TCP 8080 from ops/tool (10.244.0.20)',
        '',
      ],
      [
        'shop/web isolates it: it selects pods with `tier=web` in shop',
        'podSelector: {matchLabels: {tier: web}}',
      ],
      ['spec.ingress[0] does not match', expect.stringMatching(/^from:[^]*https\}\]$/)],
      ['from[0]', expect.stringMatching(/^namespaceSelector:[^]*Exists\}$/)],
      ['namespace label `team` is missing, wanted `b`', 'team: b'],
      ['`tier` is `tool`, wanted one of `api`, `db`', '{key: tier, operator: In, values: [api, db]}'],
      ['`tier` is `tool`, wanted anything but `tool`', '{key: tier, operator: NotIn, values: [tool]}'],
      ['`tier` is `tool`, wanted no such label', '{key: tier, operator: DoesNotExist}'],
      ['label `old` is missing, wanted any value', '{key: old, operator: Exists}'],
      ['from[1]: 10.244.0.20 is in except 10.244.0.0/16 of 10.0.0.0/8', '10.244.0.0/16'],
      ['from[2]: 10.244.0.20 is not in 192.0.2.0/24', 'cidr: 192.0.2.0/24'],
      [
        'port 8080 is not among 443, 8443–8444, https/TCP',
        'ports: [{port: 443}, {port: 8443, endPort: 8444}, {port: https}]',
      ],
      ['`https` cannot be resolved: shop/web has no TCP port of that name', 'port: https'],
      [
        'spec.ingress[1] does not match: namespace is `ops`, and without a namespaceSelector only `shop` is meant',
        'podSelector: {matchLabels: {tier: tool}}',
      ],
      ['spec.ingress[2] does not match: 8080/TCP is not among 53/UDP', '{port: 53, protocol: UDP}'],
    ])
  })

  test('an address is no pod, a hostNetwork pod neither', () => {
    const texts = (from: string) =>
      flat(traced(from, 'shop/web', '22').kubernetes?.reasons).map(([text]) => text)
    expect(texts('198.51.100.9')).toContain(
      'spec.ingress[1] does not match: 198.51.100.9 is no pod, and selectors find pods alone',
    )
    expect(texts('ops/far')).toContain(
      'spec.ingress[1] does not match: ops/far is on its node’s network, where selectors find no pod',
    )
  })

  test('a namespace label that is another', () => {
    const two = scenario(TEXT.replace('{name: ops}', '{name: ops, labels: {team: c}}'))
    const { kubernetes } = traced('ops/tool', 'shop/web', '80', {}, two)
    expect(flat(kubernetes?.reasons).map(([text]) => text)).toContain(
      'namespace label `team` is `c`, wanted `b`',
    )
  })
})

test('why Kubernetes allows: by which peer and which port', () => {
  const { kubernetes, dataplane } = traced('10.2.3.4', 'shop/web', '8444')
  expect([kubernetes?.answer, dataplane.answer]).toEqual(['allowed', 'allowed'])
  expect(flat(kubernetes?.reasons).slice(2)).toEqual([
    ['shop/web allows it', expect.stringMatching(/^from:/)],
    [
      'from[1] matches: addresses in 10.0.0.0/8 except 10.1.0.0/16, 10.244.0.0/16',
      'ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.244.0.0/16]}',
    ],
    ['ports[1] matches: 8443–8444/TCP', '{port: 8443, endPort: 8444}'],
  ])
  expect(flat(traced('ops/tool', 'shop/web', '53/UDP').kubernetes?.reasons).slice(2)).toEqual([
    ['shop/web allows it', 'ports: [{port: 53, protocol: UDP}]'],
    ['it names no peer, so that it is for all', 'ports: [{port: 53, protocol: UDP}]'],
    ['ports[0] matches: 53/UDP', '{port: 53, protocol: UDP}'],
  ])
})

test('that a block holds a pod is left to plugins', () => {
  const two = scenario(TEXT.replace(', 10.244.0.0/16]', ']'))
  const { kubernetes, dataplane } = traced('ops/tool', 'shop/web', '443', {}, two)
  expect([kubernetes?.answer, dataplane.answer]).toEqual(['allowed', 'allowed'])
  expect(flat(kubernetes?.reasons).map(([text]) => text)).toContainEqual(
    expect.stringMatching(
      /^from\[1\] matches: addresses in 10\.0\.0\.0\/8 except 10\.1\.0\.0\/16 \(blocks are meant/,
    ),
  )
})

describe('why the data plane blocks', () => {
  test('which rule drops it, for which mark, and why no rule of the policy’s chain held', () => {
    const { dataplane } = traced('ops/tool', 'shop/web', '22')
    const [reason] = dataplane.reasons
    expect(reason?.text).toBe(
      'rule 2 of AZURE-NPM-INGRESS drops it, because it carries the mark 0x400 of a policy that does not allow it',
    )
    const [chain] = reason?.parts ?? []
    expect(chain?.text).toMatch(/^ingress of shop\/web \(AZURE-NPM-INGRESS-\w+\): no rule allows it$/)
    const texts = (chain?.parts ?? []).map(({ text }) => text)
    expect(texts).toContain('rule 1 wants destination port 443: it is 22')
    expect(texts).toContainEqual(expect.stringMatching(/^rule \d+ wants source in ns-shop .* is no member$/))
    expect(texts.at(-1)).toMatch(/^rule \d+ notes with the mark 0x400 that nothing allowed it$/)
    expect(chain?.parts?.every(({ origin }) => origin?.resource === 'NetworkPolicy/shop/web')).toBe(true)
  })

  test('a policy that is not in force is named, with the deviation', () => {
    const broken = scenario(TEXT.replace('cidr: 192.0.2.0/24', 'cidr: "fd00::/8"'))
    const { kubernetes, dataplane, deviations } = traced('ops/tool', 'shop/web', '22', {}, broken)
    expect([kubernetes?.answer, dataplane.answer]).toEqual(['blocked', 'allowed'])
    expect(deviations.map(({ id }) => id)).toEqual(['D7'])
    expect(dataplane.reasons.flatMap(({ parts = [] }) => parts.map(({ text }) => text))).toEqual([
      expect.stringMatching(/^shop\/web is not in force: /),
    ])
  })
})

describe('a packet that never comes to FORWARD', () => {
  test.each([
    ['shop/web', 'shop/web', 'within the pod’s own network'],
    ['10.244.0.10', 'shop/web', 'within the pod’s own network'],
    ['ops/agent', 'ops/agent', 'loopback'],
    ['ops/agent', 'ops/proxy', 'loopback'],
    ['ops/agent', 'ops/far', 'OUTPUT of the one and INPUT of the other'],
    ['ops/agent', '8.8.8.8', 'OUTPUT'],
    ['8.8.8.8', '10.240.0.5', 'INPUT'],
  ])('%s → %s', (from, to, reason) => {
    const { kubernetes, dataplane, steps, verdict, deviations } = traced(from, to, '22')
    expect([kubernetes?.answer, dataplane.answer, steps, verdict, deviations]).toEqual([
      'allowed',
      'allowed',
      [],
      undefined,
      [],
    ])
    expect(dataplane.reasons.map(({ text }) => text).join()).toContain(reason)
  })

  test('by way of a Service a pod’s packet to itself is another matter', () => {
    expect(traced('shop/web', 'shop/web', '22').notes).toEqual([expect.stringContaining('D26')])
    expect(traced('ops/tool', 'ops/tool', '22').notes).toEqual([])
  })
})

describe('what to know besides', () => {
  test.each([
    ['ops/far', 'shop/web', '22', ['passes OUTPUT']],
    ['10.240.0.5', 'shop/web', '22', ['passes OUTPUT']],
    ['shop/web', 'ops/far', '22', ['passes INPUT']],
    ['10.0.0.0/8', 'shop/web', '22', ['stands for 10.0.0.0/8', 'the node that shop/web runs on']],
    ['outside', 'shop/web', '22', ['stands for everything outside', 'load balancer']],
    ['outside', 'shop/web', '53/UDP', ['stands for everything outside']],
    ['ops/tool', '10.0.0.10', '53/UDP', ['No pod has 10.0.0.10. Should it be a Service’s']],
    ['ops/tool', '8.8.8.8', '53/UDP', []],
    ['ops/tool', 'shop/web', '22', ['br_netfilter']],
    ['8.8.8.8', '1.1.1.1', '22', ['Neither end is a pod']],
  ])('%s → %s %s', (from, to, traffic, parts) => {
    expect(traced(from, to, traffic).notes).toEqual(
      parts.map(part => expect.stringContaining(part) as string),
    )
  })

  test('an open connection stays open', () => {
    const { notes, kubernetes, dataplane } = traced('ops/tool', 'shop/web', '22', { state: 'ESTABLISHED' })
    expect([kubernetes?.answer, dataplane.answer]).toEqual(['allowed', 'allowed'])
    expect(notes).toEqual([expect.stringContaining('D5')])
  })

  test.each(['INVALID', 'UNTRACKED'] as const)('%s belongs to no connection', state => {
    const { kubernetes, dataplane } = traced('ops/tool', 'shop/web', '22', { state })
    expect([kubernetes?.answer, dataplane.answer]).toEqual(['undefined', 'allowed'])
  })
})

test('of a list that does not hold the address its sets are named', () => {
  const text = TEXT.replace('{team: b}', '{team: a}').replace(
    '{key: tier, operator: In, values: [api, db]}',
    '{key: tier, operator: In, values: [tool, db]}',
  )
  const details = (from: string) =>
    traced(from, 'shop/web', '443', {}, scenario(text)).steps.flatMap(({ matches }) =>
      matches.map(match => `${match.outcome} ${match.text}: ${match.detail}`),
    )
  expect(details('ops/tool')).toContainEqual(
    expect.stringMatching(
      /^fails source in nslabel-team:a \(azure-npm-\w+\): 10\.244\.0\.20 \(ops\/tool\) is in none of its sets: ns-shop \(azure-npm-\w+\)$/,
    ),
  )
})

test('every except that holds the address is named: mending one would not do', () => {
  const excepts = '10.0.0.0/9, 10.128.0.0/9, 10.1.0.0/16, 10.1.0.0/16'
  const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: a}
spec:
  podSelector: {}
  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [${excepts}]}}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: a}
spec: {containers: [{name: c, image: x}]}
status: {podIP: 192.0.2.7}
`
  const { kubernetes } = traced('10.1.2.3', 'a/web', '80/TCP', {}, scenario(text))
  const named = (reasons: readonly Reason[] = []): readonly unknown[] =>
    reasons.flatMap(({ text: words, origin, parts }) => [
      ...(origin?.path.includes('except') === true ? [[words, origin.path]] : []),
      ...named(parts),
    ])
  expect(named(kubernetes?.reasons)).toEqual([
    ['10.1.2.3 is in except 10.0.0.0/9 of 10.0.0.0/8', 'spec.ingress[0].from[0].ipBlock.except[0]'],
    ['10.1.2.3 is in except 10.1.0.0/16 of 10.0.0.0/8', 'spec.ingress[0].from[0].ipBlock.except[2]'],
    ['10.1.2.3 is in except 10.1.0.0/16 of 10.0.0.0/8', 'spec.ingress[0].from[0].ipBlock.except[3]'],
  ])
})
