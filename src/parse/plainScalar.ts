/** What a YAML scalar means in JSON. `number` keeps Go's JSON text of it. */
export type ScalarValue =
  | { readonly kind: 'null' }
  /** `word`: the text, where only YAML 1.1 takes it for a boolean: `y`, `no`, `On`. */
  | { readonly kind: 'bool'; readonly value: boolean; readonly word?: string }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly float: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** `.inf`, `.nan`: YAML has them, JSON has not. `value` is Go's name for it. */
  | { readonly kind: 'unsupported'; readonly value: string }

const WORDS: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...['true', 'True', 'TRUE'].map(word => [word, { kind: 'bool', value: true }] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, { kind: 'bool', value: false }] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map(
    word => [word, { kind: 'bool', value: true, word }] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map(
    word => [word, { kind: 'bool', value: false, word }] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, { kind: 'null' }] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, { kind: 'unsupported', value: 'NaN' }] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    word => [word, { kind: 'unsupported', value: '+Inf' }] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map(word => [word, { kind: 'unsupported', value: '-Inf' }] as const),
])

const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|(?:0[oO]?([0-7]+))|(0|[1-9][0-9]*))$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

const MIN_INT64 = -(2n ** 63n)
const MAX_UINT64 = 2n ** 64n - 1n

/**
 * A plain (unquoted, untagged) scalar as kubectl's YAML reader takes it: the go-yaml v2 family, YAML 1.1 with
 * exceptions (kubernetes-admission R6). Never throws.
 */
export function readPlainScalar(text: string): ScalarValue {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  // Only a text that begins like a number is tried as one, so `_1` and `e1` stay strings.
  if (!/^[-+.0-9]/.test(text)) return { kind: 'string', value: text }
  if (text.startsWith('.')) return readFloat(text) ?? { kind: 'string', value: text }
  const digits = text.includes('_') ? text.replaceAll('_', '') : text
  return readInteger(digits) ?? readFloat(digits) ?? { kind: 'string', value: text }
}

function readInteger(text: string): ScalarValue | undefined {
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, hex, binary, octal, decimal] = match
  const literal = hex ?? binary ?? (octal === undefined ? decimal : `0o${octal}`) ?? '0'
  // A literal of more digits than 64 bits hold is no integer; without this a megabyte of digits takes for ever.
  if (literal.length > 70) return undefined
  const magnitude = BigInt(literal.toLowerCase())
  const value = sign === '-' ? -magnitude : magnitude
  if (value < MIN_INT64 || value > MAX_UINT64) return undefined
  return { kind: 'number', value: Number(value), text: value.toString(), float: false }
}

function readFloat(text: string): ScalarValue | undefined {
  if (!FLOAT.test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  return { kind: 'number', value, text: goJsonNumber(value), float: true }
}

/** Go's encoding/json prints floats as JavaScript does, except for the sign of zero. */
function goJsonNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** A number as a map key: Go's shortest `%g` of a 32-bit float (R7), integers in decimal. */
export function formatKeyNumber(value: number, text: string, float: boolean): string {
  if (!float) return text
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  let precision = 1
  while (precision < 9 && Math.fround(Number(single.toPrecision(precision))) !== single) precision++
  const [mantissa = '', exponent = '0'] = single.toExponential(precision - 1).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${exponent}`))
  const size = Math.abs(power)
  return `${mantissa}e${power < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
}
