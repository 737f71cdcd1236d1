import { expect, test } from 'vitest'
import { cluster, namespace, pod, policy } from '../../testing/builders.ts'
import { compile } from './compile.ts'

const world = cluster({
  namespaces: [namespace('y'), namespace('x', { team: 'a' })],
  pods: [pod('x/b', { ip: '10.0.0.2' }), pod('x/a', { ip: '10.0.0.1', labels: { app: 'web' } })],
  policies: [
    policy('x/z'),
    policy('x/bad', { ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] }),
    policy('x/none', { policyTypes: [] }),
    policy('x/a', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{}] }),
    policy('x/far', { ingress: [{ ports: [{ port: 70000 }] }] }),
  ],
})

function rulesIn(chain: string) {
  const { ruleset } = compile(world, 'head')
  return ruleset.tables[0]?.chains.find(({ name }) => name === chain)?.rules ?? []
}

test('[N53] the order of the objects does not matter', () => {
  const { namespaces, pods, policies } = world
  const reversed = {
    namespaces: namespaces.toReversed(),
    pods: pods.toReversed(),
    policies: policies.toReversed(),
  }
  expect(JSON.stringify(compile(reversed, 'head'))).toBe(JSON.stringify(compile(world, 'head')))
})

test('[N53] policies that are not in force are told, in the order of their keys', () => {
  const { failures } = compile(world, 'head')
  expect(failures.map(({ policy, class: kind, origin }) => [policy, kind, origin.path])).toEqual([
    ['x/bad', 'T', 'spec.ingress[0].from[0].ipBlock.cidr'],
    ['x/far', 'V', ''],
    ['x/none', 'N', 'spec.policyTypes'],
  ])
})

test('[N34] without a policy in force AZURE-NPM is empty', () => {
  expect(rulesIn('AZURE-NPM')).toHaveLength(3)
  const idle = compile({ ...world, policies: [policy('x/none', { policyTypes: [] })] }, 'head')
  const chains = idle.ruleset.tables[0]?.chains ?? []
  expect(chains.map(({ name, rules }) => [name, rules.length])).toEqual([
    ['INPUT', 0],
    ['FORWARD', 1],
    ['OUTPUT', 0],
    ['AZURE-NPM', 0],
    ['AZURE-NPM-INGRESS', 1],
    ['AZURE-NPM-INGRESS-ALLOW-MARK', 2],
    ['AZURE-NPM-EGRESS', 2],
    ['AZURE-NPM-ACCEPT', 1],
  ])
})

test('[N22] rules, jumps and entries name the field they come from', () => {
  expect(rulesIn('AZURE-NPM-INGRESS')[0]?.origin).toEqual({
    resource: 'NetworkPolicy/x/z',
    path: 'spec.podSelector',
  })
  const { ruleset } = compile(world, 'head')
  const entries = (prefixed: string) =>
    ruleset.sets
      .find(set => set.prefixedNames?.includes(prefixed))
      ?.entries.map(({ origin }) => [origin?.resource, origin?.path])
  expect(entries('ns-x')).toEqual([
    ['Pod/x/a', 'status.podIP'],
    ['Pod/x/b', 'status.podIP'],
  ])
  expect(entries('podlabel-app:web')).toEqual([['Pod/x/a', "metadata.labels['app']"]])
  expect(entries('nslabel-team:a')).toEqual([['Namespace/x', "metadata.labels['team']"]])
  expect(ruleset.sets.find(set => set.prefixedNames?.includes('podlabel-app:web'))?.origins).toEqual([
    { resource: 'NetworkPolicy/x/a', path: "spec.podSelector.matchLabels['app']" },
  ])
})

test('equal entries of several sets that come of one line are one object', () => {
  const labels = { app: 'web', tier: 'front' }
  const pods = [pod('x/a', { ip: '10.0.0.1', labels }), pod('x/b', { ip: '10.0.0.2', labels })]
  const { ruleset } = compile(cluster({ pods, policies: [policy('x/z')] }), 'head')
  const entries = ruleset.sets.flatMap(set => set.entries).filter(({ kind }) => kind === 'net')
  // A pod is in the sets of its namespace, of two keys, and of two keys with their values.
  expect(entries).toHaveLength(2 * 5)
  expect(new Set(entries).size).toBe(2 * 3)
  expect(new Set(entries.map(entry => JSON.stringify(entry))).size).toBe(2 * 3)
})
