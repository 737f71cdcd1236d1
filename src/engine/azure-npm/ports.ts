import type { PolicyPort } from '../../model/networkPolicy.ts'

export type ParsedPort =
  | { readonly kind: 'numeric'; readonly protocol: string; readonly port: number; readonly endPort: number }
  | { readonly kind: 'named'; readonly protocol: string; readonly name: string }

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** Go's `strconv.Atoi` with the error thrown away: other text is 0, too large a number the nearest one. */
function goInteger(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) return 0n
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  if (value > MAX_INT64) return MAX_INT64
  return value < MIN_INT64 ? MIN_INT64 : value
}

/** §3.7. Undefined for a port of empty text, which is class T. */
export function parsePolicyPort(policyPort: PolicyPort): ParsedPort | undefined {
  const { protocol = 'TCP', port, endPort = 0 } = policyPort
  if (port === undefined) return { kind: 'numeric', protocol, port: 0, endPort: 0 }
  const value = typeof port === 'number' ? BigInt(Math.trunc(port)) : goInteger(port)
  if (value !== 0n) return { kind: 'numeric', protocol, port: Number(BigInt.asIntN(32, value)), endPort }
  const name = String(port)
  return name === '' ? undefined : { kind: 'named', protocol, name }
}
