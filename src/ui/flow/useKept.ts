import { useState } from 'react'

interface Identified {
  readonly id: string
}

/** The list with every element that is equal to one of the last render replaced by that very one, which need not be drawn anew. */
export function useKept<T extends Identified>(next: T[]): T[] {
  const [state, setState] = useState({ next, kept: next })
  if (state.next === next) return state.kept
  const before = new Map(state.kept.map(element => [element.id, element]))
  const merged = next.map(element => {
    const old = before.get(element.id)
    return old !== undefined && isSame(old, element) ? old : element
  })
  setState({ next, kept: merged })
  return merged
}

/** Equal plain data; functions only when they are one. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}
