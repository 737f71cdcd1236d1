import type { Verdict } from '../../model/ruleset.ts'
import { required } from '../../model/assert.ts'
import type { ReachRule, SideConditions } from './reachRules.ts'
import { canHold } from './reachViews.ts'
import type { View } from './reachViews.ts'

export interface ReachChain {
  readonly id: number
  readonly rules: readonly ReachRule[]
  readonly defaultVerdict: Verdict | undefined
  /** Whether any rule asks something of an address. */
  readonly conditional: boolean
  /** Only for long chains: which rules can concern an address, found without looking at all of them. */
  readonly lookup: ChainLookup | undefined
}

interface SideLookup {
  /** Atom → rules that ask for it, each rule under the rarest atom it asks for. */
  readonly byAtom: ReadonlyMap<number, readonly number[]>
  /** Rules that ask something of this end, but for no atom to be there. */
  readonly rest: readonly number[]
}

interface ChainLookup {
  /** Rules that ask nothing of either end. */
  readonly free: readonly number[]
  /** Rules that ask something of the destination, and maybe of the source too. */
  readonly dst: SideLookup
  /** Rules that ask something of the source alone. */
  readonly src: SideLookup
  /** The one end that the whole chain asks about, so that the rules for an address can be kept with it. */
  readonly onlySide: 'src' | 'dst' | undefined
}

/** Below this many rules a chain is gone through from top to end. */
const SHORT_CHAIN = 24

function lookupOf(rules: readonly ReachRule[], numbers: readonly number[], side: 'src' | 'dst'): SideLookup {
  const asked = numbers.map(number => ({
    number,
    atoms: (rules[number]?.[side].atoms ?? []).filter(({ inverted }) => !inverted).map(({ atom }) => atom),
  }))
  const uses = new Map<number, number>()
  for (const { atoms } of asked) for (const atom of atoms) uses.set(atom, (uses.get(atom) ?? 0) + 1)
  const byAtom = new Map<number, number[]>()
  const rest: number[] = []
  for (const { number, atoms } of asked) {
    const rarest = atoms.toSorted((a, b) => (uses.get(a) ?? 0) - (uses.get(b) ?? 0) || a - b)[0]
    if (rarest === undefined) {
      rest.push(number)
      continue
    }
    const under = byAtom.get(rarest)
    if (under === undefined) byAtom.set(rarest, [number])
    else under.push(number)
  }
  return { byAtom, rest }
}

function asksSomething(side: SideConditions): boolean {
  return side.atoms.length + side.sets.length > 0
}

function chainLookup(rules: readonly ReachRule[]): ChainLookup {
  const free: number[] = []
  const dst: number[] = []
  const src: number[] = []
  rules.forEach((rule, number) => {
    if (asksSomething(rule.dst)) dst.push(number)
    else if (asksSomething(rule.src)) src.push(number)
    else free.push(number)
  })
  const dstOnly = src.length === 0 && dst.every(number => !asksSomething(required(rules[number], 'rule').src))
  const onlySide = dst.length === 0 ? 'src' : dstOnly ? 'dst' : undefined
  return { free, dst: lookupOf(rules, dst, 'dst'), src: lookupOf(rules, src, 'src'), onlySide }
}

export function reachChain(
  id: number,
  rules: readonly ReachRule[],
  defaultVerdict: Verdict | undefined,
): ReachChain {
  const conditional = rules.some(({ src, dst }) => asksSomething(src) || asksSomething(dst))
  const lookup = rules.length > SHORT_CHAIN ? chainLookup(rules) : undefined
  return { id, rules, defaultVerdict, conditional, lookup }
}

function hitsOf(chain: ReachChain, lookup: SideLookup, side: 'src' | 'dst', view: View): readonly number[] {
  const cache = side === 'src' ? view.srcHits : view.dstHits
  const known = cache.get(chain.id)
  if (known !== undefined) return known
  const hits: number[] = []
  const keep = (number: number) => {
    const rule = chain.rules[number]
    if (rule !== undefined && canHold(rule[side], view)) hits.push(number)
  }
  for (const atom of view.atoms) lookup.byAtom.get(atom)?.forEach(keep)
  lookup.rest.forEach(keep)
  hits.sort((a, b) => a - b)
  cache.set(chain.id, hits)
  return hits
}

function mergeHits(chain: ReachChain, lookup: ChainLookup, src: View, dst: View): readonly ReachRule[] {
  const result: ReachRule[] = []
  const { free } = lookup
  const dstHits = hitsOf(chain, lookup.dst, 'dst', dst)
  const srcHits = hitsOf(chain, lookup.src, 'src', src)
  let [f, d, s] = [0, 0, 0]
  for (;;) {
    const number = Math.min(free[f] ?? Infinity, dstHits[d] ?? Infinity, srcHits[s] ?? Infinity)
    const rule = chain.rules[number]
    if (rule === undefined) return result
    if (free[f] === number) f++
    else if (srcHits[s] === number) s++
    else {
      d++
      if (!canHold(rule.src, src)) continue
    }
    result.push(rule)
  }
}

/** The chain's rules whose conditions on addresses hold, in order. */
export function applicableRules(chain: ReachChain, src: View, dst: View): readonly ReachRule[] {
  const { lookup, rules } = chain
  if (!chain.conditional) return rules
  if (lookup === undefined) return rules.filter(rule => canHold(rule.dst, dst) && canHold(rule.src, src))
  if (lookup.onlySide === undefined) return mergeHits(chain, lookup, src, dst)
  const { applicable } = lookup.onlySide === 'src' ? src : dst
  const known = applicable.get(chain.id)
  if (known !== undefined) return known
  const merged = mergeHits(chain, lookup, src, dst)
  applicable.set(chain.id, merged)
  return merged
}
