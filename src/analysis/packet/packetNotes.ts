import { isSamePod } from '../../engine/kubernetes/endpoint.ts'
import { parseIpv4Prefix, prefixContains, type Ipv4 } from '../../model/ip.ts'
import type { Answer } from '../../model/packetTrace.ts'
import type { PacketEnd, ResolvedPacket } from './packetEnds.ts'

/** The reason why a packet never comes to FORWARD, where azure-npm has its rules; undefined where it does. */
export function wayPastForward({ src, dst }: ResolvedPacket): string | undefined {
  if (isSamePod(src.endpoint, dst.endpoint))
    return src.isNode
      ? 'the packet stays on its node’s loopback: no rule at FORWARD sees it'
      : 'the packet stays within the pod’s own network: no rule of the node sees it'
  if (src.isNode && dst.isNode)
    return src.address === dst.address
      ? 'both ends are on one node’s network: the packet stays on its loopback'
      : 'both ends are nodes: the packet passes OUTPUT of the one and INPUT of the other, where azure-npm has no rule'
  if (src.isNode && !isPolicedPod(dst))
    return 'what a node itself sends passes OUTPUT, where azure-npm has no rule'
  if (dst.isNode && !isPolicedPod(src))
    return 'what is for a node itself passes INPUT, where azure-npm has no rule'
  return undefined
}

/** What the ends and the port's name stand for. */
export function endNotes({ src, dst, transport }: ResolvedPacket): readonly string[] {
  // Both ends may stand for the same.
  return [...new Set([...src.notes, ...dst.notes, ...transport.notes])]
}

/** What to know about the way that such a packet takes, and where the answers may be other ones. */
export function notesOn(packet: ResolvedPacket, enforced: Answer, isolated: boolean): readonly string[] {
  const { src, dst, state } = packet
  const blocked = enforced === 'blocked'
  if (isSamePod(src.endpoint, dst.endpoint))
    return isolated && !src.isNode
      ? [
          `By way of a Service that leads back to ${dst.name} the packet does pass FORWARD. Kubernetes leaves open whether policies judge it then; azure-npm judges it like any other (D26), unless kube-proxy’s rules stand before its own and accept it (D25).`,
        ]
      : []
  const between = betweenNotes(src, dst, blocked)
  return [
    ...(isPolicedPod(dst) ? sourceNotes(src, dst, blocked) : []),
    ...(isPolicedPod(src) ? destinationNotes(src, dst) : []),
    ...between,
    ...(state === 'ESTABLISHED' && isolated
      ? [
          'A connection that was open before a policy came stays open with azure-npm (D5); Kubernetes leaves that to the network plugin.',
        ]
      : []),
  ]
}

function sourceNotes(src: PacketEnd, dst: PacketEnd, blocked: boolean): readonly string[] {
  if (src.isNode)
    return [
      `${src.name} is its node, as far as the network goes, and Kubernetes promises that a node reaches its own pods: should ${dst.name} be on the same node, the packet passes OUTPUT, where azure-npm has no rule, and arrives (D4). The answers here are those for a packet from another node.`,
    ]
  if (isPolicedPod(src) || !blocked) return []
  return [
    isPrivate(src.address)
      ? `Should ${src.name} be the node that ${dst.name} runs on: Kubernetes lets a node reach its own pods, and the packet passes OUTPUT, where azure-npm has no rule (D4).`
      : `A client from outside that comes by way of a NodePort or a load balancer may arrive with a node’s address, or be let in by kube-proxy’s rules before azure-npm looks (D25); Kubernetes leaves open which address policies see.`,
  ]
}

function destinationNotes(src: PacketEnd, dst: PacketEnd): readonly string[] {
  if (dst.isNode)
    return [
      `${dst.name} is its node, as far as the network goes: should ${src.name} be on the same node, the packet passes INPUT, where azure-npm has no rule, and arrives (D4). The answers here are those for a packet to another node.`,
    ]
  if (isPolicedPod(dst) || !isPrivate(dst.address)) return []
  return [
    `No pod has ${dst.name}. Should it be a Service’s address: the node puts the address of a pod behind it into the packet before FORWARD, so that policies judge that pod and its own port; ask about that one.`,
  ]
}

function betweenNotes(src: PacketEnd, dst: PacketEnd, blocked: boolean): readonly string[] {
  if (isPolicedPod(src) && isPolicedPod(dst)) {
    if (src.address === dst.address) return ['Both ends have one address.']
    return blocked
      ? [
          'Where pods of one node hang on a Linux bridge without br_netfilter, packets between them pass by FORWARD, and no rule stops them (D4).',
        ]
      : []
  }
  return src.endpoint.kind === 'address' && dst.endpoint.kind === 'address' && !src.isNode && !dst.isNode
    ? ['Neither end is a pod: a node meets such a packet only when it routes for others.']
    : []
}

/** A pod with a network of its own; policies speak about no other. */
function isPolicedPod({ endpoint, isNode }: PacketEnd): boolean {
  return endpoint.kind === 'pod' && !isNode
}

/** RFC 1918 and RFC 6598: where nodes and Services have their addresses. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']
  .map(parseIpv4Prefix)
  .filter(prefix => prefix !== undefined)

function isPrivate(address: Ipv4): boolean {
  return PRIVATE.some(prefix => prefixContains(prefix, address))
}
