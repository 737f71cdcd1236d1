import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../engine/azure-npm/compile.ts'
import type { KubernetesEndpoint } from '../../engine/kubernetes/endpoint.ts'
import { addressOf, isSamePod } from '../../engine/kubernetes/endpoint.ts'
import { allowedTraffic, explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { prepareKubernetes } from '../../engine/kubernetes/select.ts'
import { forwardTraffic, prepareReach } from '../../engine/netfilter/reach.ts'
import { required } from '../../model/assert.ts'
import type { Cluster } from '../../model/cluster.ts'
import { isCompletedPod } from '../../model/cluster.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import { formatTraffic, sameTraffic } from '../../model/traffic.ts'
import { OUTSIDE_ADDRESSES, smallWorld } from '../../testing/arbitraries.ts'
import { deviationsOfFlow, findDeviations } from './deviations.ts'

/** The deviations that can change a verdict in a small world. All others must leave both engines agreeing. */
const CAUSES = new Set(['D1', 'D2', 'D7', 'D9', 'D11'])

interface End {
  readonly endpoint: KubernetesEndpoint
  readonly address: Ipv4
}

/** Running pods and addresses that are no pod's. */
function endsOf(world: Cluster): readonly End[] {
  const endpoints: readonly KubernetesEndpoint[] = [
    ...world.pods.filter(pod => !isCompletedPod(pod)).map(pod => ({ kind: 'pod', pod }) as const),
    ...OUTSIDE_ADDRESSES.map(address => ({ kind: 'address', address }) as const),
  ]
  return endpoints.map(endpoint => ({ endpoint, address: required(addressOf(endpoint), 'address') }))
}

interface Comparison {
  readonly differing: number
  readonly unexplained: readonly string[]
}

/** Compares both engines on every pair of ends and every port of every protocol. */
function compare(world: Cluster, profile: ProfileId): Comparison {
  const kubernetes = prepareKubernetes(world)
  const reach = prepareReach(compile(world, profile).ruleset)
  const deviations = findDeviations(world, profile).filter(({ id }) => CAUSES.has(id))
  const ends = endsOf(world)
  const unexplained: string[] = []
  let differing = 0
  for (const src of ends)
    for (const dst of ends) {
      if (src === dst || isSamePod(src.endpoint, dst.endpoint)) continue
      const promised = allowedTraffic(kubernetes, src.endpoint, dst.endpoint)
      const enforced = forwardTraffic(reach, src.address, dst.address).accepted
      if (sameTraffic(promised, enforced)) continue
      differing++
      const egress = explainEnd(kubernetes, 'egress', src.endpoint, dst.endpoint)
      const ingress = explainEnd(kubernetes, 'ingress', dst.endpoint, src.endpoint)
      if (deviationsOfFlow(deviations, egress, ingress).length === 0)
        unexplained.push(
          `${nameOf(src)} → ${nameOf(dst)}: promised ${formatTraffic(promised)}, enforced ${formatTraffic(enforced)}`,
        )
    }
  return { differing, unexplained }
}

function nameOf({ endpoint, address }: End): string {
  return endpoint.kind === 'pod' ? `${endpoint.pod.namespace}/${endpoint.pod.name}` : String(address)
}

test.each(PROFILE_IDS)(
  '%s enforces what Kubernetes promises, but for the deviations it is known for',
  profile => {
    fc.assert(
      fc.property(smallWorld(), world => {
        expect(compare(world, profile).unexplained).toEqual([])
      }),
      { numRuns: 500 },
    )
  },
)

test('the comparison does see deviations', () => {
  const worlds = fc.sample(smallWorld(), { numRuns: 200, seed: 1 })
  expect(worlds.filter(world => compare(world, 'head').differing > 0).length).toBeGreaterThan(10)
})
