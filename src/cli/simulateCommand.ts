import { givenCluster } from '../analysis/assumed/givenCluster.ts'
import {
  packetEnd,
  endLabel,
  transportOf,
  type PacketEnd,
  type Transport,
  walkedPacket,
} from '../analysis/packet/packetEnds.ts'
import { readNode } from '../analysis/node/nodeDump.ts'
import { nodeLegend, simulate, WALKED_HOOKS, type Simulation } from '../analysis/node/simulate.ts'
import { hexMark } from '../analysis/packet/traceWords.ts'
import { formatIpv4 } from '../model/ip.ts'
import type { Packet } from '../model/packet.ts'
import type { WalkedHook } from '../model/packetTrace.ts'
import { failed, ok, type Result } from '../model/result.ts'
import {
  INPUT_ERROR,
  tellErrors,
  textOption,
  usageError,
  type Call,
  type Command,
  type Options,
} from './command.ts'
import { DUMP_OPTIONS, readDumps } from './dumpOptions.ts'
import type { CliIo } from './io.ts'
import { nodeProblemLines } from './nodeProblemLines.ts'
import { sourcePortOf, stateOf } from './packetOptions.ts'
import { walkObject, walkText } from './walkText.ts'

export const SIMULATE: Command = {
  usage:
    'simulate --iptables F [--ipset F] [--hook FORWARD|INPUT|OUTPUT] [--state NEW|…] [--sport PORT] [--mark N] [--in IF] [--out IF] [--output text|json] SRC DST PORT/PROTO [FILE…]',
  summary:
    'walk a packet through a real node’s iptables-save (or -S, -nvL) and ipset save (or list); what is not modelled is unknown; FILEs give names to sets and addresses',
  options: {
    ...DUMP_OPTIONS,
    hook: WALKED_HOOKS,
    state: undefined,
    sport: undefined,
    mark: undefined,
    in: undefined,
    out: undefined,
    output: ['text', 'json'],
  },
  operands: 3,
  files: 'allowed',
  run: runSimulate,
}

interface Question {
  readonly src: PacketEnd
  readonly dst: PacketEnd
  readonly transport: Transport
  readonly packet: Packet
  readonly hook: WalkedHook
}

async function runSimulate({ operands, files, options }: Call, io: CliIo): Promise<number> {
  const { cluster, diagnostics } = givenCluster(files)
  const question = questionOf(operands, cluster, options)
  if (!question.ok) return await usageError(question.error, io)
  const dumps = await readDumps(options, io)
  if (!dumps.ok) return await usageError(dumps.error, io)
  const { iptables, ipset } = dumps.value

  const code = await tellErrors(diagnostics, files, io)
  const node = readNode([
    { ...iptables, assume: 'iptables' },
    ...(ipset === undefined ? [] : [{ ...ipset, assume: 'ipset' as const }]),
  ])
  await io.stderr(nodeProblemLines(node))
  const { packet, hook } = question.value
  const legend = nodeLegend(node, files.length === 0 ? undefined : cluster)
  const simulation = simulate(node, packet, hook, legend)
  await io.stdout(
    options['output'] === 'json'
      ? `${JSON.stringify(simulationObject(question.value, simulation), null, 2)}\n`
      : simulationText(question.value, simulation),
  )
  return node.problems.some(({ severity }) => severity === 'error') ? INPUT_ERROR : code
}

function questionOf(
  operands: readonly string[],
  cluster: Parameters<typeof packetEnd>[1],
  options: Options,
): Result<Question, string> {
  const [srcText = '', dstText = '', transportText = ''] = operands
  const src = packetEnd(srcText, cluster)
  if (!src.ok) return src
  const dst = packetEnd(dstText, cluster)
  if (!dst.ok) return dst
  const transport = transportOf(transportText, dst.value.endpoint)
  if (!transport.ok) return transport
  const state = stateOf(options)
  if (!state.ok) return state
  const srcPort = sourcePortOf(options)
  if (!srcPort.ok) return srcPort
  const markText = textOption(options, 'mark')
  const mark = Number(markText ?? '0')
  if (!Number.isInteger(mark) || mark < 0 || mark > 0xffffffff)
    return failed('--mark must be a number, 0x… or decimal, of 32 bits')
  const [inInterface, outInterface] = [textOption(options, 'in'), textOption(options, 'out')]
  const packet: Packet = {
    ...walkedPacket({
      src: src.value,
      dst: dst.value,
      transport: transport.value,
      srcPort: srcPort.value,
      state: state.value,
    }),
    ...(markText === undefined ? {} : { mark }),
    ...(inInterface === undefined ? {} : { inInterface }),
    ...(outInterface === undefined ? {} : { outInterface }),
  }
  const hook = WALKED_HOOKS.find(known => known === options['hook']) ?? 'FORWARD'
  return ok({ src: src.value, dst: dst.value, transport: transport.value, packet, hook })
}

function simulationText(
  { src, dst, transport, packet, hook }: Question,
  { verdict, reason, undecided, steps, mark }: Simulation,
): string {
  const from = transport.ported ? `, from port ${packet.srcPort}` : ''
  const interfaces = [
    packet.inInterface === undefined ? '' : `, in ${packet.inInterface}`,
    packet.outInterface === undefined ? '' : `, out ${packet.outInterface}`,
  ].join('')
  return [
    `${endLabel(src)} → ${endLabel(dst)}, ${transport.label}${from}, ${packet.ctState}${interfaces}, at ${hook}\n\n`,
    `Verdict: ${word(verdict)}: ${reason}\n`,
    ...undecided.map(at => `Either way: rule ${at.number} of ${at.chain} may match or not (${at.unknown})\n`),
    steps.length === 0
      ? '\nNo rule meets the packet.\n'
      : `\nThe walk, mark ${hexMark(packet.mark ?? 0)}:\n\n${walkText(steps, () => undefined)}\nMark at the end: ${hexMark(mark)}\n`,
  ].join('')
}

function word(verdict: Simulation['verdict']): string {
  return verdict === 'UNKNOWN' ? 'unknown' : verdict
}

function simulationObject(
  { src, dst, packet, hook }: Question,
  { verdict, reason, decidedAt, undecided, steps, mark }: Simulation,
): unknown {
  return {
    packet: {
      ...packet,
      src: src.name,
      srcAddress: formatIpv4(src.address),
      dst: dst.name,
      dstAddress: formatIpv4(dst.address),
      mark: hexMark(packet.mark ?? 0),
    },
    hook,
    verdict: word(verdict),
    reason,
    ...(decidedAt === undefined ? {} : { decidedAt }),
    undecided,
    mark: hexMark(mark),
    steps: steps.map(step => walkObject(step, () => undefined)),
  }
}
