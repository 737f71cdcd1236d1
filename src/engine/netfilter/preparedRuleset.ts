import type { Rule, Ruleset, Verdict } from '../../model/ruleset.ts'
import { prepareSets } from './ipSets.ts'
import type { PreparedSets } from './ipSets.ts'
import { prepareMatch } from './match.ts'
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

/** Looks up the sets of all matches, and the rules that make no difference, once for all walks. */
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
