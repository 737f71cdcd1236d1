/** An IPv4 address as an unsigned 32-bit number in host order: `10.0.0.1` is `0x0a000001`. */
export type Ipv4 = number

/** An IPv4 network. `address` may have host bits set where the text had; `networkOf` masks them. */
export interface Ipv4Prefix {
  readonly address: Ipv4
  /** 0–32. */
  readonly length: number
}

/** Strict dotted quad: four decimal numbers 0–255 without leading zeros. Read by hand: a cluster has it done a million times. */
export function parseIpv4(text: string): Ipv4 | undefined {
  // The longest is 255.255.255.255.
  if (text.length > 15) return undefined
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2e) {
      if (digits === 0 || dots === 3) return undefined
      value = value * 256 + octet
      octet = digits = 0
      dots++
      continue
    }
    const leadingZero = digits > 0 && octet === 0
    if (code < 0x30 || code > 0x39 || leadingZero) return undefined
    octet = octet * 10 + code - 0x30
    digits++
    if (octet > 255) return undefined
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : undefined
}

export function formatIpv4(ip: Ipv4): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`
}

/** The network mask as uint32; a shift by 32 is a shift by 0 in JavaScript, hence the branch. */
export function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
}

export function networkOf(prefix: Ipv4Prefix): Ipv4Prefix {
  return { address: (prefix.address & maskOf(prefix.length)) >>> 0, length: prefix.length }
}

/** `a.b.c.d/n` or `a.b.c.d` (a /32), strict octets, length 0–32. Host bits are kept. */
export function parseIpv4Prefix(text: string): Ipv4Prefix | undefined {
  const slash = text.indexOf('/')
  const address = parseIpv4(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  if (slash < 0) return { address, length: 32 }
  const length = text.slice(slash + 1)
  if (!/^[0-9]{1,2}$/.test(length) || Number(length) > 32) return undefined
  return { address, length: Number(length) }
}

/** ipset's way to print a network: a /32 without its length. */
export function formatIpv4Prefix(prefix: Ipv4Prefix): string {
  const address = formatIpv4(prefix.address)
  return prefix.length === 32 ? address : `${address}/${prefix.length}`
}

export function prefixContains(prefix: Ipv4Prefix, ip: Ipv4): boolean {
  return ((prefix.address ^ ip) & maskOf(prefix.length)) === 0
}

/** Whether `inner` lies within `outer` (an equal network does). */
export function prefixCovers(outer: Ipv4Prefix, inner: Ipv4Prefix): boolean {
  return inner.length >= outer.length && prefixContains(outer, inner.address)
}

export function lastAddressOf(prefix: Ipv4Prefix): Ipv4 {
  return (prefix.address | ~maskOf(prefix.length)) >>> 0
}
