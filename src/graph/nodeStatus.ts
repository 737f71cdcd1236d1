import type { Endpoint } from '../model/connectivity.ts'
import type { FlowFilter } from '../model/graphView.ts'
import { DIRECTIONS, type Direction } from '../model/networkPolicy.ts'
import type { GraphNode, NodeStatus, SomePods } from '../model/picture.ts'
import type { Answers } from './answers.ts'
import { endMatcher, isHidden, trafficOf } from './flowFilter.ts'
import { formatNumber } from './formatNumber.ts'
import { hasDeviation, worstOfMask, type FlowTally } from './flowTally.ts'
import type { GraphScene } from './graphScene.ts'
import { isShut, type ClassReach } from './summing.ts'

/** As many pods are named. */
const NAMED = 3

/**
 * The nodes with what all their flows come to. Whom nobody reaches is said of all pods, hidden ones included; the worst
 * verdict of a closed namespace is that of `tally`, from node to node, which leaves those out. As long as the scene has
 * not summed all flows the nodes stay as they are.
 */
export function withStatus(
  scene: GraphScene,
  filter: FlowFilter,
  nodes: readonly GraphNode[],
  tally: FlowTally,
): readonly GraphNode[] {
  const reach = scene.reach(filter)
  if (reach === undefined) return nodes
  const answers = scene.answers(filter)
  return nodes.map((node, place) => {
    const status =
      node.kind === 'pods'
        ? podStatus(node, reach, answers, filter)
        : node.kind === 'namespace' || node.kind === 'namespaces'
          ? closedStatus(node, reach, answers, maskAround(tally, place, nodes.length), filter)
          : undefined
    return status === undefined ? node : { ...node, status }
  })
}

/** The pods that the filter asks for and nobody reaches. */
export function unreachedPods(scene: GraphScene, filter: FlowFilter): SomePods | undefined {
  const reach = scene.reach(filter)
  if (reach === undefined) return undefined
  const { classOf } = scene.answers(filter)
  const matches = endMatcher(filter)
  const isUnreached = (endpoint: Endpoint, index: number): boolean =>
    isShut(reach, 'ingress', classOf[index] ?? -1) &&
    endpoint.kind === 'pod' &&
    !isHidden(endpoint, filter) &&
    matches(endpoint)
  const found = scene.endpoints.filter(isUnreached)
  return found.length === 0
    ? undefined
    : { count: found.length, first: found.slice(0, NAMED).map(({ id }) => id), traffic: askedTraffic(filter) }
}

/** `nobody reaches 5 pods on 80/TCP: shop/batch-0, shop/batch-1, shop/legacy-0 and 2 more`. */
export function unreachedText({ count, first, traffic }: SomePods): string {
  const names = first.map(id => id.slice(id.indexOf(':') + 1)).join(', ')
  const more = count - first.length
  const on = onTraffic(traffic)
  if (count === 1) return `nobody reaches ${names}${on}`
  return `nobody reaches ${formatNumber(count)} pods${on}: ${names}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`
}

/** ` on 80/TCP`; `''` where it is about all traffic. */
export function onTraffic(traffic: string): string {
  return traffic === '' ? '' : ` on ${traffic}`
}

/** The traffic that verdicts are about; a text that says none leaves them about all. */
function askedTraffic({ traffic }: FlowFilter): string {
  return trafficOf(traffic) === undefined ? '' : traffic.trim().toUpperCase()
}

function isShutFor(node: GraphNode, reach: ClassReach, { classOf }: Answers, direction: Direction): boolean {
  return node.endpoints.every(index => isShut(reach, direction, classOf[index] ?? -1))
}

/** What its lines cannot tell, because there are none. */
function podStatus(
  node: GraphNode,
  reach: ClassReach,
  answers: Answers,
  filter: FlowFilter,
): NodeStatus | undefined {
  const shut = DIRECTIONS.filter(direction => isShutFor(node, reach, answers, direction))
  const [first] = shut
  if (first === undefined) return undefined
  const what =
    shut.length > 1
      ? 'cut off from everybody'
      : first === 'egress'
        ? `${node.endpoints.length > 1 ? 'reach' : 'reaches'} nobody`
        : `nobody reaches ${node.endpoints.length > 1 ? 'them' : 'it'}`
  return {
    look: 'blocked',
    text: what + onTraffic(askedTraffic(filter)),
    reason: isolatedBy([...new Set(shut.flatMap(direction => node.policies[direction]))]),
  }
}

/** Policies stand in the namespace of the pods that they select, so that goes without saying. */
function isolatedBy(policies: readonly string[]): string {
  const [only] = policies
  if (only === undefined) return ''
  return `isolated by ${policies.length > 1 ? `${formatNumber(policies.length)} policies` : only.slice(only.indexOf('/') + 1)}`
}

function closedStatus(
  node: GraphNode,
  reach: ClassReach,
  { classOf }: Answers,
  mask: number,
  filter: FlowFilter,
): NodeStatus | undefined {
  const worst = worstOfMask(mask)
  if (worst === undefined) return undefined
  const unreached = node.endpoints.filter(index => isShut(reach, 'ingress', classOf[index] ?? -1)).length
  if (hasDeviation(mask)) {
    const besides = unreached === 0 ? '' : `, ${formatNumber(unreached)} unreached`
    return { look: 'deviates', text: `some deviate${besides}`, reason: '' }
  }
  const whole = node.kind === 'namespace' ? 'it' : 'them'
  const words = {
    blocked:
      unreached === 0
        ? 'some blocked'
        : `nobody reaches ${unreached === node.endpoints.length ? whole : formatNumber(unreached)}${onTraffic(askedTraffic(filter))}`,
    partial: 'some partly allowed',
    allowed: 'all allowed',
    unrestricted: 'no policy',
  }
  return { look: worst, text: words[worst], reason: '' }
}

/** Of all flows to, from and within the place. */
function maskAround({ mask }: FlowTally, place: number, places: number): number {
  let sum = 0
  for (let other = 0; other < places; other++)
    sum |= (mask[place * places + other] ?? 0) | (mask[other * places + place] ?? 0)
  return sum
}
