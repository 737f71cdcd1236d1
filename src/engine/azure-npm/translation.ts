import type { Direction, NetworkPolicy } from '../../model/networkPolicy.ts'
import type { Origin } from '../../model/origin.ts'
import type { SetId } from './names.ts'

/** A member that the policy itself gives to a set: a block, or a set for nested lists. */
export interface StaticMember {
  /** `10.0.0.0/8`, `10.1.0.0/16 nomatch`, or the bare name `pod:a` of a set. */
  readonly text: string
  /** The set, for members of lists. */
  readonly set?: SetId
  readonly origin: Origin
}

export interface TranslatedSet {
  readonly set: SetId
  readonly members: readonly StaticMember[]
  readonly origin: Origin
}

/** "the address is (not) in the set" */
export interface Term {
  readonly included: boolean
  readonly set: SetId
  readonly origin: Origin
}

export interface Acl {
  readonly target: 'ALLOW' | 'DROP'
  readonly direction: Direction
  /** The object's text, `TCP` where it has none, `''` where it has that or where there is no port. */
  readonly protocol: string
  /** 0 is unset; may lie outside 0–65535. */
  readonly port: number
  readonly endPort: number
  /** Source terms of an ingress rule, destination terms of an egress rule. */
  readonly peers: readonly Term[]
  /** Always matched on destination address and port. */
  readonly namedPort?: Term
  readonly origin: Origin
}

/** A policy in the agent's own terms (§3.1). */
export interface Translation {
  readonly policy: NetworkPolicy
  readonly key: string
  readonly selectorSets: readonly TranslatedSet[]
  /** Members of nested selector sets. */
  readonly selectorChildren: readonly TranslatedSet[]
  readonly selectorList: readonly Term[]
  /** In order of use, doubles kept, members of nested sets included. */
  readonly ruleSets: readonly TranslatedSet[]
  readonly acls: readonly Acl[]
}

/** Class T (§3.8): the agent drops the policy, or keeps the version it has. */
export interface TranslationError {
  readonly message: string
  readonly origin: Origin
}
