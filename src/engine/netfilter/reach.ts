import type { Ipv4 } from '../../model/ip.ts'
import type { Ruleset } from '../../model/ruleset.ts'
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
import { applicableRules, reachChain } from './reachChains.ts'
import type { ReachChain } from './reachChains.ts'
import { createProgramIndex } from './reachPrograms.ts'
import type { ProgramIndex } from './reachPrograms.ts'
import { compileRule } from './reachRules.ts'
import type { Extent, ReachRule } from './reachRules.ts'
import { conditionExtent, createAtomIndex } from './reachViews.ts'
import type { AtomIndex, View } from './reachViews.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import type { PreparedChain } from './preparedRuleset.ts'

interface ReachTable {
  readonly base: ReachChain
  readonly chains: ReadonlyMap<string, ReachChain>
}

/** What the node lets through of new connections, and what it may let through. */
export interface ForwardTraffic {
  readonly accepted: TrafficSet
  readonly unknown: TrafficSet
}

/** A ruleset made ready for questions about all ports at once. It stays in the thread: it is not for messages. */
export interface ReachIndex {
  readonly atoms: AtomIndex
  /** The tables with a FORWARD chain, in netfilter's order: their chains and the one to start at. */
  readonly tables: readonly ReachTable[]
  readonly chainCount: number
  readonly programs: ProgramIndex
  /** Answers by program. */
  readonly answers: Map<number, ForwardTraffic>
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
      compiled.set(chain.name, reachChain(chain.id, rules, chain.defaultVerdict))
    }
    const start = compiled.get('FORWARD')
    return start === undefined ? [] : [{ base: start, chains: compiled }]
  })
  const programs = createProgramIndex(tables.map(table => table.chains))
  return { atoms, tables, chainCount: prepared.chainCount, programs, answers: new Map() }
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
  for (const rule of applicableRules(chain, run.src, run.dst)) {
    streams = applyRule(run, rule, streams, hops, returned)
    if (streams.length === 0) break
  }
  if (returned.length === 0) return streams
  for (const { mark, traffic } of streams) addStream(returned, mark, traffic)
  return returned
}

function run(index: ReachIndex, src: View, dst: View): ForwardTraffic {
  let streams: readonly Stream[] = [{ mark: 0, traffic: ALL_TRAFFIC }]
  let unknown = NO_TRAFFIC
  for (const { base, chains } of index.tables) {
    const state: Run = { index, chains, src, dst, passed: [], unknown: NO_TRAFFIC }
    const ended = runChain(state, base, streams, 0)
    if (base.defaultVerdict === 'ACCEPT')
      for (const { mark, traffic } of ended) addStream(state.passed, mark, traffic)
    streams = state.passed
    unknown = unionTraffic(unknown, state.unknown)
  }
  const accepted = streams.reduce<TrafficSet>((sum, { traffic }) => unionTraffic(sum, traffic), NO_TRAFFIC)
  return { accepted, unknown }
}

/**
 * What becomes of new connections from one address to another at FORWARD, all protocols and destination ports at
 * once. Exact; `unknown` holds what something that is not modelled may decide: a module, an interface, a source
 * port, a protocol that is only part of "other protocols". The rest of the traffic is dropped. Pairs for which the
 * same rules are left share one answer, the same object.
 */
export function forwardTraffic(index: ReachIndex, src: Ipv4, dst: Ipv4): ForwardTraffic {
  const from = index.atoms.viewOf(src)
  const to = index.atoms.viewOf(dst)
  const program = index.programs.programOf(from, to)
  if (program === undefined) return run(index, from, to)
  const known = index.answers.get(program)
  if (known !== undefined) return known
  const answer = run(index, from, to)
  index.answers.set(program, answer)
  return answer
}
