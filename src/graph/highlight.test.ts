import { describe, expect, test } from 'vitest'
import { metadataFixture, shopFixture } from '../testing/graphFixture.ts'
import { buildGraph } from './build.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { highlightOf, NO_HIGHLIGHT, type GraphTarget } from './highlight.ts'

const analysis = metadataFixture()
const model = buildGraph(analysis, DEFAULT_GRAPH_VIEW)
const lit = (target: GraphTarget | undefined, via?: readonly string[]) => {
  const { nodes, edges, groups } = highlightOf(model, analysis, target, via)
  return { nodes: [...nodes].sort(), edges: edges.size, groups: [...groups] }
}

describe('what lights up', () => {
  test('for a pod: it, its edges and where they lead', () => {
    expect(lit({ kind: 'endpoint', id: 'pod:default/web-1' })).toEqual({
      nodes: [
        'cidr:0.0.0.0/0',
        'cidr:169.254.169.254/32',
        'pod:default/web-1',
        'pod:default/web-2',
        'pod:kube-system/konnectivity-agent',
      ],
      edges: 4,
      groups: [],
    })
  })

  test.each([
    ['as drawn', 'pod:default/web-1', 'pod:default/web-2'],
    ['as the way back of a merged edge', 'pod:default/web-2', 'pod:default/web-1'],
  ])('for a flow %s: one edge and its ends', (_, src, dst) => {
    expect(lit({ kind: 'flow', src, dst })).toEqual({
      nodes: ['pod:default/web-1', 'pod:default/web-2'],
      edges: 1,
      groups: [],
    })
  })

  test('for a policy: the pods it selects, the blocks it names, the edges it has a say in', () => {
    const { nodes, edges } = lit({ kind: 'policy', key: 'kube-system/konnectivity-agent' })
    expect(nodes).toContain('pod:kube-system/konnectivity-agent')
    expect(edges).toBe(4)
    expect(lit({ kind: 'policy', key: 'default/restrict-instance-metadata' }).nodes).toContain(
      'cidr:169.254.169.254/32',
    )
  })

  test('for a namespace: its box too', () => {
    expect(lit({ kind: 'namespace', name: 'kube-system' }).groups).toEqual(['ns:kube-system'])
  })

  test('for a place in the text: what the resource is about', () => {
    const target = {
      kind: 'origin',
      resource: 'NetworkPolicy/default/restrict-instance-metadata',
      path: '',
    } as const
    expect(lit(target)).toEqual(lit({ kind: 'policy', key: 'default/restrict-instance-metadata' }))
    expect(lit({ kind: 'origin', resource: 'Pod/default/web-2', path: 'metadata' }).edges).toBe(4)
    expect(lit({ kind: 'origin', resource: 'Namespace/default', path: '' }).groups).toEqual(['ns:default'])
  })

  test('for a chain: the resources it was made from', () => {
    expect(lit({ kind: 'chain' }, ['NetworkPolicy/kube-system/konnectivity-agent'])).toEqual(
      lit({ kind: 'policy', key: 'kube-system/konnectivity-agent' }),
    )
    expect(lit({ kind: 'set' }).edges).toBe(0)
  })

  test('for a pod of a folded node: the node', () => {
    const shop = shopFixture()
    const { nodes } = highlightOf(buildGraph(shop, DEFAULT_GRAPH_VIEW), shop, {
      kind: 'endpoint',
      id: 'pod:shop/web-2',
    })
    expect(nodes.has('pods:shop/web-1')).toBe(true)
  })

  test('for nothing, and for what is not there: nothing', () => {
    expect(highlightOf(model, analysis, undefined)).toBe(NO_HIGHLIGHT)
    expect(lit({ kind: 'endpoint', id: 'pod:gone/gone' })).toEqual({ nodes: [], edges: 0, groups: [] })
  })
})
