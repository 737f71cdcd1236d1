import { analyze } from '../analysis/analyze.ts'
import { answerPacket } from '../analysis/packet/answerPacket.ts'
import { endLabel } from '../analysis/packet/packetEnds.ts'
import { hexMark } from '../analysis/packet/traceWords.ts'
import { formatIpv4 } from '../model/ip.ts'
import type { Origin } from '../model/origin.ts'
import type { ExplainedAnswer, PacketTrace, Reason } from '../model/packetTrace.ts'
import type { ProfileId } from '../model/scenario.ts'
import { profileOf, PROFILES, tellErrors, usageError, type Call, type Command } from './command.ts'
import type { CliIo } from './io.ts'
import { sourcePortOf, stateOf } from './packetOptions.ts'
import { placeFinder, placeText, type Place } from './places.ts'
import { walkObject, walkText } from './walkText.ts'

export const TRACE: Command = {
  usage: `trace [--profile ${PROFILES.join('|')}] [--state NEW|ESTABLISHED|…] [--sport PORT] [--output text|json] SRC DST PORT/PROTO FILE…`,
  summary:
    'follow one packet through chains, rules and sets, each with the YAML line it comes from; SRC and DST are NS/POD, NS/WORKLOAD, an address, a CIDR or outside, PORT/PROTO 80/TCP, http/TCP or ICMP',
  options: { profile: PROFILES, state: undefined, sport: undefined, output: ['text', 'json'] },
  operands: 3,
  files: 'needed',
  run: trace,
}

async function trace({ operands, files, options }: Call, io: CliIo): Promise<number> {
  const [srcText = '', dstText = '', transportText = ''] = operands
  const state = stateOf(options)
  if (!state.ok) return await usageError(state.error, io)
  const srcPort = sourcePortOf(options)
  if (!srcPort.ok) return await usageError(srcPort.error, io)
  const profile = profileOf(options)
  const analyzed = analyze({ name: '', files, profile })
  const code = await tellErrors(analyzed.analysis.diagnostics, files, io)
  const answer = answerPacket(analyzed, {
    from: srcText,
    to: dstText,
    traffic: transportText,
    srcPort: srcPort.value,
    state: state.value,
    rules: 'policies',
    hook: 'FORWARD',
  })
  if (!answer.ok) return await usageError(answer.error.message, io)
  const placeOf = placeFinder(analyzed.analysis.sources, files)
  await io.stdout(
    options['output'] === 'json'
      ? `${JSON.stringify(traceObject(answer.value, profile, placeOf), null, 2)}\n`
      : traceText(answer.value, profile, placeOf),
  )
  return code
}

type PlaceOf = (origin: Origin) => Place | undefined

function traceText(traced: PacketTrace, profile: ProfileId, placeOf: PlaceOf): string {
  const { packet, kubernetes, dataplane, deviations, notes, steps, mark } = traced
  const ports = packet.ported ? `, from port ${packet.srcPort}` : ''
  const { decidedAt } = dataplane
  return [
    `${endLabel(packet.src)} → ${endLabel(packet.dst)}, ${packet.label}${ports}, ${packet.state}\n\n`,
    ...(kubernetes === undefined
      ? []
      : [`Kubernetes promises: ${kubernetes.answer}\n${reasonLines(kubernetes, placeOf)}`]),
    `azure-npm ${profile} enforces: ${dataplane.answer}\n${reasonLines(dataplane, placeOf)}`,
    ...deviations.map(
      ({ id, name, message, origin }) => `${id} ${name}: ${message}${placeWords(origin, placeOf)}\n`,
    ),
    ...notes.map(note => `Note: ${note}\n`),
    steps.length === 0
      ? '\nNo rule of the node meets the packet.\n'
      : `\nThe walk, mark ${hexMark(0)}:\n\n${walkText(steps, placeOf)}\n`,
    ...(steps.length === 0
      ? []
      : [
          `Verdict: ${dataplane.answer}, ${decidedAt === undefined ? 'by the default of FORWARD' : `by rule ${decidedAt.number} of ${decidedAt.chain}`}, mark ${hexMark(mark)}\n`,
        ]),
  ].join('')
}

function reasonLines({ reasons }: ExplainedAnswer, placeOf: PlaceOf): string {
  const lines = (all: readonly Reason[], depth: number): readonly string[] =>
    all.flatMap(({ text, origin, parts = [] }) => [
      `${'  '.repeat(depth)}${text}${origin === undefined ? '' : placeWords(origin, placeOf)}\n`,
      ...lines(parts, depth + 1),
    ])
  return lines(reasons, 1).join('')
}

function placeWords(origin: Origin, placeOf: PlaceOf): string {
  const place = placeOf(origin)
  return place === undefined ? '' : ` [${placeText(place)}]`
}

function traceObject(traced: PacketTrace, profile: ProfileId, placeOf: PlaceOf): unknown {
  const { packet, kubernetes, dataplane, deviations, notes, steps, mark } = traced
  const { src, dst, protocol, ported, srcPort, dstPort, state } = packet
  const withPlace = (reason: Reason): unknown => ({
    text: reason.text,
    ...(reason.origin === undefined ? {} : { origin: { ...reason.origin, ...placeOf(reason.origin) } }),
    ...(reason.parts === undefined ? {} : { parts: reason.parts.map(withPlace) }),
  })
  const answer = ({ answer: word, reasons }: ExplainedAnswer) => ({
    answer: word,
    reasons: reasons.map(withPlace),
  })
  return {
    packet: {
      src: src.name,
      srcAddress: formatIpv4(src.address),
      dst: dst.name,
      dstAddress: formatIpv4(dst.address),
      protocol,
      ...(ported ? { srcPort, dstPort } : {}),
      state,
    },
    profile,
    ...(kubernetes === undefined ? {} : { kubernetes: answer(kubernetes) }),
    dataplane: {
      ...answer(dataplane),
      ...(dataplane.decidedAt === undefined ? {} : { decidedAt: dataplane.decidedAt }),
    },
    deviations: deviations.map(({ origin, ...deviation }) => ({
      ...deviation,
      origin: { ...origin, ...placeOf(origin) },
    })),
    notes,
    mark: hexMark(mark),
    steps: steps.map(step => walkObject(step, placeOf)),
  }
}
