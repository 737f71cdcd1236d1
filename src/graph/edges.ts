import { reasonOf } from './flowReason.ts'
import { formatNumber } from './formatNumber.ts'
import type { FlowFilter, GraphView } from '../model/graphView.ts'
import type { FlowChangeKind, GraphEdge, GraphFlow, GraphNode } from '../model/picture.ts'
import type { GraphScene } from './graphScene.ts'

/** The most edges that a picture may have. */
export const MAX_EDGES = 300
/** The most of them between closed namespaces, of which each line says little. */
export const MAX_CLOSED_EDGES = 120
/** Unrestricted flows are drawn of their own accord up to this many edges in all. */
const SMALL_PICTURE = 60
/** Blocked flows are all drawn up to this many; beyond it, those of the focus. */
const MANY_BLOCKED = 24

/** An edge to be; most of the many are never drawn and need no words. */
export interface Draft {
  readonly flow: GraphFlow
  readonly back: GraphFlow | undefined
  readonly mark: GraphEdge['back']
}

interface DrawnEdges {
  readonly edges: readonly GraphEdge[]
  readonly blockedFlows: number
  readonly unrestrictedFlows: number
  readonly excessFlows: number
}

/** The edges to draw, the most telling first where there are too many, with the numbers of those left out. */
export function edgesOf(
  scene: GraphScene,
  nodes: readonly GraphNode[],
  flows: readonly GraphFlow[],
  view: GraphView,
): DrawnEdges {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const focused = focusedNodes(scene, nodes, view)
  const asked = asksForKinds(view.filter)
  const merged = mergeDirections(flows, view, asked)
  const inFocus = ({ flow }: Draft): boolean => focused.has(flow.source) || focused.has(flow.target)

  const governed = merged.filter(({ flow }) => !isFree(flow))
  const free = merged.filter(({ flow }) => isFree(flow))
  const merelyBlocked = ({ flow }: Draft): boolean => flow.verdict === 'blocked' && !flow.deviates
  const tooMany = !asked && governed.filter(merelyBlocked).length > MANY_BLOCKED
  const kept = tooMany ? governed.filter(draft => !merelyBlocked(draft) || inFocus(draft)) : governed
  const withFree =
    asked ||
    view.unrestricted === 'show' ||
    (view.unrestricted === 'auto' && kept.length + free.length <= SMALL_PICTURE)
  const wanted = withFree ? [...kept, ...free] : kept
  const hasPods = ({ flow }: Draft): boolean =>
    byId.get(flow.source)?.kind === 'pods' || byId.get(flow.target)?.kind === 'pods'
  const near = asked ? wanted : wanted.filter(hasPods)
  const far = asked ? [] : wanted.filter(draft => !hasPods(draft))
  const drawn = mostTelling(
    far.length <= MAX_CLOSED_EDGES ? wanted : [...near, ...mostTelling(far, MAX_CLOSED_EDGES, inFocus)],
    MAX_EDGES,
    inFocus,
  )
  return {
    edges: drawn.map(draft => edgeOf(draft, byId, scene)),
    blockedFlows: pairsOf(governed) - pairsOf(kept),
    unrestrictedFlows: withFree ? 0 : pairsOf(free),
    excessFlows: pairsOf(wanted) - pairsOf(drawn),
  }
}

/** Whether the reader wants certain kinds of flows: then all of them are drawn, and none that are not. */
function asksForKinds({ verdicts, deviating, changed }: FlowFilter): boolean {
  return verdicts.length > 0 || deviating || changed
}

/** As many flows between endpoints. */
function pairsOf(drafts: readonly Draft[]): number {
  return drafts.reduce((sum, { flow, back }) => sum + flow.pairs + (back?.pairs ?? 0), 0)
}

/** By rank; among equals the first line of every node before the second of any, so that few nodes stand alone. */
function mostTelling(
  drafts: readonly Draft[],
  most: number,
  inFocus: (draft: Draft) => boolean,
): readonly Draft[] {
  if (drafts.length <= most) return drafts
  const ranked = drafts.map(draft => ({ draft, rank: rank(draft, inFocus) })).sort((a, b) => a.rank - b.rank)
  const lines = new Map<string, number>()
  const turns = ranked.map(({ draft, rank }) => {
    const { source, target } = draft.flow
    const turn = Math.min(lines.get(source) ?? 0, lines.get(target) ?? 0)
    for (const end of [source, target]) lines.set(end, (lines.get(end) ?? 0) + 1)
    return { draft, rank, turn }
  })
  return turns
    .sort((a, b) => a.rank - b.rank || a.turn - b.turn)
    .slice(0, most)
    .map(({ draft }) => draft)
}

function rank(draft: Draft, inFocus: (draft: Draft) => boolean): number {
  if (inFocus(draft)) return 0
  if (draft.flow.deviates || draft.flow.change !== 'none') return 1
  const { source, target, verdict } = draft.flow
  // Among equals the few that lead to a block, rather than all of the first pods and none of the last.
  const toBlock = isBlock(source) || isBlock(target)
  return { partial: 2, allowed: 3, blocked: 4, unrestricted: 5 }[verdict] - (toBlock ? 0.5 : 0)
}

function isBlock(id: string): boolean {
  return id.startsWith('cidr:') || id.startsWith('blocks:')
}

function focusedNodes(
  { endpoints }: GraphScene,
  nodes: readonly GraphNode[],
  view: GraphView,
): ReadonlySet<string> {
  if (view.focus.length === 0) return new Set()
  const ids = new Set(view.focus)
  return new Set(
    nodes
      .filter(node => node.endpoints.some(index => ids.has(endpoints[index]?.id ?? '')))
      .map(node => node.id),
  )
}

/**
 * One edge for both directions where they say the same, or where this way is open and the way back is free of policies
 * or closed. A free way back beside an edge that is not open is told only when asked for.
 */
function mergeDirections(
  flows: readonly GraphFlow[],
  { unrestricted }: GraphView,
  asked: boolean,
): readonly Draft[] {
  const byEnds = new Map<string, Map<string, GraphFlow>>()
  for (const flow of flows) {
    const own = byEnds.get(flow.source)
    if (own === undefined) byEnds.set(flow.source, new Map([[flow.target, flow]]))
    else own.set(flow.target, flow)
  }
  const edges: Draft[] = []
  const done = new Set<GraphFlow>()
  for (const flow of flows) {
    if (done.has(flow)) continue
    const back = byEnds.get(flow.target)?.get(flow.source)
    if (back === undefined) {
      edges.push({ flow, back: undefined, mark: 'none' })
      continue
    }
    done.add(back)
    const isOneWay = (there: GraphFlow, here: GraphFlow): boolean => !asked && isOpen(there) && isClosed(here)
    const isAllowed = ({ verdict, deviates }: GraphFlow): boolean => verdict === 'allowed' && !deviates
    if (sameTale(flow, back)) edges.push({ flow, back, mark: 'same' })
    else if (isFree(back) && isAllowed(flow)) edges.push({ flow, back, mark: 'unrestricted' })
    else if (isFree(flow) && isAllowed(back)) edges.push({ flow: back, back: flow, mark: 'unrestricted' })
    else if (isOneWay(flow, back)) edges.push({ flow, back, mark: 'blocked' })
    else if (isOneWay(back, flow)) edges.push({ flow: back, back: flow, mark: 'blocked' })
    else
      for (const one of [flow, back])
        if (!isFree(one) || unrestricted === 'show') edges.push({ flow: one, back: undefined, mark: 'none' })
  }
  return edges
}

function isFree(flow: GraphFlow): boolean {
  return flow.verdict === 'unrestricted' && !flow.deviates
}

function isOpen(flow: GraphFlow): boolean {
  return (flow.verdict === 'allowed' || flow.verdict === 'partial') && !flow.deviates
}

function isClosed(flow: GraphFlow): boolean {
  return flow.verdict === 'blocked' && !flow.deviates && flow.unlike === 0
}

function sameTale(a: GraphFlow, b: GraphFlow): boolean {
  return (
    a.verdict === b.verdict &&
    a.deviates === b.deviates &&
    a.unlike === b.unlike &&
    a.change === b.change &&
    a.kind.enforcedText === b.kind.enforcedText &&
    a.kind.promisedText === b.kind.promisedText
  )
}

/** The edge of a flow, with the words on it; `back` is the way back where it tells that too. */
export function edgeOf(
  { flow, back, mark: backMark }: Draft,
  byId: ReadonlyMap<string, GraphNode>,
  scene: GraphScene,
): GraphEdge {
  const source = byId.get(flow.source)
  const target = byId.get(flow.target)
  const label = labelOf(flow)
  const note = flow.deviates ? promiseOf(flow) : blockedBy(flow, source, target)
  const arrow = backMark === 'same' ? 'to and from' : 'to'
  const way = backMark === 'blocked' ? 'the way back blocked' : ''
  const change = changeOf(flow, back)
  const said = [label, note, way, CHANGE_WORDS[change]].filter(Boolean).join(', ')
  return {
    id: `${flow.source} > ${flow.target}`,
    source: flow.source,
    target: flow.target,
    verdict: flow.verdict,
    deviates: flow.deviates,
    back: backMark,
    label,
    note,
    flows: back === undefined ? [flow] : [flow, back],
    change,
    reason: reasonOfFlow(scene, flow),
    name: `${spokenName(source)} ${arrow} ${spokenName(target)}: ${said}`,
  }
}

/** About the pair that stands for the flow. */
export function reasonOfFlow(scene: GraphScene, { kind, src, dst }: GraphFlow): string {
  if (!kind.governed && !kind.deviates) return ''
  const reasons = scene.input.explain?.(scene.indexOf(src), scene.indexOf(dst))
  return reasons === undefined ? '' : reasonOf(kind, reasons, nameOf(src), nameOf(dst))
}

/** `shop/web-1` of `pod:shop/web-1`. */
function nameOf(endpointId: string): string {
  return endpointId.replace(/^(pod|cidr):/, '')
}

/** What became of a flow since the base, `''` for nothing. */
export const CHANGE_WORDS: Readonly<Record<FlowChangeKind, string>> = {
  none: '',
  opened: 'opened since the base',
  closed: 'closed since the base',
  changed: 'changed since the base',
}

function changeOf(flow: GraphFlow, back: GraphFlow | undefined): FlowChangeKind {
  if (back === undefined || back.change === flow.change || back.change === 'none') return flow.change
  return flow.change === 'none' ? back.change : 'changed'
}

/** `all ports`, `TCP 80`, `blocked`, `3 of 40 blocked`: what the data plane lets through. */
export function labelOf(flow: GraphFlow): string {
  if (flow.unlike > 0) {
    const what = flow.kind.deviates ? 'deviate' : flow.kind.verdict === 'blocked' ? 'blocked' : 'restricted'
    return `${formatNumber(flow.pairs - flow.unlike)} of ${formatNumber(flow.pairs)} ${what}`
  }
  if (flow.verdict === 'blocked')
    return flow.kind.enforcedText === 'none' ? 'blocked' : 'blocked but for ICMP'
  if (flow.verdict === 'partial') return flow.kind.enforcedText
  return flow.verdict === 'allowed' ? 'allowed' : 'no policy'
}

function promiseOf({ kind }: GraphFlow): string {
  return `promised: ${kind.promisedText} · enforced: ${kind.enforcedText}`
}

/** Who has a say in a blocked flow, when that is one policy, and at one end. */
function blockedBy(flow: GraphFlow, source: GraphNode | undefined, target: GraphNode | undefined): string {
  if (flow.verdict !== 'blocked' || flow.unlike > 0) return ''
  const egress = source?.policies.egress ?? []
  const ingress = target?.policies.ingress ?? []
  if (egress.length + ingress.length !== 1) return ''
  const key = egress[0] ?? ingress[0] ?? ''
  return `by ${key}`
}

/** In a focus or policy view the title has the namespace already. */
function podsName({ namespace = '', title }: GraphNode): string {
  return title.startsWith(`${namespace}/`) || title.startsWith(`${namespace}: `)
    ? title
    : `${namespace}/${title}`
}

/** `default/web-1`, `169.254.169.254/32`, `3 pods default/web`: a node in running text. */
export function spokenName(node: GraphNode | undefined): string {
  if (node === undefined) return ''
  switch (node.kind) {
    case 'pods':
      return node.endpoints.length > 1
        ? `${formatNumber(node.endpoints.length)} pods ${podsName(node)}`
        : podsName(node)
    case 'namespace':
      return `namespace ${node.title}`
    case 'namespaces':
      return `${node.title} (${node.detail})`
    case 'more':
    case 'pending':
      return node.title
    case 'cidr':
      return node.id.startsWith('cidr:') ? node.id.slice('cidr:'.length) : node.title
    case 'outside':
      return 'every other address'
  }
}
