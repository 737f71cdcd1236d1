import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { formatIpv4 } from '../../model/ip.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import {
  ALL_TRAFFIC,
  intersectTraffic,
  NO_TRAFFIC,
  PROTOCOLS,
  sameTraffic,
  trafficContains,
  trafficPoint,
  unionTraffic,
} from '../../model/traffic.ts'
import { OUTSIDE_ADDRESSES, PROBE_PORTS, smallWorld } from '../../testing/arbitraries.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import { isSamePod } from './endpoint.ts'
import { allowedTraffic, explainEnd, signatureOf } from './evaluate.ts'
import { rangeContains, readCidr, readIpBlock } from './ipBlock.ts'
import { isAllowed } from './isAllowed.ts'
import { prepareKubernetes } from './select.ts'

function endsOf(world: Cluster): readonly KubernetesEndpoint[] {
  return [
    ...world.pods.map(pod => ({ kind: 'pod', pod }) as const),
    ...OUTSIDE_ADDRESSES.map(address => ({ kind: 'address', address }) as const),
  ]
}

function pairsOf(world: Cluster): readonly (readonly [KubernetesEndpoint, KubernetesEndpoint])[] {
  const ends = endsOf(world)
  return ends.flatMap(src => ends.map(dst => [src, dst] as const))
}

test('allowedTraffic answers as the slow procedure does', () => {
  fc.assert(
    fc.property(smallWorld(), world => {
      const index = prepareKubernetes(world)
      for (const [src, dst] of pairsOf(world)) {
        const set = allowedTraffic(index, src, dst)
        for (const protocol of PROTOCOLS)
          for (const port of PROBE_PORTS)
            if (
              trafficContains(set, trafficPoint(protocol, port)) !==
              isAllowed(world, src, dst, protocol, port)
            )
              return false
      }
      return true
    }),
    { numRuns: 300 },
  )
})

test('the two ends explained give the whole, and their policies give the ends', () => {
  fc.assert(
    fc.property(smallWorld(), world => {
      const index = prepareKubernetes(world)
      return pairsOf(world).every(([src, dst]) => {
        const ends = [explainEnd(index, 'egress', src, dst), explainEnd(index, 'ingress', dst, src)]
        const whole = ends.reduce<TrafficSet>(
          (all, { allowed }) => intersectTraffic(all, allowed),
          ALL_TRAFFIC,
        )
        return (
          sameTraffic(whole, allowedTraffic(index, src, dst)) &&
          ends.every(({ isolated, allowed, policies }) => {
            const united = policies.reduce<TrafficSet>(
              (all, { allows }) => unionTraffic(all, allows),
              NO_TRAFFIC,
            )
            return sameTraffic(allowed, isolated && !isSamePod(src, dst) ? united : ALL_TRAFFIC)
          })
        )
      })
    }),
    { numRuns: 100 },
  )
})

test('equal signatures mean equal treatment', () => {
  fc.assert(
    fc.property(smallWorld(), world => {
      const index = prepareKubernetes(world)
      const ends = endsOf(world)
      return ends.every(a =>
        ends.every(
          b =>
            signatureOf(index, a) !== signatureOf(index, b) ||
            ends
              .filter(other => !isSamePod(other, a) && !isSamePod(other, b))
              .every(
                other =>
                  sameTraffic(allowedTraffic(index, a, other), allowedTraffic(index, b, other)) &&
                  sameTraffic(allowedTraffic(index, other, a), allowedTraffic(index, other, b)),
              ),
        ),
      )
    }),
    { numRuns: 100 },
  )
})

test('the order of policies and pods changes nothing', () => {
  fc.assert(
    fc.property(smallWorld(), world => {
      const turned: Cluster = {
        namespaces: world.namespaces.toReversed(),
        pods: world.pods.toReversed(),
        policies: world.policies.toReversed(),
      }
      const [index, other] = [prepareKubernetes(world), prepareKubernetes(turned)]
      return pairsOf(world).every(([src, dst]) =>
        sameTraffic(allowedTraffic(index, src, dst), allowedTraffic(other, src, dst)),
      )
    }),
    { numRuns: 100 },
  )
})

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['host bits 10.1.2.3/24', '10.1.2.0/24'],
  ['everything 10.0.0.0/0', '0.0.0.0/0'],
  ['leading zeros 010.001.0.0/016', '10.1.0.0/16'],
  ['high addresses 255.255.255.255/32', '255.255.255.255/32'],
  ['no length 10.0.0.1', undefined],
  ['octet 256.0.0.0/8', undefined],
  ['length 10.0.0.0/33', undefined],
  ['three octets 10.0.0/8', undefined],
  ['sign 10.0.0.0/+8', undefined],
  ['IPv6 fd00::/8', undefined],
  ['mapped ::ffff:10.0.0.0/104', undefined],
])('a CIDR, %s', (text, expected) => {
  const prefix = readCidr(text.slice(text.lastIndexOf(' ') + 1))
  expect(prefix && `${formatIpv4(prefix.address)}/${prefix.length}`).toBe(expected)
})

test('ipBlocks hold what another library says they hold', () => {
  const address = fc.nat(0xffffffff)
  const length = fc.integer({ min: 0, max: 32 })
  fc.assert(
    fc.property(address, length, address, length, fc.nat(31), (base, bits, other, otherBits, flip) => {
      const cidr = `${formatIpv4(base)}/${bits}`
      const except = `${formatIpv4(other)}/${otherBits}`
      const range = readIpBlock({ cidr, except: [except] })
      const within = (at: number, text: string) =>
        ipaddr.IPv4.parse(formatIpv4(at)).match(ipaddr.IPv4.parseCIDR(text))
      return [base, other, (base ^ (1 << flip)) >>> 0, (other ^ (1 << flip)) >>> 0].every(
        at => range !== undefined && rangeContains(range, at) === (within(at, cidr) && !within(at, except)),
      )
    }),
    { numRuns: 2000 },
  )
})
