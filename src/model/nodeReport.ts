import type { Origin } from './origin.ts'
import type { ProfileId } from './scenario.ts'
import type { TrafficSet } from './traffic.ts'

/** A line of a dump. */
export interface DumpPlace {
  /** Name of the scenario's file. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Something about the dump's text: a line that cannot be read, a part that is not read, what is missing. */
export interface NodeProblem {
  /** `kebab-case` */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  readonly place?: DumpPlace
  /** No verdict is sure because of it. What hangs on one rule alone makes only those unknown that meet the rule. */
  readonly spoilsAll: boolean
}

export interface NodeChain {
  readonly table: string
  readonly name: string
  readonly rules: number
  /** `ingress of shop/web`; absent where nobody knows. */
  readonly meaning?: string
  readonly place?: DumpPlace
}

export interface NodeSet {
  readonly name: string
  readonly type: string
  readonly entries: number
  /** The agent's own names, `ns-default`; several where hashes collide; none where nobody knows. */
  readonly meanings: readonly string[]
  readonly place?: DumpPlace
}

export type DriftKind =
  /** The FORWARD chain does not lead into azure-npm's rules, or not where it should. */
  | 'missing-jump'
  | 'jump-position'
  | 'missing-chain'
  | 'stale-chain'
  | 'missing-rule'
  | 'stale-rule'
  | 'rule-order'
  | 'missing-set'
  | 'stale-set'
  | 'set-type'
  | 'missing-member'
  | 'extra-member'
  /** Chains and sets of the legacy agent beside or in place of those that should be there. */
  | 'legacy-agent'
  /** The names are those of another version than the scenario's. */
  | 'other-version'
  /** Rules of other software that decide about pods before azure-npm's are met. */
  | 'foreign-rule'

/** One way in which the node differs from what the scenario's policies should give. */
export interface DriftFinding {
  readonly kind: DriftKind
  /** `error`: verdicts may change. `info`: context, or what the agent leaves behind without effect. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** What to do about it. */
  readonly advice: string
  /** The field of the policy or pod that should have made it. */
  readonly origin?: Origin
  readonly place?: DumpPlace
  readonly table?: string
  readonly chain?: string
  readonly set?: string
}

/** Traffic of new connections whose verdict on the node is another than that of the expected rules. */
export interface ChangedVerdict {
  /** Ids as in `Connectivity`. */
  readonly src: string
  readonly dst: string
  /** How many sources and destinations it is the same for, these included. */
  readonly sources: number
  readonly destinations: number
  /** The node lets it through, the policies should not. */
  readonly opened: TrafficSet
  /** The node drops it, the policies should not. */
  readonly closed: TrafficSet
  /** The dump does not tell. */
  readonly unknown: TrafficSet
}

/** A real node, read from the dumps among the scenario's files, beside what its policies should give. */
export interface NodeReport {
  /** The dump files, in the scenario's order. */
  readonly files: readonly string[]
  /** Whose rules they are; undefined where the text does not say. */
  readonly backend: 'nft' | 'legacy' | undefined
  /** The agent's generation by its chains; `none` where it has no rule there. */
  readonly agent: 'v1' | 'v2' | 'none'
  /** The profile whose names the node has; undefined where the scenario's objects do not tell. */
  readonly profile: ProfileId | undefined
  readonly problems: readonly NodeProblem[]
  readonly tables: readonly { readonly name: string; readonly chains: number; readonly rules: number }[]
  readonly chains: readonly NodeChain[]
  readonly sets: readonly NodeSet[]
  readonly drift: readonly DriftFinding[]
  readonly changed: readonly ChangedVerdict[]
  /** Why `changed` is not all, where it is not. */
  readonly changedLimit?: string
}
