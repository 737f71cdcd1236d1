import { describe, expect, test } from 'vitest'
import {
  analysisFixture,
  type GraphFixture,
  metadataFixture,
  exceptsFixture,
  podFixture,
  policyFixture,
  shopFixture,
  syntheticFixture,
} from '../testing/graphFixture.ts'
import type { GraphLayout } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { buildGraph } from './build.ts'
import { bottomOf, overlaps, rightOf } from './geometry.ts'
import { DEFAULT_GRAPH_VIEW, type BuiltGraph } from './graphModel.ts'
import { layoutLanes } from './layout.ts'
import { routeEdges } from './routes.ts'

const modelOf = (analysis: GraphFixture): BuiltGraph => buildGraph(analysis, DEFAULT_GRAPH_VIEW)

/** Pairs that cover each other although neither holds the other. */
function collisions(model: BuiltGraph, layout: GraphLayout): string[] {
  const parents = new Map(model.nodes.map(node => [node.id, node.parent]))
  const holds = (outer: string, inner: string): boolean =>
    parents.get(inner) === outer ||
    (parents.get(inner) !== undefined && holds(outer, parents.get(inner) ?? ''))
  const all = [...layout]
  return all.flatMap(([a, rectA], i) =>
    all
      .slice(i + 1)
      .filter(([b, rectB]) => overlaps(rectA, rectB) && !holds(a, b) && !holds(b, a))
      .map(([b]) => `${a} × ${b}`),
  )
}

/** Assumed pods with names as long as may be, which talk among themselves in one column. */
function longNames(): GraphFixture {
  const long = (word: string): string => `${word}-${'x'.repeat(60 - word.length)}`
  const pods = ['one', 'two', 'three', 'four'].map(word =>
    podFixture('a', long(word), { app: word }, { assumed: true }),
  )
  return analysisFixture({
    pods,
    policies: ['one', 'two', 'three'].map((word, i) =>
      policyFixture('a', long(`policy-${word}`), {
        podSelector: { matchLabels: { app: word } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ podSelector: {} }],
            ports: [8080, 8443, 9090 + i].map(port => ({ protocol: 'TCP', port })),
          },
        ],
      }),
    ),
  })
}

const CASES: readonly (readonly [string, () => GraphFixture])[] = [
  ['the metadata example', metadataFixture],
  ['the shop', () => shopFixture()],
  ['three teams', () => syntheticFixture(3, 4, 3)],
  ['two hundred policies', () => syntheticFixture(20, 10, 5)],
  ['very long names', longNames],
  ['many excepts', () => exceptsFixture(20)],
  ['closed namespaces', () => syntheticFixture(60, 10, 3)],
]

describe.each(CASES)('%s', (_, make) => {
  const model = modelOf(make())
  const layout = layoutLanes(model)

  test('everything has a place and nothing covers anything', () => {
    expect(layout.size).toBe(model.nodes.length + model.groups.length)
    expect(collisions(model, layout)).toEqual([])
  })

  test('what is inside a box lies inside it', () => {
    for (const { id, parent } of model.nodes) {
      const inner = layout.get(id)
      const outer = parent === undefined ? undefined : layout.get(parent)
      if (inner === undefined || outer === undefined) continue
      expect(inner.x).toBeGreaterThanOrEqual(outer.x)
      expect(inner.y).toBeGreaterThanOrEqual(outer.y)
      expect(rightOf(inner)).toBeLessThanOrEqual(rightOf(outer))
      expect(bottomOf(inner)).toBeLessThanOrEqual(bottomOf(outer))
    }
  })

  test('it is the same every time, and stays when nothing changed', () => {
    expect(layoutLanes(model)).toEqual(layout)
    expect(layoutLanes(model, layout)).toEqual(layout)
  })

  test('every edge has a route from border to border, and labels keep off each other', () => {
    const routes = routeEdges(model.edges, layout, nestingOf(model))
    expect(routes.size).toBe(model.edges.length)
    const labels = [...routes.values()].flatMap(route => route.label ?? [])
    expect(labels.length).toBeGreaterThan(0)
    const leaves = model.nodes.filter(node => !model.nodes.some(other => other.parent === node.id))
    // Of many labels only the pointed one shows.
    const alone = model.edges.length > 90
    const hit = labels.filter(
      (label, i) =>
        (!alone && labels.slice(i + 1).some(other => overlaps(label, other))) ||
        leaves.some(node => overlaps(label, layout.get(node.id) ?? label)),
    )
    expect(hit.map(label => label.lines)).toEqual([])
  })
})

test('senders stand on the left, blocks that are only reached on the right', () => {
  const shop = layoutLanes(modelOf(shopFixture()))
  expect(shop.get('cidr:203.0.113.0/24')?.x).toBeLessThan(shop.get('ns:shop')?.x ?? 0)
  const metadata = layoutLanes(modelOf(metadataFixture()))
  expect(metadata.get('cidr:0.0.0.0/0')?.x).toBeGreaterThan(metadata.get('ns:default')?.x ?? 0)
})

test('unfolded blocks stand in columns', () => {
  const model = buildGraph(exceptsFixture(30), {
    ...DEFAULT_GRAPH_VIEW,
    unfolded: ['blocks:10.200.0.0/24'],
  })
  const layout = layoutLanes(model)
  expect(collisions(model, layout)).toEqual([])
  const columns = new Set(
    model.nodes.filter(node => node.fold !== undefined).map(node => layout.get(node.id)?.x),
  )
  expect(columns.size).toBe(3)
})

describe('from one edit to the next', () => {
  const few = [podFixture('a', 'one', { app: 'one' }), podFixture('b', 'two', { app: 'two' })]
  const before = modelOf(analysisFixture({ pods: few, policies: [] }))
  const settled = layoutLanes(before)
  const stays = (after: GraphLayout, ids: readonly string[]) => {
    for (const id of ids)
      expect([id, after.get(id)?.x, after.get(id)?.y]).toEqual([id, settled.get(id)?.x, settled.get(id)?.y])
  }

  test('a new pod moves no pod', () => {
    const model = modelOf(
      analysisFixture({ pods: [...few, podFixture('a', 'three', { app: 'three' })], policies: [] }),
    )
    const after = layoutLanes(model, settled)
    stays(after, ['pod:a/one', 'outside'])
    expect(collisions(model, after)).toEqual([])
  })

  test('a new namespace moves nothing', () => {
    const model = modelOf(analysisFixture({ pods: [...few, podFixture('aa', 'three', {})], policies: [] }))
    const after = layoutLanes(model, settled)
    stays(after, ['pod:a/one', 'pod:b/two', 'outside'])
    expect(collisions(model, after)).toEqual([])
  })

  test('a removed pod moves nothing', () => {
    const after = layoutLanes(modelOf(analysisFixture({ pods: few.slice(0, 1), policies: [] })), settled)
    stays(after, ['pod:a/one', 'outside'])
  })

  test('changed policies alone move nothing', () => {
    const after = layoutLanes(
      modelOf(
        analysisFixture({
          pods: few,
          policies: [
            { namespace: 'a', name: 'deny', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
          ],
        }),
      ),
      settled,
    )
    stays(after, [...settled.keys()])
  })

  test('another scenario starts anew', () => {
    const model = modelOf(shopFixture())
    expect(layoutLanes(model, settled)).toEqual(layoutLanes(model))
  })
})
