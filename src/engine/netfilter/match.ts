import { prefixContains } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Match } from '../../model/ruleset.ts'
import type { MatchOutcome } from '../../model/trace.ts'
import { unreachable } from '../../model/assert.ts'
import type { Hook } from './builtInChains.ts'
import { missingSet, testMembership } from './ipSets.ts'
import type { PreparedSet, PreparedSets } from './ipSets.ts'
import { decideOther } from './otherMatch.ts'

/** A match with its set looked up. */
export interface PreparedMatch {
  readonly match: Match
  readonly set: PreparedSet | undefined
}

export function prepareMatch(match: Match, sets: PreparedSets): PreparedMatch {
  const set = match.kind === 'set' ? (sets.get(match.set) ?? missingSet(match.set)) : undefined
  return { match, set }
}

const HOLDS: MatchOutcome = { holds: true }
const FAILS: MatchOutcome = { holds: false }

function outcome(holds: boolean): MatchOutcome {
  return holds ? HOLDS : FAILS
}

/** A trailing `+` stands for any rest; the kernel compares the part before it. */
export function matchesInterface(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

function testInterface(match: Match & { readonly kind: 'interface' }, packet: Packet): MatchOutcome {
  if (match.name === '+') return outcome(!match.inverted)
  const name = match.dimension === 'in' ? packet.inInterface : packet.outInterface
  if (name === undefined) return { holds: false, unknown: `${match.dimension} interface is not given` }
  return outcome(matchesInterface(match.name, name) !== match.inverted)
}

function testSet(
  prepared: PreparedMatch,
  match: Match & { readonly kind: 'set' },
  packet: Packet,
): MatchOutcome {
  const { member, unknown, decidedBy } = testMembership(
    prepared.set ?? missingSet(match.set),
    match.dimensions,
    packet,
  )
  if (unknown !== undefined) return { holds: false, unknown }
  const holds = member !== match.inverted
  return decidedBy === undefined ? outcome(holds) : { holds, decidedBy }
}

/** Whether one match holds for a packet that carries `mark` at this point. */
export function testMatch(prepared: PreparedMatch, packet: Packet, mark: number, hook: Hook): MatchOutcome {
  const { match } = prepared
  switch (match.kind) {
    case 'protocol':
      return outcome((packet.protocol === match.protocol) !== match.inverted)
    case 'address':
      return outcome(
        prefixContains(match.prefix, match.dimension === 'src' ? packet.src : packet.dst) !== match.inverted,
      )
    case 'interface':
      return testInterface(match, packet)
    case 'port': {
      // The negation is of the range alone: a packet of another protocol fails either way.
      if (packet.protocol !== match.protocol) return FAILS
      const port = match.dimension === 'src' ? packet.srcPort : packet.dstPort
      return outcome((port >= match.from && port <= match.to) !== match.inverted)
    }
    case 'set':
      return testSet(prepared, match, packet)
    case 'mark':
      return outcome(((mark & match.mask) >>> 0 === match.value) !== match.inverted)
    case 'ctstate':
      return outcome(match.states.includes(packet.ctState) !== match.inverted)
    case 'comment':
      return HOLDS
    case 'other': {
      const holds = decideOther(match.module, match.args, packet, hook)
      return holds === undefined
        ? { holds: false, unknown: `match ${match.module} is not modelled` }
        : outcome(holds)
    }
    default:
      return unreachable(match)
  }
}

/** `MARK --set-xmark value/mask`. */
export function applyMark(mark: number, value: number, mask: number): number {
  return ((mark & ~mask) ^ value) >>> 0
}
