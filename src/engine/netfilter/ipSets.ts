import { maskOf, networkOf } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { IpSet, IpSetEntry } from '../../model/ipSet.ts'
import type { Packet } from '../../model/packet.ts'
import type { SetDimension } from '../../model/ruleset.ts'
import { formatEntry, LOST_MEMBERS } from './ipSetEntry.ts'
import { parseProtocol, SCTP, TCP, UDP } from './protocolNames.ts'
import { findTuple, prepareTuples, type TupleSet } from './tupleSets.ts'

type NetEntry = IpSetEntry & { readonly kind: 'net' }
type IpPortEntry = IpSetEntry & { readonly kind: 'ipPort' }

/** A set made ready for lookups. */
export type PreparedSet =
  | {
      readonly kind: 'net'
      readonly name: string
      /** Longest first: the most specific network that contains an address decides. */
      readonly byLength: readonly {
        readonly length: number
        readonly entries: ReadonlyMap<number, NetEntry>
      }[]
      /** hash:ip, whose elements have no `nomatch`. */
      readonly single: boolean
      /** Some elements are not modelled: an address outside the others may still be a member. */
      readonly partial: boolean
      /** Some elements are lost, of which one may be cut out of a network that is there. */
      readonly lossy: boolean
    }
  | {
      readonly kind: 'ipPort'
      readonly name: string
      /** By address, then by `portKey`. */
      readonly byAddress: ReadonlyMap<Ipv4, ReadonlyMap<number, IpPortEntry>>
      /** Protocols of elements that are not modelled (ICMP types). */
      readonly partialProtocols: ReadonlySet<number>
    }
  | { readonly kind: 'list'; readonly name: string; readonly members: readonly PreparedSet[] }
  /** A type that is no plain hash: `tuples` where its elements can be read place by place. */
  | {
      readonly kind: 'unknown'
      readonly name: string
      readonly reason: string
      readonly tuples?: TupleSet
    }

export type PreparedSets = ReadonlyMap<string, PreparedSet>

/** An answer of a set. `unknown` has the reason where neither yes nor no is certain. */
export interface Membership {
  readonly member: boolean
  readonly unknown?: string
  /** The entry that decided; for a list, the member set's name comes first. Absent where no entry has the address. */
  readonly decidedBy?: readonly string[]
}

const NOT_A_MEMBER: Membership = { member: false }

function portKey(protocol: number, port: number): number {
  return protocol * 65536 + port
}

function prepareNets(set: IpSet): PreparedSet {
  const byLength = new Map<number, Map<number, NetEntry>>()
  const single = set.type === 'hash:ip'
  let partial = false
  let lossy = false
  for (const entry of set.entries) {
    if (entry.kind !== 'net') {
      partial = true
      lossy ||= !single && entry.kind === 'other' && entry.text === LOST_MEMBERS
      continue
    }
    const { address, length } = networkOf(entry.prefix)
    const entries = byLength.get(length) ?? new Map<number, NetEntry>()
    entries.set(address, entry)
    byLength.set(length, entries)
  }
  return {
    kind: 'net',
    name: set.name,
    single,
    partial,
    lossy,
    byLength: [...byLength]
      .map(([length, entries]) => ({ length, entries }))
      .sort((a, b) => b.length - a.length),
  }
}

function prepareIpPorts(set: IpSet): PreparedSet {
  const byAddress = new Map<Ipv4, Map<number, IpPortEntry>>()
  const partialProtocols = new Set<number>()
  for (const entry of set.entries) {
    if (entry.kind === 'ipPort') {
      const ports = byAddress.get(entry.address) ?? new Map<number, IpPortEntry>()
      ports.set(portKey(entry.protocol, entry.port), entry)
      byAddress.set(entry.address, ports)
    } else {
      const text = formatEntry(entry)
      const protocol = /,([^,:]+):/.exec(text)?.[1] ?? 'tcp'
      // An element that is no element stands for any.
      const lost = text.startsWith('(') ? [TCP, UDP, SCTP] : [parseProtocol(protocol) ?? 0]
      for (const number of lost) partialProtocols.add(number)
    }
  }
  return { kind: 'ipPort', name: set.name, byAddress, partialProtocols }
}

function prepareSet(set: IpSet): PreparedSet {
  if (set.type === 'hash:net' || set.type === 'hash:ip') return prepareNets(set)
  if (set.type === 'hash:ip,port') return prepareIpPorts(set)
  const tuples = prepareTuples(set)
  const reason = `set type ${set.type}`
  return { kind: 'unknown', name: set.name, reason, ...(tuples === undefined ? {} : { tuples }) }
}

export function missingSet(name: string): PreparedSet {
  return { kind: 'unknown', name, reason: `set ${name} is missing` }
}

/** Where two sets have one name the first counts, for the kernel would have refused the second. */
export function prepareSets(sets: readonly IpSet[]): PreparedSets {
  const prepared = new Map<string, PreparedSet>()
  for (const set of sets)
    if (set.type !== 'list:set' && !prepared.has(set.name)) prepared.set(set.name, prepareSet(set))
  const plain = new Map(prepared)
  for (const set of sets) {
    if (set.type !== 'list:set' || prepared.has(set.name)) continue
    const names = set.entries.map(entry => (entry.kind === 'set' ? entry.set : formatEntry(entry)))
    const members = names.map(name => plain.get(name) ?? missingSet(name))
    prepared.set(set.name, { kind: 'list', name: set.name, members })
  }
  return prepared
}

/** The entry of the longest network that contains the address. */
export function mostSpecific(set: PreparedSet & { readonly kind: 'net' }, ip: Ipv4): NetEntry | undefined {
  for (const { length, entries } of set.byLength) {
    const entry = entries.get((ip & maskOf(length)) >>> 0)
    if (entry !== undefined) return entry
  }
  return undefined
}

/** Whether the set surely holds an address whose most specific network is the entry. */
export function isSureMember(
  { lossy }: PreparedSet & { readonly kind: 'net' },
  entry: NetEntry | undefined,
): boolean {
  return entry?.nomatch === false && (!lossy || entry.prefix.length === 32)
}

function inNets(set: PreparedSet & { readonly kind: 'net' }, ip: Ipv4, returnNomatch: boolean): Membership {
  const entry = mostSpecific(set, ip)
  if (set.partial && !isSureMember(set, entry))
    return { member: false, unknown: `set ${set.name} has elements that are not modelled` }
  if (entry === undefined) return NOT_A_MEMBER
  return { member: entry.nomatch === (returnNomatch && !set.single), decidedBy: [formatEntry(entry)] }
}

function inIpPorts(
  set: PreparedSet & { readonly kind: 'ipPort' },
  dimensions: readonly SetDimension[],
  packet: Packet,
): Membership {
  // Fewer dimensions than the type has never match: ip_set_test in the kernel.
  if (dimensions.length < 2) return NOT_A_MEMBER
  const address = dimensions[0] === 'src' ? packet.src : packet.dst
  const port = dimensions[1] === 'src' ? packet.srcPort : packet.dstPort
  const entry = set.byAddress.get(address)?.get(portKey(packet.protocol, port))
  if (entry !== undefined) return { member: true, decidedBy: [formatEntry(entry)] }
  if (set.partialProtocols.has(packet.protocol))
    return { member: false, unknown: `set ${set.name} has elements that are not modelled` }
  return NOT_A_MEMBER
}

function inTuples(
  tuples: TupleSet,
  dimensions: readonly SetDimension[],
  packet: Packet,
  returnNomatch: boolean,
): Membership {
  const found = findTuple(tuples, dimensions, packet)
  if (found === undefined) return NOT_A_MEMBER
  if ('unknown' in found) return { member: false, unknown: found.unknown }
  return { member: found.nomatch === returnNomatch, decidedBy: [found.text] }
}

/**
 * Whether the packet's address (and port) is in the set, read from the packet's source or destination as
 * `dimensions` say. A list holds what any of its members holds: a `nomatch` of one member says nothing about the next.
 * With `returnNomatch` elements with that flag are members, and the others are not.
 */
export function testMembership(
  set: PreparedSet,
  dimensions: readonly SetDimension[],
  packet: Packet,
  returnNomatch = false,
): Membership {
  switch (set.kind) {
    case 'net':
      return inNets(set, dimensions[0] === 'src' ? packet.src : packet.dst, returnNomatch)
    case 'ipPort':
      return inIpPorts(set, dimensions, packet)
    case 'unknown':
      return set.tuples === undefined
        ? { member: false, unknown: set.reason }
        : inTuples(set.tuples, dimensions, packet, returnNomatch)
    case 'list': {
      let unknown: string | undefined
      for (const member of set.members) {
        const membership = testMembership(member, dimensions, packet, returnNomatch)
        if (membership.member)
          return { member: true, decidedBy: [member.name, ...(membership.decidedBy ?? [])] }
        unknown ??= membership.unknown
      }
      return unknown === undefined ? NOT_A_MEMBER : { member: false, unknown }
    }
  }
}
