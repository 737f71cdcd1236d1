import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../engine/azure-npm/compile.ts'
import { required } from '../model/assert.ts'
import type { Connectivity } from '../model/connectivity.ts'
import { unionTraffic, type TrafficSet } from '../model/traffic.ts'
import { smallWorld } from '../testing/arbitraries.ts'
import { assess } from './assess.ts'
import { parseEndpointQuery, selectEndpoints } from './endpoints/endpointQuery.ts'
import { reachOf } from './reachQuery.ts'

/** By endpoint, pair by pair. */
function slow(connectivity: Connectivity, asked: ReadonlySet<number>, direction: 'in' | 'out') {
  const { endpoints, classOf, traffic, pair } = connectivity
  const answers = new Map<number, { kubernetes: TrafficSet; dataplane: TrafficSet }>()
  endpoints.forEach((_, peer) => {
    for (const self of asked) {
      if (self === peer) continue
      const [own, other] = [required(classOf[self], 'class'), required(classOf[peer], 'class')]
      const found = direction === 'out' ? pair(own, other) : pair(other, own)
      if (found.kubernetes < 0) continue
      const before = answers.get(peer) ?? { kubernetes: [], dataplane: [] }
      answers.set(peer, {
        kubernetes: unionTraffic(before.kubernetes, traffic[found.kubernetes] ?? []),
        dataplane: unionTraffic(before.dataplane, traffic[found.dataplane] ?? []),
      })
    }
  })
  return [...answers].sort(([a], [b]) => a - b)
}

test('who reaches what and what it reaches is what all pairs say', { timeout: 60_000 }, () => {
  let groups = 0
  fc.assert(
    fc.property(
      smallWorld(),
      fc.constantFrom('x', 'y/*', 'x/p1', '10.1.0.0/30', '0.0.0.0/0', 'outside', 'z/none'),
      (world, text) => {
        const { connectivity } = assess(world, compile(world, 'head').ruleset)
        const query = required(parseEndpointQuery(text), text)
        const answer = reachOf(connectivity, query)
        const asked = selectEndpoints(connectivity.endpoints, query)
        expect(new Set(answer.asked)).toEqual(asked)
        for (const [direction, found] of [
          ['in', answer.inbound],
          ['out', answer.outbound],
        ] as const) {
          groups += found.length
          const flat = found.flatMap(({ endpoints, kubernetes, dataplane }) =>
            endpoints.map(endpoint => [endpoint, { kubernetes, dataplane }] as const),
          )
          expect(flat.sort(([a], [b]) => a - b)).toEqual(slow(connectivity, asked, direction))
          const firsts = found.map(({ endpoints }) => endpoints[0] ?? -1)
          expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
        }
      },
    ),
    { numRuns: 200, seed: 3 },
  )
  expect(groups).toBeGreaterThan(300)
})
