import { describe, expect, test } from 'vitest'
import type { GraphView } from '../model/graphView.ts'
import type { GraphModel } from '../model/picture.ts'
import { NO_TRAFFIC } from '../model/traffic.ts'
import { analysisFixture, exceptsFixture, podFixture, policyFixture } from '../testing/graphFixture.ts'
import { buildGraph } from './build.ts'
import { NO_FLOW_FILTER } from './flowFilter.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { MAX_NODES } from './nodes.ts'

const view = (part: Partial<GraphView> = {}): GraphView => ({ ...DEFAULT_GRAPH_VIEW, ...part })

describe('many blocks beside each other', () => {
  const many = exceptsFixture(30)
  const blocksOf = (model: GraphModel) => model.nodes.filter(node => node.kind === 'cidr')

  test('are one node inside the block that holds them', () => {
    const model = buildGraph(many, view())
    expect(
      blocksOf(model).map(node => [node.id, node.parent, node.title, node.detail, node.canUnfold]),
    ).toEqual([
      ['cidr:0.0.0.0/0', undefined, '0.0.0.0/0', 'any address', false],
      [
        'blocks:10.200.0.0/24',
        'cidr:0.0.0.0/0',
        '30 blocks in 0.0.0.0/0',
        '10.200.0.0/24 … 10.200.29.0/24',
        true,
      ],
    ])
    expect(blocksOf(model)[1]?.exceptOf).toHaveLength(30)
  })

  test('with one edge, which tells the worst and of how many', () => {
    const analysis = exceptsFixture(30)
    const closed = analysisFixture(
      { pods: analysis.pods, policies: analysis.policies },
      (_src, dst, promised) => (dst.id === 'cidr:10.200.7.0/24' ? NO_TRAFFIC : promised),
    )
    const model = buildGraph(closed, view())
    const edge = model.edges.find(one => one.source === 'pod:a/one' && one.target === 'blocks:10.200.0.0/24')
    expect(edge).toMatchObject({ label: '1 of 30 deviate', verdict: 'partial', deviates: true })
    expect(edge?.name).toContain('a/one to 30 blocks in 0.0.0.0/0: 1 of 30 deviate')
    expect(edge?.flows[0]?.dst).toBe('cidr:10.200.7.0/24')
  })

  test('unfold, and fold again', () => {
    const model = buildGraph(many, view({ unfolded: ['blocks:10.200.0.0/24'] }))
    const shown = blocksOf(model).filter(node => node.fold === 'blocks:10.200.0.0/24')
    expect(shown).toHaveLength(30)
    expect(shown.every(node => node.parent === 'cidr:0.0.0.0/0')).toBe(true)
  })

  test('unfold part by part, as far as there is room', () => {
    const first = 'blocks:10.200.0.0/24'
    const analysis = exceptsFixture(199)
    const once = blocksOf(buildGraph(analysis, view({ unfolded: [first] })))
    expect(once).toHaveLength(42)
    expect(once.at(-1)).toMatchObject({ title: '159 blocks in 0.0.0.0/0', canUnfold: true })
    const all = [first, once.at(-1)?.id ?? '', 'blocks:10.200.80.0/24', 'blocks:10.200.120.0/24']
    const model = buildGraph(analysis, view({ unfolded: all }))
    expect(blocksOf(model)).toHaveLength(82)
    expect(blocksOf(model).at(-1)).toMatchObject({ title: '119 blocks in 0.0.0.0/0', canUnfold: false })
    expect(model.nodes.length).toBeLessThanOrEqual(MAX_NODES)
    expect(blocksOf(model).flatMap(node => node.endpoints)).toHaveLength(200)
  })

  test('alike ones are a fold of their own', () => {
    const alike = analysisFixture({
      pods: [podFixture('a', 'one', {})],
      policies: [
        policyFixture('a', 'closed', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            {
              to: [
                {
                  ipBlock: {
                    cidr: '0.0.0.0/0',
                    except: Array.from({ length: 9 }, (_, i) => `10.${i}.0.0/16`),
                  },
                },
                { ipBlock: { cidr: '10.3.0.0/16' } },
              ],
            },
          ],
        }),
      ],
    })
    expect(blocksOf(buildGraph(alike, view())).map(node => node.title)).toEqual([
      '0.0.0.0/0',
      '8 blocks in 0.0.0.0/0',
      '10.3.0.0/16',
    ])
  })

  test('six stay six', () => {
    expect(blocksOf(buildGraph(exceptsFixture(6), view()))).toHaveLength(7)
    expect(blocksOf(buildGraph(exceptsFixture(7), view()))).toHaveLength(2)
  })

  test('the summary counts every flow, folded or not, and those that a filter finds', () => {
    const folded = buildGraph(many, view())
    const unfolded = buildGraph(many, view({ unfolded: ['blocks:10.200.0.0/24'] }))
    expect(folded.counts).toEqual(unfolded.counts)
    const sum = ({ allowed, partial, blocked, unrestricted }: GraphModel['counts']) =>
      allowed + partial + blocked + unrestricted
    // Both pods with each other, and either way with 31 blocks.
    expect(sum(folded.counts)).toBe(2 + 2 * 2 * 31)
    expect(sum(buildGraph(many, view({ filter: { ...NO_FLOW_FILTER, text: 'two' } })).counts)).toBe(
      2 + 2 * 31,
    )
  })
})
