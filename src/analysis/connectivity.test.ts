import { expect, test } from 'vitest'
import type { Endpoint } from '../model/connectivity.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic } from '../model/traffic.ts'
import { connectivityOf } from './connectivity.ts'

function pod(name: string, address: number, kind: string): Endpoint {
  return {
    kind: 'pod',
    id: `pod:x/${name}`,
    namespace: 'x',
    name,
    labels: { kind },
    address,
    hostNetwork: kind === 'host',
    assumed: false,
    isolated: { ingress: kind === 'db', egress: false },
  }
}

const endpoints: readonly Endpoint[] = [
  pod('a', 1, 'web'),
  pod('b', 2, 'web'),
  pod('c', 3, 'db'),
  pod('h', 4, 'host'),
  { kind: 'outside', id: 'outside', address: 5 },
]

const http = portTraffic('TCP', 80, 80)
const asked: string[] = []
const connectivity = connectivityOf(endpoints, {
  signatureOf: endpoint => (endpoint.kind === 'pod' ? String(endpoint.labels['kind']) : endpoint.id),
  promised: (src, dst) => {
    asked.push(`${src.id}→${dst.id}`)
    return dst.id === 'pod:x/c' ? http : ALL_TRAFFIC
  },
  enforced: (_src, dst) => (dst === 3 ? NO_TRAFFIC : ALL_TRAFFIC),
})
const { pair, traffic } = connectivity
for (const source of connectivity.classes.keys()) connectivity.row(source)

test('equal endpoints are one class, asked about once', () => {
  expect(connectivity.classes.map(({ endpoints: members }) => members)).toEqual([[0, 1], [2], [3], [4]])
  expect(asked).toContain('pod:x/a→pod:x/b')
  expect(new Set(asked).size).toBe(asked.length)
})

test('a class of one only meets itself, which is always allowed', () => {
  expect(traffic[pair(1, 1).kubernetes]).toEqual(ALL_TRAFFIC)
  expect(asked).not.toContain('pod:x/c→pod:x/c')
})

test('no policy speaks about a pair without a pod of its own address', () => {
  expect([pair(2, 3).kubernetes, pair(3, 2).dataplane]).toEqual([-1, -1])
})

test('both answers and who is governed are kept by pair', () => {
  expect(traffic[pair(0, 1).kubernetes]).toEqual(http)
  expect(traffic[pair(0, 1).dataplane]).toEqual(NO_TRAFFIC)
  expect([pair(0, 1).governed, pair(0, 0).governed]).toEqual([true, false])
})

test('rows and columns say what pairs say', () => {
  const classes = connectivity.classes.map((_, index) => index)
  for (const a of classes)
    for (const b of classes) {
      const { kubernetes, dataplane, governed } = pair(a, b)
      const expected = [kubernetes, dataplane, governed ? 1 : 0]
      const row = connectivity.row(a)
      const column = connectivity.column(b)
      expect([row.kubernetes[b], row.dataplane[b], row.governed[b]]).toEqual(expected)
      expect([column.kubernetes[a], column.dataplane[a], column.governed[a]]).toEqual(expected)
    }
})

test('a look says what row and column say, in arrays of its own', () => {
  const arrays = new Set<unknown>()
  for (const fixed of connectivity.classes.keys()) {
    const from = connectivity.look(fixed, 'src')
    expect(from).toEqual(connectivity.row(fixed))
    arrays.add(from.kubernetes)
    const to = connectivity.look(fixed, 'dst')
    expect(to).toEqual(connectivity.column(fixed))
    arrays.add(to.kubernetes)
  }
  expect(arrays.size).toBe(1)
  expect(arrays).not.toContain(connectivity.row(0).kubernetes)
})

test('the class of every endpoint is known', () => {
  expect([...connectivity.classOf]).toEqual([0, 0, 1, 2, 3])
})
