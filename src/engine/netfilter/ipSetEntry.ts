import {
  formatIpv4,
  formatIpv4Prefix,
  lastAddressOf,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
} from '../../model/ip.ts'
import type { Ipv4Prefix } from '../../model/ip.ts'
import type { IpSetEntry, IpSetType } from '../../model/ipSet.ts'
import { unreachable } from '../../model/assert.ts'
import { TCP, hasPorts, parseProtocol, protocolName } from './protocolNames.ts'
import { isFault, type RuleFault } from './ruleOptions.ts'

/** More addresses or ports than this in one element stay one element of its own kind, with unknown membership. */
const MAX_EXPANSION = 65536

/** The text of the element that stands for those that a dump lost. */
export const LOST_MEMBERS = '(members that are not in the text)'

/** The networks that together make the addresses `first`…`last`, as the kernel adds a range to a hash:net. */
function networksOf(first: number, last: number): readonly Ipv4Prefix[] {
  const result: Ipv4Prefix[] = []
  let at = first
  while (at <= last) {
    let length = 32
    while (length > 1) {
      const wider = networkOf({ address: at, length: length - 1 })
      if (wider.address !== at || lastAddressOf(wider) > last) break
      length--
    }
    result.push({ address: at, length })
    at += 2 ** (32 - length)
  }
  return result
}

function parseRange(text: string): readonly Ipv4Prefix[] | undefined {
  const dash = text.indexOf('-')
  if (dash < 0) {
    const prefix = parseIpv4Prefix(text)
    return prefix === undefined ? undefined : [networkOf(prefix)]
  }
  const from = parseIpv4(text.slice(0, dash))
  const to = parseIpv4(text.slice(dash + 1))
  if (from === undefined || to === undefined) return undefined
  return networksOf(Math.min(from, to), Math.max(from, to))
}

/** Each single address of some networks; undefined when there are too many to list. */
function addressesOf(prefixes: readonly Ipv4Prefix[]): readonly number[] | undefined {
  const count = prefixes.reduce((sum, prefix) => sum + 2 ** (32 - prefix.length), 0)
  if (count > MAX_EXPANSION) return undefined
  return prefixes.flatMap(prefix => {
    const addresses: number[] = []
    for (let ip = prefix.address; ip <= lastAddressOf(prefix); ip++) addresses.push(ip)
    return addresses
  })
}

function ipPortEntries(text: string): readonly IpSetEntry[] | RuleFault {
  const found = /^([^,]+),(?:([^,:]+):)?([^,:]+)$/.exec(text)
  const [, addressText = '', protocolText, portText = ''] = found ?? []
  if (found === null) return { fault: 'bad-element' }
  const addresses = parseRange(addressText)
  const protocol = protocolText === undefined ? TCP : parseProtocol(protocolText)
  if (addresses === undefined || protocol === undefined || protocol === 0) return { fault: 'bad-element' }
  // ICMP has type and code where the others have a port; no packet of the model shows them.
  if (!hasPorts(protocol)) return [{ kind: 'other', text }]
  const ports = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(portText)
  if (ports === null) return { fault: 'bad-element' }
  const [one, other] = [Number(ports[1]), Number(ports[2] ?? ports[1])]
  if (one > 65535 || other > 65535) return { fault: 'bad-element' }
  const [from, to] = [Math.min(one, other), Math.max(one, other)]
  const listed = addressesOf(addresses)
  if (listed === undefined || listed.length * (to - from + 1) > MAX_EXPANSION)
    return [{ kind: 'other', text }]
  return listed.flatMap(address => {
    const entries: IpSetEntry[] = []
    for (let port = from; port <= to; port++) entries.push({ kind: 'ipPort', address, protocol, port })
    return entries
  })
}

/**
 * The kernel's elements for one element as given to `ipset add`: ranges are taken apart, host bits cleared, a bare
 * port is TCP. A network of length 0 is refused, as the kernel does (so is one that a range would need).
 */
export function parseEntries(
  type: IpSetType,
  text: string,
  nomatch: boolean,
): readonly IpSetEntry[] | RuleFault {
  if (nomatch && !/^hash:.*net/.test(type)) return { fault: 'bad-element' }
  switch (type) {
    case 'list:set':
      return [{ kind: 'set', set: text }]
    case 'hash:net': {
      const prefixes = elementPrefixes(text)
      if (isFault(prefixes)) return prefixes
      return prefixes.map(prefix => ({ kind: 'net', prefix, nomatch }))
    }
    case 'hash:ip': {
      const prefixes = elementPrefixes(text)
      if (isFault(prefixes)) return prefixes
      const addresses = addressesOf(prefixes)
      if (addresses === undefined) return [{ kind: 'other', text }]
      return addresses.map(address => ({ kind: 'net', prefix: { address, length: 32 }, nomatch: false }))
    }
    case 'hash:ip,port':
      return ipPortEntries(text)
    default:
      return [{ kind: 'other', text: nomatch ? `${text} nomatch` : text }]
  }
}

function elementPrefixes(text: string): readonly Ipv4Prefix[] | RuleFault {
  const prefixes = parseRange(text)
  if (prefixes === undefined) return { fault: 'bad-element' }
  return prefixes.some(prefix => prefix.length === 0) ? { fault: 'bad-length' } : prefixes
}

/** What makes an element the same as another in its set: not `nomatch`, which is only a flag on it. */
export function entryKey(entry: IpSetEntry): string {
  return entry.kind === 'net' ? formatIpv4Prefix(networkOf(entry.prefix)) : formatEntry(entry)
}

/** As `ipset list` and `ipset save` print an element. */
export function formatEntry(entry: IpSetEntry): string {
  switch (entry.kind) {
    case 'net':
      return `${formatIpv4Prefix(networkOf(entry.prefix))}${entry.nomatch ? ' nomatch' : ''}`
    case 'ipPort':
      return `${formatIpv4(entry.address)},${protocolName(entry.protocol)}:${entry.port}`
    case 'set':
      return entry.set
    case 'other':
      return entry.text
    default:
      return unreachable(entry)
  }
}
