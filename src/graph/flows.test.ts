import { describe, expect, test } from 'vitest'
import type { FlowFilter } from '../model/graphView.ts'
import type { FlowKind, GraphNode } from '../model/picture.ts'
import { ALL_TRAFFIC, portTraffic, type TrafficSet } from '../model/traffic.ts'
import {
  analysisFixture,
  podFixture,
  policyFixture,
  shopFixture,
  syntheticFixture,
} from '../testing/graphFixture.ts'
import { buildOverview } from './build.ts'
import { drawScene } from './drawPicture.ts'
import { isHidden, kindMatcher, NO_FLOW_FILTER, trafficOf } from './flowFilter.ts'
import { flowKind } from './flowKinds.ts'
import { flowsBetween } from './flows.ts'
import { countPairsWith } from './flowTally.ts'
import { graphBaseOf } from './graphBase.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'

/** One pair of endpoints at a time: slow, and easy to read. */
function kindBetween(
  input: GraphInput,
  asked: TrafficSet | undefined,
  s: number,
  d: number,
): FlowKind | undefined {
  const { classOf, pair, traffic } = input.connectivity
  if (s === d) return undefined
  const found = pair(classOf[s] ?? -1, classOf[d] ?? -1)
  const [promised, enforced] = [traffic[found.kubernetes], traffic[found.dataplane]]
  if (promised === undefined || enforced === undefined) return undefined
  const { base } = input
  const there = [base?.classOf[s] ?? -1, base?.classOf[d] ?? -1] as const
  const before =
    there[0] < 0 || there[1] < 0
      ? undefined
      : base?.connectivity.traffic[base.connectivity.pair(...there).dataplane]
  return flowKind(promised, enforced, found.governed, { ...(asked && { asked }), before })
}

function slowFlows(input: GraphInput, nodes: readonly GraphNode[], filter: FlowFilter) {
  const matches = kindMatcher(filter)
  return nodes.flatMap(source =>
    nodes.flatMap(target => {
      if (source === target) return []
      const kinds = source.endpoints.flatMap(s =>
        target.endpoints.flatMap(d => kindBetween(input, trafficOf(filter.traffic), s, d) ?? []),
      )
      if (!kinds.some(matches)) return []
      const verdicts = new Set(kinds.map(({ verdict }) => verdict))
      const [only] = verdicts
      const mixed = verdicts.has('blocked') || verdicts.has('partial') ? 'partial' : 'allowed'
      return [
        {
          source: source.id,
          target: target.id,
          verdict: verdicts.size === 1 ? only : mixed,
          deviates: kinds.some(({ deviates }) => deviates),
          changed: kinds.some(({ change }) => change !== 'none'),
          pairs: kinds.length,
        },
      ]
    }),
  )
}

const closed = syntheticFixture(30, 8, 2)
const deviating = shopFixture((src, dst, promised) =>
  src.id.startsWith('pod:shop/web') && dst.id === 'pod:shop/db-1' ? portTraffic('TCP', 1, 9000) : promised,
)
const small = shopFixture()
/** One of the three web pods was an api pod before, so that they are not alike against it. */
const before = analysisFixture({
  pods: small.pods.map(pod => (pod.name === 'web-1' ? { ...pod, labels: { app: 'api' } } : pod)),
  policies: small.policies.filter(({ name }) => name !== 'web'),
  namespaces: small.namespaces,
})
const compared: GraphInput = { ...small, base: graphBaseOf(small.endpoints, before.connectivity) }
const CASES: readonly (readonly [string, GraphInput, Partial<FlowFilter>])[] = [
  ['the shop', small, {}],
  ['a deviation', deviating, {}],
  ['what deviates alone', deviating, { deviating: true }],
  ['what is blocked', deviating, { verdicts: ['blocked'] }],
  ['one port', small, { traffic: '8080/TCP' }],
  ['a protocol', small, { traffic: 'UDP' }],
  ['against a base', compared, {}],
  ['what changed since the base', compared, { changed: true }],
  ['without system namespaces', small, { hideSystem: true }],
  ['without one namespace', small, { hideNamespaces: ['shop'] }],
  ['thirty namespaces', closed, {}],
  ['thirty namespaces but for two', closed, { hideNamespaces: ['team-7', 'team-9'] }],
  ['thirty namespaces, one port', closed, { traffic: '8000/TCP' }],
]

function bump(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1
}

describe.each(CASES)('%s', (_, input, part) => {
  const filter = { ...NO_FLOW_FILTER, ...part }
  const view = { ...DEFAULT_GRAPH_VIEW, filter }

  test.each([[[]], [['team-7']]])('flows are those of all pairs, with %j opened', opened => {
    const scene = graphSceneOf(input)
    const { known } = buildOverview(scene, { ...view, opened })
    const flows = flowsBetween(scene, filter, known, undefined)
    expect(
      flows.map(({ source, target, verdict, deviates, change, pairs }) => {
        return { source, target, verdict, deviates, changed: change !== 'none', pairs }
      }),
    ).toEqual(slowFlows(input, known, filter))
  })

  test('the pair that stands for a flow is of its kind, and the others are counted', () => {
    const scene = graphSceneOf(input)
    const { known, flows } = buildOverview(scene, view)
    const nodes = new Map(known.map(node => [node.id, node]))
    for (const flow of flows) {
      const [s, d] = [scene.indexOf(flow.src), scene.indexOf(flow.dst)]
      expect(kindBetween(input, trafficOf(filter.traffic), s, d)).toEqual(flow.kind)
      expect(nodes.get(flow.source)?.endpoints).toContain(s)
      expect(nodes.get(flow.target)?.endpoints).toContain(d)
      expect(flow.unlike).toBeLessThan(flow.pairs)
      if (flow.verdict !== flow.kind.verdict) expect(flow.unlike).toBeGreaterThan(0)
    }
  })

  test('counts are those of all pairs', () => {
    const scene = graphSceneOf(input)
    const visible = scene.endpoints.flatMap((endpoint, index) => (isHidden(endpoint, filter) ? [] : [index]))
    const count = (wanted: (s: number, d: number) => boolean) => {
      const counts = { allowed: 0, partial: 0, blocked: 0, unrestricted: 0, deviates: 0, changed: 0 }
      for (const s of visible)
        for (const d of visible) {
          const kind = wanted(s, d) ? kindBetween(input, trafficOf(filter.traffic), s, d) : undefined
          if (kind === undefined) continue
          counts[kind.verdict]++
          if (kind.deviates) counts.deviates++
          if (kind.change !== 'none') counts.changed++
        }
      return counts
    }
    expect(scene.counts(filter)).toEqual(count(() => true))
    const answers = scene.answers(filter)
    const chosen = new Int32Array(answers.classes.length)
    const own = visible.slice(1, 4)
    for (const index of own) bump(chosen, answers.classOf[index] ?? -1)
    expect(countPairsWith(answers, scene.sizes(filter), chosen)).toEqual(
      count((s, d) => own.includes(s) || own.includes(d)),
    )
  })
})

test('what is compared differs in every way', () => {
  const changes = new Set(
    buildOverview(graphSceneOf(compared), DEFAULT_GRAPH_VIEW).flows.map(({ change }) => change),
  )
  expect([...changes].sort()).toEqual(['closed', 'none', 'opened'])
  const folds = buildOverview(graphSceneOf(compared), DEFAULT_GRAPH_VIEW).nodes.filter(
    ({ title }) => title === 'web',
  )
  expect(folds.map(({ endpoints }) => endpoints.length)).toEqual([2])
})

test('more namespaces than have a place of their own in the sums', () => {
  const pods = Array.from({ length: 2100 }, (_, i) => podFixture(`team-${i}`, 'web', {}))
  const deny = policyFixture('team-7', 'deny', { podSelector: {}, policyTypes: ['Ingress'] })
  const scene = graphSceneOf(analysisFixture({ pods, policies: [deny] }))
  const { known, omitted } = buildOverview(scene, DEFAULT_GRAPH_VIEW)
  expect(known.length).toBeLessThanOrEqual(200)
  expect(omitted.closedNamespaces).toBe(2100)
  const [first, second] = known
  const flow = flowsBetween(scene, NO_FLOW_FILTER, known, undefined).find(
    ({ source, target }) => source === first?.id && target === second?.id,
  )
  expect(flow?.pairs).toBe((first?.endpoints.length ?? 0) * (second?.endpoints.length ?? 0))
})

describe('more classes than one question sums', () => {
  // 1,500 namespaces of two pods, all different: nine million pairs of classes.
  const pods = Array.from({ length: 3000 }, (_, i) => podFixture(`team-${i >> 1}`, `p-${i & 1}`, {}))
  const { endpoints, connectivity } = analysisFixture({ pods, policies: [] })
  const classes = endpoints.map((_, index) => ({ endpoints: [index] }))
  const isPod = (index: number): boolean => endpoints[index]?.kind === 'pod'
  const line = (own: number) => {
    const known = Int32Array.from(endpoints, (_, other) => (isPod(own) || isPod(other) ? 0 : -1))
    return { kubernetes: known, dataplane: known, governed: new Uint8Array(endpoints.length) }
  }
  const input: GraphInput = {
    policies: [],
    namespaces: [],
    connectivity: {
      ...connectivity,
      classes,
      classOf: Int32Array.from(classes, (_, index) => index),
      traffic: [ALL_TRAFFIC],
      row: line,
      column: line,
    },
  }

  test('each question goes on, and what is not summed yet is not drawn', () => {
    const scene = graphSceneOf(input)
    const first = drawScene(scene, { ...DEFAULT_GRAPH_VIEW, unrestricted: 'show' })
    expect(first.summed).toBeGreaterThan(0.5)
    expect(first.summed).toBeLessThan(1)
    expect(first.model.edges.every(({ source, target }) => [source, target].includes('outside'))).toBe(true)
    const second = drawScene(scene, { ...DEFAULT_GRAPH_VIEW, unrestricted: 'show' })
    expect(second.summed).toBe(1)
    expect(second.model.edges.some(({ source, target }) => ![source, target].includes('outside'))).toBe(true)
    expect(second.model.counts.unrestricted).toBe(3000 * 2999 + 2 * 3000)
    expect(first.model.counts.unrestricted).toBeLessThan(second.model.counts.unrestricted)
  })

  test('a focus needs no sums', () => {
    const scene = graphSceneOf(input)
    const subject = { kind: 'pod', name: 'team-7/p-0' } as const
    expect(drawScene(scene, { ...DEFAULT_GRAPH_VIEW, mode: 'focus', subject }).summed).toBe(1)
  })
})
