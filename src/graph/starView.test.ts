import { describe, expect, test } from 'vitest'
import type { GraphSubject, GraphView } from '../model/graphView.ts'
import { NO_TRAFFIC } from '../model/traffic.ts'
import {
  analysisFixture,
  podFixture,
  policyFixture,
  shopFixture,
  syntheticFixture,
} from '../testing/graphFixture.ts'
import { drawScene, graphOf } from './drawPicture.ts'
import { overlaps } from './geometry.ts'
import { DEFAULT_GRAPH_VIEW, type BuiltGraph, type GraphInput } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'

const focus = (
  input: GraphInput,
  kind: GraphSubject['kind'],
  name: string,
  more: Partial<GraphView> = {},
): BuiltGraph =>
  graphOf(graphSceneOf(input), { ...DEFAULT_GRAPH_VIEW, mode: 'focus', subject: { kind, name }, ...more })

/** `lane: title, title` */
const lanes = ({ groups, nodes }: BuiltGraph): readonly string[] =>
  groups.map(
    ({ id, namespace }) =>
      `${namespace}: ${nodes
        .filter(({ parent }) => parent === id)
        .map(({ title }) => title)
        .join(', ')}`,
  )

describe('a pod in the middle', () => {
  const graph = focus(shopFixture(), 'pod', 'shop/db-1')

  test('who may come in and where it may go, those that are blocked below', () => {
    expect(lanes(graph)).toEqual([
      'May come in: shop/api',
      'Blocked from coming in: kube-system/coredns-1, shop/web, 203.0.113.0/24, everything else',
      'May be reached: kube-system/coredns-1',
      'Blocked from being reached: shop/api, shop/web, 203.0.113.0/24, everything else',
    ])
    expect(graph.nodes[0]).toMatchObject({ title: 'shop/db-1', parent: undefined })
  })

  test('lines lead to it or from it, with what passes', () => {
    expect(graph.edges.filter(({ verdict }) => verdict !== 'blocked').map(({ name }) => name)).toEqual([
      '2 pods shop/api to shop/db-1: TCP 5432',
      'shop/db-1 to kube-system/coredns-1: UDP 53',
    ])
  })

  test('what is blocked says who blocks it, at which end', () => {
    const web = graph.edges.find(({ source }) => source.includes('web'))
    expect(web?.reason).toBe(
      'shop/db, shop/default-deny isolate shop/db-1 for ingress and no rule lets this in',
    )
    // What holds for all is said once, above them.
    expect(graph.groups.map(({ namespace, reason }) => [namespace, reason])).toEqual([
      ['May come in', undefined],
      ['Blocked from coming in', 'not let in by db, default-deny'],
      ['May be reached', undefined],
      ['Blocked from being reached', 'not let out by db'],
    ])
  })

  test('what is only said of one peer stands on that', () => {
    const details = (graph: BuiltGraph) =>
      Object.fromEntries(graph.nodes.map(({ id, detail }) => [id.replace(/[|]pods?:/, ' '), detail]))
    expect(details(graph)).toMatchObject({
      'out shop/web-1': 'not let in by default-deny, web',
      'in shop/web-1': 'among themselves: blocked',
    })
    // Of a namespace a pair is told; another one's reason may be another.
    const namespaces = focus(shopFixture(), 'namespace', 'shop', { groupBy: 'namespace' })
    expect(namespaces.groups.map(({ reason }) => reason)).toEqual(namespaces.groups.map(() => undefined))
  })

  test('what is blocked against the promise says so in full', () => {
    const input = shopFixture((_src, dst, promised) => (dst.id === 'pod:shop/db-1' ? NO_TRAFFIC : promised))
    const { nodes, edges } = focus(input, 'pod', 'shop/db-1')
    const api = edges.find(({ source }) => source.includes('api'))
    expect(api).toMatchObject({ verdict: 'blocked', deviates: true })
    expect(nodes.find(({ id }) => id === api?.source)?.detail).toBe(api?.reason)
    expect(api?.reason).toContain('Kubernetes promises TCP 5432')
    // Beside it the others keep their reason to themselves.
    const web = edges.find(({ source }) => source.includes('web'))
    expect(nodes.find(({ id }) => id === web?.source)?.detail).toBe('not let in by db, default-deny')
  })

  test('counts are those of its own flows', () => {
    const { allowed, partial, blocked } = graph.counts
    expect([allowed, partial, blocked]).toEqual([0, 3, 2 * 8 - 3])
  })
})

test('a workload, a namespace, a block and the outside may be the subject', () => {
  const pods = [
    podFixture('a', 'web-1', { app: 'web' }, { workload: 'Deployment/a/web' }),
    podFixture('a', 'web-2', { app: 'web' }, { workload: 'Deployment/a/web' }),
    podFixture('b', 'x', {}),
  ]
  const input = analysisFixture({
    pods,
    policies: [
      policyFixture('a', 'p', {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.0.0/16'] } }] }],
      }),
    ],
  })
  expect(focus(input, 'workload', 'Deployment/a/web').nodes[0]).toMatchObject({
    title: 'a/web',
    endpoints: [0, 1],
  })
  expect(focus(input, 'namespace', 'a').nodes[0]).toMatchObject({ kind: 'namespace', title: 'a' })
  expect(lanes(focus(input, 'cidr', '10.9.0.0/16'))).toEqual([
    'May come in: a/web, b/x',
    'May be reached: b/x',
    'Blocked from being reached: a/web',
  ])
  expect(lanes(focus(input, 'outside', ''))[0]).toBe('May come in: a/web, b/x')
})

test('a subject that is no longer there leaves nothing', () => {
  expect(focus(shopFixture(), 'pod', 'shop/gone')).toMatchObject({ nodes: [], edges: [], groups: [] })
})

test('many peers are bounded, and told as a number that opens', () => {
  const input = syntheticFixture(40, 3, 1)
  const closed = focus(input, 'pod', 'team-1/app-1-0')
  const rest = closed.nodes.filter(({ kind }) => kind === 'more')
  expect(rest.map(({ title, canUnfold }) => [title, canUnfold])).toEqual([
    ['and 111 more', true],
    ['and 110 more', true],
  ])
  const opened = focus(input, 'pod', 'team-1/app-1-0', { opened: [rest[0]?.id ?? ''] })
  expect(opened.nodes.length - closed.nodes.length).toBe(80 - 8)
  expect(opened.omitted.excessFlows).toBeLessThan(closed.omitted.excessFlows)
})

test('a fold comes apart where it stands, and folds again', () => {
  const opened = focus(shopFixture(), 'pod', 'shop/db-1', { unfolded: ['in|pods:shop/web-1'] })
  const web = opened.nodes.filter(({ title }) => title.startsWith('shop/web-'))
  expect(web).toHaveLength(6)
  expect(new Set(web.map(({ fold }) => fold))).toEqual(new Set(['in|pods:shop/web-1']))
})

test('peers by namespace', () => {
  const graph = focus(syntheticFixture(5, 3, 2), 'namespace', 'team-1', { groupBy: 'namespace' })
  expect(graph.nodes.slice(1).every(({ kind }) => kind !== 'pods')).toBe(true)
})

describe('a policy in the middle', () => {
  const policy = (key: string, input: GraphInput = shopFixture()): BuiltGraph =>
    graphOf(graphSceneOf(input), {
      ...DEFAULT_GRAPH_VIEW,
      mode: 'policy',
      subject: { kind: 'policy', name: key },
    })

  test('what it selects, and whom it lets in', () => {
    const graph = policy('shop/api')
    expect(graph.nodes[0]).toMatchObject({ title: 'shop/api', detail: '2 pods selected' })
    expect(lanes(graph)).toEqual(['It lets in: shop/web'])
    expect(graph.edges.map(({ label, note }) => [label, note])).toEqual([['TCP 8080', 'alone: TCP 8080']])
  })

  test('a policy that lets nobody in, beside others that do', () => {
    const graph = policy('shop/default-deny')
    expect(graph.nodes[0]).toMatchObject({ title: 'shop: <all>', detail: '6 pods selected' })
    expect(lanes(graph)[0]).toMatch(/^Let in by other policies: /)
    expect(graph.edges.every(({ note }) => note === 'alone: blocked')).toBe(true)
  })

  test('what nothing matches yet is shown as such', () => {
    const pods = [podFixture('a', 'x', { app: 'x' })]
    const from = [
      { podSelector: { matchLabels: { app: 'gone' } } },
      { namespaceSelector: { matchLabels: { team: 'no' } } },
      { podSelector: { matchLabels: { app: 'x' } } },
    ]
    const graph = policy(
      'a/p',
      analysisFixture({
        pods,
        policies: [
          policyFixture('a', 'p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from }] }),
        ],
      }),
    )
    expect(
      graph.nodes.filter(({ kind }) => kind === 'pending').map(({ title, detail }) => [title, detail]),
    ).toEqual([
      ['app=gone', 'in a: no such pod'],
      ['pods', 'in team=no: no such pod'],
    ])
  })

  test('what its except cuts out, and nobody else’s', () => {
    const egress = [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.7.1/16', '10.1.1.1/32'] } }] }]
    const graph = policy(
      'a/p',
      analysisFixture({
        pods: [podFixture('a', 'x', { app: 'x' })],
        policies: [
          policyFixture('a', 'p', { podSelector: {}, policyTypes: ['Egress', 'Ingress'], egress }),
          policyFixture('b', 'q', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [{ to: [{ ipBlock: { cidr: '172.16.0.0/12', except: ['172.16.9.0/24'] } }] }],
          }),
        ],
      }),
    )
    expect(lanes(graph)).toEqual(['It lets out to: 10.0.0.0/8', 'Cut out by “except”: 10.9.0.0/16, 10.1.1.1'])
    expect(graph.edges.map(({ verdict, note }) => [verdict, note])).toEqual([
      ['allowed', 'alone: all'],
      ['blocked', 'alone: blocked'],
      ['blocked', 'alone: blocked'],
    ])
  })

  test('a policy that selects nothing', () => {
    const graph = policy(
      'a/p',
      analysisFixture({
        pods: [podFixture('a', 'x', {})],
        policies: [
          policyFixture('a', 'p', { podSelector: { matchLabels: { app: 'y' } }, policyTypes: ['Egress'] }),
        ],
      }),
    )
    expect(graph.nodes).toHaveLength(1)
    expect(graph.nodes[0]).toMatchObject({ kind: 'pending', detail: 'selects no pod yet' })
  })
})

test.each(['pod', 'policy'] as const)(
  'around a %s nothing covers anything, and what stays does not move',
  kind => {
    const scene = graphSceneOf(shopFixture())
    const name = kind === 'pod' ? 'shop/db-1' : 'shop/default-deny'
    const view: GraphView = {
      ...DEFAULT_GRAPH_VIEW,
      mode: kind === 'pod' ? 'focus' : 'policy',
      subject: { kind, name },
    }
    const { model, layout, routes } = drawScene(scene, view)
    expect(layout.size).toBe(model.nodes.length + model.groups.length)
    const leaves = model.nodes.flatMap(({ id }) => layout.get(id) ?? [])
    leaves.forEach((a, i) => {
      expect(leaves.slice(i + 1).some(b => overlaps(a, b))).toBe(false)
    })
    expect(routes.size).toBe(model.edges.length)
    expect(drawScene(scene, view, layout).layout).toEqual(layout)
  },
)
