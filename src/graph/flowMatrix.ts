import type { FlowMatrix, MatrixCell } from '../model/flowList.ts'
import type { GraphNode } from '../model/picture.ts'
import type { GraphView } from '../model/graphView.ts'
import { matchedNodes } from './build.ts'
import { labelOf, spokenName } from './edges.ts'
import { flowOf, maskOf, placesOfEndpoints, samplesIn, tallyOfNodes } from './flows.ts'
import { sumAt } from './flowTally.ts'
import type { GraphScene } from './graphScene.ts'
import { nodesOf } from './nodes.ts'
import { withStatus } from './nodeStatus.ts'

/** So many rows and columns a reader may still survey. */
export const MOST_PEERS = 120

/**
 * Who may talk to whom as rows and columns, by `view.groupBy`: namespaces, pods alike, or pods; of too many pods
 * namespaces close. With a filter of ends only the peers that have a flow left.
 */
export function flowMatrix(scene: GraphScene, view: GraphView): FlowMatrix {
  const { filter, groupBy } = view
  const { nodes: plain } = nodesOf(scene, view, { most: MOST_PEERS, grouping: groupBy })
  const answers = scene.answers(filter)
  const tally = tallyOfNodes(scene, filter, plain)
  const nodes = withStatus(scene, filter, plain, tally)
  const matched = matchedNodes(scene, nodes, view)
  const summed = scene.summed()
  const accepts = maskOf(filter)
  const sampleOf = samplesIn(scene, answers, placesOfEndpoints(scene, nodes))
  const n = nodes.length
  const all = nodes.flatMap((source, s) =>
    nodes.map((target, t): MatrixCell | undefined => {
      const sum = sumAt(tally, answers.kinds, s * n + t)
      if (sum === undefined || (sum.mask & accepts) === 0) return undefined
      if (matched !== undefined && !matched.has(source.id) && !matched.has(target.id)) return undefined
      const { verdict, deviates, change, pairs } = sum
      const [src, dst] = sampleOf(sum, s, t)
      const label = labelOf(flowOf(source.id, target.id, sum, [src, dst]))
      return { verdict, deviates, change, label, pairs, src, dst }
    }),
  )
  const kept = nodes.flatMap((node, place) => {
    const used = matched === undefined || matched.has(node.id)
    const talks = nodes.some(
      (_, other) => all[place * n + other] !== undefined || all[other * n + place] !== undefined,
    )
    return used || talks ? [place] : []
  })
  return {
    peers: kept.flatMap(place => {
      const node = nodes[place]
      if (node === undefined) return []
      const { id, namespace, endpoints, status } = node
      const peer = { id, name: nameOf(node), namespace, endpoints: endpoints.length }
      return [status === undefined ? peer : { ...peer, status }]
    }),
    cells: kept.flatMap(s => kept.map(t => all[s * n + t])),
    summed,
  }
}

/** Of several pods without their number, which stands beside it. */
function nameOf(node: GraphNode): string {
  const { kind, namespace, title } = node
  return kind === 'pods' && node.endpoints.length > 1 ? `${namespace ?? ''}/${title}` : spokenName(node)
}
