import { expect, test } from 'vitest'
import type { Endpoint } from '../model/connectivity.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic, protocolTraffic, unionTraffic } from '../model/traffic.ts'
import {
  endMatcher,
  hiding,
  isHidden,
  kindMatcher,
  NO_FLOW_FILTER,
  parseFlowFilter,
  trafficOf,
} from './flowFilter.ts'
import { flowKind } from './flowKinds.ts'

const web: Endpoint = {
  kind: 'pod',
  id: 'pod:shop/web-1',
  namespace: 'shop',
  name: 'web-1',
  labels: { app: 'web', tier: 'front', 'a.b/c': '' },
  address: 1,
  hostNetwork: false,
  assumed: false,
  workload: 'Deployment/shop/web',
  isolated: { ingress: true, egress: false },
}
const block: Endpoint = {
  kind: 'cidr',
  id: 'cidr:10.0.0.0/8',
  cidr: '10.0.0.0/8',
  address: 2,
  holes: [],
  namedBy: [],
  exceptOf: [],
}

test('a filter survives being written as JSON', () => {
  const filter = parseFlowFilter({
    text: 'a b',
    namespaces: ['x'],
    labels: ['app=web'],
    traffic: '80/TCP',
    verdicts: ['allowed', 'blocked'],
    deviating: true,
    changed: true,
    hideSystem: true,
    hideNamespaces: ['y', 'z'],
  })
  expect(filter.hideNamespaces).toEqual(['y', 'z'])
  expect(filter.verdicts).toEqual(['blocked', 'allowed'])
  expect(parseFlowFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'blocked'],
  ['a list', [1]],
  ['wrong types', { text: 7, namespaces: 'x', labels: [1, '', null], verdicts: ['no', 3], deviating: 'yes' }],
  ['traffic that is none', { traffic: '99999/TCP' }],
  ['a prototype', JSON.parse('{"__proto__": {"text": "x", "deviating": true}}')],
])('%s says nothing', (_, value) => {
  expect(parseFlowFilter(value)).toEqual(NO_FLOW_FILTER)
})

test('texts and lists of a link are bounded', () => {
  const { text, namespaces } = parseFlowFilter({
    text: 'x'.repeat(10_000),
    namespaces: Array.from({ length: 10_000 }, (_, i) => `n${i}`),
  })
  expect([text.length, namespaces.length]).toEqual([300, 100])
})

test.each([
  ['80/TCP', portTraffic('TCP', 80, 80)],
  ['80/tcp', portTraffic('TCP', 80, 80)],
  ['8000-8080/UDP', portTraffic('UDP', 8000, 8080)],
  ['SCTP', protocolTraffic('SCTP')],
  ['80/TCP, 53/UDP', unionTraffic(portTraffic('TCP', 80, 80), portTraffic('UDP', 53, 53))],
  ['0/TCP', portTraffic('TCP', 0, 0)],
  ['', undefined],
  ['/', undefined],
  ['ICMP', undefined],
  ['90-80/TCP', undefined],
  ['70000', undefined],
  ['-1/TCP', undefined],
  ['80/TCP,', undefined],
])('the traffic %j', (text, traffic) => {
  expect(trafficOf(text)).toEqual(traffic)
})

test('a port alone is that of all protocols', () => {
  expect(trafficOf('53')).toEqual(
    ['TCP', 'UDP', 'SCTP'].map(word => trafficOf(`53/${word}`) ?? []).reduce(unionTraffic),
  )
})

test.each([
  [{ text: 'SHOP web' }, true, false],
  [{ text: 'tier=fr' }, true, false],
  [{ text: 'deployment' }, true, false],
  [{ text: 'web back' }, false, false],
  [{ text: '10.0' }, false, true],
  [{ namespaces: ['shop'] }, true, false],
  [{ namespaces: ['other'] }, false, false],
  [{ labels: ['app'] }, true, false],
  [{ labels: ['app=web', 'tier=front'] }, true, false],
  [{ labels: ['app=we'] }, false, false],
  [{ labels: ['a.b/c='] }, true, false],
  [{ labels: ['constructor'] }, false, false],
  [{}, true, true],
])('%j matches the pod: %s, the block: %s', (part, pod, cidr) => {
  const matches = endMatcher({ ...NO_FLOW_FILTER, ...part })
  expect([matches(web), matches(block)]).toEqual([pod, cidr])
})

test('system namespaces are hidden when asked for', () => {
  const hidden = (namespace: string) =>
    isHidden({ ...web, namespace }, { ...NO_FLOW_FILTER, hideSystem: true })
  expect(['kube-system', 'calico-system', 'azure-arc', 'tigera-operator'].every(hidden)).toBe(true)
  expect(['shop', 'kube', 'my-kube-system'].some(hidden)).toBe(false)
  expect(isHidden({ ...web, namespace: 'kube-system' }, NO_FLOW_FILTER)).toBe(false)
})

test('a namespace is hidden alone, and cannot be asked for at the same time', () => {
  const asked = { ...NO_FLOW_FILTER, namespaces: ['shop', 'a'], hideNamespaces: ['b'] }
  const hides = { ...asked, ...hiding(asked, 'shop') }
  expect(hides).toMatchObject({ namespaces: ['a'], hideNamespaces: ['b', 'shop'] })
  const hidden = (namespace: string) => isHidden({ ...web, namespace }, hides)
  expect(['shop', 'b', 'a', 'kube-system'].map(hidden)).toEqual([true, true, false, false])
  expect(isHidden(block, hides)).toBe(false)
  expect(hiding(hides, 'shop', false)).toEqual({ namespaces: ['a'], hideNamespaces: ['b'] })
})

test('kinds by verdict, deviation and change', () => {
  const blocked = flowKind(ALL_TRAFFIC, NO_TRAFFIC, true)
  const closed = flowKind(NO_TRAFFIC, NO_TRAFFIC, true, { before: ALL_TRAFFIC })
  const matches = (part: Partial<typeof NO_FLOW_FILTER>) =>
    [blocked, closed].map(kindMatcher({ ...NO_FLOW_FILTER, ...part }))
  expect(matches({})).toEqual([true, true])
  expect(matches({ verdicts: ['allowed'] })).toEqual([false, false])
  expect(matches({ deviating: true })).toEqual([true, false])
  expect(matches({ changed: true })).toEqual([false, true])
})
