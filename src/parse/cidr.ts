import type { MessageCode } from './messages.ts'

/** A network of either family as Kubernetes reads it: `bytes` is 4 or 16 long. */
export interface Cidr {
  readonly bytes: readonly number[]
  readonly length: number
  /** Written as `::ffff:a.b.c.d`; `bytes` then has 16. */
  readonly mapped: boolean
  /** Some number of the text has leading zeros. */
  readonly leadingZeros: boolean
}

/** The loose reading of all versions (Q3): leading zeros, IPv4-mapped addresses and host bits pass. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return undefined
  const address = parseAddress(text.slice(0, slash))
  const lengthText = text.slice(slash + 1)
  if (address === undefined || !/^[0-9]+$/.test(lengthText)) return undefined
  const length = Number(lengthText)
  if (length > address.bytes.length * 8) return undefined
  const leadingZeros = address.leadingZeros || /^0[0-9]/.test(lengthText)
  return { bytes: address.bytes, length, mapped: address.mapped, leadingZeros }
}

/** Q4: what the strict reading of 1.36 refuses, first match. */
export function strictCidrError(cidr: Cidr): MessageCode | undefined {
  if (cidr.leadingZeros) return 'cidr-leading-zeros'
  if (cidr.mapped) return 'cidr-ipv4-mapped'
  return hasHostBits(cidr) ? 'cidr-host-bits' : undefined
}

function hasHostBits({ bytes, length }: Cidr): boolean {
  return bytes.some((byte, i) => (byte & ~byteMask(length, i)) !== 0)
}

/** The bits of byte i that belong to the network. */
function byteMask(length: number, i: number): number {
  const bits = Math.min(Math.max(length - 8 * i, 0), 8)
  return (0xff << (8 - bits)) & 0xff
}

/** Q2: whether the first address of `inner` lies in `outer` and its prefix is longer. Families never mix. */
export function isStrictSubset(inner: Cidr, outer: Cidr): boolean {
  const first = familyBytes({
    ...inner,
    bytes: inner.bytes.map((byte, i) => byte & byteMask(inner.length, i)),
  })
  const network = familyBytes(outer)
  if (first.length !== network.length || inner.length <= outer.length) return false
  const skipped = outer.bytes.length - network.length
  return network.every((byte, i) => ((byte ^ (first[i] ?? 0)) & byteMask(outer.length, i + skipped)) === 0)
}

/** Go keeps what stands for an IPv4 address as four bytes, but counts the length of the prefix as it is written. */
function familyBytes({ bytes, length, mapped }: Cidr): readonly number[] {
  return mapped && length >= 96 ? bytes.slice(12) : bytes
}

/** RFC 5952 of an IPv6 network: lower case, no leading zeros, the longest run of zeros (first of equals, two or more) as `::`. */
export function formatCidr6({ bytes, length }: Cidr): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  let best = { start: 0, size: 1 }
  for (let start = 0; start < 8; start++) {
    let size = 0
    while (groups[start + size] === 0) size++
    if (size > best.size) best = { start, size }
  }
  const hex = (part: readonly number[]): string => part.map(group => group.toString(16)).join(':')
  const address =
    best.size < 2
      ? hex(groups)
      : `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.size))}`
  return `${address}/${length}`
}

interface Address {
  readonly bytes: readonly number[]
  readonly mapped: boolean
  readonly leadingZeros: boolean
}

function parseAddress(text: string): Address | undefined {
  if (text.length > 100) return undefined
  return text.includes(':') ? parseAddress6(text) : parseAddress4(text)
}

function parseAddress4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^[0-9]+$/.test(part) && Number(part) <= 255))
    return undefined
  return {
    bytes: parts.map(Number),
    mapped: false,
    leadingZeros: parts.some(part => part.length > 1 && part.startsWith('0')),
  }
}

/** Hexadecimal groups may have leading zeros, which is their usual form; the decimal ones of an embedded IPv4 address count. */
function parseAddress6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : { bytes: [], leadingZeros: false }
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.bytes.length - tail.bytes.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  const bytes = [...head.bytes, ...Array.from({ length: missing }, () => 0), ...tail.bytes]
  return {
    bytes,
    mapped: bytes.slice(0, 10).every(byte => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff,
    leadingZeros: head.leadingZeros || tail.leadingZeros,
  }
}

function parseGroups(
  text: string,
  last: boolean,
): { readonly bytes: readonly number[]; readonly leadingZeros: boolean } | undefined {
  if (text === '') return { bytes: [], leadingZeros: false }
  const bytes: number[] = []
  let leadingZeros = false
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
      continue
    }
    const embedded = last && i === groups.length - 1 ? parseAddress4(group) : undefined
    if (embedded === undefined) return undefined
    bytes.push(...embedded.bytes)
    leadingZeros ||= embedded.leadingZeros
  }
  return { bytes, leadingZeros }
}
