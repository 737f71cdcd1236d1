import type { Packet } from '../../model/packet.ts'
import type { Rule, RuleAddress, Ruleset, Verdict } from '../../model/ruleset.ts'
import type { MatchOutcome, Trace, TraceStep } from '../../model/trace.ts'
import { unreachable } from '../../model/assert.ts'
import { tablesAtHook } from './builtInChains.ts'
import type { Hook } from './builtInChains.ts'
import { prepareSets } from './ipSets.ts'
import type { PreparedSets } from './ipSets.ts'
import { applyMark, prepareMatch, testMatch } from './match.ts'
import type { PreparedMatch } from './match.ts'

export interface PreparedRule {
  /** Counts all rules of the ruleset, from 0. */
  readonly id: number
  /** From 1, in its chain. */
  readonly number: number
  readonly rule: Rule
  readonly matches: readonly PreparedMatch[]
  /**
   * Whether matching makes no difference to any packet but in counters: no target, a logging one, or a jump into a
   * chain that can only come back with nothing changed.
   */
  readonly inert: boolean
}

export interface PreparedChain {
  /** Counts all chains of the ruleset, from 0. */
  readonly id: number
  readonly table: string
  readonly name: string
  readonly defaultVerdict: Verdict | undefined
  readonly rules: readonly PreparedRule[]
}

/** A ruleset made ready to walk many packets through it. It stays in the thread: it is not for messages. */
export interface PreparedRuleset {
  readonly source: Ruleset
  readonly sets: PreparedSets
  /** Table → chain. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, PreparedChain>>
  readonly ruleCount: number
  readonly chainCount: number
}

/** Names of the chains of a table that a packet leaves as it came, whatever it is. */
function inertChains(
  chains: readonly { readonly name: string; readonly rules: readonly Rule[] }[],
): Set<string> {
  const inert = new Set<string>()
  const harmless = ({ target }: Rule) =>
    target.kind === 'return' ||
    target.kind === 'none' ||
    (target.kind === 'other' && !target.terminates) ||
    (target.kind === 'jump' && inert.has(target.chain))
  let before = -1
  while (inert.size > before) {
    before = inert.size
    for (const chain of chains)
      if (!inert.has(chain.name) && chain.rules.every(harmless)) inert.add(chain.name)
  }
  return inert
}

function isInert(rule: Rule, inert: ReadonlySet<string>): boolean {
  const { target } = rule
  return (
    target.kind === 'none' ||
    (target.kind === 'other' && !target.terminates) ||
    (target.kind === 'jump' && inert.has(target.chain))
  )
}

export function prepareRuleset(ruleset: Ruleset): PreparedRuleset {
  const sets = prepareSets(ruleset.sets)
  const tables = new Map<string, Map<string, PreparedChain>>()
  let ruleCount = 0
  let chainCount = 0
  for (const table of ruleset.tables) {
    const chains = tables.get(table.name) ?? new Map<string, PreparedChain>()
    tables.set(table.name, chains)
    const inert = inertChains(table.chains)
    for (const chain of table.chains)
      chains.set(chain.name, {
        id: chainCount++,
        table: table.name,
        name: chain.name,
        defaultVerdict: chain.defaultVerdict,
        rules: chain.rules.map((rule, i) => ({
          id: ruleCount++,
          number: i + 1,
          rule,
          matches: rule.matches.map(match => prepareMatch(match, sets)),
          inert: isInert(rule, inert),
        })),
      })
  }
  return { source: ruleset, sets, tables, ruleCount, chainCount }
}

/** What a walk leaves behind besides its verdict. */
export interface WalkObserver {
  step?(step: TraceStep): void
  /** A rule matched: its counters go up. */
  matched?(rule: PreparedRule): void
  /** A built-in chain's default decided: the chain's counters go up. */
  defaulted?(chain: PreparedChain): void
}

/** Answers for the rules that hang on what is not modelled, in the order in which the packet meets them. */
interface Guesses {
  readonly answers: readonly boolean[]
  used: number
}

interface WalkState {
  readonly prepared: PreparedRuleset
  readonly chains: ReadonlyMap<string, PreparedChain>
  readonly packet: Packet
  readonly hook: Hook
  readonly observer: WalkObserver
  readonly guesses: Guesses
  mark: number
  decidedAt: RuleAddress | undefined
  unknown: string | undefined
  stoppedAtMatch: boolean
}

/** How a chain ends: a verdict, or `RETURN` to the caller. */
type ChainEnd = Verdict | 'UNKNOWN' | 'RETURN'

interface Tested {
  readonly matched: boolean
  readonly unknown: string | undefined
  readonly outcomes: readonly MatchOutcome[]
}

/** Tests all matches until one fails. One that is unknown fails no rule by itself: a later match may. */
function testRule(rule: PreparedRule, { packet, hook, mark }: WalkState, keepOutcomes: boolean): Tested {
  const outcomes: MatchOutcome[] = []
  let unknown: string | undefined
  for (const match of rule.matches) {
    const outcome = testMatch(match, packet, mark, hook)
    if (keepOutcomes) outcomes.push(outcome)
    if (outcome.unknown !== undefined) unknown ??= outcome.unknown
    else if (!outcome.holds) return { matched: false, unknown: undefined, outcomes }
  }
  return { matched: unknown === undefined, unknown, outcomes }
}

function enter(state: WalkState, name: string, depth: number, hops: number): ChainEnd {
  const chain = state.chains.get(name)
  if (chain === undefined) {
    state.unknown = `chain ${name} is missing`
    return 'UNKNOWN'
  }
  // The kernel refuses loops; a ruleset from elsewhere may have one.
  if (hops > state.prepared.chainCount) {
    state.unknown = `chain ${name} is part of a loop`
    return 'UNKNOWN'
  }
  return walkChain(state, chain, depth, hops)
}

/** What a matched rule does: undefined to go on with the next rule. */
function applyTarget(
  state: WalkState,
  { target }: PreparedRule['rule'],
  depth: number,
  hops: number,
): ChainEnd | undefined {
  switch (target.kind) {
    case 'verdict':
      return target.verdict
    case 'reject':
      return 'DROP'
    case 'return':
      return 'RETURN'
    case 'mark':
      return undefined
    case 'jump': {
      const end = enter(state, target.chain, depth + 1, hops + 1)
      return end === 'RETURN' ? undefined : end
    }
    case 'goto':
      // The called chain's end is this chain's end.
      return enter(state, target.chain, depth, hops + 1)
    case 'none':
      return undefined
    case 'other':
      if (!target.terminates) return undefined
      state.unknown = `target ${target.name} is not modelled`
      return 'UNKNOWN'
    default:
      return unreachable(target)
  }
}

function walkChain(state: WalkState, chain: PreparedChain, depth: number, hops: number): ChainEnd {
  const { observer } = state
  const keep = observer.step !== undefined
  for (const prepared of chain.rules) {
    const { matched, unknown, outcomes } = testRule(prepared, state, keep)
    const { target } = prepared.rule
    const guess =
      unknown === undefined || prepared.inert ? undefined : state.guesses.answers[state.guesses.used++]
    const taken = guess ?? matched
    if (taken) {
      observer.matched?.(prepared)
      if (target.kind === 'mark') state.mark = applyMark(state.mark, target.value, target.mask)
    }
    const at = { table: chain.table, chain: chain.name, number: prepared.number }
    observer.step?.({ ...at, depth, matched: taken, outcomes, mark: state.mark })
    if (unknown !== undefined && !prepared.inert && guess === undefined) {
      state.unknown = unknown
      state.stoppedAtMatch = true
      state.decidedAt = at
      return 'UNKNOWN'
    }
    if (!taken) continue
    const end = applyTarget(state, prepared.rule, depth, hops)
    if (end === undefined) continue
    if (end !== 'RETURN') state.decidedAt ??= at
    return end
  }
  return 'RETURN'
}

/**
 * Walks a packet through the tables that have a chain at the hook, in netfilter's order. ACCEPT of one table leads
 * into the next; a mark stays. NAT tables see only the first packet of a connection.
 */
export function walkWith(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: Hook,
  observer: WalkObserver,
  guessed: readonly boolean[] = [],
): {
  readonly verdict: Trace['verdict']
  readonly mark: number
  readonly decidedAt: RuleAddress | undefined
  readonly unknown: string | undefined
  /** The verdict is unknown because of a match: one more answer in `guessed` would take the walk further. */
  readonly stoppedAtMatch: boolean
} {
  const guesses: Guesses = { answers: guessed, used: 0 }
  let mark = packet.mark ?? 0
  let decidedAt: RuleAddress | undefined
  for (const table of tablesAtHook(hook)) {
    const chains = prepared.tables.get(table)
    const base = chains?.get(hook)
    if (chains === undefined || base?.defaultVerdict === undefined) continue
    if (table === 'nat' && packet.ctState !== 'NEW') continue
    const state: WalkState = {
      prepared,
      chains,
      packet,
      hook,
      observer,
      guesses,
      mark,
      decidedAt: undefined,
      unknown: undefined,
      stoppedAtMatch: false,
    }
    const end = walkChain(state, base, 0, 0)
    mark = state.mark
    decidedAt = state.decidedAt
    if (end === 'RETURN') observer.defaulted?.(base)
    const verdict = end === 'RETURN' ? base.defaultVerdict : end
    const { unknown, stoppedAtMatch } = state
    if (verdict !== 'ACCEPT') return { verdict, mark, decidedAt, unknown, stoppedAtMatch }
  }
  return { verdict: 'ACCEPT', mark, decidedAt, unknown: undefined, stoppedAtMatch: false }
}

/**
 * Every rule that a packet meets at a hook, and what becomes of it. `guessed` answers, one after the other, for rules
 * that hang on what is not modelled; the walk ends where the answers do.
 */
export function walk(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: Hook = 'FORWARD',
  guessed: readonly boolean[] = [],
): Trace {
  const steps: TraceStep[] = []
  const observer: WalkObserver = {
    step(step) {
      steps.push(step)
    },
  }
  const { verdict, mark, decidedAt, unknown } = walkWith(prepared, packet, hook, observer, guessed)
  return {
    steps,
    verdict,
    mark,
    ...(decidedAt === undefined ? {} : { decidedAt }),
    ...(unknown === undefined ? {} : { unknown }),
  }
}

const SILENT: WalkObserver = {}

/** The verdict alone. */
export function verdictOf(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: Hook = 'FORWARD',
): Trace['verdict'] {
  return walkWith(prepared, packet, hook, SILENT).verdict
}
