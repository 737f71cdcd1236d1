import { formatNumber, plural } from '../../graph/formatNumber.ts'
import { spokenName } from '../../graph/edges.ts'
import { LOOK_MARKS } from '../../graph/looks.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { formatIpv4 } from '../../model/ip.ts'
import { labelKeys, METADATA_NAME_LABEL, type Labels } from '../../model/labels.ts'
import { DIRECTIONS } from '../../model/networkPolicy.ts'
import type { GraphEdge, GraphFlow, GraphGroup, GraphModel, GraphNode } from '../../model/picture.ts'
import { VERDICT_WORDS } from './verdictWords.ts'

/** What a card says: a title, and facts of a name and a text. */
export interface Tip {
  readonly title: string
  readonly facts: readonly TipFact[]
  /** The flow to be asked about for its deviations; undefined where promise and data plane agree. */
  readonly deviating: Pick<GraphFlow, 'src' | 'dst'> | undefined
}

export interface TipFact {
  readonly name: string
  readonly text: string
  readonly tone?: 'allowed' | 'blocked' | 'partial' | 'deviation'
}

const TONES = {
  allowed: 'allowed',
  partial: 'partial',
  blocked: 'blocked',
  deviates: 'deviation',
} as const

/** The card of what is drawn under that id. */
export function tipOf(id: string, model: GraphModel, endpoints: readonly Endpoint[]): Tip | undefined {
  const edge = model.edges.find(one => one.id === id)
  if (edge !== undefined) return edgeTip(edge, model)
  const group = model.groups.find(one => one.id === id)
  if (group !== undefined) return groupTip(group)
  const node = model.nodes.find(one => one.id === id)
  return node && nodeTip(node, model, endpoints)
}

function edgeTip(edge: GraphEdge, model: GraphModel): Tip {
  const [flow, back] = edge.flows
  const nameOf = (id: string): string => spokenName(model.nodes.find(node => node.id === id))
  const title = `${nameOf(edge.source)} ${edge.back === 'same' ? '↔' : '→'} ${nameOf(edge.target)}`
  if (flow === undefined) return { title, facts: [], deviating: undefined }
  const { kind, pairs, unlike } = flow
  const facts: TipFact[] = []
  if (edge.deviates)
    facts.push(
      { name: 'Promised', text: kind.promisedText },
      { name: 'Enforced', text: kind.enforcedText, tone: 'deviation' },
    )
  else
    facts.push({
      name: verdictText(flow),
      text: kind.verdict === 'partial' ? `only ${kind.enforcedText}, as promised` : 'as promised',
      ...toneOf(flow),
    })
  if (edge.reason !== '') facts.push({ name: 'Why', text: edge.reason })
  if (unlike > 0)
    facts.push({
      name: 'Pairs',
      text: `so for ${formatNumber(pairs - unlike)} of ${formatNumber(pairs)}; the others fare otherwise`,
    })
  else if (pairs > 1) facts.push({ name: 'Pairs', text: formatNumber(pairs) })
  if (back !== undefined && edge.back !== 'same')
    facts.push({ name: 'Way back', text: verdictText(back), ...toneOf(back) })
  if (edge.change !== 'none') facts.push({ name: 'Since the base', text: edge.change })
  return { title, facts, deviating: edge.deviates ? flow : undefined }
}

function verdictText({ verdict }: GraphFlow): string {
  return `${LOOK_MARKS[verdict]} ${VERDICT_WORDS[verdict]}`
}

function toneOf({ verdict }: GraphFlow): Pick<TipFact, 'tone'> {
  return verdict === 'unrestricted' ? {} : { tone: verdict }
}

function groupTip({ kind, namespace, labels, pods, assumed, reason }: GraphGroup): Tip {
  return {
    title: kind === 'namespace' ? `Namespace ${namespace}` : namespace,
    facts: [
      { name: kind === 'lane' ? 'Peers' : 'Pods', text: formatNumber(pods) },
      ...labelFact(labels),
      ...(reason === undefined ? [] : [{ name: 'Why', text: reason, tone: 'blocked' as const }]),
      ...(assumed ? [{ name: 'Assumed', text: 'No manifest defines it: policies speak of it' }] : []),
    ],
    deviating: undefined,
  }
}

function labelFact(labels: Labels): readonly TipFact[] {
  const text = labelKeys(labels)
    .filter(key => key !== METADATA_NAME_LABEL)
    .map(key => `${key}=${labels[key] ?? ''}`)
    .join(', ')
  return text === '' ? [] : [{ name: 'Labels', text }]
}

function nodeTip(node: GraphNode, model: GraphModel, endpoints: readonly Endpoint[]): Tip {
  const first = endpoints[node.endpoints[0] ?? -1]
  const facts: TipFact[] = []
  const isPods = node.kind === 'pods'
  if (node.status !== undefined)
    facts.push({
      name: 'In all',
      text: `${LOOK_MARKS[node.status.look]} ${node.status.text}`,
      ...(node.status.look !== 'unrestricted' && { tone: TONES[node.status.look] }),
    })
  if (node.detail !== '' && (!isPods || node.endpoints.length > 1))
    facts.push({ name: 'Is', text: node.detail })
  if (isPods && first?.kind === 'pod') {
    if (node.endpoints.length === 1) facts.push({ name: 'Address', text: formatIpv4(first.address) })
    facts.push(...labelFact(first.labels))
    if (node.assumed)
      facts.push({ name: 'Assumed', text: 'No manifest defines it: a policy selects such a pod' })
    if (node.hostNetwork)
      facts.push({ name: 'Host network', text: 'It has its node’s address, so policies do not select it' })
    else
      for (const direction of DIRECTIONS) {
        const by = node.policies[direction]
        facts.push({
          name: direction === 'ingress' ? 'Ingress' : 'Egress',
          text: node.isolated[direction]
            ? `isolated${by.length === 0 ? '' : ` by ${by.join(', ')}`}: only what a policy allows`
            : 'open: no policy restricts it',
          ...(node.isolated[direction] && { tone: 'partial' as const }),
        })
      }
  }
  if (node.kind === 'cidr') {
    if (first?.kind === 'cidr' && first.holes.length > 0)
      facts.push({ name: 'Without', text: first.holes.join(', ') })
    if (node.exceptOf.length > 0)
      facts.push({ name: 'Cut out', text: `by “except” of ${node.exceptOf.join(', ')}`, tone: 'blocked' })
    if (node.namedBy.length > 0) facts.push({ name: 'Named by', text: node.namedBy.join(', ') })
  }
  if (node.within !== undefined)
    facts.push({
      name: 'Among themselves',
      text: node.within.verdict === 'partial' ? node.within.enforcedText : VERDICT_WORDS[node.within.verdict],
    })
  const blocked = model.edges.filter(
    ({ source, target, verdict }) => verdict === 'blocked' && (source === node.id || target === node.id),
  ).length
  if (blocked > 0)
    facts.push({ name: 'Blocked', text: `${plural(blocked, 'line')} of the picture`, tone: 'blocked' })
  return { title: spokenName(node), facts, deviating: undefined }
}
