/** A source of numbers that is the same for the same seed: mulberry32. */
export interface Random {
  /** 0 ≤ number < `below` */
  readonly integer: (below: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  /** True in so many of a hundred cases. */
  readonly chance: (percent: number) => boolean
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const integer = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  return {
    integer,
    pick: items => {
      const item = items[integer(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    chance: percent => integer(100) < percent,
  }
}
