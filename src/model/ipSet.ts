import type { Ipv4, Ipv4Prefix } from './ip.ts'
import type { Origin } from './origin.ts'

/** What azure-npm keeps in a set (its set types), so that a kernel name is never shown without its meaning. */
export type SetMeaning =
  | { readonly kind: 'Namespace'; readonly namespace: string }
  | { readonly kind: 'KeyLabelOfPod'; readonly key: string }
  | { readonly kind: 'KeyValueLabelOfPod'; readonly key: string; readonly value: string }
  | { readonly kind: 'NamedPorts'; readonly portName: string }
  | {
      readonly kind: 'CIDRBlocks'
      readonly policy: string
      readonly direction: 'IN' | 'OUT'
      readonly rule: number
      readonly peer: number
    }
  | { readonly kind: 'KeyLabelOfNamespace'; readonly key: string }
  | { readonly kind: 'KeyValueLabelOfNamespace'; readonly key: string; readonly value: string }
  | {
      readonly kind: 'NestedLabelOfPod'
      readonly policy: string
      readonly key: string
      readonly values: readonly string[]
    }

/** Kernel set types. A dump may hold others; their membership is then unknown, never guessed. */
export type IpSetType = 'hash:net' | 'hash:ip' | 'hash:ip,port' | 'hash:net,port' | 'list:set' | (string & {})

export type IpSetEntry =
  | {
      readonly kind: 'net'
      readonly prefix: Ipv4Prefix
      readonly nomatch: boolean
      readonly origin?: Origin
    }
  | {
      readonly kind: 'ipPort'
      readonly address: Ipv4
      /** IP protocol number. */
      readonly protocol: number
      readonly port: number
      readonly origin?: Origin
    }
  | { readonly kind: 'set'; readonly set: string; readonly origin?: Origin }
  /** An element of a type that is not modelled. */
  | { readonly kind: 'other'; readonly text: string; readonly origin?: Origin }

export interface IpSet {
  /** The kernel's name: `azure-npm-784554818`. */
  readonly name: string
  readonly type: IpSetType
  /** 65536 unless the set was created with another; for list:set its size, 8. */
  readonly maxelem: number
  /** In the order in which the kernel got them. */
  readonly entries: readonly IpSetEntry[]
  /** The agent's own, readable name: `ns-default`. Two where legacy names collide. */
  readonly prefixedNames?: readonly string[]
  readonly meanings?: readonly SetMeaning[]
  /** The selectors and blocks in policies that use the set. */
  readonly origins?: readonly Origin[]
}
