import { parseIpv4 } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { Match, SetDimension } from '../../model/ruleset.ts'

/** Names that a listing without `-n` has for addresses, the same on every node: /etc/networks, /etc/hosts, the DNS. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['default', '0.0.0.0'],
  ['localhost', '127.0.0.1'],
  ['localhost.localdomain', '127.0.0.1'],
  ['loopback', '127.0.0.0'],
  ['link-local', '169.254.0.0'],
  ['base-address.mcast.net', '224.0.0.0'],
  ['all-systems.mcast.net', '224.0.0.1'],
])

/** `loopback/8` → `127.0.0.0/8`; undefined for a name of the node's own world. */
export function namedAddress(text: string): string | undefined {
  const slash = text.indexOf('/')
  const address = NAMES.get((slash < 0 ? text : text.slice(0, slash)).toLowerCase())
  return address === undefined ? undefined : `${address}${slash < 0 ? '' : text.slice(slash)}`
}

/** `-s` and `-d` themselves, in the place of a module: addresses that the model's prefixes do not hold. */
const OPTIONS: Readonly<Record<SetDimension, string>> = { src: '-s', dst: '-d' }

function maskedAddress(text: string): { readonly address: Ipv4; readonly mask: Ipv4 } | undefined {
  const [address, mask] = text.split('/').map(parseIpv4)
  return address === undefined || mask === undefined ? undefined : { address, mask }
}

/**
 * A match for a mask with holes, or for what stands in an address's place and tells nobody which it is: a host's name, or
 * the X.X.X.X of who hides it. Undefined for a number that is none.
 */
export function otherAddress(dimension: SetDimension, text: string, inverted: boolean): Match | undefined {
  if (maskedAddress(text) === undefined && !/[A-Za-z*]/.test(text)) return undefined
  return { kind: 'other', module: OPTIONS[dimension], args: [...(inverted ? ['!'] : []), text] }
}

/** Which end such a match is about; undefined for every other match. */
export function otherAddressOf(match: Match): SetDimension | undefined {
  if (match.kind !== 'other') return undefined
  return match.module === '-s' ? 'src' : match.module === '-d' ? 'dst' : undefined
}

/** Whether the address is one that the words mean, without the negation; undefined where only the node knows. */
export function isOtherAddress(text: string, address: Ipv4): boolean | undefined {
  const masked = maskedAddress(text)
  return masked === undefined
    ? undefined
    : (address & masked.mask) >>> 0 === (masked.address & masked.mask) >>> 0
}
