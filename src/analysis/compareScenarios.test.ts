import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatTraffic, intersectTraffic, PORT_TRAFFIC, subtractTraffic } from '../model/traffic.ts'
import { analyze } from './analyze.ts'
import { compareScenarios, type FlowDifference } from './compareScenarios.ts'
import { flowRows } from './flows/flowTable.ts'

const examples = join(import.meta.dirname, '../ui/examples')
const tiers = readFileSync(join(examples, 'three-tier.yaml'), 'utf8')

const compare = (base: string, head: string) =>
  compareScenarios([{ name: 'base.yaml', text: base }], [{ name: 'head.yaml', text: head }], 'head')

/** `src dst: +opened -closed` of every pair of endpoints, sorted. */
function told(flows: readonly FlowDifference[], engine: 'kubernetes' | 'dataplane'): readonly string[] {
  const lines = flows.flatMap(({ src, dst, ...flow }) =>
    src.flatMap(from =>
      dst.flatMap(to => {
        const { opened, closed } = flow[engine]
        return from === to || opened.length + closed.length === 0
          ? []
          : [`${from.id} ${to.id}: +${formatTraffic(opened)} -${formatTraffic(closed)}`]
      }),
    ),
  )
  return lines.sort()
}

/** The same from two whole tables, pair by pair. */
function bruteForce(base: string, head: string, engine: 'kubernetes' | 'dataplane'): readonly string[] {
  const pairs = (text: string) => {
    const all = analyze({ name: '', profile: 'head', files: [{ name: 'a.yaml', text }] })
    const found = new Map<string, readonly number[]>()
    for (const row of flowRows(all, { traffic: PORT_TRAFFIC }))
      for (const src of row.src)
        for (const dst of row.dst) if (src !== dst) found.set(`${src.id} ${dst.id}`, row[engine])
    return found
  }
  const before = pairs(base)
  const lines: string[] = []
  for (const [pair, after] of pairs(head)) {
    const was = before.get(pair)
    if (was === undefined) continue
    const opened = intersectTraffic(subtractTraffic(after, was), PORT_TRAFFIC)
    const closed = intersectTraffic(subtractTraffic(was, after), PORT_TRAFFIC)
    if (opened.length + closed.length > 0)
      lines.push(`${pair}: +${formatTraffic(opened)} -${formatTraffic(closed)}`)
  }
  return lines.sort()
}

const documents = tiers.split('---\n')
const without = (index: number) => documents.filter((_, i) => i !== index).join('---\n')
const policies = documents.flatMap((text, i) => (text.includes('kind: NetworkPolicy') ? [i] : []))

test('the same scenario has no difference', () => {
  const { flows, policies: changed, pods, compared } = compare(tiers, tiers)
  expect({ flows, changed, pods, compared }).toEqual({
    flows: [],
    changed: { added: [], removed: [], changed: [] },
    pods: { added: [], removed: [] },
    compared: 6,
  })
})

const CHANGES: readonly (readonly [string, string])[] = [
  ['a port', tiers.replaceAll('5432', '5433')],
  [
    'a peer',
    `${documents.map((text, i) => (i === policies[1] ? text.replaceAll('tier: frontend', 'tier: db') : text)).join('---\n')}`,
  ],
  ...policies.map((index, i) => [`policy ${i} gone`, without(index)] as const),
]

test.each(CHANGES)('equals the difference of two whole tables: %s', (_, head) => {
  for (const engine of ['kubernetes', 'dataplane'] as const) {
    const found = told(compare(tiers, head).flows, engine)
    expect(found).toEqual(bruteForce(tiers, head, engine))
    expect(found.length).toBeGreaterThan(0)
  }
})

test.each(CHANGES)('what opens one way closes the other: %s', (_, head) => {
  const turned = (lines: readonly string[]) =>
    lines.map(line => line.replace(/\+(.*) -(.*)$/, '+$2 -$1')).sort()
  for (const engine of ['kubernetes', 'dataplane'] as const)
    expect(told(compare(head, tiers).flows, engine)).toEqual(turned(told(compare(tiers, head).flows, engine)))
})

test('a label that pods and selectors change together makes no difference, nor an assumed pod', () => {
  const { flows, compared } = compare(tiers, tiers.replaceAll('tier: api', 'tier: other'))
  expect([flows, compared]).toEqual([[], 6])
})

const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: a}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: 5432}]
`

test('a new policy is seen by the pods that it makes us assume', () => {
  const { flows, pods, policies: changed } = compare('', POLICY)
  expect([pods, changed.added]).toEqual([{ added: [], removed: [] }, ['a/db']])
  const fromWeb = flows.find(({ src }) => src.some(({ id }) => id === 'pod:a/web'))
  expect(formatTraffic(fromWeb?.dataplane.closed ?? [])).toBe('all but TCP 5432')
  expect(fromWeb?.reasons).toEqual([
    { direction: 'ingress', change: 'closed', kind: 'newly-isolated', policies: ['a/db'] },
  ])
  const back = compare(POLICY, '').flows.find(({ src }) => src.some(({ id }) => id === 'pod:a/web'))
  expect(back?.reasons).toEqual([
    { direction: 'ingress', change: 'opened', kind: 'no-longer-isolated', policies: ['a/db'] },
  ])
})

test('a wider rule and a narrower one name the policy that allows', () => {
  const [wider] = compare(POLICY, POLICY.replace('port: 5432', 'protocol: TCP')).flows
  expect(wider?.reasons).toEqual([
    { direction: 'ingress', change: 'opened', kind: 'allowed', policies: ['a/db'] },
  ])
  const [narrower] = compare(POLICY.replace('port: 5432', 'protocol: TCP'), POLICY).flows
  expect(narrower?.reasons).toEqual([
    { direction: 'ingress', change: 'closed', kind: 'no-longer-allowed', policies: ['a/db'] },
  ])
})

const POD = (name: string, ip: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: a, labels: {app: ${name}}}
spec: {containers: [{name: c, image: x}]}
status: {podIP: ${ip}}
`

test('pods that only one side has are told and not compared', () => {
  const base = POLICY + POD('db', '10.0.0.1') + POD('web', '10.0.0.2') + POD('old', '10.0.0.3')
  const head = POLICY + POD('db', '10.0.0.1') + POD('web', '10.0.0.2') + POD('new', '10.0.0.4')
  expect(compare(base, head)).toMatchObject({
    pods: { added: ['a/new'], removed: ['a/old'] },
    flows: [],
    compared: 3,
  })
})

test('a block that one side names is compared on both', () => {
  const head = POLICY.replace('podSelector: {matchLabels: {app: web}}}', 'ipBlock: {cidr: 10.9.0.0/16}}')
  const { flows } = compare(POLICY, head)
  const block = flows.find(({ src }) => src.some(({ id }) => id === 'cidr:10.9.0.0/16'))
  expect(formatTraffic(block?.kubernetes.opened ?? [])).toBe('TCP 5432')
})

test('what only one engine sees has its deviations', () => {
  const text = readFileSync(join(examples, 'multi-value-not-in.yaml'), 'utf8')
  const { flows } = compare(text.replace(/operator: NotIn/, 'operator: In'), text)
  const differing = flows.filter(
    ({ kubernetes, dataplane }) => JSON.stringify(kubernetes.opened) !== JSON.stringify(dataplane.opened),
  )
  expect(differing.length).toBeGreaterThan(0)
  for (const flow of differing) expect(flow.deviations).toContain('D1')
})

test('two pods that are treated alike are no pod that meets itself', () => {
  const deny = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: a}
spec: {podSelector: {}}
`
  const twins = POD('web', '10.0.0.1') + POD('web', '10.0.0.2').replace('name: web,', 'name: web-2,')
  const { flows } = compare(twins, deny + twins)
  const among = flows.find(({ src, dst }) => src.length === 2 && dst.length === 2)
  expect(among?.reasons).toEqual([
    { direction: 'ingress', change: 'closed', kind: 'newly-isolated', policies: ['a/deny'] },
  ])
  const alone = compare(POD('web', '10.0.0.1'), deny + POD('web', '10.0.0.1')).flows
  expect(alone.map(({ src }) => src.map(({ id }) => id))).toEqual([['outside']])
})
