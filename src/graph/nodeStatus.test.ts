import { describe, expect, test } from 'vitest'
import type { FlowFilter } from '../model/graphView.ts'
import { intersectTraffic, NO_TRAFFIC } from '../model/traffic.ts'
import { analysisFixture, podFixture, policyFixture, syntheticFixture } from '../testing/graphFixture.ts'
import { linesBelow } from './boxes.ts'
import { buildGraph } from './build.ts'
import { flowMatrix } from './flowMatrix.ts'
import { NO_FLOW_FILTER, trafficOf } from './flowFilter.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'
import { unreachedText } from './nodeStatus.ts'

const denyIn = policyFixture('shop', 'deny', { podSelector: {}, policyTypes: ['Ingress'] })
const web = { app: 'web' }
const db = { app: 'db' }

function shop(...policies: Parameters<typeof analysisFixture>[0]['policies']): GraphInput {
  const pods = [
    podFixture('shop', 'web', web),
    podFixture('shop', 'db-0', db),
    podFixture('shop', 'db-1', db),
    podFixture('shop', 'db-2', db),
    podFixture('other', 'client', {}),
  ]
  return analysisFixture({ pods, policies })
}

function statusesOf(input: GraphInput, filter: Partial<FlowFilter> = {}): Record<string, readonly string[]> {
  const { nodes } = buildGraph(input, { ...DEFAULT_GRAPH_VIEW, filter: { ...NO_FLOW_FILTER, ...filter } })
  return Object.fromEntries(
    nodes.flatMap(node =>
      node.status === undefined ? [] : [[node.title, linesBelow(node).map(({ text }) => text)]],
    ),
  )
}

test('no policy, no status', () => {
  expect(statusesOf(shop())).toEqual({})
})

test('whom nobody reaches, and by whose isolation', () => {
  expect(statusesOf(shop(denyIn))).toEqual({
    web: ['✕ nobody reaches it', 'isolated by deny'],
    db: ['✕ nobody reaches them', 'isolated by deny'],
  })
})

test('one allowance, from whomever, is enough to be reached', () => {
  const peer = { podSelector: { matchLabels: db } }
  const allow = policyFixture('shop', 'allow', {
    podSelector: { matchLabels: db },
    policyTypes: ['Ingress'],
    ingress: [{ from: [peer], ports: [{ protocol: 'TCP', port: 5432 }] }],
  })
  const input = shop(denyIn, allow)
  // Among themselves is somebody too.
  expect(statusesOf(input)).toEqual({ web: ['✕ nobody reaches it', 'isolated by deny'] })
  // What is asked for counts alone, and is named.
  expect(statusesOf(input, { traffic: '80/tcp' })).toEqual({
    web: ['✕ nobody reaches it on 80/TCP', 'isolated by deny'],
    db: ['✕ nobody reaches them on 80/TCP', 'isolated by 2 policies'],
  })
})

test('who reaches nobody, and who is cut off', () => {
  const denyOut = policyFixture('shop', 'no-way-out', {
    podSelector: { matchLabels: web },
    policyTypes: ['Egress'],
  })
  expect(statusesOf(shop(denyOut))).toEqual({ web: ['✕ reaches nobody', 'isolated by no-way-out'] })
  expect(statusesOf(shop(denyIn, denyOut))).toMatchObject({
    web: ['✕ cut off from everybody', 'isolated by 2 policies'],
  })
})

test('a hidden namespace still reaches', () => {
  const pods = [podFixture('shop', 'web', web), podFixture('kube-system', 'agent', {})]
  const allow = policyFixture('shop', 'allow', {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ namespaceSelector: {} }] }],
  })
  const input = analysisFixture({ pods, policies: [allow] })
  expect(statusesOf(input, { hideSystem: true })).toEqual({})
})

test('the pods that nobody reaches, as far as the filter asks for them', () => {
  const model = (filter: Partial<FlowFilter>) =>
    buildGraph(shop(denyIn), { ...DEFAULT_GRAPH_VIEW, filter: { ...NO_FLOW_FILTER, ...filter } })
  const { unreached } = model({})
  expect(unreached).toEqual({
    count: 4,
    first: ['pod:shop/db-0', 'pod:shop/db-1', 'pod:shop/db-2'],
    traffic: '',
  })
  expect(unreached && unreachedText(unreached)).toBe(
    'nobody reaches 4 pods: shop/db-0, shop/db-1, shop/db-2 and 1 more',
  )
  const one = model({ text: 'web' }).unreached
  expect(one && unreachedText(one)).toBe('nobody reaches shop/web')
  expect(model({ text: 'client' }).unreached).toBeUndefined()
})

test.each([
  ['443/tcp', ' on 443/TCP'],
  [' udp ', ' on UDP'],
  // Says no traffic, so that all counts.
  ['https', ''],
])('the traffic %j that the filter asks for is named where nobody reaches by it', (traffic, on) => {
  const allow = policyFixture('shop', 'allow', {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: on === '' ? [] : [{ ports: [{ protocol: 'TCP', port: 80 }] }],
  })
  const view = { ...DEFAULT_GRAPH_VIEW, filter: { ...NO_FLOW_FILTER, traffic } }
  const { unreached, nodes } = buildGraph(shop(allow), view)
  expect(unreached && unreachedText(unreached)).toBe(
    `nobody reaches 4 pods${on}: shop/db-0, shop/db-1, shop/db-2 and 1 more`,
  )
  expect(unreached && unreachedText({ ...unreached, count: 1, first: ['pod:shop/web'] })).toBe(
    `nobody reaches shop/web${on}`,
  )
  expect(nodes.find(({ title }) => title === 'web')?.status?.text).toBe(`nobody reaches it${on}`)
  const { peers } = flowMatrix(graphSceneOf(shop(allow)), { ...view, groupBy: 'namespace' })
  expect(peers.find(({ name }) => name === 'namespace shop')?.status?.text).toBe(`nobody reaches it${on}`)
})

describe('closed namespaces tell their worst verdict', () => {
  const closed = { ...DEFAULT_GRAPH_VIEW, groupBy: 'namespace' as const }
  const statuses = (input: GraphInput, filter: Partial<FlowFilter> = {}) =>
    flowMatrix(graphSceneOf(input), { ...closed, filter: { ...NO_FLOW_FILTER, ...filter } }).peers.map(
      ({ name, status }) => [name, status?.look, status?.text],
    )

  test('blocked, and how many are unreached', () => {
    expect(statuses(shop(denyIn)).slice(0, 2)).toEqual([
      ['namespace other', 'blocked', 'some blocked'],
      ['namespace shop', 'blocked', 'nobody reaches it'],
    ])
    const denyDb = { ...denyIn, spec: { ...denyIn.spec, podSelector: { matchLabels: db } } }
    expect(statuses(shop(denyDb))[1]).toEqual(['namespace shop', 'blocked', 'nobody reaches 3'])
  })

  test('partly, all allowed, no policy', () => {
    const allow = (ports: object) =>
      policyFixture('shop', 'allow', { podSelector: {}, policyTypes: ['Ingress'], ingress: [ports] })
    const some = shop(allow({ ports: [{ protocol: 'TCP', port: 80 }] }))
    expect(statuses(some)[1]).toEqual(['namespace shop', 'partial', 'some partly allowed'])
    expect(statuses(some, { traffic: '80/TCP' })[1]).toEqual(['namespace shop', 'allowed', 'all allowed'])
    expect(statuses(shop())[1]?.slice(1)).toEqual(['unrestricted', 'no policy'])
  })

  test('a deviation is worse than all', () => {
    const input = analysisFixture(
      { pods: [podFixture('shop', 'web', web), podFixture('other', 'client', {})], policies: [] },
      (src, dst, promised) =>
        src.id === 'pod:other/client' && dst.id === 'pod:shop/web' ? NO_TRAFFIC : promised,
    )
    expect(statuses(input).slice(0, 2)).toEqual([
      ['namespace other', 'deviates', 'some deviate'],
      ['namespace shop', 'deviates', 'some deviate'],
    ])
  })
})

test.each(['8000/TCP', 'UDP'])('statuses are those of all pairs, asked about %j', traffic => {
  const input = syntheticFixture(5, 4, 2)
  const { endpoints, classOf, pair, traffic: sets } = input.connectivity
  const asked = trafficOf(traffic) ?? NO_TRAFFIC
  const passes = (s: number, d: number): boolean => {
    const set = sets[pair(classOf[s] ?? -1, classOf[d] ?? -1).dataplane] ?? NO_TRAFFIC
    return intersectTraffic(set, asked).length > 0
  }
  const slow = endpoints.filter(
    (endpoint, d) => endpoint.kind === 'pod' && !endpoints.some((_, s) => s !== d && passes(s, d)),
  )
  expect(slow.length).toBeGreaterThan(0)
  const { unreached } = buildGraph(input, {
    ...DEFAULT_GRAPH_VIEW,
    filter: { ...NO_FLOW_FILTER, traffic },
  })
  expect(unreached?.count ?? 0).toBe(slow.length)
  expect(unreached?.first ?? []).toEqual(slow.slice(0, 3).map(({ id }) => id))
})
