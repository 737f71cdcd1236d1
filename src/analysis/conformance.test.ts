import { expect, test } from 'vitest'
import type { NetworkPolicySpec, Peer, PolicyPort } from '../model/networkPolicy.ts'
import { PROTOCOLS, trafficContains, trafficPoint, type Protocol } from '../model/traffic.ts'
import { required } from '../model/assert.ts'
import { analyze } from './analyze.ts'

/**
 * The situations that Kubernetes' own tests of NetworkPolicy put plugins into: namespaces x, y and z, in each the pods a,
 * b and c, which serve ports 80 and 81 by every protocol. What is expected follows from the API's documentation.
 */
const NAMESPACES = ['x', 'y', 'z']
const PODS = ['a', 'b', 'c']
const PORTS = [80, 81]

/** One try to connect: `from` and `to` are `x/a`. */
interface Try {
  readonly from: string
  readonly to: string
  readonly protocol: Protocol
  readonly port: number
}

interface Situation {
  readonly policies: Readonly<Record<string, Partial<NetworkPolicySpec>>>
  readonly allows: (one: Try) => boolean
  /** Labels that are other than `ns: x` and `pod: a`, by `x` or `x/a`. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** azure-npm is known to do otherwise there. */
  readonly deviates?: boolean
}

const addresses = new Map(
  NAMESPACES.flatMap((namespace, n) =>
    PODS.map((pod, p) => [`${namespace}/${pod}`, `10.1.${n + 1}.${p + 1}`]),
  ),
)
const at = (pod: string): string => required(addresses.get(pod), pod)

function objects({ policies, labels = {} }: Situation): readonly unknown[] {
  return [
    ...NAMESPACES.map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: labels[name] ?? { ns: name } },
    })),
    ...[...addresses].map(([key, podIP]) => {
      const [namespace = '', name = ''] = key.split('/')
      const ports = PORTS.flatMap(containerPort =>
        PROTOCOLS.map(protocol => ({
          name: `serve-${containerPort}-${protocol.toLowerCase()}`,
          containerPort,
          protocol,
        })),
      )
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name, labels: labels[key] ?? { pod: name } },
        spec: { containers: [{ name: 'c', image: 'x', ports }] },
        status: { podIP },
      }
    }),
    ...Object.entries(policies).map(([key, spec]) => {
      const [namespace = '', name = ''] = key.split('/')
      return {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { namespace, name },
        spec: { podSelector: {}, ...spec },
      }
    }),
  ]
}

const tries: readonly Try[] = [...addresses.keys()].flatMap(from =>
  [...addresses.keys()].flatMap(to =>
    PROTOCOLS.flatMap(protocol => PORTS.map(port => ({ from, to, protocol, port }))),
  ),
)

function answers(situation: Situation): {
  readonly promised: readonly string[]
  readonly enforced: readonly string[]
} {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(situation) })
  const { analysis, connectivity } = analyze({
    name: '',
    profile: 'head',
    files: [{ name: 'all.json', text }],
  })
  expect(analysis.diagnostics).toEqual([])
  const classOf = (pod: string): number =>
    connectivity.classOf[connectivity.endpoints.findIndex(({ id }) => id === `pod:${pod}`)] ?? -1
  const passing = (engine: 'kubernetes' | 'dataplane'): readonly string[] =>
    tries
      .filter(({ from, to, protocol, port }) => {
        const pair = connectivity.pair(classOf(from), classOf(to))
        const open = required(connectivity.traffic[pair[engine]], 'traffic')
        return from === to || trafficContains(open, trafficPoint(protocol, port))
      })
      .map(nameOf)
  return { promised: passing('kubernetes'), enforced: passing('dataplane') }
}

function nameOf({ from, to, protocol, port }: Try): string {
  return `${from} → ${to} ${port}/${protocol}`
}

const INGRESS = ['Ingress']
const EGRESS = ['Egress']
const BOTH = ['Ingress', 'Egress']
const pod = (name: string) => ({ podSelector: { matchLabels: { pod: name } } })
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { ns: name } } })
const block = (cidr: string, ...except: readonly string[]): Peer => ({ ipBlock: { cidr, except } })
const ingress = (from: readonly Peer[], ports: readonly PolicyPort[] = []) => ({
  policyTypes: INGRESS,
  ingress: [{ from, ports }],
})
const egress = (to: readonly Peer[], ports: readonly PolicyPort[] = []) => ({
  policyTypes: EGRESS,
  egress: [{ to, ports }],
})
const within = (namespace: string, end: string): boolean => end.startsWith(`${namespace}/`)

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'no policy': { policies: {}, allows: () => true },
  'deny all ingress of a namespace': {
    policies: { 'x/deny': { policyTypes: INGRESS } },
    allows: ({ to }) => !within('x', to),
  },
  'deny all egress of a namespace': {
    policies: { 'x/deny': { policyTypes: EGRESS } },
    allows: ({ from }) => !within('x', from),
  },
  'deny both of a namespace': {
    policies: { 'x/deny': { policyTypes: BOTH } },
    allows: ({ from, to }) => !within('x', from) && !within('x', to),
  },
  'a policy without types and rules is about ingress': {
    policies: { 'x/deny': {} },
    allows: ({ to }) => !within('x', to),
  },
  'a policy without types and with an egress rule is about both': {
    policies: { 'x/open': { egress: [{}] } },
    allows: ({ to }) => !within('x', to),
  },
  'allow all ingress': {
    policies: { 'x/open': { policyTypes: INGRESS, ingress: [{}] } },
    allows: () => true,
  },
  'allow all beside deny all': {
    policies: {
      'x/deny': { policyTypes: INGRESS },
      'x/open': { policyTypes: INGRESS, ingress: [{}] },
    },
    allows: () => true,
  },
  'allow all egress beside deny all egress': {
    policies: { 'x/deny': { policyTypes: EGRESS }, 'x/open': { policyTypes: EGRESS, egress: [{}] } },
    allows: () => true,
  },
  'from pods of the own namespace': {
    policies: { 'x/p': { ...pod('a'), ...ingress([pod('b')]) } },
    allows: ({ from, to }) => to !== 'x/a' || from === 'x/b',
  },
  'from every pod of the own namespace': {
    policies: { 'x/p': { ...pod('a'), ...ingress([{ podSelector: {} }]) } },
    allows: ({ from, to }) => to !== 'x/a' || within('x', from),
  },
  'from all namespaces': {
    policies: { 'x/p': { ...pod('a'), ...ingress([{ namespaceSelector: {} }]) } },
    allows: () => true,
  },
  'from another namespace': {
    policies: { 'x/p': { ...pod('a'), ...ingress([inNamespace('y')]) } },
    allows: ({ from, to }) => to !== 'x/a' || within('y', from),
  },
  'from pods of another namespace: both selectors in one peer': {
    policies: { 'x/p': { ...pod('a'), ...ingress([{ ...inNamespace('y'), ...pod('a') }]) } },
    allows: ({ from, to }) => to !== 'x/a' || from === 'y/a',
  },
  'from a namespace or from pods: one selector in each of two peers': {
    policies: { 'x/p': { ...pod('a'), ...ingress([inNamespace('y'), pod('b')]) } },
    allows: ({ from, to }) => to !== 'x/a' || within('y', from) || from === 'x/b',
  },
  'from several pods of several namespaces': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          {
            namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['x'] }] },
            podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'c'] }] },
          },
        ]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || (!within('x', from) && !from.endsWith('/a')),
  },
  'two peers with both selectors': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          { ...inNamespace('y'), ...pod('b') },
          { ...inNamespace('z'), ...pod('c') },
        ]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || from === 'y/b' || from === 'z/c',
  },
  'pods by an expression': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          { podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'd'] }] } },
        ]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || from === 'x/b',
  },
  'the policy’s own pods by an expression': {
    policies: {
      'x/p': {
        podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['a', 'c'] }] },
        policyTypes: INGRESS,
      },
    },
    allows: ({ to }) => to !== 'x/a' && to !== 'x/c',
  },
  'the policy’s own pods by labels that must lack': {
    policies: {
      'x/p': {
        podSelector: { matchExpressions: [{ key: 'guest', operator: 'DoesNotExist' }] },
        policyTypes: INGRESS,
      },
    },
    labels: { 'x/b': { pod: 'b', guest: 'yes' } },
    allows: ({ to }) => to !== 'x/a' && to !== 'x/c',
  },
  'namespaces by an expression': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          { namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'In', values: ['y'] }] } },
        ]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || within('y', from),
  },
  'namespaces that an expression excludes': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          { namespaceSelector: { matchExpressions: [{ key: 'ns', operator: 'NotIn', values: ['x', 'y'] }] } },
        ]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || within('z', from),
    deviates: true,
  },
  'a namespace by its own name': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } }]),
      },
    },
    allows: ({ from, to }) => to !== 'x/a' || within('z', from),
  },
  'namespaces that have a label at all, and pods that have not one value': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...ingress([
          {
            namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
            podSelector: { matchExpressions: [{ key: 'pod', operator: 'NotIn', values: ['a'] }] },
          },
        ]),
      },
    },
    labels: { y: { ns: 'y', team: 't' } },
    allows: ({ from, to }) => to !== 'x/a' || from === 'y/b' || from === 'y/c',
  },
  'a policy selects in its own namespace alone': {
    policies: { 'y/p': { ...pod('a'), policyTypes: INGRESS } },
    allows: ({ to }) => to !== 'y/a',
  },
  'a port': {
    policies: { 'x/p': { ...pod('a'), ...ingress([inNamespace('y')], [{ port: 81, protocol: 'TCP' }]) } },
    allows: ({ from, to, protocol, port }) =>
      to !== 'x/a' || (within('y', from) && protocol === 'TCP' && port === 81),
  },
  'a port of any peer': {
    policies: { 'x/p': { ...pod('a'), ...ingress([], [{ port: 81 }]) } },
    allows: ({ to, protocol, port }) => to !== 'x/a' || (protocol === 'TCP' && port === 81),
  },
  'stacked policies for one pod: their sum': {
    policies: {
      'x/81': { ...pod('a'), ...ingress([inNamespace('y')], [{ port: 81 }]) },
      'x/80': { ...pod('a'), ...ingress([inNamespace('y')], [{ port: 80 }]) },
      'x/z': { ...pod('a'), ...ingress([inNamespace('z')], [{ port: 80, protocol: 'UDP' }]) },
    },
    allows: ({ from, to, protocol, port }) =>
      to !== 'x/a' ||
      (within('y', from) && protocol === 'TCP') ||
      (within('z', from) && protocol === 'UDP' && port === 80),
  },
  'stacked policies whose pods overlap': {
    policies: {
      'x/all': { ...ingress([pod('a')]) },
      'x/b': { ...pod('b'), ...ingress([pod('c')]) },
    },
    allows: ({ from, to }) => !within('x', to) || from === 'x/a' || (to === 'x/b' && from === 'x/c'),
  },
  'a named port': {
    policies: { 'x/p': { ...ingress([], [{ port: 'serve-81-tcp' }]) } },
    allows: ({ to, protocol, port }) => !within('x', to) || (protocol === 'TCP' && port === 81),
  },
  'a named port of another protocol matches nothing': {
    policies: { 'x/p': { ...ingress([], [{ port: 'serve-81-tcp', protocol: 'UDP' }]) } },
    allows: ({ to }) => !within('x', to),
  },
  'a named port from one namespace': {
    policies: { 'x/p': { ...pod('a'), ...ingress([inNamespace('x')], [{ port: 'serve-80-tcp' }]) } },
    allows: ({ from, to, protocol, port }) =>
      to !== 'x/a' || (within('x', from) && protocol === 'TCP' && port === 80),
  },
  'a named port for egress': {
    policies: { 'x/p': { ...pod('a'), ...egress([], [{ port: 'serve-80-tcp' }]) } },
    allows: ({ from, protocol, port }) => from !== 'x/a' || (protocol === 'TCP' && port === 80),
  },
  'a range of ports': {
    policies: { 'x/p': { ...pod('a'), ...egress([], [{ port: 81, endPort: 90 }]) } },
    allows: ({ from, protocol, port }) => from !== 'x/a' || (protocol === 'TCP' && port === 81),
  },
  'a range that holds both ports': {
    policies: { 'x/p': { ...pod('a'), ...egress([inNamespace('y')], [{ port: 80, endPort: 81 }]) } },
    allows: ({ from, to, protocol }) => from !== 'x/a' || (within('y', to) && protocol === 'TCP'),
  },
  'one protocol, any port': {
    policies: { 'x/p': { ...ingress([], [{ protocol: 'UDP' }]) } },
    allows: ({ to, protocol }) => !within('x', to) || protocol === 'UDP',
  },
  'UDP alone is not TCP': {
    policies: { 'x/p': { ...ingress([pod('b')], [{ port: 80, protocol: 'UDP' }]) } },
    allows: ({ from, to, protocol, port }) =>
      !within('x', to) || (from === 'x/b' && protocol === 'UDP' && port === 80),
  },
  'SCTP alone is not TCP': {
    policies: { 'x/p': { ...pod('a'), ...ingress([], [{ port: 80, protocol: 'SCTP' }]) } },
    allows: ({ to, protocol, port }) => to !== 'x/a' || (protocol === 'SCTP' && port === 80),
  },
  'TCP beside SCTP': {
    policies: {
      'x/sctp': { ...pod('a'), ...ingress([], [{ port: 80, protocol: 'SCTP' }]) },
      'x/tcp': { ...pod('a'), ...ingress([], [{ port: 81, protocol: 'TCP' }]) },
    },
    allows: ({ to, protocol, port }) =>
      to !== 'x/a' || (protocol === 'SCTP' && port === 80) || (protocol === 'TCP' && port === 81),
  },
  'no egress of one pod': {
    policies: { 'x/p': { ...pod('a'), policyTypes: EGRESS } },
    allows: ({ from }) => from !== 'x/a',
  },
  'egress to pods of another namespace': {
    policies: { 'x/p': { ...pod('a'), ...egress([{ ...inNamespace('y'), ...pod('b') }]) } },
    allows: ({ from, to }) => from !== 'x/a' || to === 'y/b',
  },
  'ingress and egress in one policy': {
    policies: {
      'x/p': {
        ...pod('a'),
        policyTypes: BOTH,
        ingress: [{ from: [inNamespace('y')], ports: [{ port: 81 }] }],
        egress: [{ to: [inNamespace('z')], ports: [{ port: 80 }] }],
      },
    },
    allows: ({ from, to, protocol, port }) =>
      (to !== 'x/a' || (within('y', from) && protocol === 'TCP' && port === 81)) &&
      (from !== 'x/a' || (within('z', to) && protocol === 'TCP' && port === 80)),
  },
  'rules of a direction that the types leave out': {
    policies: {
      'x/p': { ...pod('a'), policyTypes: INGRESS, ingress: [{}], egress: [{ to: [pod('nobody')] }] },
    },
    allows: () => true,
  },
  'the server lets in what the client may not send': {
    policies: {
      'x/client': { ...pod('a'), policyTypes: EGRESS },
      'y/server': { ...pod('a'), ...ingress([inNamespace('x')]) },
    },
    allows: ({ from, to }) => from !== 'x/a' && (to !== 'y/a' || within('x', from)),
  },
  'the client may send what the server does not let in': {
    policies: {
      'x/client': { ...pod('a'), ...egress([inNamespace('y')]) },
      'y/server': { policyTypes: INGRESS },
    },
    allows: ({ from, to }) => !within('y', to) && from !== 'x/a',
  },
  'both ends agree': {
    policies: {
      'x/client': { ...egress([{ ...inNamespace('y'), ...pod('a') }], [{ port: 80 }]) },
      'y/server': { ...ingress([inNamespace('x')], [{ port: 80 }, { port: 81 }]) },
    },
    allows: ({ from, to, protocol, port }) =>
      (!within('x', from) || (to === 'y/a' && protocol === 'TCP' && port === 80)) &&
      (!within('y', to) || (within('x', from) && protocol === 'TCP')),
  },
  'egress to a block': {
    policies: { 'x/p': { ...pod('a'), ...egress([block(`${at('y/b')}/32`)]) } },
    allows: ({ from, to }) => from !== 'x/a' || to === 'y/b',
  },
  'egress to a block less a hole': {
    policies: { 'x/p': { ...pod('a'), ...egress([block('10.1.2.0/24', `${at('y/b')}/32`)]) } },
    allows: ({ from, to }) => from !== 'x/a' || to === 'y/a' || to === 'y/c',
  },
  'a hole of one block is in another: allowed': {
    policies: {
      'x/p': {
        ...pod('a'),
        ...egress([block('10.1.2.0/24', `${at('y/b')}/32`), block(`${at('y/b')}/32`)]),
      },
    },
    allows: ({ from, to }) => from !== 'x/a' || within('y', to),
  },
  'a hole in one policy is in the block of another: allowed': {
    policies: {
      'x/p': { ...pod('a'), ...egress([block('10.1.2.0/24', '10.1.2.0/30')]) },
      'x/q': { ...pod('a'), ...egress([block('10.1.2.0/29', `${at('y/c')}/32`)]) },
    },
    allows: ({ from, to }) => from !== 'x/a' || to === 'y/a' || to === 'y/b',
  },
  'ingress from a block': {
    policies: { 'x/p': { ...pod('a'), ...ingress([block('0.0.0.0/0', '10.1.3.0/24')], [{ port: 80 }]) } },
    allows: ({ from, to, protocol, port }) =>
      to !== 'x/a' || (!within('z', from) && protocol === 'TCP' && port === 80),
  },
  'a namespace gets the label that lets it in': {
    policies: {
      'x/p': { ...pod('a'), ...ingress([{ namespaceSelector: { matchLabels: { ns2: 'updated' } } }]) },
    },
    labels: { y: { ns: 'y', ns2: 'updated' } },
    allows: ({ from, to }) => to !== 'x/a' || within('y', from),
  },
  'a pod gets the label that lets it in': {
    policies: { 'x/p': { ...pod('a'), ...ingress([{ podSelector: { matchLabels: { pod2: 'updated' } } }]) } },
    labels: { 'x/b': { pod: 'b', pod2: 'updated' } },
    allows: ({ from, to }) => to !== 'x/a' || from === 'x/b',
  },
  'a pod loses the label that a policy selects': {
    policies: { 'x/p': { ...pod('a'), policyTypes: INGRESS } },
    labels: { 'x/a': { pod: 'was-a' } },
    allows: () => true,
  },
}

test.each(Object.entries(SITUATIONS))('%s', (_, situation) => {
  const expected = tries.filter(one => one.from === one.to || situation.allows(one)).map(nameOf)
  const { promised, enforced } = answers(situation)
  expect(promised).toEqual(expected)
  if (situation.deviates === true) expect(enforced).not.toEqual(expected)
  else expect(enforced).toEqual(expected)
})
