import { required } from '../model/assert.ts'
import type { FlowColumn, FlowList, FlowRow, SortOrder } from '../model/flowList.ts'
import { compareBytes } from '../model/order.ts'
import type { FlowChangeKind, FlowKind, GraphNode } from '../model/picture.ts'
import type { GraphView } from '../model/graphView.ts'
import { matchedNodes } from './build.ts'
import { reasonOfFlow, spokenName } from './edges.ts'
import { filtersEnds } from './flowFilter.ts'
import { severityOf } from './flowKinds.ts'
import { flowOf, maskOf, placesOfEndpoints, samplesIn, tallyOfNodes } from './flows.ts'
import { sumAt, type FlowSum } from './flowTally.ts'
import { plural } from './formatNumber.ts'
import type { GraphScene } from './graphScene.ts'
import { matchedNamespaces, nodesOf } from './nodes.ts'

/** So many different ends are listed pair by pair; of more, namespaces are one end each. */
const MOST_ENDS = 600

/** All rows in their order, from which parts are read. */
export interface SortedFlows {
  readonly total: number
  /** As in `Picture`: a list that is not summed yet is to be made anew. */
  readonly summed: number
  readonly part: (offset: number, limit: number) => FlowList
}

/**
 * The flows of a view as rows between folded pods, namespaces where there are too many of these, blocks and the outside:
 * what the picture shows and what it leaves out. `unrestricted` ones unless the view hides them. Rows are only worded
 * when their part is asked for.
 */
export function sortedFlows(
  scene: GraphScene,
  view: GraphView,
  column: FlowColumn,
  order: SortOrder,
): SortedFlows {
  const { filter } = view
  const opened = filtersEnds(filter) ? matchedNamespaces(scene, [...scene.namespaces.keys()], view) : []
  const { nodes, closedNamespaces } = nodesOf(
    scene,
    { ...view, opened: [...view.opened, ...opened] },
    { most: MOST_ENDS, grouping: 'workload' },
  )
  const matched = matchedNodes(scene, nodes, view)
  const answers = scene.answers(filter)
  const tally = tallyOfNodes(scene, filter, nodes)
  const summed = scene.summed()
  const accepts = maskOf(filter)
  const n = nodes.length
  const wanted = (source: number, target: number): FlowSum | undefined => {
    const sum = source === target ? undefined : sumAt(tally, answers.kinds, source * n + target)
    if (sum === undefined || (sum.mask & accepts) === 0) return undefined
    const free = sum.verdict === 'unrestricted' && !sum.deviates && sum.change === 'none'
    return free && view.unrestricted === 'hide' ? undefined : sum
  }
  const keyOf = sortKey(nodes, answers.kinds, column)
  const size = n * n
  const keys: number[] = []
  const isMatched = nodes.map(node => matched === undefined || matched.has(node.id))
  for (let source = 0; source < n; source++)
    for (let target = 0; target < n; target++) {
      if (isMatched[source] !== true && isMatched[target] !== true) continue
      const sum = wanted(source, target)
      const key = sum && keyOf(sum, source, target)
      // One exact number that sorts by the key, then by place.
      if (key !== undefined) keys.push((order === 'ascending' ? key : -key) * size + source * n + target)
    }
  const sorted = Float64Array.from(keys).sort()
  const sampleOf = samplesIn(scene, answers, placesOfEndpoints(scene, nodes))
  const rowAt = (key: number): FlowRow => {
    const cell = ((key % size) + size) % size
    const [s, t] = [Math.floor(cell / n), cell % n]
    const [source, target] = [required(nodes[s], 'source'), required(nodes[t], 'target')]
    const sum = required(wanted(s, t), 'flow')
    return flowRow(scene, source, target, sum, sampleOf(sum, s, t))
  }
  return {
    total: sorted.length,
    summed,
    part: (offset, limit) => ({
      total: sorted.length,
      offset,
      rows: [...sorted.subarray(offset, offset + limit)].map(rowAt),
      closedNamespaces,
      summed,
    }),
  }
}

function flowRow(
  scene: GraphScene,
  source: GraphNode,
  target: GraphNode,
  sum: FlowSum,
  sample: readonly [string, string],
): FlowRow {
  const flow = flowOf(source.id, target.id, sum, sample)
  const { kind, verdict, deviates, change, pairs, unlike, src, dst } = flow
  const mixed = unlike > 0 ? `mixed: ${plural(pairs, 'flow')}, some ` : ''
  return {
    id: `${source.id} > ${target.id}`,
    source: spokenName(source),
    destination: spokenName(target),
    verdict,
    deviates,
    deviations: deviates
      ? (scene.input.explain?.(scene.indexOf(src), scene.indexOf(dst)).deviations ?? [])
      : [],
    enforced: mixed + kind.enforcedText,
    promised: mixed + kind.promisedText,
    governedBy: governedBy(source, target),
    reason: reasonOfFlow(scene, flow),
    change,
    src,
    dst,
    pairs,
  }
}

function governedBy(source: GraphNode, target: GraphNode): string {
  const { egress } = source.policies
  const { ingress } = target.policies
  return [
    ...(egress.length > 0 ? [`egress ${egress.join(', ')}`] : []),
    ...(ingress.length > 0 ? [`ingress ${ingress.join(', ')}`] : []),
  ].join('; ')
}

const CHANGES: readonly FlowChangeKind[] = ['closed', 'opened', 'changed', 'none']

/** A small whole number by which rows of a column are ordered; verdicts from worst to best, words by bytes. */
function sortKey(
  nodes: readonly GraphNode[],
  kinds: readonly FlowKind[],
  column: FlowColumn,
): (sum: FlowSum, source: number, target: number) => number {
  const byNode = (textOf: (node: GraphNode) => string): readonly number[] => ranks(nodes.map(textOf))
  switch (column) {
    case 'source': {
      const rank = byNode(spokenName)
      return (_, source) => rank[source] ?? 0
    }
    case 'destination': {
      const rank = byNode(spokenName)
      return (_, __, target) => rank[target] ?? 0
    }
    case 'governedBy': {
      const egress = byNode(node => node.policies.egress.join())
      const ingress = byNode(node => node.policies.ingress.join())
      return (_, source, target) => (egress[source] ?? 0) * nodes.length + (ingress[target] ?? 0)
    }
    case 'enforced':
    case 'promised': {
      const texts = kinds.map(kind => (column === 'enforced' ? kind.enforcedText : kind.promisedText))
      const rank = new Map(ranks(texts).map((place, code) => [kinds[code], place]))
      return ({ kind }) => rank.get(kind) ?? 0
    }
    case 'change':
      return ({ change }) => CHANGES.indexOf(change)
    case 'verdict':
      return ({ kind, verdict, deviates }) => 20 - severityOf({ ...kind, verdict, deviates })
  }
}

/** The place of each text among all, equal ones alike. */
function ranks(texts: readonly string[]): readonly number[] {
  const order = new Map([...new Set(texts)].sort(compareBytes).map((text, place) => [text, place]))
  return texts.map(text => order.get(text) ?? 0)
}
