import type { GraphModel, GraphNode, VerdictCounts } from '../model/picture.ts'
import type { GraphView } from '../model/graphView.ts'
import { edgesOf } from './edges.ts'
import { endMatcher, filtersEnds, isHidden } from './flowFilter.ts'
import { flowsBetween, tallyOfNodes } from './flows.ts'
import { countPairsWith } from './flowTally.ts'
import { formatNumber, plural } from './formatNumber.ts'
import type { BuiltGraph, GraphInput } from './graphModel.ts'
import { graphSceneOf, type GraphScene } from './graphScene.ts'
import { nodesOf } from './nodes.ts'
import { unreachedPods, withStatus } from './nodeStatus.ts'

/** The overview of an analysis: the same input and view give the same model. */
export function buildGraph(input: GraphInput, view: GraphView): BuiltGraph {
  return buildOverview(graphSceneOf(input), view)
}

/** Costs O(nodes² + classes), and the sums of the scene where namespaces are closed. */
export function buildOverview(scene: GraphScene, view: GraphView): BuiltGraph {
  const { filter } = view
  const { groups, nodes: plain, closedNamespaces } = nodesOf(scene, view)
  const tally = tallyOfNodes(scene, filter, plain)
  const nodes = withStatus(scene, filter, plain, tally)
  const matched = matchedNodes(scene, nodes, view)
  const flows = flowsBetween(scene, filter, nodes, matched, tally)
  const { edges, blockedFlows, unrestrictedFlows, excessFlows } = edgesOf(scene, nodes, flows, view)
  const shown = matched === undefined ? nodes : withNeighbours(nodes, matched, edges)
  const parents = new Set(shown.map(node => node.parent))
  const unreached = unreachedPods(scene, filter)
  return {
    groups: groups.filter(group => parents.has(group.id)),
    nodes: shown,
    known: nodes,
    edges,
    flows,
    counts: countsOf(scene, nodes, view, matched),
    omitted: { closedNamespaces, blockedFlows, unrestrictedFlows, excessFlows },
    ...(unreached !== undefined && { unreached }),
  }
}

/** With a filter of ends, the pairs with an end in a matched node. */
function countsOf(
  scene: GraphScene,
  nodes: readonly GraphNode[],
  { filter }: GraphView,
  matched: ReadonlySet<string> | undefined,
): VerdictCounts {
  if (matched === undefined) return scene.counts(filter)
  const answers = scene.answers(filter)
  const sizes = scene.sizes(filter)
  const chosen = new Int32Array(sizes.length)
  for (const node of nodes)
    if (matched.has(node.id))
      for (const endpoint of node.endpoints) {
        const own = answers.classOf[endpoint] ?? -1
        chosen[own] = (chosen[own] ?? 0) + 1
      }
  return countPairsWith(answers, sizes, chosen)
}

/** Ids of the nodes that hold an endpoint that the filter asks for; undefined without such a filter. */
export function matchedNodes(
  { endpoints }: GraphScene,
  nodes: readonly GraphNode[],
  { filter }: Pick<GraphView, 'filter'>,
): ReadonlySet<string> | undefined {
  if (!filtersEnds(filter)) return undefined
  const matches = endMatcher(filter)
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const byTitle = filter.namespaces.length === 0 && filter.labels.length === 0 && words.length > 0
  const holds = (node: GraphNode): boolean => {
    const text = `${node.namespace ?? ''} ${node.title} ${node.detail}`.toLowerCase()
    if (byTitle && words.every(word => text.includes(word))) return true
    return node.endpoints.some(index => {
      const endpoint = endpoints[index]
      return endpoint !== undefined && !isHidden(endpoint, filter) && matches(endpoint)
    })
  }
  return new Set(nodes.filter(holds).map(node => node.id))
}

/** The matched nodes, what their edges lead to, and the blocks that these lie in. */
function withNeighbours(
  nodes: readonly GraphNode[],
  matched: ReadonlySet<string>,
  edges: GraphModel['edges'],
): readonly GraphNode[] {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const shown = new Set<string>()
  const show = (id: string | undefined): void => {
    if (id === undefined || shown.has(id) || !byId.has(id)) return
    shown.add(id)
    show(byId.get(id)?.parent)
  }
  for (const id of matched) show(id)
  for (const edge of edges) {
    show(edge.source)
    show(edge.target)
  }
  return nodes.filter(node => shown.has(node.id))
}

/** `12 allowed, 3 partly allowed, 3 blocked, 1 deviates, 2 changed`, for the live region and the status line. */
export function formatCounts(counts: VerdictCounts): string {
  const parts = [`${formatNumber(counts.allowed + counts.unrestricted)} allowed`]
  if (counts.partial > 0) parts.push(`${formatNumber(counts.partial)} partly allowed`)
  parts.push(`${formatNumber(counts.blocked)} blocked`)
  if (counts.deviates > 0) parts.push(plural(counts.deviates, 'deviates', 'deviate'))
  if (counts.changed > 0) parts.push(`${formatNumber(counts.changed)} changed`)
  return parts.join(', ')
}
