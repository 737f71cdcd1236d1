import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../engine/azure-npm/compile.ts'
import { isSamePod } from '../../engine/kubernetes/endpoint.ts'
import { allowedTraffic } from '../../engine/kubernetes/evaluate.ts'
import { forwardTraffic, prepareReach } from '../../engine/netfilter/reach.ts'
import { isCompletedPod, podKey, type Cluster } from '../../model/cluster.ts'
import { formatIpv4 } from '../../model/ip.ts'
import { policyKey, rulesOf } from '../../model/networkPolicy.ts'
import type { Reason } from '../../model/packetTrace.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import { PROTOCOLS, trafficContains } from '../../model/traffic.ts'
import { OUTSIDE_ADDRESSES, PROBE_PORTS, smallWorld } from '../../testing/arbitraries.ts'
import { assess, type Assessment } from '../assess.ts'
import { findDeviations } from '../deviations/deviations.ts'
import { packetEnd, transportOf, type PacketEnd, type ResolvedPacket } from './packetEnds.ts'
import { wayPastForward } from './packetNotes.ts'
import { tracePacket } from './packetTrace.ts'

function endsOf(world: Cluster): readonly PacketEnd[] {
  return [
    ...world.pods.filter(pod => !isCompletedPod(pod)).map(podKey),
    ...OUTSIDE_ADDRESSES.map(formatIpv4),
  ].flatMap(text => {
    const end = packetEnd(text, world)
    return end.ok ? [end.value] : []
  })
}

interface Judged extends Assessment {
  readonly analysis: Parameters<typeof tracePacket>[0]['analysis']
}

function judge(cluster: Cluster, profile: ProfileId): Judged {
  const { ruleset, failures } = compile(cluster, profile)
  const deviations = findDeviations(cluster, profile)
  return { ...assess(cluster, ruleset), analysis: { ruleset, failures, deviations } }
}

function resolved(src: PacketEnd, dst: PacketEnd, text: string): ResolvedPacket {
  const transport = transportOf(text, dst.endpoint)
  if (!transport.ok) throw new Error(transport.error)
  return { src, dst, transport: transport.value, srcPort: 40000, state: 'NEW' }
}

/** What the reasons about one end do not tell: a rule without why not, an allowance without its peer and its port. */
function untold({ cluster }: Judged, { text, parts = [] }: Reason): readonly string[] {
  if (!text.includes(': isolated, ')) return []
  if (text.endsWith('and a rule lets it pass'))
    return parts.filter(part => part.parts?.length !== 2).map(part => `${text}: ${part.text}`)
  return parts.flatMap(({ origin, parts: rules = [], text: policyText }) => {
    const policy = cluster.policies.find(one => origin?.resource === `NetworkPolicy/${policyKey(one)}`)
    if (policy === undefined) return [`no policy behind ${policyText}`]
    const direction = text.startsWith('leaving') ? 'egress' : 'ingress'
    const count = Math.max(1, rulesOf(policy, direction).length)
    const bare = rules.filter(
      rule => !rule.text.includes('has no') && !/: /.test(rule.text) && !rule.parts?.length,
    )
    return [
      ...(rules.length === count ? [] : [`${policyText}: ${rules.length} of ${count} rules`]),
      ...bare.map(rule => `${policyText}: ${rule.text}`),
    ]
  })
}

test.each(PROFILE_IDS)(
  '%s: every packet’s answers are those of its flow, and every end says why',
  profile => {
    let [blocked, allowed] = [0, 0]
    fc.assert(
      fc.property(smallWorld(), fc.nat(), (world, seed) => {
        const judged = judge(world, profile)
        const reach = prepareReach(judged.ruleset)
        const ends = endsOf(world)
        let pick = seed
        for (const src of ends)
          for (const dst of ends) {
            pick = (pick * 31 + 7) % 1009
            const port = PROBE_PORTS[pick % PROBE_PORTS.length] ?? 80
            const packet = resolved(src, dst, `${port}/${PROTOCOLS[pick % PROTOCOLS.length] ?? 'TCP'}`)
            const { point } = packet.transport
            const { kubernetes, dataplane, summary, steps } = tracePacket(judged, packet)
            const promised =
              isSamePod(src.endpoint, dst.endpoint) ||
              trafficContains(allowedTraffic(judged.kubernetes, src.endpoint, dst.endpoint), point)
            const enforced =
              wayPastForward(packet) !== undefined ||
              trafficContains(forwardTraffic(reach, src.address, dst.address).accepted, point)
            expect([kubernetes?.answer, dataplane.answer]).toEqual([
              promised ? 'allowed' : 'blocked',
              enforced ? 'allowed' : 'blocked',
            ])
            expect((kubernetes?.reasons ?? []).flatMap(reason => untold(judged, reason))).toEqual([])
            if (steps.length > 0) {
              expect(summary).toMatch(enforced ? /^It arrives/ : /^It is stopped on /)
              expect(summary?.includes('although Kubernetes promises')).toBe(promised !== enforced)
            }
            if (promised) allowed++
            else blocked++
          }
      }),
      { numRuns: 60 },
    )
    expect(Math.min(allowed, blocked)).toBeGreaterThan(100)
  },
)
