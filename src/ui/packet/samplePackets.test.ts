import { expect, test } from 'vitest'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic, subtractTraffic, unionTraffic } from '../../model/traffic.ts'
import { packetTraffic, pointOf, samplePackets } from './samplePackets.ts'

const WEB = unionTraffic(portTraffic('TCP', 80, 80), portTraffic('TCP', 443, 443))

test('one that differs, one that is stopped, one that gets through, likely ones first', () => {
  const kubernetes = unionTraffic(WEB, portTraffic('UDP', 53, 53))
  expect(samplePackets({ kubernetes, dataplane: WEB }, ['5432/TCP', '443/TCP', '53/UDP'])).toEqual([
    '53/UDP',
    '5432/TCP',
    '443/TCP',
  ])
})

test('where nothing likely fits, port 80 or the lowest but 0', () => {
  expect(samplePackets({ kubernetes: WEB, dataplane: WEB }, ['http/TCP', 'ICMP'])).toEqual([
    '1/TCP',
    '80/TCP',
  ])
  const onlyZero = portTraffic('TCP', 0, 0)
  expect(samplePackets({ kubernetes: onlyZero, dataplane: onlyZero }, ['80/TCP'])).toEqual([
    '80/TCP',
    '0/TCP',
  ])
})

test('all or nothing needs one packet', () => {
  expect(samplePackets({ kubernetes: ALL_TRAFFIC, dataplane: ALL_TRAFFIC }, ['80/TCP'])).toEqual(['80/TCP'])
  expect(samplePackets({ kubernetes: NO_TRAFFIC, dataplane: NO_TRAFFIC }, ['80/TCP'])).toEqual(['80/TCP'])
  const noUdp = subtractTraffic(ALL_TRAFFIC, portTraffic('UDP', 0, 65535))
  expect(samplePackets({ kubernetes: noUdp, dataplane: noUdp }, ['80/TCP'])).toEqual(['80/UDP', '80/TCP'])
})

test('a text without a number is no point', () => {
  expect(['80/TCP', '80', '80/udp', 'http/TCP', 'ICMP', '70000/TCP', '80/FOO'].map(pointOf)).toEqual([
    80,
    80,
    65536 + 80,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('a packet’s traffic is its one point', () => {
  expect(packetTraffic({ protocol: 17, ported: true, dstPort: 53 })).toEqual(portTraffic('UDP', 53, 53))
  expect(packetTraffic({ protocol: 1, ported: false, dstPort: 0 })).toEqual([196608, 196609])
})
