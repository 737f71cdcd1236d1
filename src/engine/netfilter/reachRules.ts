import type { Match, Rule, SetDimension } from '../../model/ruleset.ts'
import {
  ALL_TRAFFIC,
  NO_TRAFFIC,
  OTHER_PROTOCOLS,
  PORT_TRAFFIC,
  intersectTraffic,
  portTraffic,
  protocolTraffic,
  subtractTraffic,
} from '../../model/traffic.ts'
import type { Protocol, TrafficSet } from '../../model/traffic.ts'
import { unreachable } from '../../model/assert.ts'
import { missingSet } from './ipSets.ts'
import type { PreparedSet } from './ipSets.ts'
import { SCTP, TCP, UDP } from './protocolNames.ts'
import type { PreparedRule } from './preparedRuleset.ts'

/** Traffic for which something surely holds, and traffic for which it may: `sure` lies within `possible`. */
export interface Extent {
  readonly sure: TrafficSet
  readonly possible: TrafficSet
}

export const EVERYTHING: Extent = { sure: ALL_TRAFFIC, possible: ALL_TRAFFIC }
export const NOTHING: Extent = { sure: NO_TRAFFIC, possible: NO_TRAFFIC }
export const UNDECIDED: Extent = { sure: NO_TRAFFIC, possible: ALL_TRAFFIC }
const OTHERS: TrafficSet = [OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1]

export function complement(extent: Extent): Extent {
  if (extent.sure === ALL_TRAFFIC) return NOTHING
  if (extent.possible === NO_TRAFFIC) return EVERYTHING
  return {
    sure: subtractTraffic(ALL_TRAFFIC, extent.possible),
    possible: subtractTraffic(ALL_TRAFFIC, extent.sure),
  }
}

export function intersect(a: Extent, b: Extent): Extent {
  if (a === EVERYTHING) return b
  if (b === EVERYTHING) return a
  return { sure: intersectTraffic(a.sure, b.sure), possible: intersectTraffic(a.possible, b.possible) }
}

export function protocolOf(protocol: number): Protocol | undefined {
  if (protocol === TCP) return 'TCP'
  if (protocol === UDP) return 'UDP'
  return protocol === SCTP ? 'SCTP' : undefined
}

/** All traffic of a protocol. One without a line of its own is part of the point of the others, so never sure. */
export function protocolExtent(protocol: number): Extent {
  const known = protocolOf(protocol)
  if (known === undefined) return { sure: NO_TRAFFIC, possible: OTHERS }
  const traffic = protocolTraffic(known)
  return { sure: traffic, possible: traffic }
}

/** A condition on one address: `atom` names a set or a network, and an address has it or not. */
export interface AtomCondition {
  readonly atom: number
  readonly inverted: boolean
}

/** A condition on one address whose answer is traffic: sets with ports, and sets that are not modelled in full. */
export interface SetCondition {
  /** Equal conditions have equal ids. */
  readonly id: number
  readonly set: PreparedSet
  readonly dimensions: readonly SetDimension[]
  readonly inverted: boolean
}

/** What a rule asks of one end of a flow. */
export interface SideConditions {
  readonly atoms: readonly AtomCondition[]
  readonly sets: readonly SetCondition[]
}

/** A rule for a new packet whose addresses, ports and mark are not yet known. */
export interface ReachRule {
  readonly rule: Rule
  readonly inert: boolean
  /** What the rule's matches that ask for no address allow. */
  readonly extent: Extent
  readonly src: SideConditions
  readonly dst: SideConditions
  readonly marks: readonly (Match & { readonly kind: 'mark' })[]
}

/** Gives numbers to networks, sets and conditions while rules are compiled. */
export interface AtomTable {
  networkAtom(address: number, length: number): number
  setAtom(set: PreparedSet): number
  conditionId(key: string, set: PreparedSet): number
}

/** A set that has nothing but networks: an address is in it or not, whatever the ports. */
export function isPlainSet(set: PreparedSet): boolean {
  if (set.kind === 'net') return !set.partial
  return set.kind === 'list' && set.members.every(isPlainSet)
}

/** Whether the answer is the same for every address. */
function isUnknownSet(set: PreparedSet): boolean {
  return set.kind === 'unknown'
}

function portExtent(match: Match & { readonly kind: 'port' }): Extent {
  const protocol = protocolOf(match.protocol)
  const whole = match.from === 0 && match.to === 65535
  if (whole) return match.inverted ? NOTHING : protocolExtent(match.protocol)
  if (protocol === undefined) return { sure: NO_TRAFFIC, possible: OTHERS }
  const all = protocolTraffic(protocol)
  // The source port of a new connection is anyone's choice.
  if (match.dimension === 'src') return { sure: NO_TRAFFIC, possible: all }
  const range = portTraffic(protocol, match.from, match.to)
  const traffic = match.inverted ? subtractTraffic(all, range) : range
  return { sure: traffic, possible: traffic }
}

function protocolMatchExtent(protocol: number, inverted: boolean): Extent {
  const extent = protocolExtent(protocol)
  if (!inverted) return extent
  return protocolOf(protocol) === undefined
    ? { sure: PORT_TRAFFIC, possible: ALL_TRAFFIC }
    : complement(extent)
}

/** The rule as conditions; undefined when no new packet can match it, or when matching it changes nothing. */
export function compileRule(prepared: PreparedRule, atoms: AtomTable): ReachRule | undefined {
  if (prepared.inert) return undefined
  const sides = {
    src: { atoms: [] as AtomCondition[], sets: [] as SetCondition[] },
    dst: { atoms: [] as AtomCondition[], sets: [] as SetCondition[] },
  }
  const marks: (Match & { readonly kind: 'mark' })[] = []
  let extent = EVERYTHING
  for (const { match, set = missingSet('') } of prepared.matches) {
    switch (match.kind) {
      case 'comment':
        break
      case 'protocol':
        extent = intersect(extent, protocolMatchExtent(match.protocol, match.inverted))
        break
      case 'port':
        extent = intersect(extent, portExtent(match))
        break
      case 'ctstate':
        if (match.states.includes('NEW') === match.inverted) return undefined
        break
      case 'interface':
        if (match.name !== '+') extent = intersect(extent, UNDECIDED)
        else if (match.inverted) return undefined
        break
      case 'other':
        extent = intersect(extent, UNDECIDED)
        break
      case 'mark':
        marks.push(match)
        break
      case 'address': {
        const atom = atoms.networkAtom(match.prefix.address, match.prefix.length)
        sides[match.dimension].atoms.push({ atom, inverted: match.inverted })
        break
      }
      case 'set': {
        const { dimensions, inverted } = match
        const side = sides[dimensions[0] ?? 'dst']
        if (isUnknownSet(set)) extent = intersect(extent, UNDECIDED)
        else if (isPlainSet(set)) side.atoms.push({ atom: atoms.setAtom(set), inverted })
        else {
          const id = atoms.conditionId(`${inverted ? '!' : ''}${match.set} ${dimensions.join(',')}`, set)
          side.sets.push({ id, set, dimensions, inverted })
        }
        break
      }
      default:
        return unreachable(match)
    }
  }
  if (extent.possible.length === 0) return undefined
  return { rule: prepared.rule, inert: prepared.inert, extent, src: sides.src, dst: sides.dst, marks }
}
