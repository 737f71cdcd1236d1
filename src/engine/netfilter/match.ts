import { prefixContains } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Match } from '../../model/ruleset.ts'
import type { MatchOutcome } from '../../model/trace.ts'
import { unreachable } from '../../model/assert.ts'
import { otherAddressOf } from './addressNames.ts'
import type { Hook } from './builtInChains.ts'
import { missingSet, testMembership } from './ipSets.ts'
import type { PreparedSet, PreparedSets } from './ipSets.ts'
import { decideOther, type Circumstances } from './otherMatch.ts'
import { setMatchOf, type SetMatch } from './setMatch.ts'
import { unreadOf } from './unread.ts'

/** A match with its set looked up. */
export interface PreparedMatch {
  readonly match: Match
  readonly set: PreparedSet | undefined
  /** What a match asks of a set, in the model's own form or in the words of the set module. */
  readonly setMatch: SetMatch | undefined
}

export function prepareMatch(match: Match, sets: PreparedSets): PreparedMatch {
  const setMatch = setMatchOf(match)
  const set = setMatch === undefined ? undefined : (sets.get(setMatch.set) ?? missingSet(setMatch.set))
  return { match, set, setMatch }
}

/** What a match is tested against. */
export interface Moment extends Circumstances {
  /** The packet's, at this point. */
  readonly mark: number
  /** Sets that rules on the packet's way have changed. */
  readonly changedSets: ReadonlySet<string>
}

const HOLDS: MatchOutcome = { holds: true }
const FAILS: MatchOutcome = { holds: false }

function outcome(holds: boolean): MatchOutcome {
  return holds ? HOLDS : FAILS
}

function unknown(reason: string): MatchOutcome {
  return { holds: false, unknown: reason }
}

/** A trailing `+` stands for any rest; the kernel compares the part before it. */
export function matchesInterface(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

/** A packet that arrives has no interface to leave by yet, and one that the node sends has none that it came in by. */
function interfaceOf(dimension: 'in' | 'out', packet: Packet, hook: Hook): string | undefined {
  if (dimension === 'in') return hook === 'OUTPUT' ? '' : packet.inInterface
  return hook === 'INPUT' || hook === 'PREROUTING' ? '' : packet.outInterface
}

function testInterface(
  match: Match & { readonly kind: 'interface' },
  { packet, hook, forwarded }: Moment,
): MatchOutcome {
  if (match.name === '+') return outcome(!match.inverted)
  const name = interfaceOf(match.dimension, packet, hook)
  if (name !== undefined) return outcome(matchesInterface(match.name, name) !== match.inverted)
  // What comes from or goes to lo is the node's own.
  if (match.name === 'lo' && forwarded) return outcome(match.inverted)
  return unknown(`${match.dimension} interface is not given`)
}

function testSet(
  set: PreparedSet,
  { dimensions, inverted, returnNomatch, counters }: SetMatch,
  { packet, changedSets }: Moment,
): MatchOutcome {
  if (changedSets.size > 0 && changesAny(set, changedSets))
    return unknown(`a rule before may have changed set ${set.name}`)
  const membership = testMembership(set, dimensions, packet, returnNomatch)
  if (membership.unknown !== undefined) return unknown(membership.unknown)
  if (membership.member && counters) return unknown(`counters of set ${set.name} are not modelled`)
  const holds = membership.member !== inverted
  return membership.decidedBy === undefined ? outcome(holds) : { holds, decidedBy: membership.decidedBy }
}

function changesAny(set: PreparedSet, changed: ReadonlySet<string>): boolean {
  return (
    changed.has(set.name) || (set.kind === 'list' && set.members.some(member => changed.has(member.name)))
  )
}

/** Whether one match holds for a packet at this point. */
export function testMatch(prepared: PreparedMatch, at: Moment): MatchOutcome {
  const { match, set, setMatch } = prepared
  const { packet, mark } = at
  if (set !== undefined && setMatch !== undefined) return testSet(set, setMatch, at)
  switch (match.kind) {
    case 'protocol':
      return outcome((packet.protocol === match.protocol) !== match.inverted)
    case 'address':
      return outcome(
        prefixContains(match.prefix, match.dimension === 'src' ? packet.src : packet.dst) !== match.inverted,
      )
    case 'interface':
      return testInterface(match, at)
    case 'port': {
      // The negation is of the range alone: a packet of another protocol fails either way.
      if (packet.protocol !== match.protocol) return FAILS
      const port = match.dimension === 'src' ? packet.srcPort : packet.dstPort
      return outcome((port >= match.from && port <= match.to) !== match.inverted)
    }
    case 'set':
      return unknown(`set ${match.set} is missing`)
    case 'mark':
      return outcome(((mark & match.mask) >>> 0 === match.value) !== match.inverted)
    case 'ctstate':
      return outcome(match.states.includes(packet.ctState) !== match.inverted)
    case 'comment':
      return HOLDS
    case 'other': {
      const holds = decideOther(match.module, match.args, at)
      return holds === undefined ? unknown(reasonOf(match)) : outcome(holds)
    }
    default:
      return unreachable(match)
  }
}

function reasonOf(match: Match & { readonly kind: 'other' }): string {
  const unread = unreadOf(match)
  if (unread !== undefined) return unread.reason
  if (otherAddressOf(match) !== undefined)
    return `which address ${match.args.at(-1) ?? ''} is, only the node knows (iptables -n shows addresses)`
  if (match.module !== 'listed') return `match ${match.module} is not modelled`
  return match.args[0] === '--without'
    ? 'a listing without -v does not show interfaces (iptables -nvL or iptables-save does)'
    : `what the listing says is not modelled: ${(match.args[1] ?? '').trim()}`
}

/** `MARK --set-xmark value/mask`. */
export function applyMark(mark: number, value: number, mask: number): number {
  return ((mark & ~mask) ^ value) >>> 0
}
