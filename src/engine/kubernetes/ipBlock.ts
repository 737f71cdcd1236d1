import { networkOf, prefixContains } from '../../model/ip.ts'
import type { Ipv4, Ipv4Prefix } from '../../model/ip.ts'
import type { IpBlock } from '../../model/networkPolicy.ts'

/** The IPv4 addresses of an `ipBlock`: those in `cidr` and in none of `except` (K25). */
export interface AddressRange {
  readonly cidr: Ipv4Prefix
  readonly except: readonly Ipv4Prefix[]
}

const LOOSE_CIDR = /^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)\/([0-9]+)$/

/**
 * A CIDR in the API server's loose reading (kubernetes-admission Q3): leading zeros are decimal, host bits are
 * masked away. Undefined for IPv6, IPv4-mapped IPv6 included, and for anything that is no CIDR.
 */
export function readCidr(text: string): Ipv4Prefix | undefined {
  const numbers = LOOSE_CIDR.exec(text)?.slice(1).map(Number)
  if (numbers === undefined) return undefined
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = numbers
  if (Math.max(a, b, c, d) > 255 || length > 32) return undefined
  return networkOf({ address: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0, length })
}

/** Undefined when the block holds no IPv4 address at all. */
export function readIpBlock(block: IpBlock): AddressRange | undefined {
  const cidr = readCidr(block.cidr ?? '')
  if (cidr === undefined) return undefined
  return { cidr, except: (block.except ?? []).map(readCidr).filter(prefix => prefix !== undefined) }
}

export function rangeContains(range: AddressRange, address: Ipv4): boolean {
  return prefixContains(range.cidr, address) && !range.except.some(prefix => prefixContains(prefix, address))
}
