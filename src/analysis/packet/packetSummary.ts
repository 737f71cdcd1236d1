import type { FlowEnd } from '../../model/connectivity.ts'
import type { ExplainedAnswer, PacketTrace } from '../../model/packetTrace.ts'
import { trafficContains } from '../../model/traffic.ts'
import type { ResolvedPacket } from './packetEnds.ts'

/** What the sentence rests on. */
export interface Judged {
  readonly packet: ResolvedPacket
  readonly kubernetes: ExplainedAnswer
  readonly dataplane: PacketTrace['dataplane']
  /** What Kubernetes' policies have to say at the two ends. */
  readonly egress: FlowEnd
  readonly ingress: FlowEnd
}

/**
 * What becomes of a packet that meets the rules of the policies, and by whose doing, in one sentence for a reader who
 * knows none of the terms; undefined where nobody can tell.
 */
export function packetSummary(judged: Judged): string | undefined {
  switch (judged.dataplane.answer) {
    case 'blocked':
      return blockedWords(judged)
    case 'allowed':
      return allowedWords(judged)
    case 'undefined':
    case 'unknown':
      return undefined
  }
}

function blockedWords({ packet, kubernetes, dataplane, egress, ingress }: Judged): string | undefined {
  const { src, dst, transport } = packet
  const { stoppedBy } = dataplane
  if (stoppedBy === undefined) return undefined
  const isEgress = stoppedBy === 'egress'
  const end = isEgress ? egress : ingress
  const where = isEgress ? `It is stopped on leaving ${src.name}` : `It is stopped on entering ${dst.name}`
  if (trafficContains(end.allowed, transport.point))
    return kubernetes.answer === 'undefined'
      ? `${where}; ${leftOpen(transport.label)}`
      : kubernetes.answer === 'allowed'
        ? `${where}, although Kubernetes promises that it arrives.`
        : `${where}, which is not where Kubernetes promises to stop it.`
  const policies = end.policies.map(({ policy }) => policy)
  const way = isEgress ? `out to ${dst.name}` : `in from ${src.name}`
  const next = isEgress ? `entering ${dst.name}` : `leaving ${src.name}`
  const also = trafficContains((isEgress ? ingress : egress).allowed, transport.point)
    ? ''
    : ` Nor do policies allow ${next}.`
  return `${where}: ${listed(policies)} ${policies.length === 1 ? 'selects' : 'select'} that pod, and no rule there lets ${transport.label} ${way}.${also}`
}

function allowedWords({ packet, kubernetes, egress, ingress }: Judged): string {
  const { src, dst, transport, state } = packet
  if (state !== 'NEW')
    return 'It arrives: azure-npm judges only packets that open a connection, and this one does not.'
  if (kubernetes.answer === 'blocked') return 'It arrives, although Kubernetes promises that it does not.'
  if (!egress.isolated && !ingress.isolated) return 'It arrives: no policy restricts either end.'
  if (kubernetes.answer === 'undefined') return `It arrives; ${leftOpen(transport.label)}`
  const leave = letBy(egress, transport.point)
  const enter = letBy(ingress, transport.point)
  return `It arrives: ${
    leave === undefined ? `no policy restricts what leaves ${src.name}` : `${leave} it out of ${src.name}`
  }, and ${
    enter === undefined ? `no policy restricts what enters ${dst.name}` : `${enter} it into ${dst.name}`
  }.`
}

function leftOpen(label: string): string {
  return `Kubernetes leaves open what becomes of ${label}.`
}

/** `shop/a lets`, `shop/a and shop/b let`; undefined where no policy selects the end. */
function letBy({ isolated, policies }: FlowEnd, point: number): string | undefined {
  if (!isolated) return undefined
  const letting = policies.filter(({ allows }) => trafficContains(allows, point)).map(({ policy }) => policy)
  return `${listed(letting)} ${letting.length === 1 ? 'lets' : 'let'}`
}

/** Policies that are named one by one; the reasons name them all. */
const NAMED = 2

function listed(policies: readonly string[]): string {
  return policies.length <= NAMED
    ? policies.join(' and ')
    : `${policies.slice(0, NAMED - 1).join(', ')} and ${policies.length - NAMED + 1} more`
}
