import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { addressOf, visiblePod } from '../../engine/kubernetes/endpoint.ts'
import { readCidr, readIpBlock } from '../../engine/kubernetes/ipBlock.ts'
import { formatIpv4, prefixContains } from '../../model/ip.ts'
import { METADATA_NAME_LABEL, type Labels } from '../../model/labels.ts'
import {
  policyKey,
  rulesOf,
  type DirectedRule,
  type Direction,
  type IpBlock,
  type NetworkPolicy,
  type Peer,
} from '../../model/networkPolicy.ts'
import type { Reason } from '../../model/packetTrace.ts'
import type { Transport } from './packetEnds.ts'
import { policyOrigin } from './policyOrigin.ts'
import { portMiss, portWords, rulePorts } from './portWords.ts'
import { code, selectedWords, selectorMisses, type SelectorMiss } from './selectorWords.ts'

/** A packet as one of its ends sees it. */
export interface SeenPacket {
  readonly direction: Direction
  /** The other end. */
  readonly peer: KubernetesEndpoint
  /** Who has the destination port. */
  readonly receiver: KubernetesEndpoint
  readonly transport: Transport
  /** Of every namespace in the cluster. */
  readonly namespaceLabels: ReadonlyMap<string, Labels>
}

/**
 * Rule by rule why a policy that isolates an end does not let a packet through: which label, namespace, address or
 * port is another than wanted, each with its own field.
 */
export function whyNot(policy: NetworkPolicy, packet: SeenPacket): readonly Reason[] {
  const rules = rulesOf(policy, packet.direction)
  if (rules.length === 0)
    return [
      {
        text: `it has no ${packet.direction} rule`,
        origin: policyOrigin(policyKey(policy), `spec.${packet.direction}`),
      },
    ]
  return rules.map(rule => {
    const misses = [...peersMiss(policy, rule, packet), ...portsMiss(policy, rule, packet)]
    return folded(policy, `${rule.path} does not match`, rule.path, misses)
  })
}

/** Why a rule lets a packet through: the peer and the port that it names. */
export function whyAllowed(policy: NetworkPolicy, rule: DirectedRule, packet: SeenPacket): readonly Reason[] {
  const { peers = [] } = rule
  const matching = peers.findIndex(
    (peer, i) => peerMisses(policy, peer, `${rule.peersPath}[${i}]`, packet).length === 0,
  )
  const peer = peers[matching]
  const port = rulePorts(rule).find(entry => entry.contains(packet.transport, packet.receiver))
  return [
    peer === undefined
      ? {
          text: 'it names no peer, so that it is for all',
          origin: policyOrigin(policyKey(policy), rule.path),
        }
      : {
          text: `${tail(rule.peersPath)}[${matching}] matches: ${peerWords(peer, policy.namespace)}${podInBlock(peer, packet)}`,
          origin: policyOrigin(policyKey(policy), `${rule.peersPath}[${matching}]`),
        },
    port === undefined
      ? {
          text: 'it names no port, so that it is for all traffic',
          origin: policyOrigin(policyKey(policy), rule.path),
        }
      : {
          text: `${tail(port.path)} matches: ${portWords(port, packet.receiver)}`,
          origin: policyOrigin(policyKey(policy), port.path),
        },
  ]
}

/** K26 */
function podInBlock({ ipBlock }: Peer, { peer }: SeenPacket): string {
  return ipBlock === undefined || visiblePod(peer) === undefined
    ? ''
    : ' (blocks are meant for what is outside the cluster; plugins differ in whether they hold pods, too, as they do for azure-npm)'
}

/** One finer reason stands in the sentence, several below it. */
function folded(policy: NetworkPolicy, text: string, path: string, reasons: readonly Reason[]): Reason {
  const [only] = reasons
  if (only === undefined) return { text, origin: policyOrigin(policyKey(policy), path) }
  return reasons.length === 1
    ? { ...only, text: `${text}: ${only.text}` }
    : { text, origin: policyOrigin(policyKey(policy), path), parts: reasons }
}

/** `spec.ingress[0].from` → `from` */
function tail(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** What is wrong with the other end; nothing where a peer matches or none is named. */
function peersMiss(policy: NetworkPolicy, rule: DirectedRule, packet: SeenPacket): readonly Reason[] {
  const { peers = [], peersPath } = rule
  const misses = peers.map((peer, i) => peerMisses(policy, peer, `${peersPath}[${i}]`, packet))
  if (misses.some(of => of.length === 0)) return []
  return misses.length === 1
    ? (misses[0] ?? [])
    : misses.map((of, i) => folded(policy, `${tail(peersPath)}[${i}]`, `${peersPath}[${i}]`, of))
}

function peerMisses(policy: NetworkPolicy, peer: Peer, path: string, packet: SeenPacket): readonly Reason[] {
  const misses =
    peer.ipBlock === undefined
      ? selectorPeerMisses(policy, peer, path, packet)
      : blockMisses(peer.ipBlock, `${path}.ipBlock`, packet.peer)
  return misses.map(({ text, path: at }) => ({ text, origin: policyOrigin(policyKey(policy), at) }))
}

function blockMisses(block: IpBlock, path: string, peer: KubernetesEndpoint): readonly SelectorMiss[] {
  const { cidr = '', except = [] } = block
  const address = addressOf(peer)
  if (address === undefined) return [{ path, text: 'the other end has no IPv4 address' }]
  const text = formatIpv4(address)
  const range = readIpBlock(block)
  if (range === undefined) return [{ path: `${path}.cidr`, text: `${text} is IPv4, and ${cidr} is not` }]
  if (!prefixContains(range.cidr, address))
    return [{ path: `${path}.cidr`, text: `${text} is not in ${cidr}` }]
  return except.flatMap((one, i) => {
    const prefix = readCidr(one)
    return prefix !== undefined && prefixContains(prefix, address)
      ? [{ path: `${path}.except[${i}]`, text: `${text} is in except ${one} of ${cidr}` }]
      : []
  })
}

function selectorPeerMisses(
  policy: NetworkPolicy,
  { podSelector, namespaceSelector }: Peer,
  path: string,
  { peer, namespaceLabels }: SeenPacket,
): readonly SelectorMiss[] {
  const selector = podSelector === undefined ? 'namespaceSelector' : 'podSelector'
  const pod = visiblePod(peer)
  if (pod === undefined)
    return [
      {
        path: `${path}.${selector}`,
        text:
          peer.kind === 'pod'
            ? `${peer.pod.namespace}/${peer.pod.name} is on its node’s network, where selectors find no pod`
            : `${formatIpv4(peer.address)} is no pod, and selectors find pods alone`,
      },
    ]
  const podMisses = selectorMisses(pod.labels, podSelector ?? {}, `${path}.podSelector`)
  if (namespaceSelector === undefined)
    return pod.namespace === policy.namespace
      ? podMisses
      : [
          {
            path: `${path}.podSelector`,
            text: `namespace is ${code(pod.namespace)}, and without a namespaceSelector only ${code(policy.namespace)} is meant`,
          },
          ...podMisses,
        ]
  // K24: a namespace that nobody declared still bears its name.
  const labels = namespaceLabels.get(pod.namespace) ?? { [METADATA_NAME_LABEL]: pod.namespace }
  return [
    ...selectorMisses(labels, namespaceSelector, `${path}.namespaceSelector`).map(({ path: at, text }) => ({
      path: at,
      text: text.startsWith('label ') ? `namespace ${text}` : `namespace label ${text}`,
    })),
    ...podMisses,
  ]
}

/** Who matches a peer of a policy in that namespace. */
function peerWords({ ipBlock, podSelector, namespaceSelector }: Peer, namespace: string): string {
  if (ipBlock !== undefined) {
    const { cidr = '', except = [] } = ipBlock
    return except.length === 0 ? `addresses in ${cidr}` : `addresses in ${cidr} except ${except.join(', ')}`
  }
  const pods = selectedWords('pods', podSelector ?? {})
  return namespaceSelector === undefined
    ? `${pods} in ${namespace}`
    : `${pods} in ${selectedWords('namespaces', namespaceSelector)}`
}

/** What is wrong with the port; nothing where an entry of `ports` has it or there are none. */
function portsMiss(
  policy: NetworkPolicy,
  rule: DirectedRule,
  { transport, receiver }: SeenPacket,
): readonly Reason[] {
  const miss = portMiss(rulePorts(rule), `${rule.path}.ports`, transport, receiver)
  if (miss === undefined) return []
  const { text, path, unresolved } = miss
  return [
    {
      text,
      origin: policyOrigin(policyKey(policy), path),
      ...(unresolved.length === 0
        ? {}
        : {
            parts: unresolved.map(name => ({
              text: name.text,
              origin: policyOrigin(policyKey(policy), name.path),
            })),
          }),
    },
  ]
}
