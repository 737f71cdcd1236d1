import { describe, expect, test } from 'vitest'
import { setsHolding } from '../model/listedSets.ts'
import type { Analysis } from '../model/protocol.ts'
import type { Rule } from '../model/ruleset.ts'
import { analysisFixture } from '../testing/analysisFixture.ts'
import { isWithin, linkedTo, nearest } from './linked.ts'

const POLICY = 'NetworkPolicy/default/web'

function rule(path: string | undefined, sets: readonly string[], jump?: string): Rule {
  return {
    matches: sets.map(set => ({ kind: 'set', set, dimensions: ['src'], inverted: false })),
    target: jump === undefined ? { kind: 'verdict', verdict: 'ACCEPT' } : { kind: 'jump', chain: jump },
    ...(path !== undefined && { origin: { resource: POLICY, path } }),
  }
}

/** A base chain that jumps to a policy's chain of three rules. */
const ANALYSIS: Analysis = analysisFixture({
  policies: [{ namespace: 'default', name: 'web', spec: { podSelector: { matchLabels: { app: 'web' } } } }],
  pods: [
    {
      namespace: 'default',
      name: 'w',
      labels: { app: 'web' },
      ip: '10.0.0.7',
      hostNetwork: false,
      phase: 'Running',
      containerPorts: [],
    },
  ],
  ruleset: {
    tables: [
      {
        name: 'filter',
        chains: [
          {
            name: 'BASE',
            meaning: { kind: 'base' },
            rules: [rule('spec.podSelector', ['s-app'], 'WEB'), rule(undefined, [])],
          },
          {
            name: 'WEB',
            meaning: { kind: 'policy', policy: 'default/web', direction: 'ingress' },
            rules: [
              rule('spec.ingress[0].from[0]', ['s-a']),
              rule('spec.ingress[0].from[1]', ['s-b']),
              rule('spec.ingress', []),
            ],
          },
        ],
      },
    ],
    sets: [
      {
        name: 's-app',
        type: 'hash:net',
        maxelem: 65536,
        entries: [{ kind: 'net', prefix: { address: 0x0a000007, length: 32 }, nomatch: false }],
        origins: [{ resource: POLICY, path: 'spec.podSelector' }],
      },
      {
        name: 's-block',
        type: 'hash:net',
        maxelem: 65536,
        entries: [
          { kind: 'net', prefix: { address: 0x0a000000, length: 8 }, nomatch: false },
          { kind: 'net', prefix: { address: 0x0a000000, length: 24 }, nomatch: true },
        ],
      },
      { name: 's-list', type: 'list:set', maxelem: 8, entries: [{ kind: 'set', set: 's-app' }] },
    ],
  },
  endpoints: [
    {
      kind: 'pod',
      id: 'pod:default/w',
      namespace: 'default',
      name: 'w',
      labels: { app: 'web' },
      address: 0x0a000007,
      hostNetwork: false,
      assumed: false,
      isolated: { ingress: true, egress: false },
    },
  ],
})

const sorted = (set: ReadonlySet<string>): readonly string[] => [...set].sort()

describe('a field of the YAML', () => {
  test('is linked with the rules made of it and of the fields in it', () => {
    const linked = linkedTo(ANALYSIS, { kind: 'origin', resource: POLICY, path: 'spec.ingress[0].from[1]' })
    expect(sorted(linked.rules)).toEqual(['WEB 2'])
    expect(sorted(linked.sets)).toEqual(['s-b'])
    const all = linkedTo(ANALYSIS, { kind: 'origin', resource: POLICY, path: 'spec.ingress' })
    expect(sorted(all.rules)).toEqual(['WEB 1', 'WEB 2', 'WEB 3'])
  })

  test('that made no rule itself is linked with those of the nearest field around it', () => {
    const path = "spec.ingress[0].from[0].podSelector.matchLabels['a.b/c']"
    const linked = linkedTo(ANALYSIS, { kind: 'origin', resource: POLICY, path })
    expect(sorted(linked.rules)).toEqual(['WEB 1'])
    expect(linked.origins).toEqual([{ resource: POLICY, path }])
  })

  test('is linked with the sets it made', () => {
    const linked = linkedTo(ANALYSIS, { kind: 'origin', resource: POLICY, path: 'spec.podSelector' })
    expect(sorted(linked.sets)).toEqual(['s-app'])
    expect(sorted(linked.chains)).toEqual(['WEB'])
  })
})

test('a rule leads to its field, its sets and where it jumps', () => {
  const linked = linkedTo(ANALYSIS, { kind: 'rule', chain: 'BASE', number: 1 })
  expect(linked.origins).toEqual([{ resource: POLICY, path: 'spec.podSelector' }])
  expect(sorted(linked.policies)).toEqual(['default/web'])
  expect(sorted(linked.sets)).toEqual(['s-app'])
  expect(sorted(linked.chains)).toEqual(['WEB'])
})

test('a chain leads to its rules, the jumps to it and its policy', () => {
  const linked = linkedTo(ANALYSIS, { kind: 'chain', name: 'WEB' })
  expect(sorted(linked.rules)).toEqual(['BASE 1', 'WEB 1', 'WEB 2', 'WEB 3'])
  expect(sorted(linked.policies)).toEqual(['default/web'])
})

test('a pod leads to the policies that select it and the sets that hold it', () => {
  const linked = linkedTo(ANALYSIS, { kind: 'endpoint', id: 'pod:default/w' })
  expect(sorted(linked.policies)).toEqual(['default/web'])
  expect(sorted(linked.sets)).toEqual(['s-app', 's-list'])
})

test('the longest prefix decides whether a set holds an address, nomatch included', () => {
  const names = (address: number) => setsHolding(ANALYSIS.ruleset, address).map(set => set.name)
  expect(names(0x0a000007)).toEqual(['s-app', 's-list'])
  expect(names(0x0a000107)).toEqual(['s-block'])
  expect(names(0x0b000000)).toEqual([])
})

test('what is not there is linked with nothing', () => {
  expect(linkedTo(ANALYSIS, { kind: 'endpoint', id: 'pod:default/gone' }).sets.size).toBe(0)
  expect(linkedTo(ANALYSIS, { kind: 'rule', chain: 'WEB', number: 9 }).origins).toEqual([])
})

test('a path lies within another only at a border of fields', () => {
  expect(isWithin('spec.ingress[0]', 'spec.ingress')).toBe(true)
  expect(isWithin('spec.ingress[10]', 'spec.ingress[1]')).toBe(false)
  expect(isWithin('spec.ingressive', 'spec.ingress')).toBe(false)
  expect(nearest(['a', 'a.b', 'a.b.c'], 'a.b.d', path => path)).toEqual(['a.b'])
})
