import { expect, test } from 'vitest'
import { analysisFixture } from '../../testing/analysisFixture.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { endSuggestions, matchingSuggestions, trafficSuggestions } from './fieldSuggestions.ts'

const pod = (name: string, workload?: string): Endpoint & { readonly kind: 'pod' } => ({
  kind: 'pod',
  id: `pod:shop/${name}`,
  namespace: 'shop',
  name,
  labels: {},
  address: 0x0a000001,
  hostNetwork: false,
  assumed: false,
  isolated: { ingress: false, egress: false },
  ...(workload !== undefined && { workload }),
})
const ENDPOINTS: readonly Endpoint[] = [
  pod('web-1', 'Deployment/shop/web'),
  pod('web-2', 'Deployment/shop/web'),
  pod('db', 'StatefulSet/shop/db'),
  {
    kind: 'cidr',
    id: 'cidr:10.0.0.0/8',
    cidr: '10.0.0.0/8',
    address: 0,
    holes: [],
    namedBy: [],
    exceptOf: [],
  },
  { kind: 'outside', id: 'outside', address: 0 },
]

test('workloads of several pods, then every end', () => {
  expect(endSuggestions({ endpoints: ENDPOINTS }).map(({ value }) => value)).toEqual([
    'shop/web',
    'shop/web-1',
    'shop/web-2',
    'shop/db',
    '10.0.0.0/8',
    'outside',
  ])
})

test('the destination’s ports come first, then those of policies, each once', () => {
  const analysis = analysisFixture({
    endpoints: ENDPOINTS,
    pods: [
      {
        namespace: 'shop',
        name: 'db',
        labels: {},
        ip: '10.0.0.1',
        hostNetwork: false,
        phase: 'Running',
        containerPorts: [{ name: 'pg', protocol: 'TCP', containerPort: 5432 }],
      },
    ],
    policies: [
      {
        namespace: 'shop',
        name: 'p',
        spec: { ingress: [{ ports: [{ port: 5432 }, { port: 53, protocol: 'UDP' }, { port: 'pg' }] }] },
      },
    ],
  })
  expect(trafficSuggestions(analysis, 'shop/db').map(({ value, about }) => `${value} ${about}`)).toEqual([
    '5432/TCP port pg of shop/db',
    '53/UDP in shop/p',
    '80/TCP HTTP',
    '443/TCP HTTPS',
    'ICMP ping: no port',
  ])
})

test('all words must occur; what begins with the text comes first', () => {
  const all = endSuggestions({ endpoints: ENDPOINTS })
  expect(matchingSuggestions(all, 'db', 9).map(({ value }) => value)).toEqual(['shop/db'])
  expect(matchingSuggestions(all, 'pod 2', 9).map(({ value }) => value)).toEqual(['shop/web', 'shop/web-2'])
  expect(matchingSuggestions(all, 'o', 1).map(({ value }) => value)).toEqual(['outside'])
  expect(matchingSuggestions(all, '', 9)).toHaveLength(6)
})
