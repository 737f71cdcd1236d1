import type { NetworkPolicySpec } from '../../model/networkPolicy.ts'

/** Whether two specs are equal to Go's `reflect.DeepEqual`: absent and empty lists differ, the order of keys does not matter. */
export function sameSpec(a: NetworkPolicySpec, b: NetworkPolicySpec): boolean {
  // podSelector is no pointer in Go: absent and `{}` are one value.
  return sameValue({ ...a, podSelector: a.podSelector ?? {} }, { ...b, podSelector: b.podSelector ?? {} })
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value, i) => sameValue(value, b[i]))
    )
  const keys = definedKeys(a)
  return (
    keys.length === definedKeys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && sameValue(field(a, key), field(b, key)))
  )
}

function definedKeys(value: object): readonly string[] {
  return Object.keys(value).filter(key => field(value, key) !== undefined)
}

function field(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key]
}
