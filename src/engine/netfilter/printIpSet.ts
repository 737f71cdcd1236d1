import { networkOf } from '../../model/ip.ts'
import type { IpSet, IpSetEntry } from '../../model/ipSet.ts'
import { compareBytes } from '../../model/order.ts'
import type { Origin } from '../../model/origin.ts'
import type { PrintedLine } from '../../model/protocol.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { formatEntry } from './ipSetEntry.ts'

export interface IpsetPrintOptions {
  /** The hash seed to print in each set; random in the kernel, so none is printed where it is absent. */
  readonly initval?: string
}

/** Sets in the order in which the kernel tells them: lists last, else as created. */
export function setsInOrder(sets: readonly IpSet[]): readonly IpSet[] {
  return [
    ...sets.filter(({ type }) => type !== 'list:set'),
    ...sets.filter(({ type }) => type === 'list:set'),
  ]
}

function compareEntries(a: IpSetEntry, b: IpSetEntry): number {
  if (a.kind === 'net' && b.kind === 'net') {
    const [x, y] = [networkOf(a.prefix), networkOf(b.prefix)]
    return x.address - y.address || x.length - y.length
  }
  if (a.kind === 'ipPort' && b.kind === 'ipPort')
    return a.address - b.address || a.protocol - b.protocol || a.port - b.port
  return compareBytes(formatEntry(a), formatEntry(b))
}

/** A list keeps the order of adding; a hash has none, so its members come sorted by number. */
export function entriesInOrder(set: IpSet): readonly IpSetEntry[] {
  return set.type === 'list:set' ? set.entries : set.entries.toSorted(compareEntries)
}

/** Options as `ipset` prints them behind the type. */
function header(set: IpSet, options: IpsetPrintOptions): string {
  if (set.type === 'list:set') return `size ${set.maxelem}`
  const seed = options.initval === undefined ? '' : ` initval ${options.initval}`
  return `family inet hashsize 1024 maxelem ${set.maxelem} bucketsize 12${seed}`
}

/** Revisions of the set types in Linux 6.18, as far as options of these kinds go. */
const REVISIONS: ReadonlyMap<string, number> = new Map([
  ['hash:ip', 6],
  ['hash:ip,port', 7],
  ['hash:net', 7],
  ['hash:net,port', 8],
  ['list:set', 3],
])

/**
 * Bytes, measured on Linux 6.18: a fixed part, then for a list 48 a member, for a hash 48 (hash:ip 40) for every
 * begun pair of elements in a bucket. Which elements share a bucket depends on the random seed, so each is taken to
 * have its own: exact for up to one element, and nearly always for a few.
 */
function memorySize(set: IpSet): number {
  const count = set.entries.length
  if (set.type === 'list:set') return 80 + 48 * count
  if (set.type === 'hash:ip') return 216 + 40 * count
  return (set.type === 'hash:ip,port' ? 216 : 456) + 48 * count
}

/** How often rules and lists use each set. */
function referenceCounts(ruleset: Ruleset): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const { chains } of ruleset.tables)
    for (const { rules } of chains)
      for (const { matches } of rules) for (const match of matches) if (match.kind === 'set') count(match.set)
  for (const { entries } of ruleset.sets)
    for (const entry of entries) if (entry.kind === 'set') count(entry.set)
  return counts
}

function setLine(text: string, set: IpSet, origin?: Origin): PrintedLine {
  return { text, set: set.name, ...(origin === undefined ? {} : { origin }) }
}

function entryLines(set: IpSet, prefix: string): readonly PrintedLine[] {
  return entriesInOrder(set).map(entry => setLine(`${prefix}${formatEntry(entry)}`, set, entry.origin))
}

/** What `ipset save` prints, which `ipset restore` takes as well. */
export function printIpsetSave(ruleset: Ruleset, options: IpsetPrintOptions = {}): readonly PrintedLine[] {
  return setsInOrder(ruleset.sets).flatMap(set => [
    setLine(`create ${set.name} ${set.type} ${header(set, options)}`, set, set.origins?.[0]),
    ...entryLines(set, `add ${set.name} `),
  ])
}

/** What `ipset list` prints, with a blank line between sets. */
export function printIpsetList(ruleset: Ruleset, options: IpsetPrintOptions = {}): readonly PrintedLine[] {
  const references = referenceCounts(ruleset)
  return setsInOrder(ruleset.sets).flatMap((set, i): readonly PrintedLine[] => [
    ...(i === 0 ? [] : [{ text: '' }]),
    setLine(`Name: ${set.name}`, set, set.origins?.[0]),
    setLine(`Type: ${set.type}`, set),
    setLine(`Revision: ${REVISIONS.get(set.type) ?? 0}`, set),
    setLine(`Header: ${header(set, options)}`, set),
    setLine(`Size in memory: ${memorySize(set)}`, set),
    setLine(`References: ${references.get(set.name) ?? 0}`, set),
    setLine(`Number of entries: ${set.entries.length}`, set),
    setLine('Members:', set),
    ...entryLines(set, ''),
  ])
}
