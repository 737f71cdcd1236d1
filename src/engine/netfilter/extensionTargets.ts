import { formatIpv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Target } from '../../model/ruleset.ts'
import type { Hook } from './builtInChains.ts'
import { applyMark } from './match.ts'
import { isFault, parseUint32 } from './ruleOptions.ts'
import { markTarget } from './ruleTarget.ts'
import { unreadTarget } from './unread.ts'

const REWRITING: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP', 'TPROXY'])
/** Give a packet that leaves another source: that is the end of it, and it goes on. */
const SOURCE_NAT: ReadonlySet<string> = new Set(['SNAT', 'MASQUERADE', 'NETMAP'])

/** What targets of extensions read and change of a walk. */
export interface TargetState {
  readonly hook: Hook
  packet: Packet
  mark: number
  /** Of the connection: `none` where there is no connection, undefined where nobody knows. */
  ctMark: number | 'none' | undefined
  readonly changedSets: Set<string>
  /** Why the walk's verdict is unknown. */
  unknown: string | undefined
}

/**
 * What a target that is neither verdict, jump, nor mark does to the packet and to the walk: undefined to go on with the
 * next rule. UNKNOWN leaves its reason in the state.
 */
export function applyExtension(
  state: TargetState,
  { name, args, terminates }: Target & { readonly kind: 'other' },
): 'ACCEPT' | 'UNKNOWN' | undefined {
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

function unknownEnd(state: TargetState, reason: string): 'UNKNOWN' {
  state.unknown = reason
  return 'UNKNOWN'
}

/** Marks of the packet and of its connection, one from the other (xt_connmark). */
function applyConnmark(state: TargetState, args: readonly string[]): 'ACCEPT' | 'UNKNOWN' | undefined {
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
