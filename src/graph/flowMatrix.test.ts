import { expect, test } from 'vitest'
import { metadataFixture, shopFixture, syntheticFixture } from '../testing/graphFixture.ts'
import type { GraphView } from '../model/graphView.ts'
import { buildOverview } from './build.ts'
import { NO_FLOW_FILTER } from './flowFilter.ts'
import { flowMatrix, MOST_PEERS } from './flowMatrix.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'

const matrix = (input: GraphInput, more: Partial<GraphView> = {}) =>
  flowMatrix(graphSceneOf(input), { ...DEFAULT_GRAPH_VIEW, mode: 'matrix', ...more })

/** Labels by row. */
const table = ({ peers, cells }: ReturnType<typeof matrix>) =>
  peers.map(({ name }, s) => [name, ...peers.map((_, t) => cells[s * peers.length + t]?.label ?? '')])

test('by workload: what passes from row to column, and among the pods of a row', () => {
  expect(table(matrix(shopFixture()))).toEqual([
    ['kube-system/coredns-1', '', 'blocked', 'blocked', 'blocked', 'no policy', 'no policy'],
    ['shop/api', 'no policy', 'blocked', 'TCP 5432', 'blocked', 'no policy', 'no policy'],
    ['shop/db-1', 'UDP 53', 'blocked', '', 'blocked', 'blocked', 'blocked'],
    ['shop/web', 'no policy', 'TCP 8080', 'blocked', 'blocked', 'no policy', 'no policy'],
    ['203.0.113.0/24', 'no policy', 'blocked', 'blocked', 'TCP 443', '', ''],
    ['every other address', 'no policy', 'blocked', 'blocked', 'blocked', '', ''],
  ])
})

test('by namespace', () => {
  const { peers, cells } = matrix(shopFixture(), { groupBy: 'namespace' })
  expect(peers.map(({ name, endpoints }) => [name, endpoints])).toEqual([
    ['namespace kube-system', 1],
    ['namespace shop', 6],
    ['203.0.113.0/24', 1],
    ['every other address', 1],
  ])
  expect(cells[1 * 4 + 1]).toMatchObject({ verdict: 'partial', pairs: 30 })
})

test('pod by pod', () => {
  const { peers } = matrix(shopFixture(), { groupBy: 'pod' })
  expect(peers.map(({ name }) => name)).toContain('shop/web-3')
  expect(peers).toHaveLength(9)
})

test('cells are the flows of the picture', () => {
  const input = metadataFixture()
  const { flows } = buildOverview(graphSceneOf(input), DEFAULT_GRAPH_VIEW)
  const { peers, cells } = matrix(input)
  const at = (id: string) => peers.findIndex(peer => peer.id === id)
  for (const flow of flows)
    expect(cells[at(flow.source) * peers.length + at(flow.target)]).toMatchObject({
      verdict: flow.verdict,
      pairs: flow.pairs,
      src: flow.src,
      dst: flow.dst,
    })
})

test('a filter leaves the peers that have a flow left', () => {
  const { peers, cells } = matrix(shopFixture(), {
    filter: { ...NO_FLOW_FILTER, labels: ['app=db'], verdicts: ['partial'] },
  })
  expect(peers.map(({ name }) => name)).toEqual(['kube-system/coredns-1', 'shop/api', 'shop/db-1'])
  expect(cells.filter(cell => cell !== undefined)).toHaveLength(2)
})

test.each(['namespace', 'workload', 'pod'] as const)('never more peers than can be read, by %s', groupBy => {
  for (const namespaces of [20, 200]) {
    const { peers, cells } = matrix(syntheticFixture(namespaces, 3, 2), { groupBy })
    expect(peers.length).toBeLessThanOrEqual(MOST_PEERS)
    expect(cells).toHaveLength(peers.length ** 2)
    expect(peers.reduce((sum, { endpoints }) => sum + endpoints, 0)).toBe(namespaces * 6 + 1)
  }
})
