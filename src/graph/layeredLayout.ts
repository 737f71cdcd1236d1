import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { GraphLayout, Rect } from '../model/picture.ts'
import { fitBoxes, headerOf, leafSize, nestingOf, PADDING, type Nesting } from './boxes.ts'
import type { BuiltGraph } from './graphModel.ts'
import { settle } from './settle.ts'

/** The part of ELK that is used: it runs in a worker of its own. */
export type ElkLayout = (graph: ElkNode) => Promise<ElkNode>

/** Layers from left to right along the flows, across the borders of namespaces. */
const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.spacing.nodeNode': '26',
  'elk.layered.spacing.nodeNodeBetweenLayers': '112',
  'elk.spacing.componentComponent': '34',
  'elk.aspectRatio': '1.2',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  // Fixed, so that the same picture is always laid out the same.
  'elk.randomSeed': '1',
}

/**
 * ELK's layered layout with namespaces, and blocks that hold blocks, as compound nodes. Rejects when `elk` does.
 */
export async function layoutLayered(
  graph: Pick<BuiltGraph, 'groups' | 'nodes' | 'edges'>,
  elk: ElkLayout,
): Promise<GraphLayout> {
  const nesting = nestingOf(graph)
  const answer = await elk({
    id: 'root',
    layoutOptions: OPTIONS,
    children: nesting.roots.map(root => elkNode(root, nesting)),
    edges: graph.edges.map(({ id, source, target }): ElkExtendedEdge => ({
      id,
      sources: [source],
      targets: [target],
    })),
  })
  const leaves = new Map<string, Rect>()
  const place = (
    { id, children = [], x = 0, y = 0, width = 0, height = 0 }: ElkNode,
    dx: number,
    dy: number,
  ): void => {
    if (id !== 'root' && children.length === 0)
      leaves.set(id, { x: Math.round(x + dx), y: Math.round(y + dy), width, height })
    for (const child of children) place(child, x + dx, y + dy)
  }
  place(answer, 0, 0)
  const fresh = fitBoxes(leaves, nesting)
  // ELK sets some boxes closer than `settle` lets stand; so the next edit moves nothing.
  return settle(fresh, fresh, nesting)
}

function elkNode(id: string, nesting: Nesting): ElkNode {
  const children = nesting.children.get(id)
  const node = nesting.nodes.get(id)
  if (children === undefined) return { id, ...(node !== undefined && leafSize(node)) }
  const padding = `[top=${headerOf(id, nesting)},left=${PADDING},bottom=${PADDING},right=${PADDING}]`
  return {
    id,
    layoutOptions: { 'elk.padding': padding },
    children: children.map(child => elkNode(child, nesting)),
  }
}
