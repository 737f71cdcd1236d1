import type { EdgeTypes, NodeTypes } from '@xyflow/react'
import type { Nesting } from '../../graph/boxes.ts'
import { spokenName } from '../../graph/edges.ts'
import { plural } from '../../graph/formatNumber.ts'
import type { GraphGroup, GraphModel, GraphNode, Rect, Route } from '../../model/picture.ts'
import { FlowEdge, type FlowEdgeType } from './FlowEdge.tsx'
import { GroupNode, LeafNode, type GroupType, type LeafType } from './FlowNodes.tsx'

export type CanvasNode = LeafType | GroupType

export const flowNodeTypes: NodeTypes = { leaf: LeafNode, group: GroupNode }
export const flowEdgeTypes: EdgeTypes = { flow: FlowEdge }

/** The model in React Flow's terms: parents before children, boxes below lines below nodes. */
export function canvasElements(
  model: GraphModel,
  rects: ReadonlyMap<string, Rect>,
  routes: ReadonlyMap<string, Route>,
  nesting: Nesting,
): { readonly nodes: CanvasNode[]; readonly edges: FlowEdgeType[] } {
  const nodes: CanvasNode[] = model.groups.flatMap(group => {
    const rect = rects.get(group.id)
    if (rect === undefined) return []
    return [
      {
        ...placed(group.id, rect, undefined, rects),
        type: 'group' as const,
        data: { group },
        zIndex: 0,
        ariaLabel: groupName(group),
      },
    ]
  })
  const add = (node: GraphNode): void => {
    const rect = rects.get(node.id)
    if (rect === undefined) return
    const container = nesting.children.has(node.id)
    nodes.push({
      ...placed(node.id, rect, node.parent, rects),
      type: 'leaf' as const,
      data: { node, container },
      zIndex: container ? 0 : 3,
      ariaLabel: nodeName(node),
    })
    for (const child of nesting.children.get(node.id) ?? []) {
      const inner = nesting.nodes.get(child)
      if (inner !== undefined) add(inner)
    }
  }
  for (const node of model.nodes) if (!isInside(node, nesting)) add(node)
  const edges = model.edges.flatMap((edge): FlowEdgeType[] => {
    const route = routes.get(edge.id)
    if (route === undefined) return []
    return [
      {
        id: edge.id,
        source: edge.source,
        target: edge.target,
        type: 'flow',
        data: { edge, route },
        zIndex: 1,
        ariaLabel: edge.name,
      },
    ]
  })
  return { nodes, edges }
}

/** Whether it lies in a block, after which it is added. */
function isInside(node: GraphNode, nesting: Nesting): boolean {
  return node.parent !== undefined && nesting.nodes.has(node.parent)
}

function placed(id: string, rect: Rect, parent: string | undefined, rects: ReadonlyMap<string, Rect>) {
  const outer = parent === undefined ? undefined : rects.get(parent)
  return {
    id,
    position: { x: rect.x - (outer?.x ?? 0), y: rect.y - (outer?.y ?? 0) },
    width: rect.width,
    height: rect.height,
    measured: { width: rect.width, height: rect.height },
    ...(parent !== undefined && outer !== undefined && { parentId: parent }),
  }
}

function groupName({ kind, namespace, pods, reason }: GraphGroup): string {
  const isLane = kind === 'lane'
  const name = `${isLane ? '' : 'Namespace '}${namespace}, ${plural(pods, isLane ? 'peer' : 'pod')}`
  return reason === undefined ? name : `${name}, ${reason}`
}

/** For a screen reader. */
function nodeName(node: GraphNode): string {
  const isolated = (['ingress', 'egress'] as const).filter(direction => node.isolated[direction])
  return [
    spokenName(node),
    node.detail,
    ...(node.status === undefined ? [] : [node.status.text]),
    ...(node.assumed ? ['assumed'] : []),
    ...(isolated.length > 0 ? [`isolated for ${isolated.join(' and ')}`] : []),
  ].join(', ')
}
