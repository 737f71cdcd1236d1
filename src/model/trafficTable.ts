import type { TrafficSet } from './traffic.ts'

/** Sets of traffic by number: equal sets have one. */
export interface TrafficTable {
  /** Grows as sets are added. */
  readonly sets: readonly TrafficSet[]
  readonly numberOf: (set: TrafficSet) => number
}

const MAX_KNOWN_ARRAYS = 50_000

export function createTrafficTable(): TrafficTable {
  const sets: TrafficSet[] = []
  const numbers = new Map<string, number>()
  // Many answers are the same array again, and looking an array up costs far less than making its text. Others are
  // made once and never come again; the bound keeps those from filling the memory.
  const knownArrays = new Map<TrafficSet, number>()
  return {
    sets,
    numberOf(set) {
      const earlier = knownArrays.get(set)
      if (earlier !== undefined) return earlier
      const text = set.join()
      const number = numbers.get(text) ?? sets.length
      if (number === sets.length) {
        numbers.set(text, number)
        sets.push(set)
      }
      if (knownArrays.size < MAX_KNOWN_ARRAYS) knownArrays.set(set, number)
      return number
    },
  }
}
