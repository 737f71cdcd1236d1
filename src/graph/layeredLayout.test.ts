import type { ElkNode } from 'elkjs/lib/elk-api.js'
import ELK from 'elkjs/lib/elk.bundled.js'
import { expect, test } from 'vitest'
import { exceptsFixture, shopFixture, syntheticFixture } from '../testing/graphFixture.ts'
import type { GraphView } from '../model/graphView.ts'
import { nestingOf } from './boxes.ts'
import { buildGraph } from './build.ts'
import { arrangeScene, drawScene } from './drawPicture.ts'
import { bottomOf, overlaps, rightOf } from './geometry.ts'
import { DEFAULT_GRAPH_VIEW } from './graphModel.ts'
import { graphSceneOf } from './graphScene.ts'
import { layoutLayered, type ElkLayout } from './layeredLayout.ts'

const elk: ElkLayout = graph => new ELK().layout<ElkNode>(graph)
const layered: GraphView = { ...DEFAULT_GRAPH_VIEW, layout: 'layered' }

test.each([
  ['the shop', shopFixture],
  ['three teams', () => syntheticFixture(3, 4, 3)],
  ['blocks inside a block', () => exceptsFixture(5)],
] as const)('%s: everything has a place in its box, and nothing covers anything', async (_, make) => {
  const graph = buildGraph(make(), layered)
  const layout = await layoutLayered(graph, elk)
  expect(layout.size).toBe(graph.nodes.length + graph.groups.length)
  const nesting = nestingOf(graph)
  const leaves = graph.nodes.filter(({ id }) => !nesting.children.has(id))
  leaves.forEach(({ id }, i) => {
    const own = layout.get(id)
    for (const other of leaves.slice(i + 1)) {
      const rect = layout.get(other.id)
      expect(own && rect && overlaps(own, rect)).toBe(false)
    }
  })
  for (const { id, parent } of graph.nodes) {
    const [own, box] = [layout.get(id), layout.get(parent ?? '')]
    if (own === undefined || box === undefined) continue
    expect(own.x >= box.x && own.y >= box.y).toBe(true)
    expect(rightOf(own) <= rightOf(box) && bottomOf(own) <= bottomOf(box)).toBe(true)
  }
  expect(await layoutLayered(graph, elk)).toEqual(layout)
})

test('lanes come first, the layers after, and then what did not change does not move', async () => {
  const scene = graphSceneOf(shopFixture())
  const quick = drawScene(scene, layered)
  expect(quick.arranged).toBe(false)
  const arranged = await arrangeScene(scene, layered, elk)
  expect(arranged.arranged).toBe(true)
  expect(arranged.layout).not.toEqual(quick.layout)
  const again = drawScene(scene, { ...layered, unfolded: ['pods:shop/api-1'] }, arranged.layout)
  expect(again.arranged).toBe(true)
  for (const { id } of again.model.nodes) {
    const before = arranged.layout.get(id)
    if (before !== undefined && again.model.nodes.every(node => node.parent !== id))
      expect(again.layout.get(id)).toMatchObject({ x: before.x, y: before.y })
  }
})

test('a cancelled layout rejects', async () => {
  const scene = graphSceneOf(shopFixture())
  await expect(arrangeScene(scene, layered, () => Promise.reject(new Error('stop')))).rejects.toThrow('stop')
})
