import type { Ipv4Prefix } from './ip.ts'
import type { IpSet } from './ipSet.ts'
import type { Direction } from './networkPolicy.ts'
import type { Origin } from './origin.ts'
import type { CtState } from './packet.ts'

export type SetDimension = 'src' | 'dst'

/** One match of a rule. They are tested in order and all must hold. */
export type Match =
  /** `-p`; the IP protocol number. */
  | { readonly kind: 'protocol'; readonly protocol: number; readonly inverted: boolean }
  /** `-s`, `-d` */
  | {
      readonly kind: 'address'
      readonly dimension: SetDimension
      readonly prefix: Ipv4Prefix
      readonly inverted: boolean
    }
  /** `-i`, `-o`; a trailing `+` matches any rest. */
  | {
      readonly kind: 'interface'
      readonly dimension: 'in' | 'out'
      readonly name: string
      readonly inverted: boolean
    }
  /** `--sport`, `--dport` of the tcp, udp and sctp modules; both ends included. */
  | {
      readonly kind: 'port'
      readonly protocol: number
      readonly dimension: SetDimension
      readonly from: number
      readonly to: number
      readonly inverted: boolean
    }
  | {
      readonly kind: 'set'
      readonly set: string
      readonly dimensions: readonly SetDimension[]
      readonly inverted: boolean
    }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly inverted: boolean }
  | {
      readonly kind: 'ctstate'
      readonly states: readonly CtState[]
      readonly inverted: boolean
      /** The rule says `-m state --state`, the older spelling; absent for `-m conntrack --ctstate`. */
      readonly module?: 'state'
    }
  | { readonly kind: 'comment'; readonly text: string }
  /** A module that is not modelled: `args` are its words as printed. The walk answers "unknown". */
  | { readonly kind: 'other'; readonly module: string; readonly args: readonly string[] }

export type Verdict = 'ACCEPT' | 'DROP'

export type Target =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  /** `MARK --set-xmark value/mask`: the bits of `mask` are cleared, then `value` is XORed in. */
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'reject'; readonly args: readonly string[] }
  /** A rule without a target only counts. */
  | { readonly kind: 'none' }
  /** Goes on to the next rule when `terminates` is false (LOG, NFLOG); otherwise the walk answers "unknown". */
  | {
      readonly kind: 'other'
      readonly name: string
      readonly args: readonly string[]
      readonly terminates: boolean
    }

export interface Counters {
  readonly packets: number
  readonly bytes: number
}

export interface Rule {
  readonly matches: readonly Match[]
  readonly target: Target
  readonly counters?: Counters
  /** The field of the policy that the rule implements; absent for base chains and in dumps. */
  readonly origin?: Origin
}

/** What a chain is for, where the one who made it knows. */
export type ChainMeaning =
  | { readonly kind: 'base' }
  | { readonly kind: 'policy'; readonly policy: string; readonly direction: Direction }

export interface Chain {
  readonly name: string
  /** Only built-in chains have one. */
  readonly defaultVerdict?: Verdict
  readonly counters?: Counters
  readonly rules: readonly Rule[]
  readonly meaning?: ChainMeaning
}

export interface Table {
  /** `filter`, `nat`, `mangle`, `raw`, `security`. */
  readonly name: string
  readonly chains: readonly Chain[]
}

/** Everything a node's netfilter holds that decides about a packet. Sets are in the order of their creation. */
export interface Ruleset {
  readonly tables: readonly Table[]
  readonly sets: readonly IpSet[]
}

/** Where a rule stands. `number` counts from 1, as iptables does. */
export interface RuleAddress {
  readonly table: string
  readonly chain: string
  readonly number: number
}
