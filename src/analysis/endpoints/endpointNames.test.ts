import { expect, test } from 'vitest'
import type { Endpoint } from '../../model/connectivity.ts'
import { parseIpv4Prefix } from '../../model/ip.ts'
import { endpointName, foldedName } from './endpointNames.ts'
import { parseEndpointQuery, selectEndpoints } from './endpointQuery.ts'

function pod(key: string, more: Partial<Endpoint & { readonly kind: 'pod' }> = {}): Endpoint {
  const [namespace = '', name = ''] = key.split('/')
  return {
    kind: 'pod',
    id: `pod:${key}`,
    namespace,
    name,
    labels: {},
    address: 0x0a000001,
    hostNetwork: false,
    assumed: false,
    isolated: { ingress: false, egress: false },
    ...more,
  }
}

function block(cidr: string, holes: readonly string[] = []): Endpoint {
  const address = parseIpv4Prefix(cidr)?.address ?? 0
  return { kind: 'cidr', id: `cidr:${cidr}`, cidr, address, holes, namedBy: [], exceptOf: [] }
}

const OUTSIDE: Endpoint = { kind: 'outside', id: 'outside', address: 0xcb007109 }

test('an end says what is particular about it', () => {
  expect(endpointName(pod('a/x', { assumed: true }))).toBe('a/x (assumed)')
  expect(endpointName(pod('a/x', { hostNetwork: true }))).toBe('a/x (node network)')
  expect(endpointName(block('10.0.0.0/8', ['10.1.0.0/16']))).toBe('10.0.0.0/8 except 10.1.0.0/16')
  expect(endpointName(OUTSIDE)).toBe('outside')
})

test.each([
  [
    'one workload',
    [pod('a/web-1', { workload: 'Deployment/a/web' }), pod('a/web-2', { workload: 'Deployment/a/web' })],
    'a/web ×2',
  ],
  ['generated names', [pod('a/web-7d9fbc6c5d-x2x9q'), pod('a/web-7d9fbc6c5d-zk4wm')], 'a/web ×2'],
  ['ordinals', [pod('a/db-0'), pod('a/db-1')], 'a/db ×2'],
  ['a name that only looks generated', [pod('a/my-nginx'), pod('a/my-cache')], 'a/my-nginx, a/my-cache'],
  ['one of many keeps its name', [pod('a/db-0')], 'a/db-0'],
  ['the same name elsewhere', [pod('a/db-0'), pod('b/db-0')], 'a/db-0, b/db-0'],
  [
    'assumed replicas',
    [pod('a/db-0', { assumed: true }), pod('a/db-1', { assumed: true })],
    'a/db ×2 (assumed)',
  ],
  ['many', ['a/p', 'a/q', 'a/r', 'a/s', 'a/t'].map(key => pod(key)), 'a/p, a/q, a/r + 2 more'],
])('folds %s', (_, endpoints, name) => {
  expect(foldedName(endpoints)).toBe(name)
})

const ENDPOINTS: readonly Endpoint[] = [
  pod('a/web-1', { workload: 'Deployment/a/web', address: 0x0a010001 }),
  pod('a/db', { address: 0x0a020001 }),
  pod('b/db', { address: 0x0a020002 }),
  block('10.0.0.0/8', ['10.2.0.0/16']),
  block('10.2.0.0/16'),
  OUTSIDE,
]

test.each([
  ['a', [0, 1]],
  ['a/*', [0, 1]],
  ['a/db', [1]],
  ['a/web', [0]],
  ['outside', [5]],
  ['10.2.0.2', [2, 4]],
  ['10.2.0.0/16', [1, 2, 4]],
  ['10.0.0.0/8', [0, 1, 2, 3, 4]],
  ['10.2.128.0/17', [4]],
  ['10.0.0.0/7', [0, 1, 2, 3, 4, 5]],
  ['192.168.0.0/16', [5]],
  ['0.0.0.0/0', [0, 1, 2, 3, 4, 5]],
  ['c', []],
])('%s names %j', (text, indexes) => {
  const query = parseEndpointQuery(text)
  expect(query === undefined ? undefined : [...selectEndpoints(ENDPOINTS, query)]).toEqual(indexes)
})

test.each(['', '/', 'a/', 'a/b/c', 'a b', '10.0.0.0/33', '-x'])('%j names nothing', text => {
  expect(parseEndpointQuery(text)).toBeUndefined()
})
