import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { isSamePod, visiblePod } from '../../engine/kubernetes/endpoint.ts'
import type { FlowEnd, PolicyShare } from '../../model/connectivity.ts'
import { policyKey, rulesOf, type NetworkPolicy } from '../../model/networkPolicy.ts'
import type { ExplainedAnswer, Reason } from '../../model/packetTrace.ts'
import { trafficContains } from '../../model/traffic.ts'
import type { Assessment } from '../assess.ts'
import { endLabel, type ResolvedPacket } from './packetEnds.ts'
import { policyOrigin } from './policyOrigin.ts'
import { selectedWords } from './selectorWords.ts'
import { whyAllowed, whyNot, type SeenPacket } from './whyNot.ts'

type Asked = Pick<Assessment, 'cluster' | 'kubernetes'>

/**
 * What Kubernetes promises about a packet (kubernetes-networkpolicy-semantics K1–K30), down to the field. `egress` and
 * `ingress` are what the two ends have to say about the pair.
 */
export function promisedAnswer(
  asked: Asked,
  packet: ResolvedPacket,
  egress: FlowEnd,
  ingress: FlowEnd,
): ExplainedAnswer {
  const { src, dst, transport, state } = packet
  if (isSamePod(src.endpoint, dst.endpoint))
    return { answer: 'allowed', reasons: [{ text: 'a pod always reaches itself' }] }
  if (state === 'INVALID' || state === 'UNTRACKED')
    return {
      answer: 'undefined',
      reasons: [{ text: `policies are about connections; a packet in state ${state} belongs to none` }],
    }
  const reasons = [
    endReason(asked, packet, egress, src.endpoint, dst.endpoint),
    endReason(asked, packet, ingress, dst.endpoint, src.endpoint),
  ]
  const allowed = [egress, ingress].every(end => trafficContains(end.allowed, transport.point))
  if (state !== 'NEW')
    return {
      answer: 'allowed',
      reasons: [
        {
          text: `what belongs to an open connection passes, in both directions; a new one from here would be ${allowed ? 'allowed' : 'blocked'}`,
          parts: reasons,
        },
      ],
    }
  if (!transport.ported && (egress.isolated || ingress.isolated))
    return {
      answer: 'undefined',
      reasons: [
        {
          text: `policies speak of TCP, UDP and SCTP alone; ${transport.label} is left to the network plugin`,
        },
      ],
    }
  return { answer: allowed ? 'allowed' : 'blocked', reasons }
}

/** What one end has to say about the packet. */
function endReason(
  { cluster, kubernetes }: Asked,
  { transport, src, dst }: ResolvedPacket,
  end: FlowEnd,
  self: KubernetesEndpoint,
  peer: KubernetesEndpoint,
): Reason {
  const { direction } = end
  const way = direction === 'egress' ? 'leaving' : 'entering'
  const name = endLabel(direction === 'egress' ? src : dst)
  const other = endLabel(direction === 'egress' ? dst : src)
  if (visiblePod(self) === undefined)
    return {
      text:
        self.kind === 'pod'
          ? `${way} ${name}: it runs on its node’s network, and is taken for the node; Kubernetes leaves open whether policies may select it`
          : `${way} ${name}: it is no pod, so that no policy applies here`,
    }
  if (!end.isolated) return { text: `${way} ${name}: no policy isolates it, so that everything passes` }
  const seen: SeenPacket = {
    direction,
    peer,
    receiver: dst.endpoint,
    transport,
    namespaceLabels: kubernetes.namespaceLabels,
  }
  const involved = new Set(end.policies.map(({ policy }) => policy))
  const policies = new Map(
    cluster.policies
      .filter(policy => involved.has(policyKey(policy)))
      .map(policy => [policyKey(policy), policy]),
  )
  const allowing = end.policies.flatMap(share =>
    allowances(share, policies.get(share.policy), seen, transport.point),
  )
  if (allowing.length > 0)
    return { text: `${way} ${name}: isolated, and a rule lets it pass`, parts: allowing }
  return {
    text: `${way} ${name}: isolated, so that only what a rule allows passes, and none allows ${transport.label} ${direction === 'egress' ? 'to' : 'from'} ${other}`,
    parts: end.policies.map(({ policy }) => {
      const object = policies.get(policy)
      return {
        text: `${policy} isolates it${object === undefined ? '' : `: it selects ${selectionWords(object)}`}`,
        origin: policyOrigin(policy, 'spec.podSelector'),
        parts: object === undefined ? [] : whyNot(object, seen),
      }
    }),
  }
}

function selectionWords({ namespace, spec }: NetworkPolicy): string {
  return `${selectedWords('pods', spec.podSelector ?? {})} in ${namespace}`
}

/** The rules of a policy that let the packet through. */
function allowances(
  { policy, rules }: PolicyShare,
  object: NetworkPolicy | undefined,
  seen: SeenPacket,
  point: number,
): readonly Reason[] {
  return rules
    .filter(({ allows }) => trafficContains(allows, point))
    .map(({ path }) => {
      const rule = object && rulesOf(object, seen.direction).find(one => one.path === path)
      return {
        text: `${policy} allows it`,
        origin: policyOrigin(policy, path),
        ...(object === undefined || rule === undefined ? {} : { parts: whyAllowed(object, rule, seen) }),
      }
    })
}
