import type { FlowVerdict, GraphEdge, GraphModel, GraphNode } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { formatCounts } from './build.ts'
import { CHANGE_WORDS } from './edges.ts'
import { formatNumber, plural } from './formatNumber.ts'
import { isHole, lineLook, LOOK_MARKS, type LineLook } from './looks.ts'
import { remarksOf } from './omissions.ts'

/** A graph for a program that lays it out itself. Boxes, nodes and edges refer to each other by their place. */
export interface Drawing {
  /** For a screen reader, one line. */
  readonly summary: string
  /** What the reader of the source should know. */
  readonly comments: readonly string[]
  readonly boxes: readonly DrawingBox[]
  readonly nodes: readonly DrawingNode[]
  readonly edges: readonly DrawingEdge[]
}

export interface DrawingBox {
  readonly label: string
  readonly assumed: boolean
  /** The box around it. */
  readonly box: number | undefined
}

export interface DrawingNode {
  readonly lines: readonly string[]
  readonly shape: 'plain' | 'stack' | 'block' | 'hole'
  readonly assumed: boolean
  readonly box: number | undefined
}

export interface DrawingEdge {
  readonly source: number
  readonly target: number
  readonly lines: readonly string[]
  readonly look: LineLook
  readonly verdict: FlowVerdict
  /** The mark at the source, when the edge tells the way back too. */
  readonly back: FlowVerdict | undefined
}

/**
 * A colour for each look that reads on white and on black, for programs that draw one graph for both.
 */
export const MIDTONES: Readonly<Record<LineLook, string>> = {
  allowed: '#2e8b57',
  partial: '#b07020',
  blocked: '#d1495b',
  unrestricted: '#7a8494',
  deviates: '#9b59d0',
}

/** The picture's nodes and edges, namespaces as boxes, and a box for every block that others are cut out of. */
export function drawingOf(model: GraphModel): Drawing {
  const nesting = nestingOf(model)
  const boxes: DrawingBox[] = []
  const nodes: DrawingNode[] = []
  const numbers = new Map<string, number>()
  const add = (node: GraphNode, box: number | undefined): void => {
    const inside = nesting.children.get(node.id)
    const own = inside === undefined ? box : boxes.length
    if (inside !== undefined) boxes.push({ label: `within ${node.title}`, assumed: false, box })
    numbers.set(node.id, nodes.length)
    nodes.push(drawingNode(node, own))
    addAll(inside ?? [], own)
  }
  const addAll = (ids: readonly string[], box: number | undefined): void => {
    for (const id of ids) {
      const node = nesting.nodes.get(id)
      if (node !== undefined) add(node, box)
    }
  }
  for (const group of model.groups) {
    const box = boxes.length
    const pods = `${plural(group.pods, 'pod')}${group.assumed ? ', assumed' : ''}`
    const label = [group.namespace, pods, group.reason].filter(Boolean).join(' · ')
    boxes.push({ label, assumed: group.assumed, box: undefined })
    addAll(nesting.children.get(group.id) ?? [], box)
  }
  addAll(nesting.roots, undefined)
  return {
    summary: formatCounts(model.counts),
    comments: remarksOf(model),
    boxes,
    nodes,
    edges: model.edges.flatMap(edge => drawingEdge(edge, numbers)),
  }
}

function drawingNode(node: GraphNode, box: number | undefined): DrawingNode {
  const many = node.kind === 'pods' && node.canUnfold
  const isolated = (['ingress', 'egress'] as const).filter(direction => node.isolated[direction])
  const outer = node.kind === 'cidr' || node.kind === 'outside'
  return {
    lines: [
      many ? `${node.title} ×${formatNumber(node.endpoints.length)}` : node.title,
      ...(node.detail === '' ? [] : [node.detail]),
      ...(node.status === undefined ? [] : [`${LOOK_MARKS[node.status.look]} ${node.status.text}`]),
      ...(isolated.length > 0 ? [`isolated: ${isolated.join(', ')}`] : []),
    ],
    shape: isHole(node) ? 'hole' : outer ? 'block' : node.canUnfold ? 'stack' : 'plain',
    assumed: node.assumed,
    box,
  }
}

function drawingEdge(edge: GraphEdge, numbers: ReadonlyMap<string, number>): readonly DrawingEdge[] {
  const source = numbers.get(edge.source)
  const target = numbers.get(edge.target)
  if (source === undefined || target === undefined) return []
  const back = edge.back === 'same' ? edge.verdict : edge.back === 'unrestricted' ? edge.back : undefined
  const label = edge.deviates ? `⚠ ${edge.label}` : edge.label
  const lines = [label, edge.note, CHANGE_WORDS[edge.change]].filter(Boolean)
  return [{ source, target, lines, look: lineLook(edge), verdict: edge.verdict, back }]
}
