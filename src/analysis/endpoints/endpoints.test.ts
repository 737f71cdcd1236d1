import { expect, test } from 'vitest'
import type { Cluster, Pod } from '../../model/cluster.ts'
import { formatIpv4 } from '../../model/ip.ts'
import type { IpBlock } from '../../model/networkPolicy.ts'
import { endpointsOf } from './endpoints.ts'

function pod(name: string, ip: string, more: Partial<Pod> = {}): Pod {
  return {
    namespace: 'x',
    name,
    labels: {},
    ip,
    hostNetwork: false,
    phase: 'Running',
    containerPorts: [],
    ...more,
  }
}

function world(pods: readonly Pod[], blocks: readonly IpBlock[], policyTypes = ['Egress']): Cluster {
  const egress = [{ to: blocks.map(ipBlock => ({ ipBlock })) }]
  return { namespaces: [], pods, policies: [{ namespace: 'x', name: 'p', spec: { policyTypes, egress } }] }
}

const seen = (cluster: Cluster): string[] =>
  endpointsOf(cluster, () => false).map(endpoint => `${endpoint.id} ${formatIpv4(endpoint.address)}`)

test('an except is a block of its own, and the block around it is represented by an address outside it', () => {
  expect(seen(world([], [{ cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] }]))).toEqual([
    'cidr:0.0.0.0/0 198.51.100.9',
    'cidr:203.0.113.0/24 203.0.113.9',
  ])
})

test('the world outside is there unless the blocks cover it', () => {
  expect(seen(world([], [{ cidr: '10.0.0.0/8' }]))).toEqual([
    'cidr:10.0.0.0/8 10.0.0.1',
    'outside 203.0.113.9',
  ])
  expect(seen(world([], [{ cidr: '0.0.0.0/1' }, { cidr: '128.0.0.0/1' }]))).toEqual([
    'cidr:0.0.0.0/1 8.8.8.8',
    'cidr:128.0.0.0/1 203.0.113.9',
  ])
})

test('a block that smaller blocks and pods fill up has no address left', () => {
  const cluster = world([pod('a', '10.0.0.4')], [{ cidr: '10.0.0.4/31' }, { cidr: '10.0.0.5/32' }])
  expect(seen(cluster)).toEqual(['pod:x/a 10.0.0.4', 'cidr:10.0.0.5/32 10.0.0.5', 'outside 203.0.113.9'])
})

test('holes at the start of a block and pods in the gaps are stepped over', () => {
  const cluster = world(
    [pod('a', '10.0.0.64'), pod('b', '10.0.0.65')],
    [{ cidr: '10.0.0.0/24', except: ['10.0.0.0/26', '10.0.0.66/32'] }],
  )
  expect(seen(cluster)[2]).toBe('cidr:10.0.0.0/24 10.0.0.67')
})

test('host bits are masked, IPv6 and nonsense are no IPv4 endpoints', () => {
  const cluster = world(
    [],
    [{ cidr: '10.1.2.3/8' }, { cidr: '10.0.0.0/8' }, { cidr: 'fd00::/8' }, { cidr: 'x' }],
  )
  expect(seen(cluster)).toEqual(['cidr:10.0.0.0/8 10.0.0.1', 'outside 203.0.113.9'])
})

test('rules of a direction that policyTypes does not name count for nothing', () => {
  expect(seen(world([], [{ cidr: '10.0.0.0/8' }], ['Ingress']))).toEqual(['outside 203.0.113.9'])
})

test('pods that have ended or have no address are no ends of a flow', () => {
  const cluster = world(
    [pod('done', '10.0.0.1', { phase: 'Succeeded' }), pod('new', ''), pod('up', '10.0.0.1')],
    [],
  )
  expect(seen(cluster)).toEqual(['pod:x/up 10.0.0.1', 'outside 203.0.113.9'])
})
