import type { TextRange } from '../model/origin.ts'
import type { Tree } from './tree.ts'

/** A value without places, as JSON has it. */
export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue }

/** `['spec', 'ingress', 0, 'from']` */
export type FieldPath = readonly (string | number)[]

/** A change of one field. Several are made one after the other, each on what the one before it left. */
export type FieldEdit =
  /** One item more at the end of a list; list and maps on the way are made where they lack. */
  | { readonly kind: 'append'; readonly path: FieldPath; readonly value: PlainValue }
  /** A field that is a scalar or is not there yet. */
  | { readonly kind: 'set'; readonly path: FieldPath; readonly value: PlainValue }
  /** An item of a list. The list stays, as `[]` when it was the only one. */
  | { readonly kind: 'remove'; readonly path: FieldPath }

type PlainMap = Readonly<Record<string, PlainValue>>

export function isPlainMap(value: PlainValue | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isPlainList(value: PlainValue | undefined): value is readonly PlainValue[] {
  return Array.isArray(value)
}

/** What the edit means, text or no text. Undefined where it does not fit: no such item, a list where a map is meant. */
export function editedValue(value: PlainValue, edit: FieldEdit): PlainValue | undefined {
  return edited(value, edit.path, edit)
}

function edited(value: PlainValue | undefined, path: FieldPath, edit: FieldEdit): PlainValue | undefined {
  const [step, ...rest] = path
  if (step === undefined) {
    if (edit.kind === 'set') return edit.value
    if (edit.kind === 'remove') return undefined
    if (value === undefined || value === null) return [edit.value]
    return isPlainList(value) ? [...value, edit.value] : undefined
  }
  if (typeof step === 'number') {
    if (!isPlainList(value) || step >= value.length) return undefined
    if (rest.length === 0 && edit.kind === 'remove') return value.toSpliced(step, 1)
    const inner = edited(value[step], rest, edit)
    return inner === undefined ? undefined : value.with(step, inner)
  }
  if (value !== undefined && value !== null && !isPlainMap(value)) return undefined
  const map = value ?? {}
  const inner = edited(Object.hasOwn(map, step) ? map[step] : undefined, rest, edit)
  return inner === undefined ? undefined : { ...map, [step]: inner }
}

/** A node that a path leads to, with the key that it stands behind. */
export interface Located {
  readonly node: Tree
  readonly key?: TextRange
}

/**
 * The nodes on the way to a field, the outermost first, as far as they are there. Undefined where the way leads through
 * an alias or a merge key: what stands there belongs to other places, too.
 */
export function locate(text: string, root: Tree, path: FieldPath): readonly Located[] | undefined {
  const way: Located[] = [{ node: root }]
  let at = root
  for (const step of path) {
    if (isAlias(text, at)) return undefined
    const next = child(at, step)
    if (next === undefined) return way
    if (!within(next.key ?? next.node.range, at.range) || !within(next.node.range, at.range)) return undefined
    way.push(next)
    at = next.node
  }
  return way
}

function child(node: Tree, step: string | number): Located | undefined {
  if (typeof step === 'number') {
    const item = node.kind === 'list' ? node.items[step] : undefined
    return item === undefined ? undefined : { node: item }
  }
  const entry = node.kind === 'map' ? node.entries.get(step) : undefined
  return entry === undefined ? undefined : { node: entry.value, key: entry.keyRange }
}

function within(inner: TextRange, outer: TextRange): boolean {
  return inner.start >= outer.start && inner.end <= outer.end
}

/** No other node begins with an asterisk: in plain text it is not allowed, and quotes come before it. */
export function isAlias(text: string, { range }: Tree): boolean {
  return text[range.start] === '*'
}
