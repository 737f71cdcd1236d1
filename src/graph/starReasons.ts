import type { FlowEnd } from '../model/connectivity.ts'
import type { GraphFlow, GraphNode } from '../model/picture.ts'
import { formatTraffic, intersectTraffic, PORT_TRAFFIC } from '../model/traffic.ts'
import { listed, restricts } from './flowReason.ts'
import type { GraphScene } from './graphScene.ts'

/** Of more peers it is not sought what they have in common. */
const MOST_COMPARED = 200

/** A peer whose flow is blocked as promised. */
interface BlockedPeer {
  readonly node: GraphNode
  readonly flow: GraphFlow
}

/** Why the peers of a lane are blocked, in as few words as a node has room for. */
export interface LaneReasons {
  /** What holds for all of them, at the subject's end; `''` where there is no such thing. */
  readonly common: string
  /** By node id, what is to be said of that peer besides. */
  readonly own: ReadonlyMap<string, string>
}

/**
 * Only those of `peers` that are `shown` get words of their own. `alike`: the subject's pods are, so that what is true of
 * one is true of all; `isWhole`: there are no others in the lane.
 */
export function laneReasons(
  scene: GraphScene,
  side: 'in' | 'out',
  peers: readonly BlockedPeer[],
  shown: readonly BlockedPeer[],
  { alike, isWhole }: { readonly alike: boolean; readonly isWhole: boolean },
): LaneReasons {
  const wordsOf = ({ flow }: BlockedPeer): { readonly own: string; readonly subject: string } => {
    const reasons = scene.input.explain?.(scene.indexOf(flow.src), scene.indexOf(flow.dst))
    if (reasons === undefined) return { own: '', subject: '' }
    const [egress, ingress] = [endText(reasons.egress), endText(reasons.ingress)]
    return side === 'in' ? { own: egress, subject: ingress } : { own: ingress, subject: egress }
  }
  const first = shown[0] && wordsOf(shown[0]).subject
  const isCommon =
    alike &&
    isWhole &&
    first !== undefined &&
    peers.length <= MOST_COMPARED &&
    peers.every(peer => wordsOf(peer).subject === first)
  const own = shown.map((peer): readonly [string, string] => {
    const words = wordsOf(peer)
    const text = [words.own, isCommon ? '' : words.subject].filter(Boolean).join('; ')
    // Of unlike pods one pair stands for all.
    const { kind } = peer.node
    const one = alike && (kind === 'pods' || kind === 'cidr' || kind === 'outside')
    return [peer.node.id, one || text === '' ? text : `e.g. ${text}`]
  })
  return { common: isCommon ? first : '', own: new Map(own.filter(([, text]) => text !== '')) }
}

/** `not let in by deny-all, web`: the policies of an end stand in its pod's namespace, so that goes without saying. */
function endText({ allowed, policies, direction }: FlowEnd): string {
  if (!restricts(allowed)) return ''
  const way = direction === 'ingress' ? 'in' : 'out'
  if (intersectTraffic(allowed, PORT_TRAFFIC).length > 0)
    return `let ${way} only on ${formatTraffic(allowed)}`
  return `not let ${way} by ${listed(policies.map(({ policy }) => policy.slice(policy.indexOf('/') + 1)))}`
}
