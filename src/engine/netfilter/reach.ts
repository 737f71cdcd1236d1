import type { Ipv4 } from '../../model/ip.ts'
import type { Ruleset, Verdict } from '../../model/ruleset.ts'
import {
  ALL_TRAFFIC,
  NO_TRAFFIC,
  intersectTraffic,
  subtractTraffic,
  unionTraffic,
} from '../../model/traffic.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import { unreachable } from '../../model/assert.ts'
import { tablesAtHook } from './builtInChains.ts'
import { applyMark } from './match.ts'
import { compileRule } from './reachRules.ts'
import type { Extent, ReachRule, SideConditions } from './reachRules.ts'
import { canHold, conditionExtent, createAtomIndex } from './reachViews.ts'
import type { AtomIndex, View } from './reachViews.ts'
import { prepareRuleset } from './walk.ts'
import type { PreparedChain } from './walk.ts'

interface ReachChain {
  readonly id: number
  readonly rules: readonly ReachRule[]
  readonly defaultVerdict: Verdict | undefined
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
}

/** A ruleset made ready for questions about all ports at once. It stays in the thread: it is not for messages. */
export interface ReachIndex {
  readonly atoms: AtomIndex
  /** The tables with a FORWARD chain, in netfilter's order: their chains and the one to start at. */
  readonly tables: readonly { readonly base: ReachChain; readonly chains: ReadonlyMap<string, ReachChain> }[]
  readonly chainCount: number
}

/** Below this many rules a chain is gone through from top to end. */
const SHORT_CHAIN = 12

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

function chainLookup(rules: readonly ReachRule[]): ChainLookup | undefined {
  if (rules.length <= SHORT_CHAIN) return undefined
  const free: number[] = []
  const dst: number[] = []
  const src: number[] = []
  rules.forEach((rule, number) => {
    if (asksSomething(rule.dst)) dst.push(number)
    else if (asksSomething(rule.src)) src.push(number)
    else free.push(number)
  })
  return { free, dst: lookupOf(rules, dst, 'dst'), src: lookupOf(rules, src, 'src') }
}

/** Chains that a packet at FORWARD can come to. */
function reachableChains(
  chains: ReadonlyMap<string, PreparedChain>,
  base: PreparedChain,
): readonly PreparedChain[] {
  const found = new Set([base])
  for (const chain of found)
    for (const { rule } of chain.rules) {
      if (rule.target.kind !== 'jump' && rule.target.kind !== 'goto') continue
      const next = chains.get(rule.target.chain)
      if (next !== undefined) found.add(next)
    }
  return [...found]
}

export function prepareReach(ruleset: Ruleset): ReachIndex {
  const prepared = prepareRuleset(ruleset)
  const atoms = createAtomIndex()
  const tables = tablesAtHook('FORWARD').flatMap(name => {
    const chains = prepared.tables.get(name)
    const base = chains?.get('FORWARD')
    if (chains === undefined || base?.defaultVerdict === undefined) return []
    const compiled = new Map<string, ReachChain>()
    for (const chain of reachableChains(chains, base)) {
      const rules = chain.rules.map(rule => compileRule(rule, atoms)).filter(rule => rule !== undefined)
      const { id, defaultVerdict } = chain
      compiled.set(chain.name, { id, rules, defaultVerdict, lookup: chainLookup(rules) })
    }
    const start = compiled.get('FORWARD')
    return start === undefined ? [] : [{ base: start, chains: compiled }]
  })
  return { atoms, tables, chainCount: prepared.chainCount }
}

/**
 * Addresses with equal signatures are treated alike by every rule, as source and as destination, whatever the ports.
 * (Signatures are comparable within one index only.)
 */
export function signatureOf(index: ReachIndex, ip: Ipv4): string {
  return index.atoms.viewOf(ip).signature
}

/** Traffic on its way through a chain, with the mark it carries. */
interface Stream {
  readonly mark: number
  readonly traffic: TrafficSet
}

interface Run {
  readonly index: ReachIndex
  readonly chains: ReadonlyMap<string, ReachChain>
  readonly src: View
  readonly dst: View
  /** What the table let through. */
  readonly passed: Stream[]
  unknown: TrafficSet
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

/** Adds traffic to the stream of its mark; streams are few. */
function addStream(streams: Stream[], mark: number, traffic: TrafficSet): void {
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i]
    if (stream?.mark === mark) {
      streams[i] = { mark, traffic: unionTraffic(stream.traffic, traffic) }
      return
    }
  }
  streams.push({ mark, traffic })
}

/** The rule's traffic for this source and destination; undefined when there is none. */
function extentOf(run: Run, rule: ReachRule): Extent | undefined {
  if (rule.src.sets.length === 0 && rule.dst.sets.length === 0) return rule.extent
  let { sure, possible } = rule.extent
  for (const [side, view] of [
    [rule.src, run.src],
    [rule.dst, run.dst],
  ] as const)
    for (const condition of side.sets) {
      const extent = conditionExtent(condition, view)
      sure = intersectTraffic(sure, extent.sure)
      possible = intersectTraffic(possible, extent.possible)
    }
  return possible.length === 0 ? undefined : { sure, possible }
}

function marksHold(rule: ReachRule, mark: number): boolean {
  for (const match of rule.marks)
    if (((mark & match.mask) >>> 0 === match.value) === match.inverted) return false
  return true
}

function enter(run: Run, name: string, stream: Stream, hops: number): readonly Stream[] {
  const chain = run.chains.get(name)
  if (chain === undefined || hops > run.index.chainCount) {
    run.unknown = unionTraffic(run.unknown, stream.traffic)
    return []
  }
  return runChain(run, chain, [stream], hops)
}

/** Does to the matched traffic what the rule's target says. What goes on after the rule is put into `next`. */
function applyTarget(
  run: Run,
  rule: ReachRule,
  matched: Stream,
  hops: number,
  next: Stream[],
  returned: Stream[],
): void {
  const { target } = rule.rule
  switch (target.kind) {
    case 'verdict':
      if (target.verdict === 'ACCEPT') addStream(run.passed, matched.mark, matched.traffic)
      return
    case 'reject':
      return
    case 'return':
      addStream(returned, matched.mark, matched.traffic)
      return
    case 'mark':
      addStream(next, applyMark(matched.mark, target.value, target.mask), matched.traffic)
      return
    case 'jump':
      for (const { mark, traffic } of enter(run, target.chain, matched, hops + 1))
        addStream(next, mark, traffic)
      return
    case 'goto':
      for (const { mark, traffic } of enter(run, target.chain, matched, hops + 1))
        addStream(returned, mark, traffic)
      return
    case 'none':
      addStream(next, matched.mark, matched.traffic)
      return
    case 'other':
      if (target.terminates) run.unknown = unionTraffic(run.unknown, matched.traffic)
      else addStream(next, matched.mark, matched.traffic)
      return
    default:
      unreachable(target)
  }
}

/** One rule for all streams: the streams that go on. */
function applyRule(
  run: Run,
  rule: ReachRule,
  streams: readonly Stream[],
  hops: number,
  returned: Stream[],
): readonly Stream[] {
  const extent = extentOf(run, rule)
  if (extent === undefined) return streams
  let next: Stream[] | undefined
  for (let i = 0; i < streams.length; i++) {
    const stream = streams[i]
    if (stream === undefined) continue
    const { mark, traffic } = stream
    const reached = marksHold(rule, mark) ? intersectTraffic(traffic, extent.possible) : NO_TRAFFIC
    if (reached.length === 0) {
      if (next !== undefined) addStream(next, mark, traffic)
      continue
    }
    next ??= streams.slice(0, i)
    const sure = extent.sure === extent.possible ? reached : intersectTraffic(traffic, extent.sure)
    if (extent.sure !== extent.possible)
      run.unknown = unionTraffic(run.unknown, subtractTraffic(reached, sure))
    const rest = subtractTraffic(traffic, reached)
    if (rest.length > 0) addStream(next, mark, rest)
    if (sure.length > 0) applyTarget(run, rule, { mark, traffic: sure }, hops, next, returned)
  }
  return next ?? streams
}

/** Lets traffic go through a chain; what comes out at its end or by RETURN. */
function runChain(run: Run, chain: ReachChain, entering: readonly Stream[], hops: number): readonly Stream[] {
  const returned: Stream[] = []
  let streams = entering
  const { rules, lookup } = chain
  if (lookup === undefined) {
    for (const rule of rules) {
      if (!canHold(rule.dst, run.dst) || !canHold(rule.src, run.src)) continue
      streams = applyRule(run, rule, streams, hops, returned)
      if (streams.length === 0) break
    }
  } else {
    const { free } = lookup
    const dst = hitsOf(chain, lookup.dst, 'dst', run.dst)
    const src = hitsOf(chain, lookup.src, 'src', run.src)
    let [f, d, s] = [0, 0, 0]
    while (streams.length > 0) {
      const number = Math.min(free[f] ?? Infinity, dst[d] ?? Infinity, src[s] ?? Infinity)
      const rule = rules[number]
      if (rule === undefined) break
      if (free[f] === number) f++
      else if (src[s] === number) s++
      else {
        d++
        if (!canHold(rule.src, run.src)) continue
      }
      streams = applyRule(run, rule, streams, hops, returned)
    }
  }
  if (returned.length === 0) return streams
  for (const { mark, traffic } of streams) addStream(returned, mark, traffic)
  return returned
}

/**
 * What becomes of new connections from one address to another at FORWARD, all protocols and destination ports at
 * once. Exact; `unknown` holds what something that is not modelled may decide: a module, an interface, a source
 * port, a protocol that is only part of "other protocols". The rest of the traffic is dropped.
 */
export function forwardTraffic(
  index: ReachIndex,
  src: Ipv4,
  dst: Ipv4,
): { readonly accepted: TrafficSet; readonly unknown: TrafficSet } {
  const views = { src: index.atoms.viewOf(src), dst: index.atoms.viewOf(dst) }
  let streams: readonly Stream[] = [{ mark: 0, traffic: ALL_TRAFFIC }]
  let unknown = NO_TRAFFIC
  for (const { base, chains } of index.tables) {
    const run: Run = { index, chains, ...views, passed: [], unknown: NO_TRAFFIC }
    const ended = runChain(run, base, streams, 0)
    if (base.defaultVerdict === 'ACCEPT')
      for (const { mark, traffic } of ended) addStream(run.passed, mark, traffic)
    streams = run.passed
    unknown = unionTraffic(unknown, run.unknown)
  }
  const accepted = streams.reduce<TrafficSet>((sum, { traffic }) => unionTraffic(sum, traffic), NO_TRAFFIC)
  return { accepted, unknown }
}
