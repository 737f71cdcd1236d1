import { describe, expect, test } from 'vitest'
import type { FlowColumn } from '../model/flowList.ts'
import { NO_TRAFFIC, portTraffic } from '../model/traffic.ts'
import { shopFixture, syntheticFixture } from '../testing/graphFixture.ts'
import type { GraphView } from '../model/graphView.ts'
import { buildOverview } from './build.ts'
import { NO_FLOW_FILTER } from './flowFilter.ts'
import { sortedFlows } from './flowList.ts'
import { flowRowsCsv, flowRowsMarkdown } from './flowRowTexts.ts'
import { graphBaseOf } from './graphBase.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'

const rowsOf = (
  input: GraphInput,
  view: Partial<GraphView> = {},
  column: FlowColumn = 'verdict',
  order: 'ascending' | 'descending' = 'ascending',
) => sortedFlows(graphSceneOf(input), { ...DEFAULT_GRAPH_VIEW, ...view }, column, order).part(0, 10_000).rows

test('every flow of the picture is a row, drawn or not', () => {
  const scene = graphSceneOf(shopFixture())
  const { flows } = buildOverview(scene, DEFAULT_GRAPH_VIEW)
  const ids = flows.map(({ source, target }) => `${source} > ${target}`).sort()
  expect(
    rowsOf(shopFixture())
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids)
  const governed = flows.filter(({ verdict }) => verdict !== 'unrestricted')
  expect(rowsOf(shopFixture(), { unrestricted: 'hide' })).toHaveLength(governed.length)
})

test('a row says what passes, what was promised, who has a say and why the rest is blocked', () => {
  const row = rowsOf(shopFixture()).find(
    ({ source, destination }) => source.endsWith('shop/web') && destination.endsWith('shop/api'),
  )
  expect(row).toMatchObject({
    source: '3 pods shop/web',
    destination: '2 pods shop/api',
    verdict: 'partial',
    enforced: 'TCP 8080',
    promised: 'TCP 8080',
    governedBy: 'ingress shop/api, shop/default-deny',
    reason: 'shop/api-1 lets only TCP 8080 in, by shop/api',
    change: 'none',
    deviations: [],
    pairs: 6,
  })
})

describe('sorting', () => {
  test.each(['source', 'destination', 'enforced', 'promised', 'governedBy'] as const)('by %s', column => {
    const values = rowsOf(shopFixture(), {}, column).map(row => row[column])
    const sorted = column === 'governedBy' ? undefined : [...values].sort()
    if (sorted !== undefined) expect(values).toEqual(sorted)
    const back = rowsOf(shopFixture(), {}, column, 'descending').map(row => row[column])
    expect(new Set(back)).toEqual(new Set(values))
    if (sorted !== undefined) expect(back).toEqual(sorted.reverse())
  })

  test('verdicts from worst to best, deviations first', () => {
    const input = shopFixture((src, dst, promised) =>
      src.id.startsWith('pod:shop/web') && dst.id === 'pod:shop/db-1'
        ? portTraffic('TCP', 5432, 5432)
        : promised,
    )
    const rows = rowsOf(input)
    expect(rows[0]).toMatchObject({ deviates: true, verdict: 'partial' })
    const order = rows
      .slice(1)
      .map(({ verdict }) => ['blocked', 'partial', 'allowed', 'unrestricted'].indexOf(verdict))
    expect(order).toEqual([...order].sort())
  })
})

test('parts of a list are the list', () => {
  const list = sortedFlows(graphSceneOf(syntheticFixture(5, 4, 2)), DEFAULT_GRAPH_VIEW, 'source', 'ascending')
  const parts = [0, 100, 200, 300, 400].flatMap(offset => list.part(offset, 100).rows)
  expect(list.total).toBe(20 * 19 + 2 * 20)
  expect(parts.map(({ id }) => id)).toEqual(list.part(0, list.total).rows.map(({ id }) => id))
})

test('filters by end and by kind', () => {
  const rows = rowsOf(shopFixture(), {
    filter: { ...NO_FLOW_FILTER, labels: ['app=db'], verdicts: ['partial'] },
  })
  expect(rows.map(({ source, destination }) => `${source} > ${destination}`)).toEqual([
    '2 pods shop/api > shop/db-1',
    'shop/db-1 > kube-system/coredns-1',
  ])
})

test('of very many pods namespaces are one name, those that the filter asks for in full', () => {
  const input = syntheticFixture(70, 10, 1)
  const all = sortedFlows(graphSceneOf(input), DEFAULT_GRAPH_VIEW, 'verdict', 'ascending').part(0, 1)
  expect(all).toMatchObject({ closedNamespaces: 70, total: 70 * 69 + 2 * 70 })
  const own = rowsOf(input, { filter: { ...NO_FLOW_FILTER, namespaces: ['team-3'] } })
  expect(own.some(({ source }) => source === 'team-3/app-1-0')).toBe(true)
  expect(own.every(({ source, destination }) => `${source} ${destination}`.includes('team-3/'))).toBe(true)
})

test('what changed since the base', () => {
  const small = shopFixture()
  const before = shopFixture((src, dst, promised) =>
    src.id.startsWith('pod:shop/web') && dst.id.startsWith('pod:shop/api') ? NO_TRAFFIC : promised,
  )
  const input = { ...small, base: graphBaseOf(small.endpoints, before.connectivity) }
  const rows = rowsOf(input, { filter: { ...NO_FLOW_FILTER, changed: true } })
  expect(rows.map(({ src, dst, change }) => [src, dst, change])).toEqual([
    ['pod:shop/web-1', 'pod:shop/api-1', 'opened'],
  ])
})

describe('copied', () => {
  const [row] = rowsOf(shopFixture(), {
    filter: { ...NO_FLOW_FILTER, labels: ['app=db'], verdicts: ['partial'] },
  })
  const rows = row === undefined ? [] : [{ ...row, source: 'a|b <c>', reason: 'one, "two"' }]

  test('as CSV', () => {
    expect(flowRowsCsv(rows)).toBe(
      'source,destination,verdict,enforced,promised,governed by,reason\r\n' +
        'a|b <c>,shop/db-1,partly,TCP 5432,TCP 5432,"ingress shop/db, shop/default-deny","one, ""two"""\r\n',
    )
  })

  test('as Markdown', () => {
    expect(flowRowsMarkdown(rows)).toBe(
      '| source | destination | verdict | enforced | promised | governed by | reason |\n' +
        '| --- | --- | --- | --- | --- | --- | --- |\n' +
        '| a\\|b &lt;c> | shop/db-1 | partly | TCP 5432 | TCP 5432 | ingress shop/db, shop/default-deny | one, "two" |\n',
    )
  })

  test('deviations and changes have columns where there are some', () => {
    const more = rows.map(one => ({ ...one, deviates: true, deviations: ['D7'], change: 'opened' as const }))
    expect(flowRowsCsv(more).split('\r\n')[0]).toBe(
      'source,destination,verdict,enforced,promised,deviation,change,governed by,reason',
    )
  })
})
