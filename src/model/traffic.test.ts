import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ALL_TRAFFIC,
  differingTraffic,
  formatTraffic,
  intersectTraffic,
  NO_TRAFFIC,
  OTHER_PROTOCOLS,
  portIntervals,
  portTraffic,
  PORT_TRAFFIC,
  protocolTraffic,
  sameTraffic,
  subtractTraffic,
  trafficContains,
  trafficPoint,
  unionTraffic,
  type TrafficSet,
} from './traffic.ts'

/** Few edges, so that sets meet and touch. */
const edges = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 8 })
const set = edges.map(all => (all.length % 2 ? all.slice(1) : all).sort((a, b) => a - b))
const points = Array.from({ length: 14 }, (_, i) => i)
const members = (traffic: TrafficSet): number[] => points.filter(point => trafficContains(traffic, point))
const isCanonical = (traffic: TrafficSet): boolean =>
  traffic.length % 2 === 0 && traffic.every((edge, i) => i === 0 || edge > (traffic[i - 1] ?? 0))

test('union, intersection, difference and disagreement are those of the points', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const cases: [TrafficSet, (point: number) => boolean][] = [
        [unionTraffic(a, b), p => trafficContains(a, p) || trafficContains(b, p)],
        [intersectTraffic(a, b), p => trafficContains(a, p) && trafficContains(b, p)],
        [subtractTraffic(a, b), p => trafficContains(a, p) && !trafficContains(b, p)],
        [differingTraffic(a, b), p => trafficContains(a, p) !== trafficContains(b, p)],
      ]
      for (const [result, holds] of cases) {
        expect(members(result)).toEqual(points.filter(holds))
        expect(isCanonical(result)).toBe(true)
      }
    }),
  )
})

test('neighbouring stretches join, so that equal sets have equal arrays', () => {
  expect(unionTraffic(portTraffic('TCP', 80, 80), portTraffic('TCP', 81, 90))).toEqual(
    portTraffic('TCP', 80, 90),
  )
  expect(sameTraffic(unionTraffic(PORT_TRAFFIC, [OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1]), ALL_TRAFFIC)).toBe(
    true,
  )
})

test('protocols do not touch each other', () => {
  expect(trafficContains(protocolTraffic('TCP'), trafficPoint('UDP', 0))).toBe(false)
  expect(portIntervals([65535, 65537])).toEqual({
    ports: [
      { protocol: 'TCP', from: 65535, to: 65535 },
      { protocol: 'UDP', from: 0, to: 0 },
    ],
    other: false,
  })
})

test('the point of the other protocols is not disagreed about', () => {
  expect(differingTraffic(ALL_TRAFFIC, PORT_TRAFFIC)).toEqual(NO_TRAFFIC)
})

test.each([
  ['all', ALL_TRAFFIC],
  ['all', PORT_TRAFFIC],
  ['none', NO_TRAFFIC],
  ['other protocols', [OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1]],
  ['TCP', protocolTraffic('TCP')],
  [
    'TCP 80, 443; UDP 53',
    [...portTraffic('TCP', 80, 80), ...portTraffic('TCP', 443, 443), ...portTraffic('UDP', 53, 53)],
  ],
  ['SCTP 9000–9363', portTraffic('SCTP', 9000, 9363)],
  ['all but TCP 443', subtractTraffic(ALL_TRAFFIC, portTraffic('TCP', 443, 443))],
])('says %s', (text, traffic) => {
  expect(formatTraffic(traffic)).toBe(text)
})

test('ports outside 0–65535 are clipped, an empty range is nothing', () => {
  expect(portTraffic('UDP', 65000, 70000)).toEqual([65536 + 65000, 131072])
  expect(portTraffic('TCP', 90, 80)).toEqual(NO_TRAFFIC)
})
