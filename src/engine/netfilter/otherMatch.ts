import { parseIpv4 } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Hook } from './builtInChains.ts'
import { hasPorts, ICMP, SCTP, TCP, UDP } from './protocolNames.ts'
import { parsePorts } from './ruleOptions.ts'

/** One option of a module, in its long form. */
interface ModuleOption {
  readonly name: string
  readonly values: readonly string[]
  readonly inverted: boolean
}

/** `undefined` where the packet alone does not tell. */
type Answer = boolean | undefined

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
 * certainty: lists of ports, address ranges, address types, states beside the virtual SNAT and DNAT, and any module
 * with one option that fails for sure. Undefined for all else: limits, chance, owners, bridges, packet lengths.
 */
export function decideOther(module: string, words: readonly string[], packet: Packet, hook: Hook): Answer {
  const options = optionsOf(words)
  if (options === undefined || options.length === 0) return undefined
  let all: Answer = true
  for (const option of options) {
    const answer = decideOption(module, option, options, packet, hook)
    if (answer === undefined) all = undefined
    else if (answer === option.inverted) return false
  }
  return all
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
  { name, values }: ModuleOption,
  all: readonly ModuleOption[],
  packet: Packet,
  hook: Hook,
): Answer {
  const value = values[0] ?? ''
  switch (module) {
    case 'multiport':
      return inPortList(name, value, packet)
    case 'iprange':
      return inAddressRange(name, value, packet)
    case 'addrtype':
      // A lookup on one interface's addresses answers another question.
      return all.some(option => option.name.startsWith('--limit-iface'))
        ? undefined
        : hasAddressType(name, value, packet, hook)
    case 'conntrack':
      return name === '--ctstate' && value.toUpperCase().split(',').includes(packet.ctState)
        ? true
        : undefined
    case 'icmp':
      return packet.protocol !== ICMP ? false : name === '--icmp-type' && value === 'any' ? true : undefined
    default:
      return inPortRange(PORT_PROTOCOLS.get(module), name, value, packet)
  }
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
 * What the kernel's lookup in the table of local addresses may answer. What is forwarded was looked up there before and
 * is nobody's own address.
 */
function possibleTypes(address: Ipv4, forwardedTo: boolean): readonly string[] {
  if (address === 0 || address === 0xffffffff) return ['BROADCAST']
  if (address >>> 28 === 14) return ['MULTICAST']
  if (forwardedTo) return ['UNICAST', 'BROADCAST']
  return ALL_TYPES.filter(type => type !== 'MULTICAST')
}

function hasAddressType(name: string, list: string, packet: Packet, hook: Hook): Answer {
  if (name !== '--src-type' && name !== '--dst-type') return undefined
  const wanted = list.toUpperCase().split(',')
  if (!wanted.every(type => ALL_TYPES.includes(type))) return undefined
  const possible =
    name === '--src-type' ? possibleTypes(packet.src, false) : possibleTypes(packet.dst, hook === 'FORWARD')
  if (possible.every(type => wanted.includes(type))) return true
  return possible.some(type => wanted.includes(type)) ? undefined : false
}
