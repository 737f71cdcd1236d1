/** A part of a value that is too large to be read at once. Applied in order to nothing they make the value again. */
export type Piece =
  /** Stands at the path; its items or fields follow. */
  | { readonly kind: 'value'; readonly path: PiecePath; readonly value: unknown }
  /** Follow those that are there. */
  | { readonly kind: 'items'; readonly path: PiecePath; readonly items: readonly unknown[] }
  | { readonly kind: 'fields'; readonly path: PiecePath; readonly fields: Readonly<Record<string, unknown>> }

/** Keys and indexes from the outside in. */
export type PiecePath = readonly (string | number)[]

/** What is read in a few milliseconds, as `weightOf` counts. */
export const PIECE_WEIGHT = 30_000

/** Characters and numbers that weigh as much as one object or string. */
const LETTERS = 200
const NUMBERS = 2000

/**
 * About how long a plain value takes to read, in objects and strings; `Infinity` when it is more than `most`. What it
 * refers to twice counts twice.
 */
export function weightOf(value: unknown, most: number): number {
  if (typeof value === 'string') return 1 + value.length / LETTERS
  if (typeof value !== 'object' || value === null) return 0
  if (ArrayBuffer.isView(value)) return 1 + value.byteLength / (4 * NUMBERS)
  const parts: Iterable<unknown> =
    value instanceof Map ? [...value].flat() : Array.isArray(value) ? value : Object.values(value)
  let weight = 1
  for (const part of parts) {
    weight += weightOf(part, most - weight)
    if (weight > most) return Infinity
  }
  return weight
}

/**
 * Cuts a plain value into pieces of at most that weight, as far as it consists of arrays and objects; a value that is
 * light enough is one piece. Longer strings, arrays of numbers and maps stay whole.
 */
export function* piecesOf(value: unknown, most: number, path: PiecePath = []): Generator<Piece> {
  if (!isCuttable(value) || weightOf(value, most) <= most) {
    yield { kind: 'value', path, value }
    return
  }
  const isArray = Array.isArray(value)
  yield { kind: 'value', path, value: isArray ? [] : {} }
  let group: (readonly [string, unknown])[] = []
  let weight = 0
  const close = function* (): Generator<Piece> {
    if (group.length === 0) return
    yield isArray
      ? { kind: 'items', path, items: group.map(([, part]) => part) }
      : { kind: 'fields', path, fields: Object.fromEntries(group) }
    group = []
    weight = 0
  }
  for (const [key, part] of Object.entries(value)) {
    const own = weightOf(part, most)
    if (weight + own > most) yield* close()
    if (own > most) yield* piecesOf(part, most, [...path, isArray ? Number(key) : key])
    else {
      group.push([key, part])
      weight += own
    }
  }
  yield* close()
}

function isCuttable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Map)
}

/** Puts pieces together, in the order in which they were cut. */
export function createAssembly(): { readonly add: (piece: Piece) => void; readonly whole: () => unknown } {
  const root: { whole?: unknown } = {}
  const at = (path: PiecePath): Record<string, unknown> =>
    path.reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      root.whole,
    ) as Record<string, unknown>
  return {
    add: piece => {
      const { path } = piece
      switch (piece.kind) {
        case 'value': {
          const last = path.at(-1)
          if (last === undefined) root.whole = piece.value
          else put(at(path.slice(0, -1)), `${last}`, piece.value)
          return
        }
        case 'items': {
          const items = at(path) as unknown as unknown[]
          for (const item of piece.items) items.push(item)
          return
        }
        case 'fields': {
          const target = at(path)
          for (const [key, value] of Object.entries(piece.fields)) put(target, key, value)
        }
      }
    },
    whole: () => root.whole,
  }
}

/** Also a key like `__proto__` is one of the value's own. */
function put(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}
