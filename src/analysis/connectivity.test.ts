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
const n = connectivity.classes.length

test('equal endpoints are one class, asked about once', () => {
  expect(connectivity.classes.map(({ endpoints: members }) => members)).toEqual([[0, 1], [2], [3], [4]])
  expect(asked).toContain('pod:x/a→pod:x/b')
  expect(new Set(asked).size).toBe(asked.length)
})

test('a class of one only meets itself, which is always allowed', () => {
  expect(connectivity.traffic[connectivity.kubernetes[1 * n + 1] ?? -1]).toEqual(ALL_TRAFFIC)
  expect(asked).not.toContain('pod:x/c→pod:x/c')
})

test('no policy speaks about a pair without a pod of its own address', () => {
  expect([connectivity.kubernetes[2 * n + 3], connectivity.dataplane[3 * n + 2]]).toEqual([-1, -1])
})

test('both answers and who is governed are kept by pair', () => {
  const pair = 0 * n + 1
  expect(connectivity.traffic[connectivity.kubernetes[pair] ?? -1]).toEqual(http)
  expect(connectivity.traffic[connectivity.dataplane[pair] ?? -1]).toEqual(NO_TRAFFIC)
  expect([connectivity.governed[pair], connectivity.governed[0]]).toEqual([1, 0])
})
