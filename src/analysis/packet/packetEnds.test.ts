import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Cluster } from '../../model/cluster.ts'
import { formatIpv4 } from '../../model/ip.ts'
import { cluster, containerPort, pod, policy } from '../../testing/builders.ts'
import { analyze, type Analyzed } from '../analyze.ts'
import { packetEnd, transportOf, type PacketEnd } from './packetEnds.ts'

function example(file: string): Analyzed {
  const text = readFileSync(join(import.meta.dirname, '../../ui/examples', file), 'utf8')
  return analyze({ name: '', profile: 'head', files: [{ name: 'a.yaml', text }] })
}

const tiers = example('three-tier.yaml')

test.each([
  [
    'shop',
    'shop is a namespace; name one of its pods: shop/api-1, shop/api-2, shop/db-0, shop/frontend-1, shop/frontend-2',
  ],
  [
    'shop/x',
    'there is no pod shop/x; in shop there are shop/api-1, shop/api-2, shop/db-0, shop/frontend-1, shop/frontend-2',
  ],
  ['other/x', 'there is no pod other/x; there are shop/…'],
  ['db-0', 'db-0 lacks its namespace: shop/db-0'],
  ['api', 'api lacks its namespace: shop/api-1, shop/api-2'],
  ['', ' is neither NAMESPACE/POD, an IPv4 address, a CIDR nor outside'],
  ['10.0.0.0/33', '10.0.0.0/33 is no IPv4 network: it takes a length of 0–32, as in 10.0.0.0/8'],
  ['fd00::1', 'fd00::1 is IPv6: azure-npm filters no IPv6 packet, and only IPv4 ones are followed here'],
  ['fd00::/8', 'fd00::/8 is IPv6: azure-npm filters no IPv6 packet, and only IPv4 ones are followed here'],
  ['1.2.3.4.5', '1.2.3.4.5 is neither NAMESPACE/POD, an IPv4 address, a CIDR nor outside'],
])('%s is refused with a sentence', (text, error) => {
  expect(packetEnd(text, tiers.cluster)).toEqual({ ok: false, error })
})

test('a workload stands for its first pod, an address for the pod that has it', () => {
  const api = packetEnd('shop/api', tiers.cluster)
  expect(api).toMatchObject({
    ok: true,
    value: { name: 'shop/api-1', notes: ['shop/api-1 stands for the 2 pods of shop/api.'] },
  })
  const address = tiers.cluster.pods.find(({ name }) => name === 'api-1')?.ip ?? ''
  expect(packetEnd(address, tiers.cluster)).toEqual(packetEnd('shop/api-1', tiers.cluster))
})

test.each([
  ['80', 'TCP 80'],
  ['53/udp', 'UDP 53'],
  ['36412/SCTP', 'SCTP 36412'],
  ['icmp', 'ICMP'],
])('%s is %s', (text, label) => {
  expect(transportOf(text)).toMatchObject({ ok: true, value: { label } })
})

test.each(['', '/TCP', '80/ICMP', '65536/TCP', '80/TCP/x', 'http/TCP', 'TCP', '-1'])(
  '%j is no transport',
  text => {
    expect(transportOf(text).ok).toBe(false)
  },
)

test('a port’s name is the destination’s', () => {
  const all = example('named-ports.yaml')
  const pod = all.cluster.pods.find(({ containerPorts }) => containerPorts.some(({ name }) => name !== ''))
  const port = pod?.containerPorts.find(({ name }) => name !== '')
  if (pod === undefined || port === undefined) throw new Error('the example has a named port')
  expect(transportOf(`${port.name}/${port.protocol}`, { kind: 'pod', pod })).toMatchObject({
    ok: true,
    value: { port: port.containerPort },
  })
})

function endIn(text: string, where: Cluster): PacketEnd {
  const end = packetEnd(text, where)
  if (!end.ok) throw new Error(end.error)
  return end.value
}

const blocks = cluster({
  pods: [
    pod('a/web', { ip: '10.1.0.5' }),
    pod('a/old', { ip: '10.1.0.6', phase: 'Succeeded' }),
    pod('a/agent', { ip: '10.240.0.4', hostNetwork: true }),
    pod('a/six', { ip: 'fd00::5' }),
    pod('a/new'),
  ],
  policies: [
    policy('a/p', {
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/16', '10.1.0.0/30'] } }] }],
    }),
  ],
})

test.each([
  ['10.0.0.0/8', '10.1.0.4', 'in none of the smaller blocks, and no pod’s'],
  ['10.0.0.0/16', '10.0.0.1', 'a block of its own'],
  ['10.1.0.0/30', '10.1.0.1', 'a block of its own'],
  ['10.1.0.4/31', '10.1.0.4', 'a block that nobody names'],
  ['10.9.9.9/8', '10.1.0.4', 'host bits do not count'],
])('%s is asked about as %s: %s', (text, address) => {
  const end = endIn(text, blocks)
  expect(end).toMatchObject({ endpoint: { kind: 'address' }, name: address })
  expect(end.notes).toEqual([`${address} stands for ${text}.`])
})

test('a block whose addresses are all pods’ is refused, one address is the pod itself', () => {
  expect(packetEnd('10.1.0.5/32', blocks)).toEqual(packetEnd('a/web', blocks))
  const full = cluster({ pods: [pod('a/x', { ip: '10.0.0.2' }), pod('a/y', { ip: '10.0.0.3' })] })
  expect(packetEnd('10.0.0.2/31', full)).toEqual({
    ok: false,
    error: 'every address of 10.0.0.2/31 is a pod’s; name the pod',
  })
})

test('outside is the rest of the world, as in the picture', () => {
  const end = endIn('outside', blocks)
  expect(end).toMatchObject({ endpoint: { kind: 'address' }, name: '203.0.113.9', isNode: false })
  expect(end.notes).toHaveLength(1)
  const picture = tiers.connectivity.endpoints.find(({ kind }) => kind === 'outside')
  expect(formatIpv4(picture?.address ?? 0)).toBe(endIn('outside', tiers.cluster).name)
  const everything = cluster({
    policies: [
      policy('a/p', {
        ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] } }] }],
      }),
    ],
  })
  expect(endIn('outside', everything).name).toBe('198.51.100.9')
})

test('a node is told from a pod', () => {
  expect(endIn('a/agent', blocks)).toMatchObject({ endpoint: { kind: 'pod' }, isNode: true })
  expect(endIn('10.240.0.4', blocks)).toMatchObject({ endpoint: { kind: 'address' }, isNode: true })
  expect(endIn('a/web', blocks).isNode).toBe(false)
})

test.each([
  ['a/old', 'a/old has ended: its address may be another pod’s by now'],
  ['a/new', 'a/new has no IPv4 address in the input'],
  [
    'a/six',
    'a/six has an IPv6 address, fd00::5: azure-npm filters no IPv6 packet, and only IPv4 ones are followed here',
  ],
])('%s cannot be followed, with the reason', (text, error) => {
  expect(packetEnd(text, blocks)).toEqual({ ok: false, error })
})

test('an address of a pod that has ended is nobody’s', () => {
  expect(endIn('10.1.0.6', blocks)).toMatchObject({ endpoint: { kind: 'address' }, isNode: false })
})

test('a name that two containers have goes to the first, and says so', () => {
  const two = pod('a/two', {
    ip: '10.0.0.1',
    containerPorts: [
      containerPort('http', 80),
      containerPort('http', 8080),
      containerPort('http', 81, 'UDP'),
    ],
  })
  const transport = transportOf('http/TCP', { kind: 'pod', pod: two })
  expect(transport).toMatchObject({ ok: true, value: { port: 80, label: 'TCP 80' } })
  expect(transport.ok && transport.value.notes).toEqual([
    'a/two has several TCP ports named http (80, 8080), and Kubernetes leaves open which is meant; this packet goes to the first.',
  ])
  expect(transportOf('http/SCTP', { kind: 'pod', pod: two })).toEqual({
    ok: false,
    error: 'a/two has no SCTP port named http: it has http (80/TCP), http (8080/TCP), http (81/UDP)',
  })
})
