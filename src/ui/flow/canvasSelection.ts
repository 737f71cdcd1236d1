import type { HighlightInput } from '../../graph/highlight.ts'
import type { Selection } from '../../store/selection.ts'
import type { GraphModel } from '../../model/picture.ts'

/** What a click on a node selects: one end of flows, or a namespace. */
export function selectionOfNode(
  id: string,
  model: GraphModel,
  { endpoints }: Pick<HighlightInput, 'endpoints'>,
): Selection | undefined {
  const group = model.groups.find(one => one.id === id)
  if (group !== undefined) return { kind: 'namespace', name: group.namespace }
  const node = model.nodes.find(one => one.id === id)
  if (node === undefined) return undefined
  if (node.kind === 'namespace') return { kind: 'namespace', name: node.title }
  const endpoint = endpoints[node.endpoints[0] ?? -1]
  return endpoint === undefined ? undefined : { kind: 'endpoint', id: endpoint.id }
}

/** What a click on an edge selects: a pair of endpoints that the edge speaks for. */
export function selectionOfEdge(id: string, model: GraphModel): Selection | undefined {
  const flow = model.edges.find(edge => edge.id === id)?.flows[0]
  return flow === undefined ? undefined : { kind: 'flow', src: flow.src, dst: flow.dst }
}
