import { prefixContains, type Ipv4 } from './ip.ts'
import type { IpSet, IpSetEntry } from './ipSet.ts'
import type { Ruleset } from './ruleset.ts'

/** A set by its name and meaning, without what it holds. */
export type SetOutline = Omit<IpSet, 'entries'>

/** Tables and sets, the latter without what they hold. */
export interface RulesetOutline extends Pick<Ruleset, 'tables'> {
  readonly sets: readonly SetOutline[]
}

/** A set whose entries stand in a `ListedRuleset`. */
export interface ListedSet extends SetOutline {
  /** Of its first entry, counted in entries. */
  readonly first: number
  readonly size: number
}

/**
 * A ruleset with the entries of all sets in one array of numbers, because a large cluster has a million of them: as
 * objects they would be most of what the page reads of an analysis.
 */
export interface ListedRuleset extends RulesetOutline {
  readonly sets: readonly ListedSet[]
  /**
   * Two numbers an entry. The first: kind in bits 0 and 1; above it a net's length (6 bits) and `nomatch`, or protocol
   * (8 bits) and port. The second: the address, or an index into `texts`.
   */
  readonly entries: Int32Array
  /** Names of member sets, and entries of types that are not modelled. */
  readonly texts: readonly string[]
}

const NET = 0
const IP_PORT = 1
const SET = 2
const OTHER = 3

/** Keeps all of a ruleset but the origins of entries. */
export function listRuleset({ tables, sets }: Ruleset): ListedRuleset {
  const entries = new Int32Array(2 * sets.reduce((sum, set) => sum + set.entries.length, 0))
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  let at = 0
  const listed = sets.map((set): ListedSet => {
    const { entries: own, ...outline } = set
    const first = at / 2
    for (const entry of own) {
      switch (entry.kind) {
        case 'net':
          entries[at++] = NET | ((entry.prefix.length | (entry.nomatch ? 64 : 0)) << 2)
          entries[at++] = entry.prefix.address
          break
        case 'ipPort':
          entries[at++] = IP_PORT | ((entry.protocol | (entry.port << 8)) << 2)
          entries[at++] = entry.address
          break
        case 'set':
          entries[at++] = SET
          entries[at++] = numberOf(entry.set)
          break
        case 'other':
          entries[at++] = OTHER
          entries[at++] = numberOf(entry.text)
      }
    }
    return { ...outline, first, size: own.length }
  })
  return { tables, sets: listed, entries, texts: [...numbers.keys()] }
}

/** An entry of a set, without its origin; `index` counts from 0 in the set. */
export function entryOf({ entries, texts }: ListedRuleset, set: ListedSet, index: number): IpSetEntry {
  const head = entries[2 * (set.first + index)] ?? OTHER
  const tail = entries[2 * (set.first + index) + 1] ?? -1
  const detail = head >>> 2
  switch (head & 3) {
    case NET:
      return {
        kind: 'net',
        prefix: { address: tail >>> 0, length: detail & 63 },
        nomatch: (detail & 64) !== 0,
      }
    case IP_PORT:
      return { kind: 'ipPort', address: tail >>> 0, protocol: detail & 255, port: detail >>> 8 }
    case SET:
      return { kind: 'set', set: texts[tail] ?? '' }
    default:
      return { kind: 'other', text: texts[tail] ?? '' }
  }
}

/** Sets that hold the address itself or through a member set. Blocks count: `10.0.0.0/8` holds 10.1.1.1. */
export function setsHolding(ruleset: ListedRuleset, address: Ipv4): readonly ListedSet[] {
  const { sets, entries, texts } = ruleset
  const holds = ({ first, size }: ListedSet): boolean => {
    let best = -1
    let inside = false
    for (let at = 2 * first; at < 2 * (first + size); at += 2) {
      const head = entries[at] ?? OTHER
      const own = (entries[at + 1] ?? 0) >>> 0
      const kind = head & 3
      if (kind === IP_PORT && own === address) return true
      if (kind !== NET) continue
      const length = (head >>> 2) & 63
      // The longest prefix decides, as in the kernel.
      if (length > best && prefixContains({ address: own, length }, address)) {
        best = length
        inside = (head & 256) === 0
      }
    }
    return inside
  }
  const direct = new Set(sets.filter(holds).map(set => set.name))
  const hasMember = ({ first, size }: ListedSet): boolean => {
    for (let at = 2 * first; at < 2 * (first + size); at += 2)
      if (((entries[at] ?? OTHER) & 3) === SET && direct.has(texts[entries[at + 1] ?? -1] ?? '')) return true
    return false
  }
  return sets.filter(set => direct.has(set.name) || hasMember(set))
}
