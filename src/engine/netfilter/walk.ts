import type { Packet } from '../../model/packet.ts'
import type { Match, RuleAddress, Verdict } from '../../model/ruleset.ts'
import type { MatchOutcome, Trace, TraceStep } from '../../model/trace.ts'
import { unreachable } from '../../model/assert.ts'
import { believe, learn, noBeliefs, type Beliefs } from './beliefs.ts'
import { tablesAtHook } from './builtInChains.ts'
import type { Hook } from './builtInChains.ts'
import { applyExtension, type TargetState } from './extensionTargets.ts'
import { applyMark, testMatch } from './match.ts'
import type { PreparedChain, PreparedRule, PreparedRuleset } from './preparedRuleset.ts'

/** What a walk leaves behind besides its verdict. */
export interface WalkObserver {
  step?(step: TraceStep): void
  /** A rule matched: its counters go up. */
  matched?(rule: PreparedRule): void
  /** The packet comes to the stage of this index. */
  stage?(index: number): void
  /** A built-in chain's default decided: the chain's counters go up. */
  defaulted?(chain: PreparedChain): void
}

/** One hook on a packet's way, with the tables that it goes through there. */
export interface Stage {
  readonly hook: Hook
  readonly tables: readonly string[]
}

/** What a walk knows, and how it goes on where it does not. It goes through all stages with the packet. */
interface WalkState extends TargetState {
  readonly prepared: PreparedRuleset
  readonly observer: WalkObserver
  /** Answers to what the packet does not tell, in the order in which the rules ask. */
  readonly guesses: readonly boolean[]
  used: number
  readonly beliefs: Beliefs
  readonly forwarded: boolean
  hook: Hook
  chains: ReadonlyMap<string, PreparedChain>
  decidedAt: RuleAddress | undefined
  stoppedAtMatch: boolean
}

/** How a chain ends: a verdict, or `RETURN` to the caller. */
type ChainEnd = Verdict | 'UNKNOWN' | 'RETURN'

interface Tested {
  readonly matched: boolean
  readonly unknown: string | undefined
  /** Nobody has an answer: the walk ends here, unless matching would change nothing. */
  readonly open: boolean
  readonly outcomes: readonly MatchOutcome[]
}

/** Tests all matches until one fails. One that is unknown fails no rule by itself: a later match may. */
function testRule(rule: PreparedRule, state: WalkState, keepOutcomes: boolean): Tested {
  const outcomes: MatchOutcome[] = []
  const doubts: { readonly match: Match; readonly reason: string }[] = []
  for (const match of rule.matches) {
    const outcome = testMatch(match, state)
    if (keepOutcomes) outcomes.push(outcome)
    if (outcome.unknown !== undefined) doubts.push({ match: match.match, reason: outcome.unknown })
    else if (!outcome.holds) return { matched: false, unknown: undefined, open: false, outcomes }
  }
  const unknown = doubts[0]?.reason
  if (rule.inert && unknown !== undefined) return { matched: false, unknown, open: false, outcomes }
  for (const { match, reason } of doubts) {
    const fresh = state.changedSets.size > 0
    const believed = believe(state.beliefs, match, fresh)
    const answer = believed ?? state.guesses[state.used++]
    if (answer === undefined) return { matched: false, unknown: reason, open: true, outcomes }
    if (believed === undefined) learn(state.beliefs, match, answer, fresh)
    if (!answer) return { matched: false, unknown: reason, open: false, outcomes }
  }
  return { matched: true, unknown, open: false, outcomes }
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
      return applyExtension(state, target)
    default:
      return unreachable(target)
  }
}

function walkChain(state: WalkState, chain: PreparedChain, depth: number, hops: number): ChainEnd {
  const { observer } = state
  const keep = observer.step !== undefined
  for (const prepared of chain.rules) {
    const { matched, unknown, open, outcomes } = testRule(prepared, state, keep)
    const { target } = prepared.rule
    if (matched) {
      observer.matched?.(prepared)
      if (target.kind === 'mark') state.mark = applyMark(state.mark, target.value, target.mask)
    }
    const at = { table: chain.table, chain: chain.name, number: prepared.number }
    observer.step?.({ ...at, depth, matched, outcomes, mark: state.mark })
    if (open) {
      state.unknown = unknown
      state.stoppedAtMatch = true
      state.decidedAt = at
      return 'UNKNOWN'
    }
    if (!matched) continue
    const end = applyTarget(state, prepared.rule, depth, hops)
    if (end === undefined) continue
    if (end !== 'RETURN') state.decidedAt ??= at
    return end
  }
  return 'RETURN'
}

/** How a walk ended. */
export interface WalkEnd {
  readonly verdict: Trace['verdict']
  readonly mark: number
  readonly decidedAt: RuleAddress | undefined
  readonly unknown: string | undefined
  /** The verdict is unknown because of a match: one more answer in `guessed` would take the walk further. */
  readonly stoppedAtMatch: boolean
  /** Which stage it ended in. */
  readonly stage: number
}

/** A connection's mark is 0 until a rule sets it; nobody knows that of a connection that is older than the packet. */
function firstCtMark({ ctState }: Packet): number | 'none' | undefined {
  if (ctState === 'NEW') return 0
  return ctState === 'INVALID' || ctState === 'UNTRACKED' ? 'none' : undefined
}

/**
 * Walks a packet through the tables of each stage as far as they have a chain for its hook. ACCEPT of one table leads into
 * the next; a mark stays. NAT tables see only the first packet of a connection.
 */
export function walkStages(
  prepared: PreparedRuleset,
  packet: Packet,
  stages: readonly Stage[],
  observer: WalkObserver,
  guessed: readonly boolean[] = [],
): WalkEnd {
  const state: WalkState = {
    prepared,
    observer,
    guesses: guessed,
    used: 0,
    beliefs: noBeliefs(),
    forwarded: stages.some(({ hook }) => hook === 'FORWARD'),
    packet,
    hook: 'FORWARD',
    chains: new Map(),
    mark: packet.mark ?? 0,
    ctMark: firstCtMark(packet),
    changedSets: new Set(),
    decidedAt: undefined,
    unknown: undefined,
    stoppedAtMatch: false,
  }
  for (const [stage, { hook, tables }] of stages.entries()) {
    state.hook = hook
    observer.stage?.(stage)
    for (const table of tables) {
      const chains = prepared.tables.get(table)
      const base = chains?.get(hook)
      if (chains === undefined || base?.defaultVerdict === undefined) continue
      if (table === 'nat' && state.packet.ctState !== 'NEW') continue
      state.chains = chains
      state.decidedAt = undefined
      const end = walkChain(state, base, 0, 0)
      if (end === 'RETURN') observer.defaulted?.(base)
      const verdict = end === 'RETURN' ? base.defaultVerdict : end
      const { mark, decidedAt, unknown, stoppedAtMatch } = state
      if (verdict !== 'ACCEPT') return { verdict, mark, decidedAt, unknown, stoppedAtMatch, stage }
    }
  }
  const { mark, decidedAt } = state
  return {
    verdict: 'ACCEPT',
    mark,
    decidedAt,
    unknown: undefined,
    stoppedAtMatch: false,
    stage: stages.length - 1,
  }
}

/** A walk at one hook alone. */
export function walkWith(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: Hook,
  observer: WalkObserver,
  guessed: readonly boolean[] = [],
): WalkEnd {
  return walkStages(prepared, packet, [{ hook, tables: tablesAtHook(hook) }], observer, guessed)
}

/**
 * Every rule that a packet meets at a hook, and what becomes of it. `guessed` answers, one after the other, for matches
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
  return traceOf(walkWith(prepared, packet, hook, observer, guessed), steps)
}

export function traceOf({ verdict, mark, decidedAt, unknown }: WalkEnd, steps: readonly TraceStep[]): Trace {
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
