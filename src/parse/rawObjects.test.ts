import { expect, test } from 'vitest'
import {
  admitObjects,
  readRawNamespace,
  readRawNetworkPolicy,
  readRawObject,
  readRawPod,
} from './rawObjects.ts'

test('null is absent, empty lists stay, nothing is defaulted', () => {
  const spec = {
    podSelector: { matchLabels: null, matchExpressions: [] },
    policyTypes: [],
    ingress: [null, { from: [], ports: [{ port: 'http' }, null, { port: 80, protocol: '' }] }],
    egress: null,
  }
  expect(readRawNetworkPolicy({ metadata: { name: 'x' }, spec })).toEqual({
    namespace: '',
    name: 'x',
    spec: {
      podSelector: { matchExpressions: [] },
      policyTypes: [],
      ingress: [{}, { from: [], ports: [{ port: 'http' }, {}, { port: 80, protocol: '' }] }],
    },
  })
})

test('a pod without defaults', () => {
  const containers = [
    { ports: [{ containerPort: 80 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }] },
    {},
  ]
  const initContainers = [{ ports: [{ name: 'init', containerPort: 1 }] }]
  const object = {
    metadata: { name: 'p', labels: { a: null }, deletionTimestamp: 't', deletionGracePeriodSeconds: 0 },
    spec: { containers, initContainers, hostNetwork: null },
    status: { podIP: '10.0.0.1', phase: 'Pending' },
  }
  expect(readRawPod(object)).toEqual({
    namespace: '',
    name: 'p',
    labels: { a: '' },
    ip: '10.0.0.1',
    hostNetwork: false,
    phase: 'Pending',
    containerPorts: [
      { name: '', protocol: '', containerPort: 80 },
      { name: 'dns', protocol: 'UDP', containerPort: 53 },
    ],
    deletionTimestamp: 't',
    deletionGracePeriodSeconds: 0,
  })
})

test('azure-npm reads no podIPs', () => {
  expect(readRawPod({ metadata: { name: 'p' }, status: { podIPs: [{ ip: '10.0.0.1' }] } })?.ip).toBe('')
})

test('a namespace gets no label of its name', () => {
  expect(readRawNamespace({ metadata: { name: 'n', labels: { team: 'a' } } })).toEqual({
    name: 'n',
    labels: { team: 'a' },
  })
})

test('by kind; unknown fields pass, wrong types and other kinds do not', () => {
  expect(readRawObject({ kind: 'Namespace', metadata: { name: 'n' }, more: 1 })?.kind).toBe('Namespace')
  expect(readRawObject({ metadata: { name: 'n' } }, 'Pod')?.kind).toBe('Pod')
  expect(readRawObject({ kind: 'Pod', metadata: { name: 5 } })).toBeUndefined()
  expect(readRawObject({ kind: 'Service' })).toBeUndefined()
  for (const value of [undefined, null, 5, 'Pod', [], [null]]) expect(readRawObject(value)).toBeUndefined()
})

test('admitted: defaults are applied, refused objects told and left out', () => {
  const policy = (name: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec,
  })
  const { cluster, diagnostics } = admitObjects([
    policy('a', { ingress: [{ from: [], ports: [{ port: 80 }] }], egress: [] }),
    policy('b', { ingress: [{ ports: [{ port: 0 }] }] }),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  ])
  expect(cluster.policies).toEqual([
    {
      namespace: 'shop',
      name: 'a',
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
      },
    },
  ])
  expect(cluster.namespaces[0]?.labels).toEqual({ 'kubernetes.io/metadata.name': 'shop' })
  expect(diagnostics.map(({ code, resource, path }) => [code, resource, path])).toEqual([
    ['port-range', 'shop/b', 'spec.ingress[0].ports[0].port'],
  ])
})
