import type { Cluster, Pod } from '../../model/cluster.ts'
import { matchesSelector } from '../../model/labels.ts'
import type { Direction, NetworkPolicy, Peer, PolicyPort } from '../../model/networkPolicy.ts'
import { rulesOf } from '../../model/networkPolicy.ts'
import type { Protocol } from '../../model/traffic.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import { addressOf, isSamePod, visiblePod } from './endpoint.ts'
import { rangeContains, readIpBlock } from './ipBlock.ts'
import { readProtocol } from './policyPorts.ts'
import { directionsOf } from './select.ts'

/**
 * The decision procedure for one connection, step by step as the specification (section 5) tells it, with no
 * regard for speed: the yardstick for `allowedTraffic`.
 */
export function isAllowed(
  cluster: Cluster,
  src: KubernetesEndpoint,
  dst: KubernetesEndpoint,
  protocol: Protocol,
  port: number,
): boolean {
  if (isSamePod(src, dst)) return true
  return (
    passes(cluster, 'egress', src, dst, dst, protocol, port) &&
    passes(cluster, 'ingress', dst, src, dst, protocol, port)
  )
}

function passes(
  cluster: Cluster,
  direction: Direction,
  self: KubernetesEndpoint,
  peer: KubernetesEndpoint,
  receiver: KubernetesEndpoint,
  protocol: Protocol,
  port: number,
): boolean {
  const pod = visiblePod(self)
  if (pod === undefined) return true
  const applicable = cluster.policies.filter(
    policy => directionsOf(policy).includes(direction) && selects(policy, pod),
  )
  if (applicable.length === 0) return true
  return applicable.some(policy =>
    rulesOf(policy, direction).some(rule => {
      const peers = rule.peers ?? []
      const ports = rule.ports ?? []
      return (
        (peers.length === 0 || peers.some(one => matchesPeer(cluster, policy, one, peer))) &&
        (ports.length === 0 || ports.some(one => matchesPort(one, receiver, protocol, port)))
      )
    }),
  )
}

function selects(policy: NetworkPolicy, pod: Pod): boolean {
  return policy.namespace === pod.namespace && matchesSelector(pod.labels, policy.spec.podSelector ?? {})
}

export function matchesPeer(
  cluster: Cluster,
  policy: NetworkPolicy,
  peer: Peer,
  endpoint: KubernetesEndpoint,
): boolean {
  if (peer.ipBlock !== undefined) {
    const range = readIpBlock(peer.ipBlock)
    const address = addressOf(endpoint)
    return range !== undefined && address !== undefined && rangeContains(range, address)
  }
  const pod = visiblePod(endpoint)
  if (pod === undefined) return false
  if (peer.namespaceSelector === undefined)
    return (
      peer.podSelector !== undefined &&
      pod.namespace === policy.namespace &&
      matchesSelector(pod.labels, peer.podSelector)
    )
  const namespace = cluster.namespaces.find(({ name }) => name === pod.namespace)
  const labels = namespace?.labels ?? { 'kubernetes.io/metadata.name': pod.namespace }
  return (
    matchesSelector(labels, peer.namespaceSelector) && matchesSelector(pod.labels, peer.podSelector ?? {})
  )
}

function matchesPort(
  entry: PolicyPort,
  receiver: KubernetesEndpoint,
  protocol: Protocol,
  port: number,
): boolean {
  if (readProtocol(entry.protocol) !== protocol) return false
  if (entry.port === undefined) return true
  if (typeof entry.port === 'number') return entry.port <= port && port <= (entry.endPort ?? entry.port)
  return (
    visiblePod(receiver)?.containerPorts.some(
      ({ name, protocol: text, containerPort }) =>
        name === entry.port && readProtocol(text) === protocol && containerPort === port,
    ) === true
  )
}
