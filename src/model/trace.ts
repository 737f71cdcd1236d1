import type { RuleAddress, Verdict } from './ruleset.ts'

/** One match of a rule, tested. */
export interface MatchOutcome {
  readonly holds: boolean
  /** Why nobody can tell whether it holds (`holds` is then false): a module that is not modelled, a missing set. */
  readonly unknown?: string
  /** For a set match: the entry that decided, as ipset prints it (`169.254.169.254 nomatch`); for list:set the member set first. */
  readonly decidedBy?: readonly string[]
}

/** One rule that the packet met. Rules that did not match are steps too. */
export interface TraceStep extends RuleAddress {
  /** How many jumps deep, 0 in the built-in chain. */
  readonly depth: number
  readonly matched: boolean
  /** In the rule's order, up to and with the first that does not hold. */
  readonly outcomes: readonly MatchOutcome[]
  /** After the rule. */
  readonly mark: number
}

/** `chain` ended without a verdict: back to the caller, or the built-in chain's default. */
export interface Trace {
  readonly steps: readonly TraceStep[]
  readonly verdict: Verdict | 'UNKNOWN'
  /** The rule that decided; absent when the built-in chain's default did. */
  readonly decidedAt?: RuleAddress
  /** Why the verdict is unknown: the module or target that is not modelled. */
  readonly unknown?: string
  readonly mark: number
}
