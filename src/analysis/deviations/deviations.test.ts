import { describe, expect, test } from 'vitest'
import { allowedTraffic, explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { prepareKubernetes } from '../../engine/kubernetes/select.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { LabelSelector } from '../../model/labels.ts'
import type { EgressRule, IngressRule, IpBlock, Peer } from '../../model/networkPolicy.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import { trafficContains, trafficPoint } from '../../model/traffic.ts'
import { cluster, containerPort, namespace, pod, policy } from '../../testing/builders.ts'
import { readVerdictCases } from '../../testing/verdictVectors.ts'
import { deviationsOfFlow, findDeviations } from './deviations.ts'
import { DEVIATION_TEXTS } from './deviationTexts.ts'

const namespaces = ['x', 'y', 'z'].map(name => namespace(name, { ns: name }))

function found(parts: Partial<Cluster>, profile: ProfileId = 'head'): readonly string[] {
  return findDeviations(cluster({ namespaces, ...parts }), profile).map(summary)
}

/** `D1 ingress spec.ingress[0].from[0]` */
function summary({ id, direction, origin }: Deviation): string {
  return [id, ...(direction === undefined ? [] : [direction]), origin.path].join(' ')
}

function ingress(rules: readonly IngressRule[], profile: ProfileId = 'head'): readonly string[] {
  return found({ policies: [policy('x/p', { ingress: rules })] }, profile)
}

function from(peer: Peer): readonly string[] {
  return ingress([{ from: [peer] }])
}

function egress(rules: readonly EgressRule[]): readonly string[] {
  return found({ policies: [policy('x/p', { policyTypes: ['Egress'], egress: rules })] })
}

function block(cidr: string, ...except: readonly string[]): { readonly ipBlock: IpBlock } {
  return { ipBlock: except.length === 0 ? { cidr } : { cidr, except } }
}

const NAMESPACES = 'spec.ingress[0].from[0].namespaceSelector'

describe('D1: multi-value NotIn in a namespaceSelector', () => {
  const notIn = (...values: readonly string[]) => ({ key: 'ns', operator: 'NotIn' as const, values })
  const within = (...values: readonly string[]) => ({ key: 'ns', operator: 'In' as const, values })

  test.each<[string, LabelSelector, readonly string[]]>([
    [
      'D1, which is D2 besides',
      { matchExpressions: [notIn('y', 'z')] },
      [`D1 ingress ${NAMESPACES}.matchExpressions[0]`, `D2 ingress ${NAMESPACES}`],
    ],
    [
      'D1b',
      { matchExpressions: [within('x', 'y'), notIn('y', 'z')] },
      [`D1 ingress ${NAMESPACES}.matchExpressions[1]`],
    ],
    ['another value is wanted', { matchLabels: { ns: 'x' }, matchExpressions: [notIn('y', 'z')] }, []],
    ['other values are wanted', { matchExpressions: [notIn('y', 'z'), within('x', 'w')] }, []],
    [
      'an excluded value is wanted',
      { matchLabels: { ns: 'y' }, matchExpressions: [notIn('y', 'z')] },
      [`D1 ingress ${NAMESPACES}.matchExpressions[0]`],
    ],
    [
      'both values are excluded one by one, too',
      { matchLabels: { team: 'a' }, matchExpressions: [notIn('y', 'z'), notIn('y'), notIn('z')] },
      [],
    ],
    ['one value', { matchLabels: { team: 'a' }, matchExpressions: [notIn('y')] }, []],
    ['one value twice', { matchLabels: { team: 'a' }, matchExpressions: [notIn('y', 'y')] }, []],
  ])('%s', (_name, namespaceSelector, expected) => {
    expect(from({ namespaceSelector })).toEqual(expected)
  })

  test('not in a podSelector (D31)', () => {
    const podSelector = { matchExpressions: [{ key: 'pod', operator: 'NotIn' as const, values: ['a', 'b'] }] }
    expect(from({ podSelector })).toEqual([])
    expect(from({ namespaceSelector: {}, podSelector })).toEqual([])
  })
})

describe('D2: namespaceSelector with only negative requirements', () => {
  const negative: LabelSelector = { matchExpressions: [{ key: 'quarantine', operator: 'DoesNotExist' }] }
  const notZz: LabelSelector = { matchExpressions: [{ key: 'pod', operator: 'NotIn', values: ['zz'] }] }

  test.each<[string, Peer, number]>([
    ['D2', { namespaceSelector: negative }, 1],
    ['D2b, empty podSelector', { namespaceSelector: negative, podSelector: {} }, 1],
    ['D2b, negative podSelector', { namespaceSelector: negative, podSelector: notZz }, 1],
    [
      'D2c, positive podSelector',
      { namespaceSelector: negative, podSelector: { matchLabels: { pod: 'a' } } },
      0,
    ],
    ['D2d, podSelector only', { podSelector: notZz }, 0],
    ['D2d, all namespaces', { namespaceSelector: {}, podSelector: notZz }, 0],
    [
      'a positive requirement besides',
      {
        namespaceSelector: {
          matchExpressions: [...(negative.matchExpressions ?? []), { key: 'ns', operator: 'Exists' }],
        },
      },
      0,
    ],
  ])('%s', (_name, peer, count) => {
    expect(from(peer)).toEqual(Array.from({ length: count }, () => `D2 ingress ${NAMESPACES}`))
  })
})

test('D3: hostNetwork pods that a policy selects, and peers that match nothing else', () => {
  const host = pod('x/h', { ip: '10.9.0.4', labels: { app: 'proxy' }, hostNetwork: true })
  const peers = [{ podSelector: { matchLabels: { app: 'proxy' } } }, { podSelector: {} }]
  const policies = [
    policy('x/p', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: peers }] }),
    policy('x/q'),
    policy('y/q'),
  ]
  const web = pod('x/w', { ip: '10.1.0.1', labels: { app: 'web' } })
  expect(found({ pods: [host, web], policies })).toEqual([
    'D3 ingress spec.ingress[0].from[0]',
    'D3 spec.podSelector',
  ])
  expect(found({ pods: [{ ...host, phase: 'Failed' }, web], policies })).toEqual([])
})

test('D6: pods with an IPv6 address', () => {
  expect(
    found({ pods: [pod('x/six', { ip: 'fd00::1' })], policies: [policy('x/p'), policy('y/p')] }),
  ).toEqual(['D6 spec.podSelector'])
})

test('D7: IPv6 blocks, in either direction, and nothing else about that policy', () => {
  const negative = {
    namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' as const }] },
  }
  expect(ingress([{ from: [block('10.1.3.0/24'), block('fd00::/8'), negative] }])).toEqual([
    'D7 spec.ingress[0].from[1].ipBlock.cidr',
  ])
  expect(egress([{ to: [block('::ffff:10.0.0.0/104')] }])).toEqual(['D7 spec.egress[0].to[0].ipBlock.cidr'])
})

test('D7: not where azure-npm does not look', () => {
  const rule = { from: [block('fd00::/8')] }
  expect(found({ policies: [policy('x/p', { policyTypes: ['Egress'], ingress: [rule] })] })).toEqual([])
  expect(ingress([rule, {}])).toEqual([])
  expect(ingress([rule, {}], 'v1.4.45')).toEqual(['D7 spec.ingress[0].from[0].ipBlock.cidr'])
})

test('D8: values that are no label values', () => {
  const bad = { matchExpressions: [{ key: 'pod', operator: 'In' as const, values: ['a', 'b_'] }] }
  expect(from({ podSelector: bad })).toEqual([
    'D8 spec.ingress[0].from[0].podSelector.matchExpressions[0].values[1]',
  ])
  expect(found({ policies: [policy('x/p', { podSelector: bad })] })).toEqual([
    'D8 spec.podSelector.matchExpressions[0].values[1]',
  ])
})

test.each([
  ['10.0.0.0/0', ['D9 spec.ingress[0].from[0].ipBlock.cidr']],
  ['10.0.0.0/08', ['D9 spec.ingress[0].from[0].ipBlock.cidr']],
  ['010.0.0.0/8', ['D9 spec.ingress[0].from[0].ipBlock.cidr']],
  ['0.0.0.0/00', ['D9 ingress spec.ingress[0].from[0].ipBlock.cidr']],
  ['0.0.0.0/0', []],
  ['10.1.2.3/24', []],
])('D9: %s', (cidr, expected) => {
  expect(from(block(cidr))).toEqual(expected)
})

test('D9: an except with leading zeros', () => {
  expect(from(block('10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/016'))).toEqual([
    'D9 spec.ingress[0].from[0].ipBlock.except[1]',
  ])
})

test('D10: a half of everything, with host bits', () => {
  expect(from(block('0.0.0.0/0', '0.0.0.0/1', '0.0.0.1/1', '129.0.0.0/1', '10.0.0.0/8'))).toEqual([
    'D10 ingress spec.ingress[0].from[0].ipBlock.except[1]',
    'D10 ingress spec.ingress[0].from[0].ipBlock.except[2]',
  ])
  expect(from(block('0.0.0.0/1', '0.0.0.1/2'))).toEqual([])
})

test.each(PROFILE_IDS)('D11: an empty rule beside others, in %s', profile => {
  const expected = profile === 'v1.4.45' ? ['D11 ingress spec.ingress[0]'] : []
  expect(ingress([{}, { from: [{ podSelector: {} }] }], profile)).toEqual(expected)
  expect(ingress([{}], profile)).toEqual([])
})

test('D14: a port name that only hostNetwork pods have', () => {
  const host = pod('y/h', { hostNetwork: true, containerPorts: [containerPort('web', 80)] })
  const web = pod('y/w', { ip: '10.1.0.1', containerPorts: [containerPort('web', 80)] })
  const policies = [policy('x/p', { ingress: [{ ports: [{ port: 'web' }] }] })]
  expect(found({ pods: [host], policies })).toEqual(['D14 ingress spec.ingress[0].ports[0].port'])
  expect(found({ pods: [host, web], policies })).toEqual([])
})

describe('D16: rules that iptables-restore does not take', () => {
  const long = (count: number) => ({
    matchExpressions: [
      {
        key: 'pod',
        operator: 'In' as const,
        values: Array.from({ length: count }, (_, i) => `v${i}`.padEnd(63, '0')),
      },
    ],
  })
  const many = (count: number) => ({
    matchLabels: Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, ''])),
  })

  test('a comment of more than 1023 characters', () => {
    expect(from({ podSelector: long(16) })).toEqual(['D16 spec.ingress[0].from[0]'])
    expect(from({ podSelector: long(15) })).toEqual([])
    expect(found({ policies: [policy('x/p', { podSelector: long(16) })] })).toEqual(['D16 spec.podSelector'])
  })

  test('the length of the longest branch of a namespaceSelector counts, not their sum', () => {
    expect(from({ namespaceSelector: long(16) })).toEqual([])
  })

  test('more than 48 terms in a rule without ports', () => {
    expect(from({ podSelector: {}, namespaceSelector: many(48) })).toEqual([])
    expect(from({ podSelector: {}, namespaceSelector: many(49) })).toEqual(['D16 spec.ingress[0].from[0]'])
  })
})

test('D17: the label key all-namespaces', () => {
  const withKey = (operator: 'Exists' | 'In') => ({
    namespaceSelector: {
      matchExpressions: [{ key: 'all-namespaces', operator, ...(operator === 'In' && { values: ['a'] }) }],
    },
  })
  expect(from(withKey('Exists'))).toEqual([`D17 ingress ${NAMESPACES}.matchExpressions[0]`])
  expect(from(withKey('In'))).toEqual([])
})

test('D18: a terminating namespace that a selector is about', () => {
  const ending = [...namespaces.slice(0, 2), namespace('z', { ns: 'z' }, { deletionTimestamp: 'now' })]
  const rule = (selector: LabelSelector) => [{ from: [{ namespaceSelector: selector }] }]
  const about = (selector: LabelSelector) =>
    found({ namespaces: ending, policies: [policy('x/p', { ingress: rule(selector) })] })
  expect(about({ matchLabels: { ns: 'z' } })).toEqual([`D18 ingress ${NAMESPACES}`])
  expect(about({ matchLabels: { ns: 'y' } })).toEqual([])
  expect(about({})).toEqual([])
})

test('D20: more pods in a set than it holds', () => {
  const pods = Array.from({ length: 65537 }, (_, i) =>
    pod(`x/p${i}`, {
      ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      labels: { app: i === 0 ? 'b' : 'a' },
    }),
  )
  const policies = [
    policy('x/p', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] }),
    policy('y/p', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] }),
    policy('y/q', {
      ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }] }],
    }),
  ]
  expect(found({ pods, policies })).toEqual([
    'D20 spec.podSelector',
    'D20 spec.ingress[0].from[0].podSelector.matchExpressions[0]',
  ])
})

describe('D21: collisions of legacy names', () => {
  test.each(PROFILE_IDS)('two chains, %s', profile => {
    const policies = [policy('x/bogkyy'), policy('x/zpsqqx', { ingress: [{}] }), policy('x/other')]
    const all = findDeviations(cluster({ policies }), profile)
    expect(all.map(({ id, policy }) => [id, policy])).toEqual(
      profile === 'head'
        ? []
        : [
            ['D21', 'x/bogkyy'],
            ['D21', 'x/zpsqqx'],
          ],
    )
  })

  test('two sets', () => {
    const pods = [pod('y/a', { ip: '10.1.0.1', labels: { x: 'YMaaIZ' } })]
    const policies = [policy('msobb-target/p')]
    expect(found({ pods, policies }, 'v1.8.11')).toEqual(['D21 spec.podSelector'])
    expect(found({ pods, policies }, 'head')).toEqual([])
    expect(found({ policies }, 'v1.8.11')).toEqual([])
  })

  test('two policies whose names give one text', () => {
    const rule = { ingress: [{ from: [block('10.0.0.0/8')] }] }
    const policies = [policy('b-in-ns-c/a', rule), policy('c/a-in-ns-b', rule)]
    expect(found({ policies }, 'v1.4.45')).toEqual([
      'D21 spec.ingress[0].from[0].ipBlock',
      'D21 spec.ingress[0].from[0].ipBlock',
    ])
  })
})

test('D34: a named port towards an ipBlock', () => {
  const ports = [{ port: 80 }, { port: 'web' }]
  expect(egress([{ to: [block('0.0.0.0/0')], ports }])).toEqual(['D34 egress spec.egress[0].ports[1].port'])
  expect(ingress([{ from: [block('0.0.0.0/0')], ports }])).toEqual([])
})

test('every sentence ends, and says what its detail is about', () => {
  for (const { id, name, message } of Object.values(DEVIATION_TEXTS)) {
    expect(id).toMatch(/^D[0-9]+$/)
    expect(name).not.toMatch(/\.$/)
    expect(message('DETAIL')).toMatch(/^\S.*\.$/)
  }
})

describe('measured clusters', () => {
  const cases = readVerdictCases()

  test.each(cases)('$name: wherever the kernel differs, the flow’s policies show why', given => {
    const index = prepareKubernetes(given.cluster)
    for (const profile of ['head', 'v1.4.45'] as const) {
      const deviations = findDeviations(given.cluster, profile)
      const unexplained = given.probes.filter(({ src, dst, kubernetes, kernel }) => {
        if (kernel[profile] === undefined || kernel[profile] === kubernetes) return false
        const egress = explainEnd(index, 'egress', src, dst)
        const ingress = explainEnd(index, 'ingress', dst, src)
        return deviationsOfFlow(deviations, egress, ingress).length === 0
      })
      expect(unexplained.map(({ text }) => `${profile} ${text}`)).toEqual([])
    }
  })

  test('clusters without deviations agree with Kubernetes, and both kinds occur', () => {
    const clean = cases.filter(({ cluster }) => findDeviations(cluster, 'head').length === 0)
    expect(clean.length).toBeGreaterThan(20)
    expect(clean.length).toBeLessThan(cases.length)
    for (const { cluster, probes } of clean) {
      const index = prepareKubernetes(cluster)
      for (const { src, dst, protocol, port, kernel } of probes)
        expect(trafficContains(allowedTraffic(index, src, dst), trafficPoint(protocol, port))).toBe(
          kernel.head,
        )
    }
  })
})
