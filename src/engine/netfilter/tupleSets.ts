import { parseIpv4Prefix, prefixContains } from '../../model/ip.ts'
import type { Ipv4Prefix } from '../../model/ip.ts'
import type { IpSet } from '../../model/ipSet.ts'
import type { Packet } from '../../model/packet.ts'
import type { SetDimension } from '../../model/ruleset.ts'
import { formatEntry } from './ipSetEntry.ts'
import { hasPorts, parseProtocol, TCP, UDP } from './protocolNames.ts'

/** What one place of an element asks for. */
type Place =
  | { readonly kind: 'net'; readonly prefix: Ipv4Prefix }
  /** `protocol` undefined: TCP or UDP, as bitmap:port has it. */
  | {
      readonly kind: 'port'
      readonly protocol: number | undefined
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'iface'; readonly name: string }
  /** A place that is not modelled: an ICMP type, a bridge's port. */
  | { readonly kind: 'unknown'; readonly protocol: number | undefined }

interface Tuple {
  readonly places: readonly Place[]
  readonly nomatch: boolean
  readonly text: string
}

/** A set whose elements have several places, or one of a kind of its own. */
export interface TupleSet {
  readonly name: string
  readonly dimensions: number
  /** The most specific networks first: the first that holds decides. */
  readonly tuples: readonly Tuple[]
}

const TYPES: ReadonlyMap<string, readonly Place['kind'][]> = new Map([
  ['bitmap:ip', ['net']],
  ['bitmap:port', ['port']],
  ['hash:net,port', ['net', 'port']],
  ['hash:ip,port,ip', ['net', 'port', 'net']],
  ['hash:ip,port,net', ['net', 'port', 'net']],
  ['hash:net,port,net', ['net', 'port', 'net']],
  ['hash:net,net', ['net', 'net']],
  ['hash:net,iface', ['net', 'iface']],
])

/** The set's elements place by place; undefined for a type that is not modelled or an element that cannot be read. */
export function prepareTuples({ name, type, entries }: IpSet): TupleSet | undefined {
  const kinds = TYPES.get(type)
  if (kinds === undefined) return undefined
  const tuples: Tuple[] = []
  for (const entry of entries) {
    const text = formatEntry(entry)
    const [element = '', ...flags] = text.split(' ')
    const parts = element.split(',')
    // An interface's name may stand for all that begin with it; the flag says so.
    const places = kinds.map((kind, i) =>
      kind === 'iface' && flags.includes('wildcard')
        ? ({ kind: 'unknown', protocol: undefined } as const)
        : placeOf(kind, parts[i] ?? '', type),
    )
    const known = places.filter(place => place !== undefined)
    if (known.length !== kinds.length || parts.length !== kinds.length) return undefined
    tuples.push({ places: known, nomatch: flags.includes('nomatch'), text })
  }
  const lengths = ({ places }: Tuple) => places.map(place => (place.kind === 'net' ? place.prefix.length : 0))
  const moreSpecific = (a: Tuple, b: Tuple): number => {
    const [x, y] = [lengths(a), lengths(b)]
    return x.reduce((order, length, i) => (order === 0 ? (y[i] ?? 0) - length : order), 0)
  }
  return { name, dimensions: kinds.length, tuples: tuples.toSorted(moreSpecific) }
}

function placeOf(kind: Place['kind'], text: string, type: string): Place | undefined {
  if (kind === 'net') {
    const prefix = parseIpv4Prefix(text)
    return prefix === undefined ? undefined : { kind, prefix }
  }
  if (kind === 'iface')
    return text.includes(':') ? { kind: 'unknown', protocol: undefined } : { kind, name: text }
  const found = /^(?:([^:]+):)?([0-9]+)(?:-([0-9]+))?$/.exec(text)
  const protocol = /^([^:]+):/.exec(text)?.[1]
  const number = protocol === undefined ? TCP : parseProtocol(protocol)
  if (number === undefined) return undefined
  if (found === null || !hasPorts(number)) return { kind: 'unknown', protocol: number }
  const from = Number(found[2])
  const of = type === 'bitmap:port' ? undefined : number
  return { kind: 'port', protocol: of, from, to: Number(found[3] ?? from) }
}

/** Whether the packet has what a place asks for; undefined where nobody can tell. */
function holds(place: Place, dimension: SetDimension, packet: Packet): boolean | undefined {
  switch (place.kind) {
    case 'net':
      return prefixContains(place.prefix, dimension === 'src' ? packet.src : packet.dst)
    case 'port': {
      const { protocol, from, to } = place
      const counts =
        protocol === undefined
          ? packet.protocol === TCP || packet.protocol === UDP
          : packet.protocol === protocol
      const port = dimension === 'src' ? packet.srcPort : packet.dstPort
      return counts && port >= from && port <= to
    }
    case 'iface': {
      const name = dimension === 'src' ? packet.inInterface : packet.outInterface
      return name === undefined ? undefined : name === place.name
    }
    case 'unknown':
      return place.protocol === undefined || place.protocol === packet.protocol ? undefined : false
  }
}

/** The first element that holds, with its flag; `unknown` where one before it may hold. */
export function findTuple(
  { name, dimensions: count, tuples }: TupleSet,
  dimensions: readonly SetDimension[],
  packet: Packet,
): { readonly nomatch: boolean; readonly text: string } | { readonly unknown: string } | undefined {
  // Fewer dimensions than the type has never match: ip_set_test in the kernel.
  if (dimensions.length < count) return undefined
  for (const tuple of tuples) {
    let all: boolean | undefined = true
    tuple.places.forEach((place, i) => {
      const one = holds(place, dimensions[i] ?? 'dst', packet)
      if (one === false || all === false) all = false
      else if (one === undefined) all = undefined
    })
    if (all === undefined) return { unknown: `set ${name} hangs on what is not given (${tuple.text})` }
    if (all) return tuple
  }
  return undefined
}
