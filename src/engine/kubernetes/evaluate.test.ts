import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { required } from '../../model/assert.ts'
import type { Cluster, Pod } from '../../model/cluster.ts'
import { podKey } from '../../model/cluster.ts'
import { parseIpv4 } from '../../model/ip.ts'
import type { LabelSelectorRequirement } from '../../model/labels.ts'
import type { NetworkPolicy, Peer, PolicyPort } from '../../model/networkPolicy.ts'
import { DIRECTIONS } from '../../model/networkPolicy.ts'
import { formatTraffic, OTHER_PROTOCOLS, trafficContains } from '../../model/traffic.ts'
import { cluster, containerPort, namespace, pod, policy } from '../../testing/builders.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import { allowedTraffic, explainEnd, isIsolated, signatureOf } from './evaluate.ts'
import { prepareKubernetes } from './select.ts'

const namespaces = ['x', 'y', 'z'].map(name => namespace(name, { ns: name }))
const pods = [
  pod('x/a', { ip: '10.1.1.2', labels: { pod: 'a' }, containerPorts: [containerPort('web', 80)] }),
  pod('x/b', { ip: '10.1.2.2', labels: { pod: 'b' }, containerPorts: [containerPort('web', 8080)] }),
  pod('y/a', { ip: '10.1.3.2', labels: { pod: 'a' }, containerPorts: [containerPort('web', 80, 'UDP')] }),
  pod('z/a', { ip: '10.1.4.2', labels: { pod: 'a', t: '1' } }),
]
const EXT = '192.0.2.2'

function world(policies: readonly NetworkPolicy[], more: readonly Pod[] = []): Cluster {
  return cluster({ namespaces, pods: [...pods, ...more], policies })
}

function endOf({ pods }: Cluster, text: string): KubernetesEndpoint {
  const found = pods.find(pod => podKey(pod) === text)
  return found === undefined
    ? { kind: 'address', address: required(parseIpv4(text), text) }
    : { kind: 'pod', pod: found }
}

/** `x/a → y/a` in a world, as formatTraffic writes it. */
function traffic(world: Cluster, src: string, dst: string): string {
  return formatTraffic(allowedTraffic(prepareKubernetes(world), endOf(world, src), endOf(world, dst)))
}

/** Who may send anything to `x/a`, which allows ingress from these peers. */
function sources(from: readonly Peer[], more: readonly Pod[] = []): string {
  const all = world(
    [policy('x/p', { podSelector: { matchLabels: { pod: 'a' } }, ingress: [{ from }] })],
    more,
  )
  return [...all.pods.map(podKey), EXT]
    .filter(key => key !== 'x/a' && traffic(all, key, 'x/a') !== 'none')
    .join(' ')
}

/** What `x/b` may send to `x/a`, which allows ingress on these ports. */
function ports(ports: readonly PolicyPort[]): string {
  return traffic(world([policy('x/p', { ingress: [{ ports }] })]), 'x/b', 'x/a')
}

describe('isolation', () => {
  test('[K1] without policies every pair is open', () => {
    expect(traffic(world([]), 'x/a', 'y/a')).toBe('all')
    expect(traffic(world([]), EXT, 'x/a')).toBe('all')
    expect(traffic(world([policy('y/p')]), 'x/a', 'z/a')).toBe('all')
  })

  test('[K2] isolation is per direction', () => {
    const denied = world([policy('x/p')])
    expect(traffic(denied, 'y/a', 'x/a')).toBe('none')
    expect(traffic(denied, 'x/a', 'y/a')).toBe('all')
    const index = prepareKubernetes(denied)
    const xa = required(denied.pods[0], 'x/a')
    expect(DIRECTIONS.map(direction => isIsolated(index, xa, direction))).toEqual([true, false])
  })

  test('[K3] policies add up', () => {
    const open = policy('x/open', { ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }] })
    const also = policy('x/also', { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 81 }] }] })
    const deny = policy('x/deny')
    for (const policies of [
      [deny, open, also],
      [also, open, deny],
    ]) {
      expect(traffic(world(policies), 'x/b', 'x/a')).toBe('TCP 80–81')
      expect(traffic(world(policies), 'y/a', 'x/a')).toBe('TCP 80')
      expect(traffic(world(policies), EXT, 'x/a')).toBe('none')
    }
  })

  test('[K4] both ends must agree', () => {
    const out = policy('x/p', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 80, endPort: 90 }] }] })
    const into = policy('y/p', { ingress: [{ ports: [{ port: 85, endPort: 99 }] }] })
    expect(traffic(world([out, into]), 'x/a', 'y/a')).toBe('TCP 85–90')
    expect(traffic(world([out, policy('y/p')]), 'x/a', 'y/a')).toBe('none')
  })

  test('[K5] a policy selects in its own namespace only', () => {
    expect(traffic(world([policy('x/p')]), 'x/a', 'z/a')).toBe('all')
    expect(
      traffic(world([policy('y/p', { podSelector: { matchLabels: { pod: 'a' } } })]), 'y/a', 'x/a'),
    ).toBe('all')
  })

  test('[K6] no podSelector selects every pod of the namespace', () => {
    const absent: NetworkPolicy = { namespace: 'x', name: 'p', spec: { policyTypes: ['Ingress'] } }
    for (const one of [absent, policy('x/p', { podSelector: {} })])
      expect([traffic(world([one]), 'y/a', 'x/a'), traffic(world([one]), 'y/a', 'x/b')]).toEqual([
        'none',
        'none',
      ])
  })

  test.each([{ policyTypes: undefined }, { policyTypes: [] }])(
    '[K7] policyTypes $policyTypes: Egress only with an egress rule',
    ({ policyTypes }) => {
      const types = policyTypes === undefined ? {} : { policyTypes }
      const withRule: NetworkPolicy = { namespace: 'x', name: 'p', spec: { ...types, egress: [{}] } }
      const without: NetworkPolicy = { namespace: 'x', name: 'p', spec: { ...types, egress: [] } }
      const egress = ({ spec }: NetworkPolicy) => {
        const all = world([{ namespace: 'x', name: 'p', spec }])
        return isIsolated(prepareKubernetes(all), required(all.pods[0], 'x/a'), 'egress')
      }
      expect([egress(withRule), egress(without)]).toEqual([true, false])
      expect(traffic(world([withRule]), 'x/a', 'y/a')).toBe('all')
      expect(traffic(world([withRule]), 'y/a', 'x/a')).toBe('none')
      expect(traffic(world([without]), 'y/a', 'x/a')).toBe('none')
    },
  )

  test('[K8] rules of a direction that is not named do nothing', () => {
    const one = policy('x/p', {
      policyTypes: ['Ingress'],
      ingress: [{}],
      egress: [{ ports: [{ port: 80 }] }],
    })
    expect(traffic(world([one]), 'x/a', 'y/a')).toBe('all')
  })

  test('[K9] a connection is judged by the one who opens it', () => {
    const denied = world([policy('x/p')])
    expect(traffic(denied, 'x/a', 'y/a')).toBe('all')
    expect(traffic(denied, 'y/a', 'x/a')).toBe('none')
  })
})

describe('rules', () => {
  test('[K10] peers and ports multiply', () => {
    const one = policy('x/p', {
      ingress: [
        {
          from: [{ podSelector: {} }, { namespaceSelector: { matchLabels: { ns: 'y' } } }],
          ports: [{ port: 80 }, { port: 443 }],
        },
      ],
    })
    expect(traffic(world([one]), 'x/b', 'x/a')).toBe('TCP 80, 443')
    expect(traffic(world([one]), 'y/a', 'x/a')).toBe('TCP 80, 443')
    expect(traffic(world([one]), 'z/a', 'x/a')).toBe('none')
  })

  test('[K11] no peers is any peer', () => {
    for (const rule of [{}, { from: [] }]) {
      const one = policy('x/p', { ingress: [{ ...rule, ports: [{ port: 80 }] }] })
      expect(traffic(world([one]), EXT, 'x/a')).toBe('TCP 80')
      expect(traffic(world([one]), 'z/a', 'x/a')).toBe('TCP 80')
    }
  })

  test('[K12] no ports is every port of every protocol', () => {
    for (const rule of [{}, { ports: [] }]) {
      const all = world([policy('x/p', { ingress: [{ ...rule, from: [{ podSelector: {} }] }] })])
      const set = allowedTraffic(prepareKubernetes(all), endOf(all, 'x/b'), endOf(all, 'x/a'))
      expect(formatTraffic(set)).toBe('all')
      expect(trafficContains(set, OTHER_PROTOCOLS)).toBe(true)
    }
  })

  test('[K13] an empty rule allows everything, no rule allows nothing', () => {
    expect(traffic(world([policy('x/p', { ingress: [{}] })]), EXT, 'x/a')).toBe('all')
    expect(traffic(world([policy('x/p', { ingress: [] })]), EXT, 'x/a')).toBe('none')
    expect(traffic(world([policy('x/p')]), EXT, 'x/a')).toBe('none')
  })

  test('[K14] ports are the destination’s in both directions', () => {
    const out = policy('x/p', {
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: {} }], ports: [{ port: 'web' }] }],
    })
    expect(traffic(world([out]), 'x/a', 'x/b')).toBe('TCP 8080')
  })

  test('[K15] TCP unless another protocol is named', () => {
    expect(ports([{ port: 53 }])).toBe('TCP 53')
    expect(ports([{ port: 53, protocol: 'UDP' }])).toBe('UDP 53')
    expect(ports([{ port: 53, protocol: 'udp' }])).toBe('none')
  })

  test('[K16] an entry without port is its whole protocol', () => {
    expect(ports([{ protocol: 'UDP' }])).toBe('UDP')
    expect(ports([{}])).toBe('TCP')
  })

  test('[K17] endPort includes both ends', () => {
    expect(ports([{ port: 32000, endPort: 32768 }])).toBe('TCP 32000–32768')
    expect(ports([{ port: 80, endPort: 80 }])).toBe('TCP 80')
    expect(
      ports([
        { port: 443, endPort: 65535 },
        { protocol: 'UDP', port: 1 },
      ]),
    ).toBe('TCP 443–65535; UDP 1')
  })

  test('[K18] a named port is looked up on the receiver, name and protocol together', () => {
    const one = world([policy('x/p', { ingress: [{ ports: [{ port: 'web' }] }] })])
    expect(traffic(one, 'y/a', 'x/a')).toBe('TCP 80')
    expect(traffic(one, 'y/a', 'x/b')).toBe('TCP 8080')
    const out = world([policy('x/p', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] })])
    expect(traffic(out, 'x/a', 'x/b')).toBe('TCP 8080')
    expect(traffic(out, 'x/a', 'y/a')).toBe('none')
    expect(traffic(out, 'x/a', EXT)).toBe('none')
    expect(ports([{ port: 'web', protocol: 'UDP' }])).toBe('none')
  })

  test('[K18] a name that several containers have means all their ports', () => {
    const twice = pod('x/c', {
      ip: '10.1.5.2',
      containerPorts: [containerPort('web', 80), containerPort('web', 8080)],
    })
    const all = world([policy('x/p', { ingress: [{ ports: [{ port: 'web' }] }] })], [twice])
    expect(traffic(all, 'y/a', 'x/c')).toBe('TCP 80, 8080')
  })

  test('[K19] protocols without ports pass only where nothing isolates or a rule has no ports', () => {
    const other = (policies: readonly NetworkPolicy[]) => {
      const all = world(policies)
      const set = allowedTraffic(prepareKubernetes(all), endOf(all, 'x/b'), endOf(all, 'x/a'))
      return trafficContains(set, OTHER_PROTOCOLS)
    }
    const everyPort = [{ protocol: 'TCP' }, { protocol: 'UDP' }, { protocol: 'SCTP' }]
    expect(other([])).toBe(true)
    expect(other([policy('x/p')])).toBe(false)
    expect(other([policy('x/p', { ingress: [{ ports: everyPort }] })])).toBe(false)
    expect(other([policy('x/p', { ingress: [{}] })])).toBe(true)
  })
})

describe('peers', () => {
  const ns = (name: string) => ({ matchLabels: { ns: name } })
  const labelled = (value: string) => ({ matchLabels: { pod: value } })

  test('[K20] podSelector alone is of the own namespace', () => {
    expect(sources([{ podSelector: {} }])).toBe('x/b')
    expect(sources([{ podSelector: labelled('a') }])).toBe('')
  })

  test('[K21] namespaceSelector alone is all pods of the namespaces', () => {
    expect(sources([{ namespaceSelector: {} }])).toBe('x/b y/a z/a')
    expect(sources([{ namespaceSelector: ns('y') }])).toBe('y/a')
  })

  test('[K22] both in one entry must match; two entries are alternatives', () => {
    expect(sources([{ namespaceSelector: ns('y'), podSelector: labelled('b') }])).toBe('')
    expect(sources([{ namespaceSelector: ns('y') }, { podSelector: labelled('b') }])).toBe('x/b y/a')
    expect(sources([{ namespaceSelector: {}, podSelector: labelled('a') }])).toBe('y/a z/a')
  })

  test.each<[LabelSelectorRequirement, string]>([
    [{ key: 't', operator: 'In', values: ['1', '2'] }, 'z/a'],
    [{ key: 't', operator: 'NotIn', values: ['1'] }, 'x/b y/a'],
    [{ key: 't', operator: 'NotIn', values: ['2'] }, 'x/b y/a z/a'],
    [{ key: 't', operator: 'Exists' }, 'z/a'],
    [{ key: 't', operator: 'DoesNotExist' }, 'x/b y/a'],
    [{ key: 'constructor', operator: 'Exists' }, ''],
    [{ key: '__proto__', operator: 'DoesNotExist' }, 'x/b y/a z/a'],
  ])('[K23] %j', (requirement, expected) => {
    expect(sources([{ namespaceSelector: {}, podSelector: { matchExpressions: [requirement] } }])).toBe(
      expected,
    )
  })

  test('[K23] all parts of a selector must hold', () => {
    const podSelector = {
      matchLabels: { pod: 'a' },
      matchExpressions: [{ key: 't', operator: 'Exists' as const }],
    }
    expect(sources([{ namespaceSelector: {}, podSelector }])).toBe('z/a')
  })

  test('[K24] a namespace is matched by its name, declared or not', () => {
    const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })
    expect(sources([{ namespaceSelector: named('y') }])).toBe('y/a')
    const stray = pod('w/a', { ip: '10.1.9.2' })
    const all: Cluster = {
      namespaces,
      pods: [...pods, stray],
      policies: [policy('x/p', { ingress: [{ from: [{ namespaceSelector: named('w') }] }] })],
    }
    expect(traffic(all, 'w/a', 'x/a')).toBe('all')
  })

  test('[K25] an except is not a deny', () => {
    const block = { cidr: '0.0.0.0/0', except: ['192.0.2.0/24'] }
    expect(sources([{ ipBlock: block }])).toBe('x/b y/a z/a')
    expect(sources([{ ipBlock: block }, { ipBlock: { cidr: '192.0.2.2/32' } }])).toBe('x/b y/a z/a 192.0.2.2')
  })

  test('[K26] an ipBlock covers pods by their address', () => {
    expect(sources([{ ipBlock: { cidr: '10.1.3.0/24' } }])).toBe('y/a')
    expect(sources([{ ipBlock: { cidr: '10.1.2.77/23' } }])).toBe('x/b y/a')
  })

  test('[K27] an address is judged as given', () => {
    expect(sources([{ ipBlock: { cidr: '192.0.2.2/32' } }])).toBe(EXT)
  })

  test('[K28] a block of the other family covers nothing', () => {
    expect(sources([{ ipBlock: { cidr: '::/0' } }])).toBe('')
    expect(sources([{ ipBlock: { cidr: '::ffff:10.1.2.0/120' } }])).toBe('')
    const six = pod('y/six', { ip: 'fd00::1' })
    expect(sources([{ ipBlock: { cidr: '0.0.0.0/0' } }], [six])).not.toContain('y/six')
    expect(sources([{ namespaceSelector: {} }], [six])).toContain('y/six')
  })
})

describe('special traffic', () => {
  test('[K29] a pod always reaches itself', () => {
    const denied = world([policy('x/p', { policyTypes: ['Ingress', 'Egress'] })])
    expect(traffic(denied, 'x/a', 'x/a')).toBe('all')
    expect(traffic(denied, 'x/a', 'x/b')).toBe('none')
  })

  test('[K30] a hostNetwork pod is its node', () => {
    const host = pod('x/h', { ip: '10.9.0.4', labels: { pod: 'a' }, hostNetwork: true })
    expect(traffic(world([policy('x/p')], [host]), EXT, 'x/h')).toBe('all')
    expect(sources([{ podSelector: {} }, { namespaceSelector: {} }], [host])).toBe('x/b y/a z/a')
    expect(sources([{ ipBlock: { cidr: '10.9.0.4/32' } }], [host])).toBe('x/h')
  })

  test('[K30] a pod that has ended is neither selected nor matched', () => {
    const ended = pod('x/e', { ip: '10.1.5.2', labels: { pod: 'a' }, phase: 'Succeeded' })
    expect(traffic(world([policy('x/p')], [ended]), EXT, 'x/e')).toBe('all')
    expect(sources([{ podSelector: {} }], [ended])).toBe('x/b')
  })
})

test('the explanation names the policies and rules that allow', () => {
  const all = world([
    policy('x/b-rules', {
      ingress: [{ ports: [{ port: 'web' }] }, { from: [{ podSelector: {} }], ports: [{ port: 443 }] }, {}],
    }),
    policy('x/a-deny', { policyTypes: ['Egress', 'Ingress'] }),
    policy('y/other'),
  ])
  const index = prepareKubernetes(all)
  const end = explainEnd(index, 'ingress', endOf(all, 'x/a'), endOf(all, EXT))
  expect(end.isolated).toBe(true)
  expect(formatTraffic(end.allowed)).toBe('all')
  expect(
    end.policies.map(({ policy, allows, rules }) => [
      policy,
      formatTraffic(allows),
      rules.map(({ path, allows }) => `${path}: ${formatTraffic(allows)}`),
    ]),
  ).toEqual([
    ['x/a-deny', 'none', []],
    ['x/b-rules', 'all', ['spec.ingress[0]: TCP 80', 'spec.ingress[2]: all']],
  ])
  const open = explainEnd(index, 'egress', endOf(all, EXT), endOf(all, 'x/a'))
  expect([open.isolated, formatTraffic(open.allowed), open.policies]).toEqual([false, 'all', []])
})

test('pods that no policy tells apart have one signature, others have not', () => {
  const all = world(
    [policy('x/p', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { ns: 'z' } } }] }] })],
    [pod('y/other', { ip: '10.1.7.7', labels: { app: 'unheard-of' } })],
  )
  const index = prepareKubernetes(all)
  const signature = (key: string) => signatureOf(index, endOf(all, key))
  expect(signature('y/a')).toBe(signature('y/other'))
  expect(signature('x/a')).toBe(signature('x/b'))
  expect(new Set(['x/a', 'y/a', 'z/a', EXT].map(signature)).size).toBe(4)
})

test('the rules of SPEC.md and those that tests are named after are the same', () => {
  const spec = readFileSync(join(import.meta.dirname, 'SPEC.md'), 'utf8')
  const tests = readFileSync(import.meta.filename, 'utf8')
  const idsOf = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map(match => Number(match[1])))].sort((a, b) => a - b)
  const defined = idsOf(spec, /^- \*\*K([0-9]+)\*\*/gm)
  expect(defined).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(idsOf(tests, /'\[K([0-9]+)\] /g)).toEqual(defined)
})
