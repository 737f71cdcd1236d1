import { useState } from 'react'
import { sameData } from '../../graph/sameData.ts'

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
    return old !== undefined && sameData(old, element) ? old : element
  })
  const kept = merged.length === state.kept.length && merged.every((one, i) => one === state.kept[i])
  const result = kept ? state.kept : merged
  setState({ next, kept: result })
  return result
}

/** The last value again as long as the next one is equal to it, so that nothing that is made from it is made anew. */
export function useKeptData<T>(next: T): T {
  const [state, setState] = useState({ next, kept: next })
  if (Object.is(state.next, next)) return state.kept
  const kept = sameData(state.kept, next) ? state.kept : next
  setState({ next, kept })
  return kept
}
