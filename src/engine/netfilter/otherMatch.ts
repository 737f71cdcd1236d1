import { parseIpv4, prefixContains } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Hook } from './builtInChains.ts'
import { isOtherAddress } from './addressNames.ts'
import { hasPorts, ICMP, parseProtocol, SCTP, TCP, UDP } from './protocolNames.ts'
import { parseAddresses, parseMark, parsePorts } from './ruleOptions.ts'

/** One option of a module, in its long form. */
interface ModuleOption {
  readonly name: string
  readonly values: readonly string[]
  readonly inverted: boolean
}

/** `undefined` where the packet alone does not tell. */
type Answer = boolean | undefined

/** What a match may ask about besides its own words. */
export interface Circumstances {
  readonly packet: Packet
  readonly hook: Hook
  /** The packet goes on to another host: neither end of it is this node. */
  readonly forwarded: boolean
  /** The connection's mark; `none` for a packet that belongs to no connection, undefined where it is not known. */
  readonly ctMark: number | 'none' | undefined
}

const PORT_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['sctp', SCTP],
])

/** Options that are one for the kernel. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['--source-ports', '--sports'],
  ['--destination-ports', '--dports'],
  ['--port', '--ports'],
  ['--source-port', '--sport'],
  ['--destination-port', '--dport'],
])

/**
 * Whether a match of a module that the model keeps as words holds, where the packet and the hook decide it with
 * certainty. A new TCP connection begins with a SYN alone, a new ICMP exchange with an echo request; nobody has rewritten
 * the addresses of a new packet that is asked about, and it comes in where its source lives. Undefined for all else:
 * limits, chance, owners, bridges, packet lengths. (Sets are looked up elsewhere.)
 */
export function decideOther(module: string, words: readonly string[], at: Circumstances): Answer {
  if (module === '-f') return words.includes('!')
  if (module === '-s' || module === '-d') {
    const answer = isOtherAddress(words.at(-1) ?? '', module === '-s' ? at.packet.src : at.packet.dst)
    return answer === undefined ? undefined : answer !== words.length > 1
  }
  if (module === 'rpfilter') return !words.includes('--invert')
  const options = optionsOf(words)
  if (options === undefined || options.length === 0) return undefined
  if (module === 'recent') return setsRecent(options)
  if (module === 'statistic') return statisticOf(options)
  if (module === 'connmark' && at.ctMark === 'none') return false
  if (module === 'conntrack' && (at.packet.ctState === 'INVALID' || at.packet.ctState === 'UNTRACKED')) {
    // Without a connection the kernel looks at the state alone, and nothing else can hold.
    const state = options.find(({ name }) => name === '--ctstate')
    return state !== undefined && stateListed(state, at.packet) !== state.inverted
  }
  let all: Answer = true
  for (const option of options) {
    const answer = decideOption(module, option, options, at)
    if (answer === undefined) all = undefined
    else if (answer === option.inverted) return false
  }
  return all
}

function stateListed({ values }: ModuleOption, { ctState }: Packet): boolean {
  return (values[0] ?? '').toUpperCase().split(',').includes(ctState)
}

/** `recent --set` puts the address into its list and holds; the others ask what the list holds. */
function setsRecent(options: readonly ModuleOption[]): Answer {
  const set = options.find(({ name }) => name === '--set')
  return set === undefined ? undefined : !set.inverted
}

/** Chance that is none. */
function statisticOf(options: readonly ModuleOption[]): Answer {
  const decisive = options.find(({ name }) => name === '--probability' || name === '--every')
  if (decisive === undefined) return undefined
  const value = Number(decisive.values[0])
  if (decisive.name === '--every') return value === 1 ? !decisive.inverted : undefined
  return value === 0 || value === 1 ? (value === 1) !== decisive.inverted : undefined
}

function optionsOf(words: readonly string[]): readonly ModuleOption[] | undefined {
  const options: { name: string; values: string[]; inverted: boolean }[] = []
  let inverted = false
  for (const word of words) {
    if (word === '!') inverted = true
    else if (word.startsWith('--')) {
      options.push({ name: SPELLINGS.get(word) ?? word, values: [], inverted })
      inverted = false
    } else {
      const last = options.at(-1)
      if (last === undefined) return undefined
      last.values.push(word)
    }
  }
  return options
}

/** The option without its negation. */
function decideOption(
  module: string,
  option: ModuleOption,
  all: readonly ModuleOption[],
  at: Circumstances,
): Answer {
  const { packet } = at
  const { name, values } = option
  const value = values[0] ?? ''
  switch (module) {
    case 'multiport':
      return inPortList(name, value, packet)
    case 'iprange':
      return inAddressRange(name, value, packet)
    case 'addrtype':
      if (name.startsWith('--limit-iface')) return true
      // A lookup on one interface's addresses answers another question, unless the address is nowhere the node's.
      return !at.forwarded && all.some(other => other.name.startsWith('--limit-iface'))
        ? undefined
        : hasAddressType(name, value, at)
    case 'conntrack':
      return packet.ctState === 'NEW' || name === '--ctstate'
        ? decideConnection(name, value, option, packet)
        : undefined
    case 'connmark': {
      const mark = name === '--mark' ? parseMark(value) : undefined
      if (mark === undefined || typeof at.ctMark !== 'number') return undefined
      return (at.ctMark & mark.mask) >>> 0 === mark.value
    }
    case 'icmp':
      return packet.protocol !== ICMP ? false : name === '--icmp-type' ? isIcmpType(value, packet) : undefined
    case 'tcp':
      if (packet.protocol === TCP && packet.ctState === 'NEW') {
        if (name === '--syn') return true
        if (name === '--tcp-flags') return opensWithFlags(value, values[1] ?? '')
      }
      return inPortRange(TCP, name, value, packet)
    case 'nfacct':
      // Counters of kube-proxy's own, without a quota that they could be over.
      return KUBE_COUNTERS.has(value) ? true : undefined
    default:
      return inPortRange(PORT_PROTOCOLS.get(module), name, value, packet)
  }
}

const KUBE_COUNTERS: ReadonlySet<string> = new Set([
  'ct_state_invalid_dropped_pkts',
  'localhost_nps_accepted_pkts',
])

/** What a new packet, whose addresses are as its sender wrote them, tells about its connection. */
function decideConnection(name: string, value: string, option: ModuleOption, packet: Packet): Answer {
  const inNetwork = (address: Ipv4): Answer => {
    const [prefix] = parseAddresses(value) ?? []
    return prefix === undefined ? undefined : prefixContains(prefix, address)
  }
  const inRange = (port: number): Answer => {
    const range = parsePorts(value)
    return range === undefined || !hasPorts(packet.protocol)
      ? undefined
      : port >= range.from && port <= range.to
  }
  switch (name) {
    case '--ctstate':
      if (stateListed(option, packet)) return true
      // SNAT and DNAT stand for connections whose addresses were rewritten.
      return packet.ctState === 'NEW' || !/[SD]NAT/i.test(value) ? false : undefined
    case '--ctdir':
      return value.toUpperCase() === 'ORIGINAL'
    case '--ctproto':
      return parseProtocol(value) === packet.protocol
    case '--ctorigsrc':
    case '--ctrepldst':
      return inNetwork(packet.src)
    case '--ctorigdst':
    case '--ctreplsrc':
      return inNetwork(packet.dst)
    case '--ctorigsrcport':
    case '--ctrepldstport':
      return inRange(packet.srcPort)
    case '--ctorigdstport':
    case '--ctreplsrcport':
      return inRange(packet.dstPort)
    default:
      return undefined
  }
}

const FLAG_BITS: ReadonlyMap<string, number> = new Map([
  ['FIN', 1],
  ['SYN', 2],
  ['RST', 4],
  ['PSH', 8],
  ['ACK', 16],
  ['URG', 32],
  ['ALL', 63],
  ['NONE', 0],
])
const SYN = 2

function opensWithFlags(mask: string, wanted: string): Answer {
  const bitsOf = (text: string) =>
    text
      .toUpperCase()
      .split(',')
      .reduce((bits, name) => bits | (FLAG_BITS.get(name) ?? 0), 0)
  const known = [...mask.split(','), ...wanted.split(',')].every(name => FLAG_BITS.has(name.toUpperCase()))
  return known ? (SYN & bitsOf(mask)) === bitsOf(wanted) : undefined
}

/** Types by the names that listings use; the others are given as numbers. */
const ICMP_TYPES: ReadonlyMap<string, number> = new Map([
  ['echo-reply', 0],
  ['pong', 0],
  ['destination-unreachable', 3],
  ['source-quench', 4],
  ['redirect', 5],
  ['echo-request', 8],
  ['ping', 8],
  ['router-advertisement', 9],
  ['router-solicitation', 10],
  ['time-exceeded', 11],
  ['ttl-exceeded', 11],
  ['parameter-problem', 12],
  ['timestamp-request', 13],
  ['timestamp-reply', 14],
  ['address-mask-request', 17],
  ['address-mask-reply', 18],
])
const ECHO_REQUEST = 8

function isIcmpType(text: string, packet: Packet): Answer {
  if (text === 'any' || text === '255') return true
  if (packet.ctState !== 'NEW') return undefined
  const [first = '', code] = text.split('/')
  const type = /^[0-9]+$/.test(first) ? Number(first) : ICMP_TYPES.get(first)
  if (type === undefined) return undefined
  return type === ECHO_REQUEST && (code === undefined || Number(code) === 0)
}

function inPortList(name: string, list: string, packet: Packet): Answer {
  const ports =
    name === '--sports'
      ? [packet.srcPort]
      : name === '--dports'
        ? [packet.dstPort]
        : name === '--ports'
          ? [packet.srcPort, packet.dstPort]
          : undefined
  const ranges = list.split(',').map(parsePorts)
  if (ports === undefined || !hasPorts(packet.protocol)) return undefined
  if (ranges.some(range => range === undefined)) return undefined
  return ranges.some(
    range => range !== undefined && ports.some(port => port >= range.from && port <= range.to),
  )
}

function inPortRange(protocol: number | undefined, name: string, value: string, packet: Packet): Answer {
  if (protocol === undefined || (name !== '--sport' && name !== '--dport')) return undefined
  const range = parsePorts(value)
  if (range === undefined || packet.protocol !== protocol) return undefined
  const port = name === '--sport' ? packet.srcPort : packet.dstPort
  return port >= range.from && port <= range.to
}

function inAddressRange(name: string, value: string, packet: Packet): Answer {
  const [first = '', last = first] = value.split('-')
  const [from, to] = [parseIpv4(first), parseIpv4(last)]
  if (from === undefined || to === undefined) return undefined
  if (name !== '--src-range' && name !== '--dst-range') return undefined
  const address = name === '--src-range' ? packet.src : packet.dst
  return address >= from && address <= to
}

const ALL_TYPES = [
  'UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT THROW NAT XRESOLVE',
].flatMap(text => text.split(' '))

/**
 * What the kernel's lookup in the table of local addresses may answer. What is forwarded was looked up there before: its
 * destination is nobody's own address, and a source that is the node's own would have been refused as a martian. No
 * host sends from a broadcast address.
 */
function possibleTypes(
  address: Ipv4,
  side: 'src' | 'dst',
  { hook, forwarded }: Circumstances,
): readonly string[] {
  if (address === 0 || address === 0xffffffff) return ['BROADCAST']
  if (address >>> 28 === 14) return ['MULTICAST']
  if (forwarded) return ['UNICAST']
  if (hook === 'INPUT' && side === 'dst') return ['LOCAL', 'BROADCAST']
  return ALL_TYPES.filter(type => type !== 'MULTICAST')
}

function hasAddressType(name: string, list: string, at: Circumstances): Answer {
  if (name !== '--src-type' && name !== '--dst-type') return undefined
  const wanted = list.toUpperCase().split(',')
  if (!wanted.every(type => ALL_TYPES.includes(type))) return undefined
  const possible =
    name === '--src-type' ? possibleTypes(at.packet.src, 'src', at) : possibleTypes(at.packet.dst, 'dst', at)
  if (possible.every(type => wanted.includes(type))) return true
  return possible.some(type => wanted.includes(type)) ? undefined : false
}
