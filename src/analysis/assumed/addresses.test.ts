import { expect, test } from 'vitest'
import type { Cluster, Pod } from '../../model/cluster.ts'
import { parseIpv4, parseIpv4Prefix, prefixContains } from '../../model/ip.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { withAddresses } from './addresses.ts'

function pod(name: string, more: Partial<Pod> = {}): Pod {
  return {
    namespace: 'n',
    name,
    labels: {},
    ip: '',
    hostNetwork: false,
    phase: '',
    containerPorts: [],
    ...more,
  }
}

function addresses(
  pods: readonly Pod[],
  policies: readonly NetworkPolicy[] = [],
): ReadonlyMap<string, string> {
  const cluster: Cluster = { namespaces: [], pods, policies }
  return new Map(withAddresses(cluster).pods.map(({ name, ip }) => [name, ip]))
}

function isIn(text: string, ip: string | undefined): boolean {
  const [prefix, address] = [parseIpv4Prefix(text), parseIpv4(ip ?? '')]
  return prefix !== undefined && address !== undefined && prefixContains(prefix, address)
}

const many = Array.from({ length: 3000 }, (_, i) => pod(`pod-${i}`))

test('unique, in the pod range, without its first and last address', () => {
  const given = addresses(many)
  expect(new Set(given.values()).size).toBe(3000)
  for (const ip of given.values()) expect(isIn('10.244.0.0/16', ip)).toBe(true)
  expect([...given.values()].some(ip => ip === '10.244.0.0' || ip === '10.244.255.255')).toBe(false)
})

test('other pods come and go, the order changes: hardly any address moves', () => {
  const all = addresses(many)
  const half = addresses(many.filter((_, i) => i % 2 === 0).toReversed())
  const moved = [...half].filter(([name, ip]) => all.get(name) !== ip)
  expect(moved.length).toBeLessThan(60)
})

test('given addresses stay and are not given again', () => {
  const free = addresses([pod('a')]).get('a') ?? ''
  const given = addresses([pod('a'), pod('b', { ip: free })])
  expect(given.get('b')).toBe(free)
  expect(given.get('a')).not.toBe(free)
})

test('completed pods get none, hostNetwork pods that of a node', () => {
  const given = addresses([pod('done', { phase: 'Succeeded' }), pod('host', { hostNetwork: true })])
  expect(given.get('done')).toBe('')
  expect(isIn('10.240.0.0/16', given.get('host'))).toBe(true)
})

test('blocks that policies name in the range are avoided, as long as there is room', () => {
  const ip = addresses([pod('a')]).get('a') ?? ''
  const [, , third] = ip.split('.')
  const block = (cidr: string, except: readonly string[] = []): NetworkPolicy => ({
    namespace: 'n',
    name: 'p',
    spec: { egress: [{ to: [{ ipBlock: { cidr, except } }] }] },
  })
  const small = `10.244.${third}.0/24`
  expect(isIn(small, addresses([pod('a')], [block(small)]).get('a'))).toBe(false)
  expect(isIn(small, addresses([pod('a')], [block('0.0.0.0/0', [small])]).get('a'))).toBe(false)
  expect(addresses([pod('a')], [block('10.0.0.0/8')]).get('a')).toBe(ip)
  const halves = [block('10.244.0.0/17'), block('10.244.128.0/17')]
  expect(addresses([pod('a')], halves).get('a')).toBe(ip)
})

test('forty thousand pods find room', () => {
  const crowd = Array.from({ length: 40_000 }, (_, i) => pod(`p${i}`))
  expect(new Set(addresses(crowd).values()).size).toBe(40_000)
})
