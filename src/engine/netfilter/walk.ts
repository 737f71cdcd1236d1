import type { Packet } from '../../model/packet.ts'
import { formatIpv4 } from '../../model/ip.ts'
import type { Match, Rule, RuleAddress, Ruleset, Target, Verdict } from '../../model/ruleset.ts'
import type { MatchOutcome, Trace, TraceStep } from '../../model/trace.ts'
import { unreachable } from '../../model/assert.ts'
import { believe, learn, noBeliefs, type Beliefs } from './beliefs.ts'
import { tablesAtHook } from './builtInChains.ts'
import type { Hook } from './builtInChains.ts'
import { prepareSets } from './ipSets.ts'
import type { PreparedSets } from './ipSets.ts'
import { applyMark, prepareMatch, testMatch } from './match.ts'
import type { PreparedMatch } from './match.ts'
import { isFault, parseUint32 } from './ruleOptions.ts'
import { markTarget } from './ruleTarget.ts'
import { unreadTarget } from './unread.ts'

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

/** Targets after which rules and sets may answer otherwise: the connection's mark or state, a set's elements. */
const EFFECTS: ReadonlySet<string> = new Set(['SET', 'CONNMARK', 'CT', 'NOTRACK'])

function onlyCounts({ target }: Rule): boolean {
  return (
    target.kind === 'none' || (target.kind === 'other' && !target.terminates && !EFFECTS.has(target.name))
  )
}

/** Names of the chains of a table that a packet leaves as it came, whatever it is. */
function inertChains(
  chains: readonly { readonly name: string; readonly rules: readonly Rule[] }[],
): Set<string> {
  const inert = new Set<string>()
  const harmless = (rule: Rule) =>
    rule.target.kind === 'return' ||
    onlyCounts(rule) ||
    (rule.target.kind === 'jump' && inert.has(rule.target.chain))
  let before = -1
  while (inert.size > before) {
    before = inert.size
    for (const chain of chains)
      if (!inert.has(chain.name) && chain.rules.every(harmless)) inert.add(chain.name)
  }
  return inert
}

function isInert(rule: Rule, inert: ReadonlySet<string>): boolean {
  return onlyCounts(rule) || (rule.target.kind === 'jump' && inert.has(rule.target.chain))
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
interface WalkState {
  readonly prepared: PreparedRuleset
  readonly observer: WalkObserver
  /** Answers to what the packet does not tell, in the order in which the rules ask. */
  readonly guesses: readonly boolean[]
  used: number
  readonly beliefs: Beliefs
  readonly forwarded: boolean
  packet: Packet
  hook: Hook
  chains: ReadonlyMap<string, PreparedChain>
  mark: number
  ctMark: number | 'none' | undefined
  readonly changedSets: Set<string>
  decidedAt: RuleAddress | undefined
  unknown: string | undefined
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

const REWRITING: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP', 'TPROXY'])
/** Give a packet that leaves another source: that is the end of it, and it goes on. */
const SOURCE_NAT: ReadonlySet<string> = new Set(['SNAT', 'MASQUERADE', 'NETMAP'])

/** A target of an extension: undefined to go on with the next rule. */
function applyExtension(
  state: WalkState,
  { name, args, terminates }: Target & { readonly kind: 'other' },
): ChainEnd | undefined {
  if (name === 'SET') {
    const at = args.findIndex(word => /^--(?:add|del|map)-set$/.test(word))
    if (at >= 0 && args[at] !== '--map-set') state.changedSets.add(args[at + 1] ?? '')
    return args.includes('--map-mark')
      ? unknownEnd(state, 'marks that a set gives are not modelled')
      : undefined
  }
  if (name === 'NOTRACK' || name === 'CT') {
    if (name === 'CT' && !args.includes('--notrack')) return undefined
    state.packet = { ...state.packet, ctState: 'UNTRACKED' }
    state.ctMark = 'none'
    return undefined
  }
  if (name === 'CONNMARK') return applyConnmark(state, args)
  if (!terminates) return undefined
  if (SOURCE_NAT.has(name) && state.hook === 'POSTROUTING') return 'ACCEPT'
  if (REWRITING.has(name))
    return unknownEnd(
      state,
      `nat gives such a packet another destination: ${formatIpv4(state.packet.dst)} is a service’s address; ask about the pod behind it`,
    )
  return unknownEnd(state, unreadTarget({ name, args }) ?? `target ${name} is not modelled`)
}

function unknownEnd(state: WalkState, reason: string): ChainEnd {
  state.unknown = reason
  return 'UNKNOWN'
}

/** Marks of the packet and of its connection, one from the other (xt_connmark). */
function applyConnmark(state: WalkState, args: readonly string[]): ChainEnd | undefined {
  if (state.ctMark === 'none') return undefined
  const option = (name: string) => args[args.indexOf(name) + 1] ?? ''
  const maskOf = (name: string) => (args.includes(name) ? parseUint32(option(name)) : 0xffffffff)
  const both = args.includes('--mask') ? parseUint32(option('--mask')) : undefined
  const [nfMask, ctMask] = [both ?? maskOf('--nfmask'), both ?? maskOf('--ctmask')]
  if (nfMask === undefined || ctMask === undefined)
    return unknownEnd(state, 'target CONNMARK is not modelled')
  if (args[0] === '--save-mark') {
    if (state.ctMark !== undefined)
      state.ctMark = applyMark(state.ctMark, (state.mark & nfMask) >>> 0, ctMask)
    else if (ctMask === 0xffffffff) state.ctMark = (state.mark & nfMask) >>> 0
    return undefined
  }
  if (args[0] === '--restore-mark') {
    if (state.ctMark === undefined) return unknownEnd(state, 'the connection’s mark is not known')
    state.mark = applyMark(state.mark, (state.ctMark & ctMask) >>> 0, nfMask)
    return undefined
  }
  const set = connmarkValue(args)
  if (set === undefined) return unknownEnd(state, 'target CONNMARK is not modelled')
  if (state.ctMark !== undefined) state.ctMark = applyMark(state.ctMark, set.value, set.mask)
  else if (set.mask === 0xffffffff) state.ctMark = set.value
  return undefined
}

function connmarkValue(
  args: readonly string[],
): { readonly value: number; readonly mask: number } | undefined {
  const target = markTarget(args)
  return isFault(target) || target.kind !== 'mark' ? undefined : target
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
