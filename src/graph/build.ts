import { required } from '../model/assert.ts'
import type { Connectivity } from '../model/connectivity.ts'
import { flowKindsOf, type FlowKinds } from './flowKinds.ts'
import { formatNumber, plural } from './formatNumber.ts'
import { edgesOf } from './edges.ts'
import {
  FLOW_VERDICTS,
  type VerdictCounts,
  type FlowKind,
  type GraphFlow,
  type GraphInput,
  type GraphModel,
  type GraphNode,
  type GraphView,
} from './graphModel.ts'
import { nodesOf } from './nodes.ts'

/** The picture of an analysis: the same input and view give the same model. Costs O(nodes² + classes² of closed namespaces). */
export function buildGraph(input: GraphInput, view: GraphView): GraphModel {
  const kinds = flowKindsOf(input.connectivity)
  const { groups, nodes, closedNamespaces } = nodesOf(input, kinds, view)
  const flows = flowsOf(input, kinds, nodes)
  const matched = matchedNodes(input, nodes, view.filter)
  const relevant =
    matched === undefined
      ? flows
      : flows.filter(({ source, target }) => matched.has(source) || matched.has(target))
  const { edges, blockedFlows, unrestrictedFlows, excessFlows } = edgesOf(input, nodes, relevant, view)
  const shown = matched === undefined ? nodes : withNeighbours(nodes, matched, edges)
  const parents = new Set(shown.map(node => node.parent))
  return {
    groups: groups.filter(group => parents.has(group.id)),
    nodes: shown,
    known: nodes,
    edges,
    flows: relevant,
    counts: countFlows(input.connectivity, kinds, nodes, matched),
    omitted: { closedNamespaces, blockedFlows, unrestrictedFlows, excessFlows },
  }
}

interface Member {
  readonly class: number
  /** Endpoint indexes. */
  readonly members: readonly number[]
}

function flowsOf(input: GraphInput, kinds: FlowKinds, nodes: readonly GraphNode[]): readonly GraphFlow[] {
  const { endpoints } = input.connectivity
  const idAt = (index: number | undefined): string => required(endpoints[index ?? -1], 'endpoint').id
  const parts = nodes.map(node => classParts(node, kinds))
  const flows: GraphFlow[] = []
  nodes.forEach((source, s) => {
    nodes.forEach((target, t) => {
      if (s === t) return
      const only = parts[s]?.length === 1 && parts[t]?.length === 1 ? [parts[s][0], parts[t][0]] : undefined
      if (only?.[0] !== undefined && only[1] !== undefined) {
        const kind = kinds.between(only[0].class, only[1].class)
        if (kind !== undefined) flows.push(plainFlow(source, target, kind, idAt))
        return
      }
      let worst: { kind: FlowKind; src: Member; dst: Member } | undefined
      const tally = new Map<FlowKind, number>()
      let pairs = 0
      for (const src of parts[s] ?? [])
        for (const dst of parts[t] ?? []) {
          const kind = kinds.between(src.class, dst.class)
          if (kind === undefined) continue
          const count = src.members.length * dst.members.length
          pairs += count
          tally.set(kind, (tally.get(kind) ?? 0) + count)
          if (worst === undefined || severity(kind) > severity(worst.kind)) worst = { kind, src, dst }
        }
      if (worst === undefined) return
      flows.push({
        source: source.id,
        target: target.id,
        kind: worst.kind,
        // A mixture is partly open, whatever its worst part is.
        verdict: mixedVerdict(tally, worst.kind),
        deviates: [...tally.keys()].some(kind => kind.deviates),
        pairs,
        unlike: pairs - (tally.get(worst.kind) ?? 0),
        src: idAt(worst.src.members[0]),
        dst: idAt(worst.dst.members[0]),
      })
    })
  })
  return flows
}

/** Between nodes whose endpoints are all alike. */
function plainFlow(
  source: GraphNode,
  target: GraphNode,
  kind: FlowKind,
  idAt: (index: number | undefined) => string,
): GraphFlow {
  return {
    source: source.id,
    target: target.id,
    kind,
    verdict: kind.verdict,
    deviates: kind.deviates,
    pairs: source.endpoints.length * target.endpoints.length,
    unlike: 0,
    src: idAt(source.endpoints[0]),
    dst: idAt(target.endpoints[0]),
  }
}

function classParts(node: GraphNode, kinds: FlowKinds): readonly Member[] {
  if (node.kind === 'pods' || node.endpoints.length === 1)
    return [{ class: kinds.classOf(node.endpoints[0] ?? -1), members: node.endpoints }]
  const byClass = new Map<number, number[]>()
  for (const endpoint of node.endpoints) {
    const own = byClass.get(kinds.classOf(endpoint))
    if (own === undefined) byClass.set(kinds.classOf(endpoint), [endpoint])
    else own.push(endpoint)
  }
  return [...byClass].map(([index, members]) => ({ class: index, members }))
}

/** Deviations first, then by verdict. */
function severity(kind: FlowKind): number {
  return (kind.deviates ? 10 : 0) + FLOW_VERDICTS.length - FLOW_VERDICTS.indexOf(kind.verdict)
}

function mixedVerdict(tally: ReadonlyMap<FlowKind, number>, worst: FlowKind): GraphFlow['verdict'] {
  const verdicts = new Set([...tally.keys()].map(kind => kind.verdict))
  if (verdicts.size <= 1) return worst.verdict
  return verdicts.has('blocked') || verdicts.has('partial') ? 'partial' : 'allowed'
}

/** Ordered pairs of different endpoints by verdict; with a filter, those with an end in a matched node. */
function countFlows(
  { classes }: Connectivity,
  kinds: FlowKinds,
  nodes: readonly GraphNode[],
  matched: ReadonlySet<string> | undefined,
): VerdictCounts {
  const counts = { allowed: 0, partial: 0, blocked: 0, unrestricted: 0, deviates: 0 }
  const add = (sizes: readonly number[], sign: 1 | -1): void => {
    sizes.forEach((sources, src) => {
      if (sources === 0) return
      sizes.forEach((targets, dst) => {
        const pairs = sign * sources * (targets - (src === dst ? 1 : 0))
        const kind = pairs === 0 ? undefined : kinds.between(src, dst)
        if (kind === undefined) return
        counts[kind.verdict] += pairs
        if (kind.deviates) counts.deviates += pairs
      })
    })
  }
  add(
    classes.map(({ endpoints }) => endpoints.length),
    1,
  )
  if (matched === undefined) return counts
  // All pairs but those with no end in what matched.
  const others = classes.map(() => 0)
  for (const node of nodes)
    if (!matched.has(node.id))
      for (const endpoint of node.endpoints) {
        const index = kinds.classOf(endpoint)
        others[index] = (others[index] ?? 0) + 1
      }
  add(others, -1)
  return counts
}

/** Ids of the nodes that the filter's words all occur in; undefined without a filter. */
function matchedNodes(
  input: GraphInput,
  nodes: readonly GraphNode[],
  filter: string,
): ReadonlySet<string> | undefined {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return undefined
  const { endpoints } = input.connectivity
  const matches = (text: string): boolean => words.every(word => text.includes(word))
  const textOf = (index: number): string => {
    const endpoint = endpoints[index]
    if (endpoint?.kind !== 'pod') return endpoint?.id ?? ''
    const labels = Object.entries(endpoint.labels).map(([key, value]) => `${key}=${value}`)
    return `${endpoint.namespace}/${endpoint.name} ${labels.join(' ')}`
  }
  return new Set(
    nodes
      .filter(
        node =>
          matches(`${node.namespace ?? ''} ${node.title} ${node.detail}`.toLowerCase()) ||
          node.endpoints.some(index => matches(textOf(index).toLowerCase())),
      )
      .map(node => node.id),
  )
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

/** `12 allowed, 3 partly allowed, 3 blocked, 1 deviates`, for the live region and the status line. */
export function formatCounts(counts: VerdictCounts): string {
  const parts = [`${formatNumber(counts.allowed + counts.unrestricted)} allowed`]
  if (counts.partial > 0) parts.push(`${formatNumber(counts.partial)} partly allowed`)
  parts.push(`${formatNumber(counts.blocked)} blocked`)
  if (counts.deviates > 0) parts.push(plural(counts.deviates, 'deviates', 'deviate'))
  return parts.join(', ')
}
