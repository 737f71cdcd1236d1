import { analyze, type Analyzed } from '../analysis/analyze.ts'
import { parseEndpointQuery, selectEndpoints } from '../analysis/endpoints/endpointQuery.ts'
import { flowsToName } from '../analysis/flows/flowsToName.ts'
import { flowRows, type FlowQuestion, type FlowRow } from '../analysis/flows/flowTable.ts'
import { transportOf } from '../analysis/packet/packetEnds.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { failed, ok, type Result } from '../model/result.ts'
import {
  ALL_TRAFFIC,
  formatTraffic,
  portTraffic,
  PROTOCOLS,
  type Protocol,
  type TrafficSet,
} from '../model/traffic.ts'
import {
  profileOf,
  PROFILES,
  tellErrors,
  textOption,
  usageError,
  type Call,
  type Command,
} from './command.ts'
import { FLOW_FORMATS, type FlowView } from './flowFormats.ts'
import type { CliIo } from './io.ts'

export const FLOWS: Command = {
  usage: `flows [--profile ${PROFILES.join('|')}] [--engine kubernetes|dataplane|both] [--from NS/POD|NS|CIDR|outside] [--to …] [--port 80/TCP|NAME] [--each] [--output table|json|csv|dot|mermaid] FILE…`,
  summary:
    'print who may talk to whom: allowed and blocked, and the policies responsible; equal endpoints are one (--each lists all)',
  options: {
    profile: PROFILES,
    engine: ['kubernetes', 'dataplane', 'both'],
    from: undefined,
    to: undefined,
    port: undefined,
    output: Object.keys(FLOW_FORMATS),
  },
  flags: ['each'],
  operands: 0,
  files: 'needed',
  run: flows,
}

async function flows({ files, options }: Call, io: CliIo): Promise<number> {
  const port = textOption(options, 'port')
  const plain = askedTraffic(port)
  const name = plain.ok ? undefined : portName(port ?? '')
  if (!plain.ok && name === undefined) return await usageError(`--port: ${plain.error}`, io)
  const analyzed = analyze({ name: '', files, profile: profileOf(options) })
  const code = await tellErrors(analyzed.analysis.diagnostics, files, io)
  const ends: (ReadonlySet<number> | undefined)[] = []
  for (const option of ['from', 'to']) {
    const chosen = askedEnds(analyzed, textOption(options, option))
    if (!chosen.ok) return await usageError(`--${option}: ${chosen.error}`, io)
    ends.push(chosen.value)
  }
  const [from, to] = ends
  const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const questions = plain.ok
    ? [{ ...asked, traffic: plain.value }]
    : flowsToName(analyzed, asked, `${name?.name ?? ''}/${name?.protocol ?? ''}`)
  if (questions.length === 0 && name !== undefined)
    return await usageError(
      `--port: no pod ${to === undefined ? 'in the input' : `of ${textOption(options, 'to') ?? ''}`} has a ${name.protocol} port named ${name.name}`,
      io,
    )
  const engine = textOption(options, 'engine') ?? 'both'
  const rows = rowsOf(analyzed, questions)
  const view: FlowView = {
    engine: engine === 'kubernetes' || engine === 'dataplane' ? engine : 'both',
    profile: profileOf(options),
    port: port === undefined ? null : plain.ok ? formatTraffic(plain.value) : port,
    named: !plain.ok,
    rows: options['each'] === true ? eachPair(rows) : rows,
  }
  const format = FLOW_FORMATS[textOption(options, 'output') ?? 'table']
  if (format !== undefined) await writeAll(format(view), io)
  return code
}

function* rowsOf(analyzed: Analyzed, questions: readonly FlowQuestion[]): Generator<FlowRow> {
  for (const question of questions) yield* flowRows(analyzed, question)
}

/** `http`, `http/UDP`: a name as containers give their ports (kubernetes-admission P5). Undefined for anything else. */
function portName(text: string): { readonly name: string; readonly protocol: Protocol } | undefined {
  const [, name = '', word = 'TCP'] = /^([a-z0-9-]*[a-z][a-z0-9-]*)(?:\/([A-Za-z]+))?$/.exec(text) ?? []
  const protocol = PROTOCOLS.find(known => known === word.toUpperCase())
  const isProtocol = PROTOCOLS.some(known => known === name.toUpperCase())
  return name === '' || isProtocol || protocol === undefined ? undefined : { name, protocol }
}

/**
 * All traffic, one port, a range of ports, or the protocols without ports. A port's name is what `receiver` calls so.
 */
export function askedTraffic(
  text: string | undefined,
  receiver?: Parameters<typeof transportOf>[1],
): Result<TrafficSet, string> {
  if (text === undefined) return ok(ALL_TRAFFIC)
  const range = /^([0-9]{1,5})-([0-9]{1,5})(?:\/([A-Za-z]+))?$/.exec(text)
  if (range !== null) {
    const [, first, last, name = 'TCP'] = range
    const protocol = PROTOCOLS.find(known => known === name.toUpperCase())
    if (protocol === undefined || Number(first) > Number(last) || Number(last) > 65535)
      return failed(`${text} is no range of ports, such as 8000-8080/TCP`)
    return ok(portTraffic(protocol, Number(first), Number(last)))
  }
  const transport = transportOf(text, receiver)
  return transport.ok ? ok([transport.value.point, transport.value.point + 1]) : transport
}

function askedEnds(
  { connectivity }: Analyzed,
  text: string | undefined,
): Result<ReadonlySet<number> | undefined, string> {
  if (text === undefined) return ok(undefined)
  const query = parseEndpointQuery(text)
  if (query === undefined)
    return failed(`${text} is none of NAMESPACE/POD, NAMESPACE, a CIDR, an address, outside`)
  const chosen = selectEndpoints(connectivity.endpoints, query)
  return chosen.size === 0 ? failed(`nothing in the input is ${text}`) : ok(chosen)
}

/** Every pair of endpoints in a row of its own. Lists of one are shared: whoever names them keeps the names. */
function* eachPair(rows: Iterable<FlowRow>): Generator<FlowRow> {
  const alone = new Map<Endpoint, readonly Endpoint[]>()
  const listOf = (endpoint: Endpoint): readonly Endpoint[] => {
    const list = alone.get(endpoint) ?? [endpoint]
    alone.set(endpoint, list)
    return list
  }
  for (const row of rows)
    for (const src of row.src)
      for (const dst of row.dst) if (src !== dst) yield { ...row, src: listOf(src), dst: listOf(dst) }
}

const PIECE = 65536

/** Writes in large pieces: a table of thousands of pods has millions of lines. */
async function writeAll(pieces: Iterable<string>, io: CliIo): Promise<void> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < PIECE) continue
    await io.stdout(text)
    text = ''
  }
  if (text !== '') await io.stdout(text)
}
