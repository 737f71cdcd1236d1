import { describe, expect, test } from 'vitest'
import {
  analysisFixture,
  metadataFixture,
  podFixture,
  policyFixture,
  shopFixture,
  syntheticFixture,
} from '../testing/graphFixture.ts'
import { intersectTraffic, NO_TRAFFIC, PORT_TRAFFIC, portTraffic } from '../model/traffic.ts'
import type { GraphModel } from '../model/picture.ts'
import type { GraphView } from '../model/graphView.ts'
import { buildGraph, formatCounts } from './build.ts'
import { MAX_CLOSED_EDGES, MAX_EDGES } from './edges.ts'
import { NO_FLOW_FILTER } from './flowFilter.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { MAX_NODES, nameStem } from './nodes.ts'

const view = (part: Partial<GraphView> = {}): GraphView => ({ ...DEFAULT_GRAPH_VIEW, ...part })
const names = (model: GraphModel) => model.edges.map(edge => edge.name)

describe('the metadata example', () => {
  const model = buildGraph(metadataFixture(), view())

  test('its nodes: two pods by name, the assumed one, the block and the hole inside it', () => {
    expect(model.nodes.map(node => [node.id, node.parent])).toEqual([
      ['pod:default/web-1', 'ns:default'],
      ['pod:default/web-2', 'ns:default'],
      ['pod:kube-system/konnectivity-agent', 'ns:kube-system'],
      ['cidr:0.0.0.0/0', undefined],
      ['cidr:169.254.169.254/32', 'cidr:0.0.0.0/0'],
    ])
    expect(model.nodes.map(node => node.assumed)).toEqual([false, false, true, false, false])
    expect(model.nodes[0]?.isolated).toEqual({ ingress: false, egress: true })
    expect(model.nodes[4]?.exceptOf).toEqual(['default/restrict-instance-metadata'])
  })

  test('its edges: the hole is blocked for web only, and says by whom', () => {
    expect(names(model).filter(name => name.includes('169.254'))).toEqual([
      'default/web-1 to 169.254.169.254/32: blocked, by default/restrict-instance-metadata',
      'default/web-2 to 169.254.169.254/32: blocked, by default/restrict-instance-metadata',
      'kube-system/konnectivity-agent to 169.254.169.254/32: allowed',
    ])
    expect(model.edges).toHaveLength(9)
  })

  test('equal directions share an edge, and a free way back is told by it', () => {
    const between = (a: string, b: string) => model.edges.find(edge => edge.source === a && edge.target === b)
    expect(between('pod:default/web-1', 'pod:default/web-2')?.back).toBe('same')
    expect(between('pod:default/web-1', 'cidr:0.0.0.0/0')?.back).toBe('unrestricted')
  })

  test('its summary counts directions', () => {
    expect(formatCounts(model.counts)).toBe('16 allowed, 2 blocked')
  })

  test('flows that no policy governs come apart when asked for', () => {
    const all = buildGraph(metadataFixture(), view({ unrestricted: 'show' }))
    expect(names(all)).toContain('169.254.169.254/32 to default/web-1: no policy')
    expect(all.edges).toHaveLength(11)
  })

  test('blocked only', () => {
    const blocked = buildGraph(
      metadataFixture(),
      view({ filter: { ...NO_FLOW_FILTER, verdicts: ['blocked'] } }),
    )
    expect(blocked.edges.map(edge => edge.verdict)).toEqual(['blocked', 'blocked'])
    expect(blocked.nodes).toHaveLength(5)
  })
})

describe('the shop', () => {
  test('alike pods are one node, with what they may do among themselves', () => {
    const { nodes } = buildGraph(shopFixture(), view())
    const web = nodes.find(node => node.id === 'pods:shop/web-1')
    expect(web).toMatchObject({
      title: 'web',
      canUnfold: true,
      within: { verdict: 'blocked', governed: true },
    })
    expect(web?.endpoints).toHaveLength(3)
  })

  test('unfolding gives the pods, each able to fold again', () => {
    const { nodes } = buildGraph(shopFixture(), view({ unfolded: ['pods:shop/web-1'] }))
    expect(nodes.filter(node => node.fold === 'pods:shop/web-1').map(node => node.id)).toEqual([
      'pod:shop/web-1',
      'pod:shop/web-2',
      'pod:shop/web-3',
    ])
  })

  test('a limited flow shows its ports, and the closed way back stands in the same edge', () => {
    const model = buildGraph(shopFixture(), view())
    const edge = model.edges.find(one => one.source === 'pods:shop/web-1' && one.target === 'pods:shop/api-1')
    expect(edge).toMatchObject({ verdict: 'partial', label: 'TCP 8080', back: 'blocked', deviates: false })
    expect(edge?.name).toBe('3 pods shop/web to 2 pods shop/api: TCP 8080, the way back blocked')
  })

  test('where the node does other than promised the edge says both', () => {
    const analysis = shopFixture((src, dst, promised) =>
      src.id.startsWith('pod:shop/web') && dst.id === 'pod:shop/db-1'
        ? portTraffic('TCP', 5432, 5432)
        : promised,
    )
    const edge = buildGraph(analysis, view()).edges.find(one => one.deviates)
    expect(edge).toMatchObject({
      verdict: 'partial',
      label: 'TCP 5432',
      note: 'promised: none · enforced: TCP 5432',
    })
  })

  test('a difference in protocols without ports is no deviation', () => {
    const { edges } = buildGraph(
      shopFixture((_src, _dst, promised) => intersectTraffic(promised, PORT_TRAFFIC)),
      view(),
    )
    expect(edges.length).toBeGreaterThan(0)
    expect(edges.some(edge => edge.deviates)).toBe(false)
  })

  test.each([
    ['a name', 'db', 'pod:shop/db-1'],
    ['a label', 'app=db', 'pod:shop/db-1'],
    ['two words', 'SHOP db', 'pod:shop/db-1'],
    ['an address', '203.0', 'cidr:203.0.113.0/24'],
  ])('a filter by %s leaves it and what its edges lead to', (_, filter, id) => {
    const model = buildGraph(shopFixture(), view({ filter: { ...NO_FLOW_FILTER, text: filter } }))
    expect(model.nodes.some(node => node.id === id)).toBe(true)
    expect(model.edges.every(edge => edge.source === id || edge.target === id)).toBe(true)
    expect(model.edges.length).toBeGreaterThan(0)
  })

  test('a filter that nothing matches leaves nothing', () => {
    const model = buildGraph(shopFixture(), view({ filter: { ...NO_FLOW_FILTER, text: 'nowhere' } }))
    expect([model.nodes, model.edges, model.groups, model.flows]).toEqual([[], [], [], []])
  })
})

test('two replicas of a workload are one node, two single pods are two', () => {
  const pods = [
    podFixture('a', 'web-x', { app: 'web' }, { workload: 'Deployment/a/web' }),
    podFixture('a', 'web-y', { app: 'web' }, { workload: 'Deployment/a/web' }),
    podFixture('a', 'one-1', { app: 'one' }),
    podFixture('a', 'one-2', { app: 'one' }),
  ]
  const { nodes } = buildGraph(analysisFixture({ pods, policies: [] }), view())
  expect(nodes.map(node => node.title)).toEqual(['one-1', 'one-2', 'web', 'everything else'])
})

test('no policy at all: everything is drawn as free', () => {
  const model = buildGraph(
    analysisFixture({ pods: [podFixture('a', 'x', {}), podFixture('b', 'y', {})], policies: [] }),
    view(),
  )
  expect(model.edges.map(edge => [edge.verdict, edge.back])).toEqual([
    ['unrestricted', 'same'],
    ['unrestricted', 'same'],
    ['unrestricted', 'same'],
  ])
  expect(model.nodes.at(-1)?.kind).toBe('outside')
})

test('a data plane that blocks what no policy governs deviates and is drawn', () => {
  const analysis = analysisFixture(
    { pods: [podFixture('a', 'x', {}), podFixture('b', 'y', {})], policies: [] },
    (src, dst, promised) => (src.kind === 'pod' && dst.kind === 'pod' ? NO_TRAFFIC : promised),
  )
  expect(buildGraph(analysis, view({ unrestricted: 'hide' })).edges).toMatchObject([
    { verdict: 'blocked', deviates: true, back: 'same', note: 'promised: all · enforced: none' },
  ])
})

describe('large clusters', () => {
  test('too many blocked flows are counted, and drawn for the focus', () => {
    const analysis = syntheticFixture(3, 4, 3)
    const model = buildGraph(analysis, view())
    expect(model.edges.every(edge => edge.verdict !== 'blocked')).toBe(true)
    // Both ways between 54 pairs of three pods each, and from outside to each pod.
    expect(model.omitted.blockedFlows).toBe(54 * 18 + 36)
    const focused = buildGraph(analysis, view({ focus: ['pod:team-1/app-1-0'] }))
    expect(focused.edges.length).toBeGreaterThan(model.edges.length)
    expect(
      focused.edges
        .filter(edge => edge.verdict === 'blocked')
        .every(edge => [edge.source, edge.target].includes('pods:team-1/app-1-0')),
    ).toBe(true)
  })

  test('namespaces close when there are too many nodes, and open on demand', () => {
    const analysis = syntheticFixture(45, 10, 1)
    const closed = buildGraph(analysis, view())
    expect(closed.omitted.closedNamespaces).toBe(45)
    expect(closed.nodes.filter(node => node.kind === 'namespace')).toHaveLength(45)
    expect(closed.nodes.length).toBeLessThanOrEqual(MAX_NODES)
    expect(closed.edges.length).toBeLessThanOrEqual(MAX_EDGES)
    expect(closed.edges.find(edge => edge.verdict === 'partial')?.label).toMatch(/^\d+ of 100 blocked$/)
    const opened = buildGraph(analysis, view({ opened: ['team-7'] }))
    expect(opened.groups.map(group => group.namespace)).toEqual(['team-7'])
    expect(opened.nodes.filter(node => node.namespace === 'team-7')).toHaveLength(10)
  })

  test('no view breaks the bounds', () => {
    const analysis = syntheticFixture(39, 10, 2)
    for (const part of [
      {},
      { unrestricted: 'show' as const },
      { filter: { ...NO_FLOW_FILTER, verdicts: ['blocked' as const] } },
    ]) {
      const model = buildGraph(analysis, view(part))
      expect(model.nodes.length).toBeLessThanOrEqual(MAX_NODES)
      expect(model.edges.length).toBeLessThanOrEqual(MAX_EDGES)
    }
    expect(
      buildGraph(analysis, view({ filter: { ...NO_FLOW_FILTER, verdicts: ['blocked'] } })).omitted
        .excessFlows,
    ).toBeGreaterThan(0)
  })
})

test('of too many lines those that lead to blocks stay', () => {
  const pods = Array.from({ length: 30 }, (_, i) => podFixture('a', `p-${i}`, { app: `p-${i}` }))
  const policies = pods.map(({ name }, i) =>
    policyFixture('a', name, {
      podSelector: { matchLabels: { app: name } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
          ports: [{ protocol: 'TCP', port: 8000 + i }],
        },
      ],
    }),
  )
  const model = buildGraph(analysisFixture({ pods, policies }), view())
  expect(model.edges).toHaveLength(MAX_EDGES)
  expect(model.omitted.excessFlows).toBeGreaterThan(0)
  expect(model.edges.filter(edge => edge.target === 'cidr:0.0.0.0/0')).toHaveLength(30)
})

test('counts have thousands apart', () => {
  expect(
    formatCounts({
      allowed: 12_840,
      partial: 0,
      blocked: 1_000_000,
      unrestricted: 0,
      deviates: 1,
      changed: 0,
    }),
  ).toBe('12,840 allowed, 1,000,000 blocked, 1 deviates')
})

test('the same input gives the same model', () => {
  expect(buildGraph(shopFixture(), view())).toEqual(buildGraph(shopFixture(), view()))
})

test('policies are attributed only to the directions that they restrict', () => {
  const analysis = analysisFixture({
    pods: [podFixture('a', 'x', {}), podFixture('a', 'node', {}, { hostNetwork: true })],
    policies: [policyFixture('a', 'in', { podSelector: {}, policyTypes: ['Ingress'] })],
  })
  const { nodes } = buildGraph(analysis, view())
  expect(nodes.find(node => node.title === 'x')?.policies).toEqual({ ingress: ['a/in'], egress: [] })
  expect(nodes.find(node => node.title === 'node')?.policies).toEqual({ ingress: [], egress: [] })
})

test.each([
  ['web-1', 'web'],
  ['web-0', 'web'],
  ['web-7d9f8b6c5d-x2x4z', 'web'],
  ['agent-x2x4z', 'agent'],
  ['web', 'web'],
  ['api-gateway', 'api-gateway'],
  ['web-1-2', 'web-1'],
])('the stem of %s is %s', (name, stem) => {
  expect(nameStem(name)).toBe(stem)
})

test('closed namespaces have fewer lines between them, an opened one all of its own', () => {
  const spaces = Array.from({ length: 40 }, (_, i) => `n${i}`)
  const pods = spaces.flatMap(name =>
    Array.from({ length: 8 }, (_, i) => podFixture(name, `p-${i}`, { app: `p-${i}` })),
  )
  const policies = pods.map(({ namespace, name, labels }, i) =>
    policyFixture(namespace, name, {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 80 + (i % 8) }] }],
    }),
  )
  const analysis = analysisFixture({ pods, policies })
  const model = buildGraph(analysis, view())
  expect(model.edges).toHaveLength(MAX_CLOSED_EDGES)
  const ends = model.edges.flatMap(({ source, target }) => [source, target])
  expect(model.nodes.filter(({ kind, id }) => kind === 'namespace' && !ends.includes(id))).toEqual([])
  expect(model.omitted.excessFlows).toBeGreaterThan(0)
  const opened = buildGraph(analysis, view({ opened: ['n7'] }))
  const own = new Set(opened.nodes.filter(({ kind }) => kind === 'pods').map(({ id }) => id))
  expect(
    opened.edges.filter(({ source, target }) => !own.has(source) && !own.has(target)).length,
  ).toBeLessThan(MAX_CLOSED_EDGES + 1)
  expect(
    opened.edges.filter(({ source, target }) => own.has(source) || own.has(target)).length,
  ).toBeGreaterThan(own.size)
})
