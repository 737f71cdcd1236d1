import { expect, test } from 'vitest'
import { formatIpv4 } from '../model/ip.ts'
import { analysisFixture, podFixture, policyFixture } from '../testing/graphFixture.ts'
import { graphBaseOf } from './graphBase.ts'

const to = (...cidrs: readonly string[]) =>
  policyFixture('a', 'p', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: cidrs.map(cidr => ({ ipBlock: { cidr } })) }],
  })
const pods = [podFixture('a', 'x', {}, { ip: '10.1.0.1' })]

/** Whose answers in the base each endpoint is compared with. */
function partners(now: ReturnType<typeof analysisFixture>, base: ReturnType<typeof analysisFixture>) {
  const { classOf } = graphBaseOf(now.endpoints, base.connectivity)
  return now.endpoints.map(({ id }, i) => {
    const members = base.connectivity.classes[classOf[i] ?? -1]?.endpoints ?? []
    return [id, ...members.map(member => base.endpoints[member]?.id)]
  })
}

test('a block that only one side names is compared with the smallest that held its addresses', () => {
  const now = analysisFixture({ pods, policies: [to('172.16.0.0/12', '172.16.9.0/24', '8.8.8.8/32')] })
  const base = analysisFixture({ pods, policies: [to('172.16.0.0/12')] })
  expect(partners(now, base)).toEqual([
    ['pod:a/x', 'pod:a/x'],
    ['cidr:172.16.0.0/12', 'cidr:172.16.0.0/12'],
    ['cidr:172.16.9.0/24', 'cidr:172.16.0.0/12'],
    ['cidr:8.8.8.8/32', 'outside'],
    ['outside', 'outside'],
  ])
})

test('pods that came have no partner, nor have blocks at the address of a pod that was there', () => {
  const now = analysisFixture({
    pods: [...pods, podFixture('a', 'new', {}, { ip: '10.1.0.2' })],
    policies: [to('10.1.0.9/32')],
  })
  const base = analysisFixture({
    pods: [...pods, podFixture('a', 'old', {}, { ip: '10.1.0.9' })],
    policies: [],
  })
  expect(now.endpoints.map(({ address }) => formatIpv4(address)).slice(0, 3)).toEqual([
    '10.1.0.2',
    '10.1.0.1',
    '10.1.0.9',
  ])
  expect(partners(now, base).map(([id, ...found]) => [id, found.length > 0])).toEqual([
    ['pod:a/new', false],
    ['pod:a/x', true],
    ['cidr:10.1.0.9/32', false],
    ['outside', true],
  ])
})
