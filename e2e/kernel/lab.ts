import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { formatIpv4, type Ipv4 } from '../../src/model/ip.ts'
import { COMMAND_ENV, commandOutput, runCommand, type CommandResult } from './command.ts'
import { makeNamespaces, removeNamespaces } from './namespaces.ts'

/** A connection attempt or a datagram. Each is exactly one packet of 60 bytes unless it gets through. */
export interface Probe {
  readonly protocol: 'TCP' | 'UDP'
  readonly src: Ipv4
  readonly dst: Ipv4
  readonly port: number
}

export const PROBE_BYTES = 60

export interface ProbeResult {
  /** For each probe whether it got through: connected, or arrived and answered. */
  readonly through: readonly boolean[]
  /** SYNs that were sent a second time because the machine was held up for a second; counters are then off. */
  readonly retransmits: number
}

/** A process in an endpoint's namespace. */
export interface Prober {
  /** Sends a request and resolves with its answer; see `prober.mjs` for the operations. */
  readonly ask: (op: string, request?: object) => Promise<unknown>
}

/**
 * A node with a cable to each endpoint: one namespace routes, each endpoint is one of its own, and nothing is shared with
 * the machine. Routes are /32 and neighbours are fixed, as in the transparent mode of Azure's CNI, so that only FORWARD
 * decides what arrives.
 */
export interface Lab {
  /** Runs a program on the node. */
  readonly run: (argv: readonly string[], stdin?: string) => Promise<CommandResult>
  /** Gives the endpoints these addresses, in place of those that they had. No more than there are endpoints. */
  readonly setAddresses: (addresses: readonly Ipv4[]) => Promise<void>
  readonly probe: (probes: readonly Probe[]) => Promise<ProbeResult>
  readonly prober: (address: Ipv4) => Prober
  /** A source port that the address has not used for a long time, so that a flow is NEW to connection tracking. */
  readonly freshPort: (address: Ipv4) => number
  readonly close: () => Promise<void>
}

export interface LabOptions {
  readonly endpoints: number
  /** Where every endpoint listens, TCP and UDP. */
  readonly ports: readonly number[]
}

/** The node's address towards its endpoints, link-local as in Azure's CNI. */
const NODE_ADDRESS = '169.254.1.1'
/** Connections to the node itself end in INPUT, which no rule of azure-npm touches. */
const CONTROL_PORT = 7
const FIRST_LOCAL_PORT = 20_000
const LAST_LOCAL_PORT = 60_000
/** How long to wait for what never comes, ms. The kernel would repeat a SYN after 1,000. */
export const PATIENCE_MS = 250

/** Builds a lab. The caller closes it whatever happens; a process that ends takes its labs along. */
export async function openLab({ endpoints, ports }: LabOptions): Promise<Lab> {
  const [node = '', ...names] = await makeNamespaces(endpoints + 1)
  const children: ChildProcess[] = []
  const close = async () => {
    for (const child of children) child.kill('SIGKILL')
    await removeNamespaces([node, ...names])
  }
  try {
    await wire(node, names)
    const start = (name: string) => startProber(name, child => children.push(child))
    const nodeProber = endpoints === 0 ? undefined : start(node)
    const probers = names.map(start)
    await Promise.all([
      nodeProber?.ask('listen', { ports: [CONTROL_PORT] }),
      ...probers.map(prober => prober.ask('listen', { ports })),
    ])
    let addresses: readonly Ipv4[] = []
    const nextPort = new Map<Ipv4, number>()
    const lab = {
      run: (argv: readonly string[], stdin?: string) =>
        runCommand(['ip', 'netns', 'exec', node, ...argv], stdin),
      setAddresses: async (wanted: readonly Ipv4[]) => {
        if (wanted.length > names.length)
          throw new Error(`${wanted.length} addresses for ${names.length} endpoints`)
        await address(node, names, addresses, wanted)
        addresses = wanted
      },
      prober: (at: Ipv4) => {
        const prober = probers[addresses.indexOf(at)]
        if (prober === undefined) throw new Error(`no endpoint ${formatIpv4(at)}`)
        return prober
      },
      freshPort: (at: Ipv4) => {
        const port = nextPort.get(at) ?? FIRST_LOCAL_PORT
        nextPort.set(at, port < LAST_LOCAL_PORT ? port + 1 : FIRST_LOCAL_PORT)
        return port
      },
      close,
    }
    return { ...lab, probe: probes => probeAll(lab, probers, probes) }
  } catch (error) {
    await close()
    throw error
  }
}

function macOf(side: 'node' | 'endpoint', index: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0')
  return `02:00:00:${side === 'node' ? '01' : '02'}:${hex(index >> 8)}:${hex(index & 0xff)}`
}

/** Runs lines of `ip` in a namespace. */
async function ipBatch(name: string, lines: readonly string[]): Promise<void> {
  await commandOutput(['ip', '-n', name, '-batch', '-'], lines.map(line => `${line}\n`).join(''))
}

/** Cables between the node and its endpoints, without addresses. */
async function wire(node: string, names: readonly string[]): Promise<void> {
  // Connection tracking forgets datagrams soon, so that source ports can be used again.
  const settings = [
    'ipv4/ip_forward 1',
    'ipv4/conf/all/rp_filter 0',
    'ipv4/conf/default/rp_filter 0',
    'netfilter/nf_conntrack_udp_timeout 20',
    'netfilter/nf_conntrack_udp_timeout_stream 20',
  ].map(setting => setting.split(' '))
  await commandOutput(
    ['ip', 'netns', 'exec', node, 'sh', '-e'],
    settings.map(([key, value]) => `echo ${value} > /proc/sys/net/${key}\n`).join(''),
  )
  const cables = names.map((name, i) =>
    [
      `link add name npf${i} netns ${node} address ${macOf('node', i)} type veth`,
      `peer name eth0 netns ${name} address ${macOf('endpoint', i)}\n`,
    ].join(' '),
  )
  await commandOutput(['ip', '-batch', '-'], cables.join(''))
  await Promise.all([
    ipBatch(node, [
      'link set lo up',
      `addr add ${NODE_ADDRESS}/32 dev lo`,
      ...names.map((_name, i) => `link set npf${i} up`),
    ]),
    ...names.map(name => ipBatch(name, ['link set lo up', 'link set eth0 up'])),
  ])
}

/** Gives endpoint i the address `wanted[i]`, with routes and fixed neighbours for it on both sides. */
async function address(
  node: string,
  names: readonly string[],
  before: readonly Ipv4[],
  wanted: readonly Ipv4[],
): Promise<void> {
  const texts = wanted.map(formatIpv4)
  await Promise.all([
    ipBatch(node, [
      ...before.flatMap((old, i) => [
        `route del ${formatIpv4(old)}/32 dev npf${i}`,
        `neigh del ${formatIpv4(old)} dev npf${i}`,
      ]),
      ...texts.flatMap((text, i) => [
        `route add ${text}/32 dev npf${i}`,
        `neigh add ${text} lladdr ${macOf('endpoint', i)} dev npf${i} nud permanent`,
      ]),
    ]),
    ...names.map((name, i) =>
      ipBatch(name, [
        'addr flush dev eth0',
        ...(texts[i] === undefined
          ? []
          : [
              `addr add ${texts[i]}/32 dev eth0`,
              `route replace ${NODE_ADDRESS}/32 dev eth0`,
              `route replace default via ${NODE_ADDRESS} dev eth0`,
              `neigh replace ${NODE_ADDRESS} lladdr ${macOf('node', i)} dev eth0 nud permanent`,
            ]),
      ]),
    ),
  ])
}

function startProber(name: string, started: (child: ChildProcess) => void): Prober {
  const program = join(import.meta.dirname, 'prober.mjs')
  // Nothing of the test runner's own settings (loaders, inspectors) is for this process.
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, program], {
    env: { ...COMMAND_ENV, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  started(child)
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let asked = 0
  createInterface({ input: child.stdout }).on('line', line => {
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string }
    const { resolve, reject } = waiting.get(id) ?? {}
    waiting.delete(id)
    if (error === undefined) resolve?.(result)
    else reject?.(new Error(`prober in ${name}: ${error}`))
  })
  const fail = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(`prober in ${name}: ${reason}`))
    waiting.clear()
  }
  child.on('error', error => fail(error.message)).on('exit', () => fail('ended'))
  child.stdin.on('error', () => undefined)
  return {
    ask: (op, request = {}) =>
      new Promise((resolve, reject) => {
        const id = asked++
        waiting.set(id, { resolve, reject })
        child.stdin.write(`${JSON.stringify({ id, op, ...request })}\n`)
      }),
  }
}

interface ProbeAnswer {
  readonly connected: readonly number[]
  readonly failed: readonly string[]
  readonly retransmits: number
}

interface Report {
  readonly arrived: readonly string[]
  readonly answered: readonly string[]
}

async function probeAll(
  lab: Pick<Lab, 'prober' | 'freshPort'>,
  probers: readonly Prober[],
  probes: readonly Probe[],
): Promise<ProbeResult> {
  const bySource = new Map<Ipv4, (Probe & { readonly number: number })[]>()
  probes.forEach((probe, number) => {
    const own = bySource.get(probe.src) ?? []
    bySource.set(probe.src, [...own, { ...probe, number }])
  })
  const answers = await Promise.all(
    Array.from(bySource, async ([src, own]) => {
      const answer = await lab.prober(src).ask('probe', {
        from: formatIpv4(src),
        udpPort: lab.freshPort(src),
        patience: PATIENCE_MS,
        control: { address: NODE_ADDRESS, port: CONTROL_PORT },
        probes: own.map(({ number, protocol, dst, port }) => ({
          number,
          protocol,
          address: formatIpv4(dst),
          port,
          ...(protocol === 'TCP' && { localPort: lab.freshPort(src) }),
        })),
      })
      return answer as ProbeAnswer
    }),
  )
  const failed = answers.flatMap(answer => answer.failed)
  if (failed.length > 0) throw new Error(`probes failed: ${failed.join(', ')}`)
  const reports = (await Promise.all(probers.map(prober => prober.ask('report')))) as readonly Report[]
  const arrived = reports.flatMap(report => report.arrived.map(Number))
  await checkAnswers(lab, probes, bySource.keys(), arrived)
  const through = new Set([...answers.flatMap(({ connected }) => connected), ...arrived])
  return {
    through: probes.map((_probe, number) => through.has(number)),
    retransmits: answers.reduce((sum, { retransmits }) => sum + retransmits, 0),
  }
}

/** An answer to a packet that was let through belongs to an established flow: it must come back. */
async function checkAnswers(
  lab: Pick<Lab, 'prober'>,
  probes: readonly Probe[],
  sources: Iterable<Ipv4>,
  arrived: readonly number[],
): Promise<void> {
  await Promise.all(
    Array.from(sources, async src => {
      const expected = arrived.filter(number => probes[number]?.src === src)
      const { answered } = (await lab.prober(src).ask('report', { expected })) as Report
      const missing = expected.filter(number => !answered.includes(String(number)))
      if (missing.length > 0) throw new Error(`${missing.length} datagrams arrived but were not answered`)
    }),
  )
}
