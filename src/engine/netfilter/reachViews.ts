import { maskOf } from '../../model/ip.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { SetDimension } from '../../model/ruleset.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, trafficPoint, unionTraffic } from '../../model/traffic.ts'
import { isSureMember, mostSpecific } from './ipSets.ts'
import type { PreparedSet } from './ipSets.ts'
import { EVERYTHING, NOTHING, UNDECIDED, complement, protocolExtent, protocolOf } from './reachRules.ts'
import type { AtomTable, Extent, ReachRule, SetCondition, SideConditions } from './reachRules.ts'

/** What the rules can tell about an address. Addresses with equal views share one. */
export interface View {
  readonly signature: string
  /** An address of that kind; all others behave like it. */
  readonly address: Ipv4
  /** Ascending. */
  readonly atoms: readonly number[]
  /** The same as bits. */
  readonly bits: Uint32Array
  /** By `SetCondition.id`. */
  readonly extents: Map<number, Extent>
  /** By chain id: rules whose conditions on this end hold, ascending. */
  readonly srcHits: Map<number, readonly number[]>
  readonly dstHits: Map<number, readonly number[]>
  /** By chain id, for long chains that ask about this end alone: all rules that are left. */
  readonly applicable: Map<number, readonly ReachRule[]>
}

/** Finds the atoms of an address with one lookup for each prefix length, however many sets there are. */
export interface AtomIndex extends AtomTable {
  viewOf(ip: Ipv4): View
}

interface NetworkOwner {
  readonly atom: number
  readonly nomatch: boolean
}

/** The sets with ports within a set, itself included. */
function portSetsIn(set: PreparedSet): readonly PreparedSet[] {
  if (set.kind === 'list') return set.members.flatMap(portSetsIn)
  return set.kind === 'ipPort' || (set.kind === 'net' && set.partial) ? [set] : []
}

export function createAtomIndex(): AtomIndex {
  const atomIds = new Map<string, number>()
  const conditionIds = new Map<string, number>()
  /** Prefix length → network → the atoms that name it. */
  const networks = new Map<number, Map<number, NetworkOwner[]>>()
  const parents = new Map<number, number[]>()
  /** Sets with ports: address → a text for each set that has it. */
  const portTexts = new Map<Ipv4, string[]>()
  const knownPortSets = new Set<PreparedSet>()
  const partialSets: (PreparedSet & { readonly kind: 'net' })[] = []
  const byAddress = new Map<Ipv4, View>()
  const bySignature = new Map<string, View>()
  let lengths: readonly number[] | undefined

  const addNetwork = (address: number, length: number, owner: NetworkOwner) => {
    const ofLength = networks.get(length) ?? new Map<number, NetworkOwner[]>()
    networks.set(length, ofLength)
    const network = (address & maskOf(length)) >>> 0
    const owners = ofLength.get(network)
    if (owners === undefined) ofLength.set(network, [owner])
    else owners.push(owner)
  }
  const newAtom = (key: string): number => {
    const atom = atomIds.size
    atomIds.set(key, atom)
    return atom
  }

  const setAtom = (set: PreparedSet): number => {
    const key = `set ${set.name}`
    const known = atomIds.get(key)
    if (known !== undefined) return known
    const atom = newAtom(key)
    if (set.kind === 'net')
      for (const { length, entries } of set.byLength)
        for (const [address, entry] of entries) addNetwork(address, length, { atom, nomatch: entry.nomatch })
    if (set.kind === 'list')
      for (const member of set.members) {
        const child = setAtom(member)
        parents.set(child, [...(parents.get(child) ?? []), atom])
      }
    return atom
  }

  const addPortSet = (set: PreparedSet) => {
    if (knownPortSets.has(set)) return
    knownPortSets.add(set)
    if (set.kind === 'net') partialSets.push(set)
    if (set.kind !== 'ipPort') return
    for (const [address, ports] of set.byAddress) {
      const text = `${set.name} ${[...ports.keys()].sort((a, b) => a - b).join(',')}`
      const texts = portTexts.get(address)
      if (texts === undefined) portTexts.set(address, [text])
      else texts.push(text)
    }
  }

  /** The most specific network of a set decides, so longer ones are looked at first. */
  const atomsOf = (ip: Ipv4): readonly number[] => {
    lengths ??= [...networks.keys()].sort((a, b) => b - a)
    const decided = new Map<number, boolean>()
    for (const length of lengths) {
      const owners = networks.get(length)?.get((ip & maskOf(length)) >>> 0) ?? []
      for (const { atom, nomatch } of owners) if (!decided.has(atom)) decided.set(atom, !nomatch)
    }
    const held = new Set<number>()
    for (const [atom, holds] of decided) {
      if (!holds) continue
      held.add(atom)
      for (const parent of parents.get(atom) ?? []) held.add(parent)
    }
    return [...held].sort((a, b) => a - b)
  }

  const signatureOf = (ip: Ipv4, atoms: readonly number[]): string => {
    const partial = partialSets
      .map(set => isSureMember(set, mostSpecific(set, ip)))
      .map(member => (member ? '1' : '0'))
      .join('')
    const ports = (portTexts.get(ip) ?? []).toSorted().join(';')
    return `${atoms.join(' ')}|${ports}|${partial}`
  }

  return {
    networkAtom(address, length) {
      const key = `net ${(address & maskOf(length)) >>> 0}/${length}`
      const known = atomIds.get(key)
      if (known !== undefined) return known
      const atom = newAtom(key)
      addNetwork(address, length, { atom, nomatch: false })
      return atom
    },
    setAtom,
    conditionId(key, set) {
      for (const portSet of portSetsIn(set)) addPortSet(portSet)
      // Networks beside sets with ports in one list count too.
      if (set.kind === 'list') for (const member of set.members) if (member.kind === 'net') setAtom(member)
      const id = conditionIds.get(key) ?? conditionIds.size
      conditionIds.set(key, id)
      return id
    },
    viewOf(ip) {
      const known = byAddress.get(ip)
      if (known !== undefined) return known
      const atoms = atomsOf(ip)
      const signature = signatureOf(ip, atoms)
      let view = bySignature.get(signature)
      if (view === undefined) {
        const bits = new Uint32Array((atomIds.size + 31) >>> 5)
        for (const atom of atoms) bits[atom >>> 5] = (bits[atom >>> 5] ?? 0) | (1 << (atom & 31))
        const extents = new Map<number, Extent>()
        view = {
          signature,
          address: ip,
          atoms,
          bits,
          extents,
          srcHits: new Map(),
          dstHits: new Map(),
          applicable: new Map(),
        }
        bySignature.set(signature, view)
      }
      byAddress.set(ip, view)
      return view
    },
  }
}

function hasAtom(view: View, atom: number): boolean {
  return (((view.bits[atom >>> 5] ?? 0) >>> (atom & 31)) & 1) === 1
}

function unionExtent(a: Extent, b: Extent): Extent {
  return { sure: unionTraffic(a.sure, b.sure), possible: unionTraffic(a.possible, b.possible) }
}

/** Traffic from or to an address that a set contains, read as `dimensions` say. */
function setExtent(set: PreparedSet, dimensions: readonly SetDimension[], ip: Ipv4): Extent {
  switch (set.kind) {
    case 'unknown':
      return UNDECIDED
    case 'list':
      return set.members.reduce((sum, member) => unionExtent(sum, setExtent(member, dimensions, ip)), NOTHING)
    case 'net': {
      if (isSureMember(set, mostSpecific(set, ip))) return EVERYTHING
      return set.partial ? UNDECIDED : NOTHING
    }
    case 'ipPort': {
      if (dimensions.length < 2) return NOTHING
      let extent = NOTHING
      for (const { protocol, port } of set.byAddress.get(ip)?.values() ?? []) {
        const known = protocolOf(protocol)
        const point = known === undefined ? 0 : trafficPoint(known, port)
        const exact = known !== undefined && dimensions[1] === 'dst'
        const one: Extent = exact
          ? { sure: [point, point + 1], possible: [point, point + 1] }
          : { sure: NO_TRAFFIC, possible: protocolExtent(protocol).possible }
        extent = unionExtent(extent, one)
      }
      for (const protocol of set.partialProtocols)
        extent = unionExtent(extent, { sure: NO_TRAFFIC, possible: protocolExtent(protocol).possible })
      return extent
    }
  }
}

/** The answer of a set condition for a view, kept with it. */
export function conditionExtent(condition: SetCondition, view: View): Extent {
  const known = view.extents.get(condition.id)
  if (known !== undefined) return known
  const plain = setExtent(condition.set, condition.dimensions, view.address)
  const whole = plain.sure.length === 2 && plain.sure[0] === 0 && plain.sure[1] === ALL_TRAFFIC[1]
  const extent = condition.inverted ? complement(whole ? EVERYTHING : plain) : plain
  view.extents.set(condition.id, extent)
  return extent
}

/** Whether what a rule asks of one end can hold for any traffic. Called millions of times: plain loops. */
export function canHold(conditions: SideConditions, view: View): boolean {
  const { atoms, sets } = conditions
  for (let i = 0; i < atoms.length; i++) {
    const condition = atoms[i]
    if (condition !== undefined && hasAtom(view, condition.atom) === condition.inverted) return false
  }
  for (let i = 0; i < sets.length; i++) {
    const condition = sets[i]
    if (condition !== undefined && conditionExtent(condition, view).possible.length === 0) return false
  }
  return true
}
