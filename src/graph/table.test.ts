import { expect, test } from 'vitest'
import { metadataFixture, shopFixture } from '../testing/graphFixture.ts'
import { buildGraph } from './build.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { flowRows, sortRows } from './table.ts'

const model = buildGraph(metadataFixture(), DEFAULT_GRAPH_VIEW)
const governed = flowRows(model, { unrestricted: false, blockedOnly: false })

test('a row says all that an edge says', () => {
  expect(governed.find(row => row.destination === '169.254.169.254/32')).toEqual({
    id: 'pod:default/web-1 > cidr:169.254.169.254/32',
    source: 'default/web-1',
    destination: '169.254.169.254/32',
    verdict: 'blocked',
    deviates: false,
    enforced: 'none',
    promised: 'none',
    governedBy: 'egress default/restrict-instance-metadata',
    src: 'pod:default/web-1',
    dst: 'cidr:169.254.169.254/32',
  })
})

test('every direction has its row; flows without a policy only when asked for', () => {
  expect(governed).toHaveLength(12)
  expect(flowRows(model, { unrestricted: true, blockedOnly: false })).toHaveLength(18)
  expect(flowRows(model, { unrestricted: true, blockedOnly: true })).toHaveLength(2)
})

test('rows sort by verdict from worst to best, and by text', () => {
  expect(sortRows(governed, 'verdict', 'ascending').map(row => row.verdict)).toEqual([
    ...Array<string>(2).fill('blocked'),
    ...Array<string>(10).fill('allowed'),
  ])
  expect(sortRows(governed, 'verdict', 'descending')[0]?.verdict).toBe('allowed')
  expect(sortRows(governed, 'source', 'descending')[0]?.source).toBe('kube-system/konnectivity-agent')
})

test('deviations come first', () => {
  const shop = shopFixture((src, dst, promised) =>
    dst.id === 'outside' && src.kind === 'pod' ? [] : promised,
  )
  const rows = flowRows(buildGraph(shop, DEFAULT_GRAPH_VIEW), { unrestricted: false, blockedOnly: false })
  expect(sortRows(rows, 'verdict', 'ascending')[0]).toMatchObject({
    deviates: true,
    promised: 'all',
    enforced: 'none',
  })
})

test('rows of nodes that the filter hides still have their names', () => {
  const filtered = buildGraph(metadataFixture(), { ...DEFAULT_GRAPH_VIEW, filter: 'web-1' })
  expect(
    flowRows(filtered, { unrestricted: true, blockedOnly: false }).every(
      row => row.source !== '' && row.destination !== '',
    ),
  ).toBe(true)
})
