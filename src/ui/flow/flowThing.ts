import { spokenName } from '../../graph/edges.ts'
import type { GraphEdge, GraphGroup, GraphModel, GraphNode } from '../../model/picture.ts'

/** What a menu or a card in the flow pane is about. */
export type FlowThing =
  | { readonly kind: 'picture' }
  | { readonly kind: 'node'; readonly node: GraphNode }
  | { readonly kind: 'group'; readonly group: GraphGroup }
  /** A line of the picture, a row of the list or a cell of the matrix. `text` is all of it in words. */
  | { readonly kind: 'flow'; readonly text: string; readonly src: string; readonly dst: string }

/** What is drawn under that id. */
export function thingOf(
  at: { readonly kind: 'node' | 'edge'; readonly id: string },
  model: GraphModel,
): FlowThing | undefined {
  if (at.kind === 'edge') {
    const edge = model.edges.find(({ id }) => id === at.id)
    return edge && flowThing(edge)
  }
  const group = model.groups.find(({ id }) => id === at.id)
  if (group !== undefined) return { kind: 'group', group }
  const node = model.nodes.find(({ id }) => id === at.id)
  return node && { kind: 'node', node }
}

function flowThing({ name, reason, flows: [flow] }: GraphEdge): FlowThing | undefined {
  if (flow === undefined) return undefined
  const text = reason === '' ? name : `${name}. ${reason}`
  return { kind: 'flow', text, src: flow.src, dst: flow.dst }
}

/** For a person, and to copy. */
export function thingName(thing: FlowThing): string {
  switch (thing.kind) {
    case 'picture':
      return 'the picture'
    case 'node':
      return spokenName(thing.node)
    case 'group':
      return thing.group.namespace
    case 'flow':
      return thing.text
  }
}
