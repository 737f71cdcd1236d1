import { expect, test } from 'vitest'
import type { Endpoint } from '../../model/connectivity.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic } from '../../model/traffic.ts'
import { effectWords } from './effectWords.ts'

const ENDPOINTS: readonly Endpoint[] = [
  {
    kind: 'pod',
    id: 'pod:shop/web',
    namespace: 'shop',
    name: 'web',
    labels: {},
    address: 0,
    hostNetwork: false,
    assumed: false,
    isolated: { ingress: false, egress: false },
  },
  { kind: 'outside', id: 'outside', address: 0 },
]
const effect = {
  src: 'outside',
  dst: 'pod:shop/web',
  sources: 1,
  destinations: 3,
  opened: portTraffic('TCP', 80, 80),
  closed: NO_TRAFFIC,
  asked: false,
}

test('an effect names both ends, how many they stand for, and the ports', () => {
  expect(effectWords(effect, ENDPOINTS)).toEqual([
    { kind: 'opens', traffic: 'TCP 80', from: 'outside', to: 'shop/web and 2 more' },
  ])
})

test('what opens some and closes other traffic is told twice', () => {
  const both = { ...effect, src: 'gone', destinations: 1, closed: ALL_TRAFFIC }
  expect(effectWords(both, ENDPOINTS).map(({ kind, traffic, from }) => `${kind} ${traffic} ${from}`)).toEqual(
    ['opens TCP 80 gone', 'closes all ports gone'],
  )
})
