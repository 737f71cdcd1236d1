import { labelPath } from '../model/origin.ts'
import { compareBytes } from '../model/order.ts'
import type { MessageCode } from './messages.ts'
import type { Tree } from './tree.ts'

/** Something wrong with an object, at one of its fields. */
export interface Issue {
  readonly code: MessageCode
  /** Kubernetes' field path: of a label the map's, without the key. */
  readonly path: string
  /** The path to underline, where it is another: that of the label. */
  readonly at?: string
  readonly args: Readonly<Record<string, string | number>>
}

/** Where a value stands, in the words of the path and of Go's decoder. */
export interface Place {
  /** `spec.ingress[0].ports` */
  readonly path: string
  /** The struct that has the field: `NetworkPolicyIngressRule`. */
  readonly struct: string
  /** `spec.ingress.ports`: without indexes and map keys. */
  readonly field: string
}

/** How a Go type is decoded from JSON. */
export interface Shape<T> {
  /** The type's name in decoding errors: `[]v1.NetworkPolicyPort`. */
  readonly type: string
  /** What `null` is as an element of a list or a map. */
  readonly zero: T
  /** Never called with null, which is absent. `undefined` after an issue. */
  readonly read: (tree: Tree, place: Place, issues: Issue[]) => T | undefined
}

const WHAT: Readonly<Record<Tree['kind'], string>> = {
  null: 'null',
  bool: 'bool',
  number: 'number',
  string: 'string',
  list: 'array',
  map: 'object',
}

function wrongType(tree: Tree, type: string, place: Place, issues: Issue[], detail = ''): undefined {
  const { struct, field } = place
  const found = `${WHAT[tree.kind]}${detail}`
  issues.push({ code: 'wrong-type', path: place.path, args: { found, struct, field, type } })
  return undefined
}

/**
 * A bare `y` or `no` where a text belongs. kubectl refuses it, because YAML 1.1 reads a boolean; what is meant is
 * plain, so the text is taken and the issue told.
 */
function bareWord(word: string, type: string, { path, struct, field }: Place, issues: Issue[]): string {
  issues.push({ code: 'wrong-type', path, args: { found: 'bool', struct, field, type, word } })
  return word
}

/** Whether the value was read as it is meant, so that the object can be shown although kubectl refuses it. */
export function isReadAsMeant({ code, args }: Issue): boolean {
  return code === 'wrong-type' && args['word'] !== undefined
}

export function text(type = 'string'): Shape<string> {
  return {
    type,
    zero: '',
    read: (tree, place, issues) => {
      if (tree.kind === 'string') return tree.value
      if (tree.kind === 'bool' && tree.word !== undefined) return bareWord(tree.word, type, place, issues)
      return wrongType(tree, type, place, issues)
    },
  }
}

export function bool(): Shape<boolean> {
  return {
    type: 'bool',
    zero: false,
    read: (tree, place, issues) =>
      tree.kind === 'bool' ? tree.value : wrongType(tree, 'bool', place, issues),
  }
}

export function integer(type: 'int32' | 'int64'): Shape<number> {
  const limit = type === 'int32' ? 2 ** 31 : 2 ** 63
  return {
    type,
    zero: 0,
    read: (tree, place, issues) => {
      if (tree.kind !== 'number') return wrongType(tree, type, place, issues)
      const { value } = tree
      if (Number.isInteger(value) && value >= -limit && value < limit) return value
      return wrongType(tree, type, place, issues, ` ${tree.text}`)
    },
  }
}

/** A number or a name; in errors it calls itself `int32`. */
export function intOrString(): Shape<number | string> {
  const number = integer('int32')
  return {
    type: 'int32',
    zero: 0,
    read: (tree, place, issues) => (tree.kind === 'string' ? tree.value : number.read(tree, place, issues)),
  }
}

/** A field that plays no part here: whatever stands there passes. */
export function anything(): Shape<undefined> {
  return { type: 'interface {}', zero: undefined, read: () => undefined }
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  const type = `[]${item.type}`
  return {
    type,
    zero: [],
    read: (tree, place, issues) => {
      if (tree.kind !== 'list') return wrongType(tree, type, place, issues)
      return tree.items.map((element, i) =>
        element.kind === 'null'
          ? item.zero
          : (item.read(element, { ...place, path: `${place.path}[${i}]` }, issues) ?? item.zero),
      )
    },
  }
}

/** `map[string]string`: labels, annotations. Keys that are not identifiers are fine, `__proto__` too. */
export function textMap(): Shape<Readonly<Record<string, string>>> {
  const type = 'map[string]string'
  const value = text()
  return {
    type,
    zero: {},
    read: (tree, place, issues) => {
      if (tree.kind !== 'map') return wrongType(tree, type, place, issues)
      const entries = sortedEntries(tree).map(([key, entry]): [string, string] => [
        key,
        entry.value.kind === 'null'
          ? ''
          : (value.read(entry.value, { ...place, path: labelPath(place.path, key) }, issues) ?? ''),
      ])
      return Object.fromEntries(entries)
    },
  }
}

function sortedEntries(tree: Tree & { readonly kind: 'map' }) {
  return [...tree.entries].sort(([a], [b]) => compareBytes(a, b))
}

export type Fields<T> = { readonly [K in keyof T]-?: Shape<NonNullable<T[K]> | undefined> }

/**
 * A Go struct. Fields are visited by sorted key and depth first, which is the order of Kubernetes' errors (R16, R17);
 * unknown ones are issues. `ignored` names the fields that are known and play no part.
 */
export function struct<T extends object>(
  name: string,
  fields: Fields<T>,
  ignored: readonly string[] = [],
  type = `v1.${name}`,
): Shape<T> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries(fields))
  for (const field of ignored) shapes.set(field, anything())
  return {
    type,
    // Every field of the shapes here may be absent; what must be there is a matter of validation.
    zero: {} as T,
    read: (tree, place, issues) => {
      if (tree.kind !== 'map') return wrongType(tree, type, place, issues)
      const values: [string, unknown][] = []
      for (const [key, { value }] of sortedEntries(tree)) {
        const path = place.path === '' ? key : `${place.path}.${key}`
        const shape = shapes.get(key)
        if (shape === undefined) {
          issues.push({ code: 'unknown-field', path, args: { struct: name, ...suggestion(key, shapes) } })
        } else if (value.kind !== 'null') {
          const field = place.field === '' ? key : `${place.field}.${key}`
          const read = shape.read(value, { path, struct: name, field }, issues)
          if (read !== undefined) values.push([key, read])
        }
      }
      return Object.fromEntries(values) as T
    },
  }
}

/** The known field that was probably meant: another spelling of capitals, or one slip of the finger away. */
function suggestion(key: string, shapes: ReadonlyMap<string, unknown>): { readonly suggestion?: string } {
  if (key.length > 60) return {}
  const known = [...shapes.keys()]
  const found =
    known.find(name => name.toLowerCase() === key.toLowerCase()) ??
    known.find(name => name.length > 3 && isOneSlipAway(name.toLowerCase(), key.toLowerCase()))
  return found === undefined ? {} : { suggestion: found }
}

/** One letter added, dropped or changed, or two neighbours swapped. */
function isOneSlipAway(a: string, b: string): boolean {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const restA = a.slice(same)
  const restB = b.slice(same)
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}
