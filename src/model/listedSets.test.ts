import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IpSet, IpSetEntry } from './ipSet.ts'
import { prefixContains, type Ipv4 } from './ip.ts'
import { entryOf, listRuleset, setsHolding } from './listedSets.ts'

const address = fc.oneof(
  fc.constantFrom(0, 0x0a000001, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.nat(0xffffffff),
)
const anyEntry: fc.Arbitrary<IpSetEntry> = fc.oneof(
  fc.record({
    kind: fc.constant('net' as const),
    prefix: fc.record({ address, length: fc.nat(32) }),
    nomatch: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('ipPort' as const),
    address,
    protocol: fc.constantFrom(0, 6, 17, 132, 255),
    port: fc.constantFrom(0, 80, 65535),
  }),
  fc.record({ kind: fc.constant('set' as const), set: fc.constantFrom('s0', 's1', 's2', 'gone') }),
  fc.record({ kind: fc.constant('other' as const), text: fc.string() }),
)
const anySets: fc.Arbitrary<readonly IpSet[]> = fc
  .array(fc.array(anyEntry, { maxLength: 6 }), { maxLength: 4 })
  .map(all => all.map((entries, i) => ({ name: `s${i}`, type: 'hash:net', maxelem: 65536, entries })))

/** The same read off the entries themselves. */
function holdingSlowly(sets: readonly IpSet[], wanted: Ipv4): readonly string[] {
  const holds = ({ entries }: IpSet): boolean => {
    if (entries.some(entry => entry.kind === 'ipPort' && entry.address === wanted)) return true
    const nets = entries.filter(entry => entry.kind === 'net' && prefixContains(entry.prefix, wanted))
    const lengths = nets.map(entry => (entry.kind === 'net' ? entry.prefix.length : -1))
    const longest = nets[lengths.indexOf(Math.max(...lengths))]
    return longest?.kind === 'net' && !longest.nomatch
  }
  const direct = new Set(sets.filter(holds).map(({ name }) => name))
  return sets
    .filter(
      ({ name, entries }) =>
        direct.has(name) || entries.some(entry => entry.kind === 'set' && direct.has(entry.set)),
    )
    .map(({ name }) => name)
}

describe('a listed ruleset', () => {
  test('holds every entry of every set, in order', () => {
    fc.assert(
      fc.property(anySets, sets => {
        const listed = listRuleset({ tables: [], sets })
        const read = listed.sets.map(set =>
          Array.from({ length: set.size }, (_, i) => entryOf(listed, set, i)),
        )
        expect(read).toEqual(sets.map(({ entries }) => entries))
      }),
    )
  })

  test('takes two numbers an entry, and keeps what else there is of a set', () => {
    const entries: readonly IpSetEntry[] = [
      {
        kind: 'net',
        prefix: { address: 1, length: 32 },
        nomatch: false,
        origin: { resource: 'Pod/a/b', path: '' },
      },
      { kind: 'set', set: 'x' },
    ]
    const outline = { name: 's', type: 'hash:net', maxelem: 9, prefixedNames: ['ns-a'], meanings: [] }
    const listed = listRuleset({ tables: [], sets: [{ ...outline, entries }] })
    expect(listed.entries).toHaveLength(4)
    expect(listed.sets).toEqual([{ ...outline, first: 0, size: 2 }])
  })

  test('tells which sets hold an address', () => {
    fc.assert(
      fc.property(anySets, address, (sets, wanted) => {
        const found = setsHolding(listRuleset({ tables: [], sets }), wanted)
        expect(found.map(({ name }) => name)).toEqual(holdingSlowly(sets, wanted))
      }),
    )
  })
})
