import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cluster, Namespace, Pod } from '../../model/cluster.ts'
import type { LabelSelector, SelectorOperator } from '../../model/labels.ts'
import { matchesSelector, METADATA_NAME_LABEL } from '../../model/labels.ts'
import type { IngressRule, NetworkPolicy, NetworkPolicySpec, Peer } from '../../model/networkPolicy.ts'
import { withAssumedNamespaces, withAssumedPods } from './assumedPods.ts'
import { namesFor } from './assumedNames.ts'
import { representatives } from './representatives.ts'

function policy(namespace: string, name: string, spec: NetworkPolicySpec): NetworkPolicy {
  return { namespace, name, spec }
}

function pod(namespace: string, name: string, labels: Pod['labels'], more: Partial<Pod> = {}): Pod {
  return { namespace, name, labels, ip: '', hostNetwork: false, phase: '', containerPorts: [], ...more }
}

function namespace(name: string, labels: Namespace['labels'] = {}): Namespace {
  return { name, labels: { ...labels, [METADATA_NAME_LABEL]: name } }
}

function cluster(policies: readonly NetworkPolicy[], more: Partial<Cluster> = {}): Cluster {
  return { namespaces: [], pods: [], policies, ...more }
}

/** `ns/name` of the made pods. */
function made(given: Cluster): readonly string[] {
  return withAssumedPods(given)
    .pods.filter(({ assumed }) => assumed === true)
    .map(made => `${made.namespace}/${made.name}`)
}

const app = (value: string): LabelSelector => ({ matchLabels: { app: value } })
const from = (...peers: readonly Peer[]): readonly IngressRule[] => [{ from: peers }]

describe('policies alone', () => {
  test('subject and peer, named after their labels', () => {
    const given = cluster([
      policy('shop', 'p', { podSelector: app('web'), ingress: from({ podSelector: app('cart') }) }),
    ])
    expect(made(given)).toEqual(['shop/cart', 'shop/web'])
    expect(withAssumedPods(given).namespaces).toEqual([
      { name: 'shop', labels: { [METADATA_NAME_LABEL]: 'shop' }, assumed: true },
    ])
  })

  test('an empty selector in an empty namespace: one pod called pod', () => {
    expect(made(cluster([policy('a', 'deny', { podSelector: {} })]))).toEqual(['a/pod'])
  })

  test('one pod serves all selectors that it satisfies', () => {
    const policies = [
      policy('a', 'all', { podSelector: {} }),
      policy('a', 'some', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
      policy('a', 'web', { podSelector: { matchLabels: { app: 'web', tier: 'front' } } }),
      policy('a', 'not', {
        podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] },
      }),
    ]
    expect(made(cluster(policies))).toEqual(['a/web'])
    expect(made(cluster(policies.toReversed()))).toEqual(['a/web'])
  })

  test('a namespace for a namespaceSelector, with a pod in it', () => {
    const peer = { namespaceSelector: { matchLabels: { team: 'ops' } }, podSelector: app('prometheus') }
    const given = cluster([policy('a', 'p', { podSelector: {}, ingress: from(peer) })])
    expect(made(given)).toEqual(['a/pod', 'ops/prometheus'])
    expect(withAssumedPods(given).namespaces.map(({ name }) => name)).toEqual(['a', 'ops'])
  })

  test('kubernetes.io/metadata.name names the namespace', () => {
    const peer = {
      namespaceSelector: { matchLabels: { [METADATA_NAME_LABEL]: 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    }
    expect(made(cluster([policy('a', 'p', { podSelector: {}, egress: [{ to: [peer] }] })]))).toEqual([
      'a/pod',
      'kube-system/kube-dns',
    ])
  })

  test('every value of an In, four at most', () => {
    const values = ['a', 'b', 'c', 'd', 'e']
    const podSelector: LabelSelector = { matchExpressions: [{ key: 'app', operator: 'In', values }] }
    expect(made(cluster([policy('n', 'p', { podSelector })]))).toEqual(['n/a', 'n/b', 'n/c', 'n/d'])
  })

  test('what nothing satisfies gets nothing', () => {
    const podSelector: LabelSelector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }],
    }
    expect(made(cluster([policy('n', 'p', { podSelector })]))).toEqual([])
  })

  test.each<[string, LabelSelector, readonly string[]]>([
    ['no name', { matchExpressions: [{ key: METADATA_NAME_LABEL, operator: 'DoesNotExist' }] }, []],
    [
      'no name, beside labels',
      {
        matchLabels: { team: 'ops' },
        matchExpressions: [{ key: METADATA_NAME_LABEL, operator: 'DoesNotExist' }],
      },
      [],
    ],
    [
      'other names',
      {
        matchLabels: { team: 'ops' },
        matchExpressions: [{ key: METADATA_NAME_LABEL, operator: 'NotIn', values: ['ops', 'n'] }],
      },
      ['team-ops/pod'],
    ],
    ['any name', { matchExpressions: [{ key: METADATA_NAME_LABEL, operator: 'Exists' }] }, []],
  ])('every namespace bears its name: %s asked for', (_wish, namespaceSelector, expected) => {
    const given = cluster([policy('n', 'p', { podSelector: {}, ingress: from({ namespaceSelector }) })])
    expect(made(given).filter(name => name !== 'n/pod')).toEqual(expected)
  })

  test('named ports lead to container ports of the pods that receive', () => {
    const given = cluster([
      policy('n', 'p', {
        podSelector: app('web'),
        ingress: [
          {
            ports: [
              { port: 'http', protocol: 'TCP' },
              { port: 'own', protocol: 'TCP' },
            ],
          },
        ],
        egress: [
          {
            to: [{ podSelector: app('dns') }],
            ports: [
              { port: 'dns', protocol: 'UDP' },
              { port: 'dns', protocol: 'TCP' },
            ],
          },
        ],
      }),
    ])
    const [dns, web] = withAssumedPods(given).pods
    expect(dns?.containerPorts).toEqual([
      { name: 'dns', protocol: 'UDP', containerPort: 53 },
      { name: 'dns', protocol: 'TCP', containerPort: 53 },
    ])
    expect(web?.containerPorts).toMatchObject([{ name: 'http', containerPort: 80 }, { name: 'own' }])
    const own = web?.containerPorts[1]?.containerPort ?? 0
    expect(own >= 8000 && own < 9000).toBe(true)
  })
})

describe('what is given', () => {
  const web = policy('n', 'p', { podSelector: app('web'), ingress: from({ podSelector: app('cart') }) })

  test('a selector with a given pod gets none', () => {
    expect(made(cluster([web], { pods: [pod('n', 'w', { app: 'web' })] }))).toEqual(['n/cart'])
  })

  test('pods that selectors cannot pick do not count', () => {
    const pods = [
      pod('n', 'w', { app: 'web' }, { hostNetwork: true }),
      pod('n', 'v', { app: 'web' }, { phase: 'Failed' }),
      pod('other', 'u', { app: 'web' }),
    ]
    expect(made(cluster([web], { pods }))).toEqual(['n/cart', 'n/web'])
  })

  test('a taken name is not given again', () => {
    expect(made(cluster([web], { pods: [pod('n', 'web', { app: 'other' })] }))).toEqual([
      'n/app-web',
      'n/cart',
    ])
  })

  test('a given namespace is used, and never changed', () => {
    const namespaces = [namespace('prod', { env: 'prod' })]
    const spec = { podSelector: {}, ingress: from({ namespaceSelector: { matchLabels: { env: 'prod' } } }) }
    const result = withAssumedPods(cluster([policy('a', 'p', spec)], { namespaces }))
    expect(result.namespaces[0]).toBe(namespaces[0])
    expect(result.pods.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['a/pod', 'prod/pod'])
  })

  test('namespaces of policies and pods alone', () => {
    const { namespaces, pods } = withAssumedNamespaces(cluster([web], { pods: [pod('m', 'x', {})] }))
    expect(namespaces.map(({ name, assumed }) => [name, assumed])).toEqual([
      ['m', true],
      ['n', true],
    ])
    expect(pods.length).toBe(1)
  })

  test('no policies, no pods', () => expect(made(cluster([]))).toEqual([]))
})

describe('laws', () => {
  const key = fc.constantFrom('app', 'tier', 'constructor')
  const value = fc.constantFrom('a', 'b', 'true', '')
  const operator = fc.constantFrom<SelectorOperator>('In', 'NotIn', 'Exists', 'DoesNotExist')
  const requirement = fc
    .tuple(key, operator, fc.array(value, { minLength: 1, maxLength: 3 }))
    .map(([k, o, values]) =>
      o === 'In' || o === 'NotIn' ? { key: k, operator: o, values } : { key: k, operator: o },
    )
  const selector: fc.Arbitrary<LabelSelector> = fc.record({
    matchLabels: fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true }),
    matchExpressions: fc.array(requirement, { maxLength: 3 }),
  })
  const policies = fc.array(
    fc
      .tuple(fc.constantFrom('x', 'y'), selector, selector, selector)
      .map(([ns, podSelector, a, namespaceSelector], i = 0) => ({
        ns,
        podSelector,
        a,
        namespaceSelector,
        i,
      })),
    { maxLength: 4 },
  )
  const built = policies.map(list =>
    list.map(({ ns, podSelector, a, namespaceSelector }, i) =>
      policy(ns, `p${i}`, {
        podSelector,
        ingress: from({ podSelector: a }, { namespaceSelector, podSelector: a }),
      }),
    ),
  )

  test('every selector that labels can satisfy picks a pod of its policy’s namespace', () => {
    fc.assert(
      fc.property(built, list => {
        const { pods } = withAssumedPods(cluster(list))
        for (const { namespace: ns, spec } of list) {
          const picked = pods.filter(
            p => p.namespace === ns && matchesSelector(p.labels, spec.podSelector ?? {}),
          )
          expect(picked.length > 0).toBe(representatives(spec.podSelector ?? {}).length > 0)
        }
      }),
    )
  })

  test('names are unique, the order of policies plays no part, and a second time adds nothing', () => {
    fc.assert(
      fc.property(built, list => {
        const once = withAssumedPods(cluster(list))
        const names = once.pods.map(p => `${p.namespace}/${p.name}`)
        expect(new Set(names).size).toBe(names.length)
        expect(withAssumedPods(cluster(list.toReversed())).pods).toEqual(once.pods)
        expect(withAssumedPods(once).pods).toEqual(once.pods)
      }),
    )
  })

  test('a key that must exist gets the value that another requirement asks for', () => {
    const exists = { key: 'app', operator: 'Exists' as const }
    const empty = { key: 'app', operator: 'In' as const, values: [''] }
    expect(representatives({ matchExpressions: [exists, empty] })).toEqual([{ app: '' }])
  })

  test('representatives satisfy their selector', () => {
    fc.assert(
      fc.property(selector, s => {
        for (const labels of representatives(s)) expect(matchesSelector(labels, s)).toBe(true)
      }),
    )
  })
})

function* first(names: Generator<string>): Generator<string> {
  for (const name of names) {
    yield name
    return
  }
}

test('names that read well', () => {
  const rows: readonly (readonly [Pod['labels'], string])[] = [
    [{ app: 'web' }, 'web'],
    [{ 'k8s-app': 'konnectivity-agent' }, 'konnectivity-agent'],
    [{ tier: 'front', 'app.kubernetes.io/name': 'shop' }, 'shop'],
    [{ 'example.com/trusted': 'true' }, 'trusted'],
    [{ version: '1.10' }, 'version-1-10'],
    [{ app: 'My_App' }, 'my-app'],
    [{ app: '' }, 'app'],
    [{}, 'pod'],
  ]
  expect(rows.map(([labels]) => [...first(namesFor(labels, 'pod'))].join())).toEqual(
    rows.map(([, name]) => name),
  )
})
