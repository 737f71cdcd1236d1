import { describe, expect, test } from 'vitest'
import { readIpset } from '../../src/engine/netfilter/readIpset.ts'
import { readIptables } from '../../src/engine/netfilter/readIptables.ts'
import type { Ruleset } from '../../src/model/ruleset.ts'
import { printNode, steady, type NodeTexts, type SteadyOptions } from './steady.ts'

/** These need no kernel: they say what a comparison passes over, and that it passes over nothing else. */

const RULES = '*filter\n:X - -\n[3:180] -A X -p tcp --dport 80 -j ACCEPT\nCOMMIT\n'
const SETS = [
  '-N b nethash',
  '-N a nethash',
  '-N l setlist',
  '-A b 10.0.0.2',
  '-A b 10.0.0.1',
  '-A l b',
  '-A l a',
]

function node(rules: string, sets: readonly string[]): Ruleset {
  return { tables: readIptables(rules).tables, sets: readIpset(sets.join('\n')).sets }
}

const facts = { numericProtocols: true, sameRevisions: true, sameSizes: true }
const kept: SteadyOptions = { backend: 'nft', facts, setOrder: 'kept' }
const ours = printNode(node(RULES, SETS), 'nft')

function same(theirs: NodeTexts, options: SteadyOptions = kept): boolean {
  return JSON.stringify(steady(theirs, options)) === JSON.stringify(steady(ours, options))
}

describe('a comparison passes over', () => {
  test.each<[string, Partial<NodeTexts>]>([
    ['the date', { iptablesSave: ours.iptablesSave.replaceAll('DATE', 'Sun Nov 22 19:06:49 2026') }],
    ['the version', { iptablesSave: ours.iptablesSave.replace('v1.8.9', 'v1.8.11') }],
    [
      'the seed of a hash',
      { ipsetSave: ours.ipsetSave.replaceAll('bucketsize 12', 'bucketsize 12 initval 0x5a4b50df') },
    ],
    [
      'the order in a hash',
      { ipsetList: ours.ipsetList.replace('10.0.0.1\n10.0.0.2', '10.0.0.2\n10.0.0.1') },
    ],
    [
      'the size of a hash with two members',
      { ipsetList: ours.ipsetList.replace('memory: 552', 'memory: 504') },
    ],
  ])('%s', (_what, theirs) => {
    expect(theirs).not.toEqual({})
    expect(Object.entries(theirs).every(([key, text]) => ours[key as keyof NodeTexts] !== text)).toBe(true)
    expect(same({ ...ours, ...theirs })).toBe(true)
  })

  test('the order of sets and of lists where a state was built in another way', () => {
    const other = printNode(
      node(RULES, ['-N a nethash', '-N b nethash', ...SETS.slice(2, 5), '-A l a', '-A l b']),
      'nft',
    )
    expect(same(other)).toBe(false)
    expect(same(other, { ...kept, setOrder: 'sorted' })).toBe(true)
  })

  test('counters of built-in chains, on legacy alone', () => {
    const counted = {
      ...ours,
      iptablesSave: ours.iptablesSave.replace(':FORWARD ACCEPT [0:0]', ':FORWARD ACCEPT [7:420]'),
      iptablesList: ours.iptablesList.replace(
        'FORWARD (policy ACCEPT 0 packets, 0 bytes)',
        'FORWARD (policy ACCEPT 7 packets, 420 bytes)',
      ),
    }
    expect(counted).not.toEqual(ours)
    expect(same(counted)).toBe(false)
    expect(same(counted, { ...kept, backend: 'legacy' })).toBe(true)
  })

  test('names of protocols where the tool prints names', () => {
    const named = { ...ours, iptablesList: ours.iptablesList.replace(/ACCEPT +6 +--/, 'ACCEPT     tcp  --') }
    expect(named).not.toEqual(ours)
    expect(same(named)).toBe(false)
    expect(same(named, { ...kept, facts: { ...facts, numericProtocols: false } })).toBe(true)
  })
})

describe('a comparison sees', () => {
  test.each<[string, Ruleset]>([
    ['a rule’s counter', node(RULES.replace('3:180', '4:240'), SETS)],
    ['a port', node(RULES.replace('80 ', '81 '), SETS)],
    [
      'a missing member',
      node(
        RULES,
        SETS.filter(line => line !== '-A b 10.0.0.2'),
      ),
    ],
    [
      'a flag',
      node(
        RULES,
        SETS.map(line => line.replace('10.0.0.2', '10.0.0.2 nomatch')),
      ),
    ],
    [
      'a type',
      node(
        RULES,
        SETS.map(line => line.replace('-N a nethash', '-N a nethash maxelem 9')),
      ),
    ],
    [
      'a missing set',
      node(
        RULES,
        SETS.filter(line => !/ a( |$)/.test(line)),
      ),
    ],
  ])('%s', (_what, other) => {
    expect(same(printNode(other, 'nft'))).toBe(false)
    expect(same(printNode(other, 'nft'), { ...kept, setOrder: 'sorted' })).toBe(false)
  })
})
