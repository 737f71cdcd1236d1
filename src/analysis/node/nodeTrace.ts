import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { formatIpv4 } from '../../model/ip.ts'
import type {
  Answer,
  PacketAnswer,
  PacketProblem,
  PacketQuestion,
  PacketTrace,
} from '../../model/packetTrace.ts'
import { failed, ok } from '../../model/result.ts'
import type { Verdict } from '../../model/ruleset.ts'
import type { Analyzed } from '../analyze.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'
import type { ReadNode } from './nodeDump.ts'
import { saysAddress } from './ownAddresses.ts'
import {
  packetEnd,
  transportOf,
  walkedPacket,
  type PacketEnd,
  type ResolvedPacket,
} from '../packet/packetEnds.ts'
import { endNotes, wayPastForward } from '../packet/packetNotes.ts'
import { tracedPacket } from '../packet/packetTrace.ts'
import { promisedAnswer } from '../packet/promisedAnswer.ts'
import { nodeLegend, simulate, type Simulation } from './simulate.ts'

/**
 * Answers a question about one packet by the rules of the real node whose dumps are among the scenario's files. What
 * Kubernetes promises stands beside it where the scenario has objects. What cannot be asked is a problem of its field.
 */
export function tracePacketOnNode(analyzed: Analyzed, question: PacketQuestion): PacketAnswer {
  const { from, to, traffic, srcPort, state, hook } = question
  const problem = (field: PacketProblem['field'], message: string) => failed({ field, message })
  const node = analyzed.node()
  if (node === undefined) return problem('rules', 'there is no dump of a real node among the files')
  const src = packetEnd(from.trim(), analyzed.cluster)
  if (!src.ok) return problem('from', src.error)
  const dst = packetEnd(to.trim(), analyzed.cluster)
  if (!dst.ok) return problem('to', dst.error)
  for (const [field, end] of [
    ['from', src.value],
    ['to', dst.value],
  ] as const)
    if (!isKnownToNode(end, analyzed))
      return problem(
        field,
        `the node knows pods by their addresses, and ${end.name} says none (status.podIP): ask about an address`,
      )
  const transport = transportOf(traffic.trim(), dst.value.endpoint)
  if (!transport.ok) return problem('traffic', transport.error)
  const packet: ResolvedPacket = {
    src: src.value,
    dst: dst.value,
    transport: transport.value,
    srcPort,
    state,
  }
  return ok(traceOnNode(analyzed, node, packet, hook))
}

/** Whether the end's address is one that the user gave; one that was made up means nothing to a node. */
function isKnownToNode({ endpoint }: PacketEnd, { analysis }: Analyzed): boolean {
  return endpoint.kind !== 'pod' || saysAddress(endpoint.pod, analysis.sources)
}

function traceOnNode(
  analyzed: Analyzed,
  node: ReadNode,
  packet: ResolvedPacket,
  hook: PacketQuestion['hook'],
): PacketTrace {
  const { src, dst } = packet
  const { givenCluster, analysis } = analyzed
  const egress = explainEnd(analyzed.kubernetes, 'egress', src.endpoint, dst.endpoint)
  const ingress = explainEnd(analyzed.kubernetes, 'ingress', dst.endpoint, src.endpoint)
  const known = givenCluster.policies.length > 0 || givenCluster.pods.length > 0
  const kubernetes = known ? promisedAnswer(analyzed, packet, egress, ingress) : undefined
  const base = {
    packet: tracedPacket(packet, analyzed.connectivity.endpoints),
    ...(kubernetes === undefined ? {} : { kubernetes }),
    deviations: [],
    hook,
  }
  const notes = endNotes(packet)
  const past = hook === 'FORWARD' ? wayPastForward(packet) : undefined
  if (past !== undefined)
    return {
      ...base,
      dataplane: { answer: 'allowed', reasons: [{ text: past }] },
      notes,
      steps: [],
      mark: 0,
    }
  const walked = walkedPacket(packet)
  const legend = analyzed.nodeLegend() ?? nodeLegend(node, givenCluster)
  const simulation = simulate(node, walked, hook, legend)
  const answer = ANSWERS[simulation.verdict]
  const differs =
    kubernetes !== undefined &&
    answer !== 'unknown' &&
    kubernetes.answer !== 'undefined' &&
    kubernetes.answer !== answer
  const { decidedAt, reason, steps, mark, verdict } = simulation
  return {
    ...base,
    dataplane: {
      answer,
      reasons: [{ text: reason }],
      ...(decidedAt === undefined ? {} : { decidedAt }),
    },
    ...(differs && {
      summary: `The node ${answer === 'allowed' ? 'lets it through' : 'stops it'}, although Kubernetes promises that it ${answer === 'allowed' ? 'does not arrive' : 'arrives'}.`,
    }),
    deviations: differs ? deviationsOfFlow(analysis.deviations, egress, ingress) : [],
    notes: [...notes, ...walkNotes(simulation, packet)],
    steps,
    mark,
    verdict,
  }
}

const ANSWERS: Readonly<Record<Verdict | 'UNKNOWN', Answer>> = {
  ACCEPT: 'allowed',
  DROP: 'blocked',
  UNKNOWN: 'unknown',
}

/** What the walk rests on. */
function walkNotes(
  { undecided, hook, verdict }: Simulation,
  { src, dst, state }: ResolvedPacket,
): readonly string[] {
  const open = undecided.map(
    at => `Rule ${at.number} of ${at.chain} may match or not (${at.unknown}): the verdict is the same.`,
  )
  if (hook !== 'FORWARD' || state !== 'NEW' || verdict === 'UNKNOWN') return open
  const ends = `${formatIpv4(src.address)} and ${formatIpv4(dst.address)}`
  return [...open, `These are one node’s rules: where ${ends} are on two nodes, the packet passes both.`]
}
