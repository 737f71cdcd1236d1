import type { PacketAnswer, PacketProblem, PacketQuestion } from '../../model/packetTrace.ts'
import { failed, ok } from '../../model/result.ts'
import type { Analyzed } from '../analyze.ts'
import { tracePacketOnNode } from '../node/nodeTrace.ts'
import { packetEnd, transportOf } from './packetEnds.ts'
import { tracePacket } from './packetTrace.ts'

/** Answers a person's question about one packet. What cannot be asked is a problem of one of its fields. */
export function answerPacket(analyzed: Analyzed, question: PacketQuestion): PacketAnswer {
  const { from, to, traffic, srcPort, state, rules } = question
  const problem = (field: PacketProblem['field'], message: string) => failed({ field, message })
  if (rules === 'node') return tracePacketOnNode(analyzed, question)
  const src = packetEnd(from.trim(), analyzed.cluster)
  if (!src.ok) return problem('from', src.error)
  const dst = packetEnd(to.trim(), analyzed.cluster)
  if (!dst.ok) return problem('to', dst.error)
  const transport = transportOf(traffic.trim(), dst.value.endpoint)
  if (!transport.ok) return problem('traffic', transport.error)
  return ok(
    tracePacket(analyzed, {
      src: src.value,
      dst: dst.value,
      transport: transport.value,
      srcPort,
      state,
    }),
  )
}
