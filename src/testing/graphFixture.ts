import { connectivityOf } from '../analysis/connectivity.ts'
import { endpointsOf } from '../analysis/endpoints/endpoints.ts'
import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { allowedTraffic, explainEnd, isIsolated, signatureOf } from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes } from '../engine/kubernetes/select.ts'
import type { GraphInput } from '../graph/graphModel.ts'
import type { HighlightInput } from '../graph/highlight.ts'
import { required } from '../model/assert.ts'
import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { formatIpv4, parseIpv4 } from '../model/ip.ts'
import type { Labels } from '../model/labels.ts'
import type { NetworkPolicy, NetworkPolicySpec } from '../model/networkPolicy.ts'
import { NO_TRAFFIC, type TrafficSet } from '../model/traffic.ts'

/** What a picture is made from, with what highlights need besides. */
export interface GraphFixture extends GraphInput, HighlightInput {
  readonly pods: readonly Pod[]
}

/** A pod in short. */
export function podFixture(namespace: string, name: string, labels: Labels, more: Partial<Pod> = {}): Pod {
  return { namespace, name, labels, ip: '', hostNetwork: false, phase: '', containerPorts: [], ...more }
}

export function policyFixture(namespace: string, name: string, spec: NetworkPolicySpec): NetworkPolicy {
  return { namespace, name, spec }
}

/**
 * A cluster in which the data plane does what Kubernetes promises, but for `enforced`. Pods without an address get one
 * by their place.
 */
export function analysisFixture(
  given: {
    readonly pods: readonly Pod[]
    readonly policies: readonly NetworkPolicy[]
    readonly namespaces?: readonly Namespace[]
  },
  enforced: (src: Endpoint, dst: Endpoint, promised: TrafficSet) => TrafficSet = (_src, _dst, promised) =>
    promised,
): GraphFixture {
  const first = parseIpv4('10.1.0.10') ?? 0
  const pods = given.pods.map((pod, i) => (pod.ip === '' ? { ...pod, ip: formatIpv4(first + i) } : pod))
  const names = [...new Set(pods.map(pod => pod.namespace))]
  const namespaces =
    given.namespaces ?? names.map(name => ({ name, labels: { 'kubernetes.io/metadata.name': name } }))
  const cluster: Cluster = { namespaces, pods, policies: given.policies }
  const kubernetes = prepareKubernetes(cluster)
  const byId = new Map(pods.map(pod => [`pod:${pod.namespace}/${pod.name}`, pod]))
  const asKubernetes = (endpoint: Endpoint): KubernetesEndpoint => {
    const pod = byId.get(endpoint.id)
    return pod === undefined ? { kind: 'address', address: endpoint.address } : { kind: 'pod', pod }
  }
  const endpoints = endpointsOf(cluster, (pod, direction) => isIsolated(kubernetes, pod, direction))
  const byAddress = new Map(endpoints.map(endpoint => [endpoint.address, endpoint]))
  const promised = (src: Endpoint, dst: Endpoint): TrafficSet =>
    allowedTraffic(kubernetes, asKubernetes(src), asKubernetes(dst))
  return {
    namespaces,
    policies: given.policies,
    pods,
    endpoints,
    explain: (source, target) => {
      const [src, dst] = [endpoints[source], endpoints[target]].map(end => asKubernetes(required(end, 'end')))
      const [from, to] = [required(src, 'source'), required(dst, 'target')]
      return {
        egress: explainEnd(kubernetes, 'egress', from, to),
        ingress: explainEnd(kubernetes, 'ingress', to, from),
        deviations: [],
      }
    },
    connectivity: connectivityOf(endpoints, {
      signatureOf: endpoint => signatureOf(kubernetes, asKubernetes(endpoint)),
      promised,
      enforced: (from, to) => {
        const src = byAddress.get(from)
        const dst = byAddress.get(to)
        return src === undefined || dst === undefined ? NO_TRAFFIC : enforced(src, dst, promised(src, dst))
      },
    }),
  }
}

/** An AKS cluster in which one policy keeps pods from the instance metadata service. */
export function metadataFixture(): GraphFixture {
  return analysisFixture({
    pods: [
      podFixture('default', 'web-1', { app: 'web' }, { ip: '10.1.1.32' }),
      podFixture('default', 'web-2', { app: 'web' }, { ip: '10.1.1.15' }),
      podFixture('kube-system', 'konnectivity-agent', { app: 'konnectivity-agent' }, { assumed: true }),
    ],
    policies: [
      policyFixture('default', 'restrict-instance-metadata', {
        podSelector: { matchLabels: {} },
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }] }],
      }),
      policyFixture('kube-system', 'konnectivity-agent', {
        podSelector: { matchLabels: { app: 'konnectivity-agent' } },
        policyTypes: ['Egress'],
        egress: [{}],
      }),
    ],
  })
}

/** Three tiers in one namespace, DNS in another; `enforced` as in `analysisFixture`. */
export function shopFixture(enforced?: Parameters<typeof analysisFixture>[1]): GraphFixture {
  const tier = (app: string, count: number): readonly Pod[] =>
    Array.from({ length: count }, (_, i) => podFixture('shop', `${app}-${i + 1}`, { app }))
  const tcp = (port: number) => [{ protocol: 'TCP', port }]
  return analysisFixture(
    {
      pods: [
        ...tier('web', 3),
        ...tier('api', 2),
        ...tier('db', 1),
        podFixture('kube-system', 'coredns-1', { 'k8s-app': 'kube-dns' }),
      ],
      policies: [
        policyFixture('shop', 'default-deny', { podSelector: {}, policyTypes: ['Ingress'] }),
        policyFixture('shop', 'web', {
          podSelector: { matchLabels: { app: 'web' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: tcp(443) }],
        }),
        policyFixture('shop', 'api', {
          podSelector: { matchLabels: { app: 'api' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: tcp(8080) }],
        }),
        policyFixture('shop', 'db', {
          podSelector: { matchLabels: { app: 'db' } },
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: tcp(5432) }],
          egress: [
            {
              to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
              ports: [{ protocol: 'UDP', port: 53 }],
            },
          ],
        }),
      ],
    },
    enforced,
  )
}

/** `namespaces` × `apps` × `replicas` pods; every app lets the one before it in, and the first apps the next namespace. */
export function syntheticFixture(namespaces: number, apps: number, replicas: number): GraphFixture {
  const pods: Pod[] = []
  const policies: NetworkPolicy[] = []
  for (let n = 0; n < namespaces; n++)
    for (let a = 0; a < apps; a++) {
      const namespace = `team-${n + 1}`
      for (let r = 0; r < replicas; r++)
        pods.push(podFixture(namespace, `app-${a + 1}-${r}`, { app: `app-${a + 1}` }))
      const from =
        a > 0
          ? [{ podSelector: { matchLabels: { app: `app-${a}` } } }]
          : [
              {
                namespaceSelector: {
                  matchLabels: { 'kubernetes.io/metadata.name': `team-${((n + 1) % namespaces) + 1}` },
                },
                podSelector: { matchLabels: { app: `app-${apps}` } },
              },
            ]
      policies.push(
        policyFixture(namespace, `app-${a + 1}`, {
          podSelector: { matchLabels: { app: `app-${a + 1}` } },
          policyTypes: ['Ingress'],
          ingress: [{ from, ports: [{ protocol: 'TCP', port: 8000 + a }] }],
        }),
      )
    }
  return analysisFixture({ pods, policies })
}

/** Two pods; each policy lets the first go anywhere but to one block, at a port of its own. */
export function exceptsFixture(
  count: number,
  holesOf = (i: number): string => `10.${200 + (i >> 8)}.${i & 255}.0/24`,
): GraphFixture {
  return analysisFixture({
    pods: [podFixture('a', 'one', { app: 'one' }), podFixture('a', 'two', { app: 'two' })],
    policies: Array.from({ length: count }, (_, i) =>
      policyFixture('a', `policy-${i + 1}`, {
        podSelector: { matchLabels: { app: 'one' } },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [holesOf(i)] } }],
            ports: [{ protocol: 'TCP', port: 8000 + i }],
          },
        ],
      }),
    ),
  })
}
