import { parseIpv4, parseIpv4Prefix } from '../../model/ip.ts'
import type { Ipv4Prefix } from '../../model/ip.ts'
import type { CtState } from '../../model/packet.ts'

/** What is wrong with a line; the reader adds the line's number. */
export interface RuleFault {
  readonly fault: string
}

export function isFault(value: unknown): value is RuleFault {
  return typeof value === 'object' && value !== null && 'fault' in value
}

/** Order in which the tools print connection states, whatever order they were given in. */
export const CT_STATES: readonly CtState[] = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED']

/** Undefined when a state is not modelled (`SNAT`, `DNAT`) or none is given. */
export function parseCtStates(text: string): readonly CtState[] | undefined {
  const given = text.toUpperCase().split(',')
  const known = CT_STATES.filter(state => given.includes(state))
  return given.every(state => CT_STATES.some(name => name === state)) ? known : undefined
}

/** An unsigned 32-bit number, decimal, `0x` hexadecimal or `0` octal as C's strtoul reads it. */
export function parseUint32(text: string): number | undefined {
  if (!/^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text)) return undefined
  const value = /^0[0-9]/.test(text) ? (/^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : -1) : Number(text)
  return value >= 0 && value <= 0xffffffff ? value : undefined
}

/** `value` or `value/mask`; a missing mask is all ones. */
export function parseMark(text: string): { readonly value: number; readonly mask: number } | undefined {
  const slash = text.indexOf('/')
  const value = parseUint32(slash < 0 ? text : text.slice(0, slash))
  const mask = slash < 0 ? 0xffffffff : parseUint32(text.slice(slash + 1))
  return value === undefined || mask === undefined ? undefined : { value, mask }
}

/** `80`, `80:90`, `:90`, `80:`; undefined out of 0–65535 or with the ends the wrong way round. */
export function parsePorts(text: string): { readonly from: number; readonly to: number } | undefined {
  const found = /^([0-9]{0,5})(?:(:)([0-9]{0,5}))?$/.exec(text)
  if (found === null || text === '') return undefined
  const [, first = '', colon, second = ''] = found
  const from = first === '' ? 0 : Number(first)
  const to = colon === undefined ? from : second === '' ? 65535 : Number(second)
  return from <= to && to <= 65535 ? { from, to } : undefined
}

/** An address with a length or a contiguous mask, host bits cleared. */
function parseAddress(text: string): Ipv4Prefix | undefined {
  const slash = text.indexOf('/')
  const mask = slash < 0 ? undefined : parseIpv4(text.slice(slash + 1))
  const length = mask === undefined ? undefined : Math.clz32(~mask)
  if (mask !== undefined && length !== undefined) {
    const contiguous = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0
    if (mask !== contiguous) return undefined
  }
  const prefix = parseIpv4Prefix(length === undefined ? text : `${text.slice(0, slash)}/${length}`)
  if (prefix === undefined) return undefined
  const bits = prefix.length === 0 ? 0 : (0xffffffff << (32 - prefix.length)) >>> 0
  return { address: (prefix.address & bits) >>> 0, length: prefix.length }
}

/** `-s` and `-d` take several addresses with commas: a rule is made for each. */
export function parseAddresses(text: string): readonly Ipv4Prefix[] | undefined {
  const parsed = text.split(',').map(parseAddress)
  const good = parsed.filter(prefix => prefix !== undefined)
  return good.length === parsed.length ? good : undefined
}
