import type { Packet } from '../../model/packet.ts'
import type { RuleAddress } from '../../model/ruleset.ts'
import type { Trace, TraceStep } from '../../model/trace.ts'
import { tablesAtHook, type Hook } from './builtInChains.ts'
import type { PreparedRuleset } from './preparedRuleset.ts'
import type { Stage, WalkEnd } from './walk.ts'
import { traceOf, walkStages } from './walk.ts'

/** A walk whose verdict is sure although some rules on the way are not. */
export interface Decision extends Trace {
  /** Rules whose matching nobody can tell and does not matter: the verdict is the same either way. */
  readonly undecided: readonly (RuleAddress & { readonly unknown: string })[]
}

/** Walks for one packet; each undecided rule on the way at most doubles their number. */
const MAX_WALKS = 1024

/**
 * The verdict that all ways through the rules of a hook agree on, whether or not the rules that hang on what is not
 * modelled match; UNKNOWN, with the first reason, when they do not agree. The steps are those of the way on which no
 * such rule matches.
 */
export function decide(prepared: PreparedRuleset, packet: Packet, hook: Hook = 'FORWARD'): Decision {
  return decideStages(prepared, packet, [{ hook, tables: tablesAtHook(hook) }], 0)
}

/**
 * The same for a packet's whole way on the node: what comes from outside passes PREROUTING first (its rules may mark or
 * drop it, and nat may give it another destination), and what leaves passes POSTROUTING last, where nat does not drop.
 * A packet that is said to have a mark has it at the hook. The steps are those at the hook; those of another hook are
 * there where the verdict falls.
 */
export function decideWay(
  prepared: PreparedRuleset,
  packet: Packet,
  hook: 'FORWARD' | 'INPUT' | 'OUTPUT',
): Decision {
  const own: Stage = {
    hook,
    tables: tablesAtHook(hook).filter(table => table !== 'nat' || hook === 'OUTPUT'),
  }
  const before: Stage = { hook: 'PREROUTING', tables: tablesAtHook('PREROUTING') }
  const after: Stage = { hook: 'POSTROUTING', tables: ['mangle'] }
  if (packet.mark === undefined) {
    if (hook === 'OUTPUT') return decideStages(prepared, packet, [own, after], 0)
    return decideStages(prepared, packet, hook === 'FORWARD' ? [before, own, after] : [before, own], 1)
  }
  if (hook !== 'OUTPUT') {
    const arrival: Stage = { hook: 'PREROUTING', tables: ['nat'] }
    const arrived = decideStages(prepared, packet, [arrival, { hook, tables: [] }], 0)
    if (arrived.verdict !== 'ACCEPT') return arrived
  }
  return decideStages(prepared, packet, hook === 'INPUT' ? [own] : [own, after], 0)
}

function decideStages(
  prepared: PreparedRuleset,
  packet: Packet,
  stages: readonly Stage[],
  shown: number,
): Decision {
  const trace = (guesses: readonly boolean[]): { readonly trace: Trace; readonly end: WalkEnd } => {
    const steps: TraceStep[][] = stages.map(() => [])
    let stage = 0
    const end = walkStages(
      prepared,
      packet,
      stages,
      {
        stage(index) {
          stage = index
        },
        step(step) {
          steps[stage]?.push(step)
        },
      },
      guesses,
    )
    const told = steps.filter((_, i) => i === shown || (i === end.stage && end.verdict !== 'ACCEPT')).flat()
    return { trace: traceOf(end, told), end }
  }
  const first = trace([])
  if (!first.end.stoppedAtMatch) return { ...first.trace, undecided: [] }
  const verdicts = new Set<Trace['verdict']>()
  const open: boolean[][] = [[]]
  for (let walks = 0; walks < MAX_WALKS; walks++) {
    const guesses = open.pop()
    if (guesses === undefined) break
    const { verdict, stoppedAtMatch } = walkStages(prepared, packet, stages, {}, guesses)
    if (stoppedAtMatch) open.push([...guesses, true], [...guesses, false])
    // Where a way ends in the dark, that is the reason, not the doubts before it.
    else if (verdict === 'UNKNOWN') return { ...trace(guesses).trace, undecided: [] }
    else verdicts.add(verdict)
    if (verdicts.size > 1) break
  }
  if (open.length > 0 || verdicts.size !== 1) return { ...first.trace, undecided: [] }
  const undecided: (RuleAddress & { readonly unknown: string })[] = []
  const guesses: boolean[] = []
  for (;;) {
    const { trace: found, end } = trace(guesses)
    if (!end.stoppedAtMatch || found.decidedAt === undefined) return { ...found, undecided }
    undecided.push({ ...found.decidedAt, unknown: found.unknown ?? '' })
    guesses.push(false)
  }
}
