import { describe, expect, test } from 'vitest'
import type { IpBlock, NetworkPolicySpec, PolicyPort } from '../../model/networkPolicy.ts'
import { required } from '../../model/assert.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { policy } from '../../testing/builders.ts'
import { flattenNamespaceSelector } from './flatten.ts'
import { ipBlockMembers } from './ipBlock.ts'
import { isNpmIpv4, isNpmMember } from './npmIpv4.ts'
import { parsePolicyPort } from './ports.ts'
import { profileOf } from './profiles.ts'
import { invalidValuePath } from './selectors.ts'
import { translateAnswer } from './translateAnswer.ts'
import { translatePolicy } from './translate.ts'

function translation(spec: Partial<NetworkPolicySpec>, profile: ProfileId = 'head') {
  const result = translatePolicy(policy('x/p', spec), profileOf(profile))
  return required(result.ok ? result.value : undefined, 'translation')
}

function errorOf(spec: Partial<NetworkPolicySpec>, profile: ProfileId = 'head') {
  const result = translatePolicy(policy('x/p', spec), profileOf(profile))
  return result.ok ? undefined : result.error
}

/** `+ns-x !podlabel-a` for each ACL. */
function aclTexts(spec: Partial<NetworkPolicySpec>, profile: ProfileId = 'head'): readonly string[] {
  return translation(spec, profile).acls.map(({ target, direction, protocol, port, peers, namedPort }) =>
    [
      target,
      direction,
      ...(protocol === '' ? [] : [`${protocol}:${port}`]),
      ...peers.map(({ included, set }) => (included ? '+' : '!') + set.prefixed),
      ...(namedPort ? [namedPort.set.prefixed] : []),
    ].join(' '),
  )
}

test.each<[string, readonly string[], readonly string[]]>([
  ['none', [], []],
  ['ingress', ['Ingress'], ['DROP ingress']],
  ['both, in the order listed', ['Egress', 'Ingress'], ['DROP egress', 'DROP ingress']],
  ['doubled', ['Ingress', 'Ingress'], ['DROP ingress', 'DROP ingress']],
  ['unknown text is egress', ['INGRESS'], ['DROP egress']],
])('[N10] policyTypes: %s', (_trap, policyTypes, acls) => {
  expect(aclTexts({ policyTypes })).toEqual(acls)
})

describe('[N11] allow all', () => {
  const other = { ports: [{ protocol: 'TCP', port: 80 }] }

  test.each<[string, NetworkPolicySpec['ingress'], readonly string[], readonly string[]]>([
    ['the only rule', [{}], ['ALLOW ingress'], ['ALLOW ingress']],
    ['one with empty lists', [{ from: [], ports: [] }], ['ALLOW ingress'], ['ALLOW ingress']],
    ['among others (D11)', [other, {}], ['ALLOW ingress'], ['ALLOW ingress TCP:80', 'DROP ingress']],
    ['two', [{}, {}], ['ALLOW ingress'], ['DROP ingress']],
  ])('%s', (_trap, ingress, newer, older) => {
    expect(aclTexts({ ingress: ingress ?? [] })).toEqual(newer)
    expect(aclTexts({ ingress: ingress ?? [] }, 'v1.8.11')).toEqual(newer)
    expect(aclTexts({ ingress: ingress ?? [] }, 'v1.4.45')).toEqual(older)
  })

  test('hides an error in another rule', () => {
    const ingress = [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }, {}]
    expect(errorOf({ ingress })).toBeUndefined()
    expect(errorOf({ ingress }, 'v1.4.45')?.message).toBe('unsupported IP address')
  })
})

test.each<[string, NonNullable<NetworkPolicySpec['ingress']>[number], readonly string[]]>([
  ['P2 peers that are nothing', { from: [{}, {}] }, ['ALLOW ingress +nslabel-all-namespaces']],
  [
    'P3 ports only',
    { ports: [{ port: 80 }, { port: 'web' }] },
    ['ALLOW ingress TCP:80', 'ALLOW ingress TCP:0 namedport:web'],
  ],
  ['P4 an empty list of peers loses the ports (D12)', { from: [], ports: [{ port: 80 }] }, []],
  ['P5 ports, peers that are nothing', { from: [{}], ports: [{ port: 80 }] }, ['ALLOW ingress TCP:80']],
  ['P6 nothing among real ones', { from: [{}, { podSelector: {} }] }, ['ALLOW ingress +ns-x']],
  [
    'P6 the index counts all',
    { from: [{}, { ipBlock: { cidr: '10.0.0.0/8' } }] },
    ['ALLOW ingress +cidr-p:in-ns:x-0-1IN'],
  ],
  [
    'P6 block before selectors',
    { from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] },
    ['ALLOW ingress +cidr-p:in-ns:x-0-0IN'],
  ],
  ['P6 a block without cidr is nothing', { from: [{ ipBlock: { cidr: '' } }] }, []],
  [
    'P6 namespace terms first',
    { from: [{ podSelector: { matchLabels: { a: 'b' } }, namespaceSelector: {} }] },
    ['ALLOW ingress +nslabel-all-namespaces +podlabel-a:b'],
  ],
])('[N12] %s', (_trap, rule, allows) => {
  expect(aclTexts({ ingress: [rule] })).toEqual([...allows, 'DROP ingress'])
})

test('[N13] pod selectors: every kind of requirement, doubles left out, the namespace last', () => {
  const podSelector = {
    matchLabels: { k: 'v', a: '' },
    matchExpressions: [
      { key: 'k', operator: 'In', values: ['v'] },
      { key: 'k', operator: 'NotIn', values: ['v'] },
      { key: 'n', operator: 'In', values: ['b', 'a', 'b'] },
      { key: 'm', operator: 'NotIn', values: [] },
      { key: 'e', operator: 'Exists' },
      { key: 'd', operator: 'DoesNotExist' },
      { key: 'd', operator: 'DoesNotExist' },
      // A positive term of the same name is taken for a double whatever its type.
      { key: 'k:v', operator: 'Exists' },
      { key: 'x', operator: 'Exists' },
    ],
  } as const
  const { selectorList, selectorSets, selectorChildren } = translation({ podSelector })
  expect(selectorList.map(({ included, set }) => (included ? '+' : '!') + set.prefixed)).toEqual([
    '+podlabel-a:',
    '+podlabel-k:v',
    '!podlabel-k:v',
    '+nestedlabel-x/p:n:b:a:b',
    '!nestedlabel-x/p:m',
    '+podlabel-e',
    '!podlabel-d',
    '+podlabel-x',
    '+ns-x',
  ])
  expect(selectorSets.map(({ set }) => set.prefixed)).toEqual(selectorList.map(({ set }) => set.prefixed))
  expect(selectorChildren.map(({ set }) => set.prefixed)).toEqual([
    'podlabel-n:b',
    'podlabel-n:a',
    'podlabel-n:b',
  ])
})

test('[N13] label keys are walked by their bytes, names of Object.prototype included', () => {
  const matchLabels = { constructor: '1', b: '2', B: '3', toString: '4' }
  expect(translation({ podSelector: { matchLabels } }).selectorList.map(({ set }) => set.name)).toEqual([
    'B:3',
    'b:2',
    'constructor:1',
    'toString:4',
    'x',
  ])
})

test('[N14] several values multiply out, the first expression slowest', () => {
  const selector = {
    matchLabels: { a: 'b' },
    matchExpressions: [
      { key: 'k1', operator: 'In', values: ['p', 'q'] },
      { key: 'e', operator: 'Exists' },
      { key: 'k2', operator: 'NotIn', values: ['r', 's'] },
    ],
  } as const
  expect(aclTexts({ ingress: [{ from: [{ namespaceSelector: selector }] }] })).toEqual([
    'ALLOW ingress +nslabel-a:b +nslabel-e +nslabel-k1:p !nslabel-k2:r',
    'ALLOW ingress +nslabel-a:b +nslabel-e +nslabel-k1:p !nslabel-k2:s',
    'ALLOW ingress +nslabel-a:b +nslabel-e +nslabel-k1:q !nslabel-k2:r',
    'ALLOW ingress +nslabel-a:b +nslabel-e +nslabel-k1:q !nslabel-k2:s',
    'DROP ingress',
  ])
})

test('[N14] nothing to multiply leaves one branch, no value none', () => {
  expect(flattenNamespaceSelector({})).toEqual([[]])
  expect(flattenNamespaceSelector({ matchExpressions: [{ key: 'k', operator: 'In', values: [] }] })).toEqual(
    [],
  )
})

test('[N15] values of In and NotIn', () => {
  const bad = (value: string) =>
    invalidValuePath({ matchExpressions: [{ key: 'k', operator: 'In', values: ['a', value] }] }, 's')
  for (const value of ['', '1', 'abc-1', 'ABC_-a54--f', 'a'.repeat(100)]) expect(bad(value)).toBeUndefined()
  for (const value of ['-', '_', '$', ' ', 'abc-', 'abc$123', 'bad space', 'a\n'])
    expect(bad(value)).toBe('s.matchExpressions[0].values[1]')
  expect(invalidValuePath({ matchLabels: { k: '$' } }, 's')).toBeUndefined()
})

test.each<[string, readonly string[], readonly string[]]>([
  ['10.0.0.0/8', [], ['10.0.0.0/8']],
  [
    '10.0.0.0/8',
    ['10.1.0.0/16', '10.1.0.0/16', '10.2.0.0/16'],
    ['10.0.0.0/8', '10.1.0.0/16 nomatch', '10.2.0.0/16 nomatch'],
  ],
  ['0.0.0.0/0', [], ['0.0.0.0/1', '128.0.0.0/1']],
  ['0.0.0.0/0', ['10.0.0.0/8'], ['0.0.0.0/1', '128.0.0.0/1', '10.0.0.0/8 nomatch']],
  ['0.0.0.0/0', ['128.0.0.0/1'], ['0.0.0.0/1', '128.0.0.0/1 nomatch']],
  [
    '0.0.0.0/0',
    ['10.0.0.0/8', '128.0.0.0/1', '11.0.0.0/8'],
    ['0.0.0.0/1', '128.0.0.0/1 nomatch', '10.0.0.0/8 nomatch', '11.0.0.0/8 nomatch'],
  ],
  ['0.0.0.0/0', ['128.0.0.0/1', '0.0.0.0/1'], ['0.0.0.0/1 nomatch', '128.0.0.0/1 nomatch']],
  ['0.0.0.0/0', ['0.0.0.1/1'], ['0.0.0.0/1', '128.0.0.0/1', '0.0.0.1/1 nomatch']],
  ['0.0.0.0/1', ['0.0.0.0/2'], ['0.0.0.0/1', '0.0.0.0/2 nomatch']],
])('[N16] members of %s without %s', (cidr, except, members) => {
  const block: IpBlock = { cidr, except }
  expect(ipBlockMembers(block, 'r', 'p').map(({ text }) => text)).toEqual(members)
})

test('[N17] what the agent takes for an IPv4 address or network', () => {
  const yes = ['10.0.0.0/8', '1.2.3.4', '10.1.2.3/24', '0.0.0.0/0', '0.0.0.0/00', '0.0.0.0/08']
  const no = [
    '10.0.0.0/0',
    '10.0.0.0/08',
    '010.0.0.0/8',
    '10.0.0.0/33',
    '::ffff:1.2.3.4/128',
    '10.0.0/8',
    '',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/+8',
    ' 10.0.0.0/8',
    'fd00::/8',
  ]
  for (const text of yes) expect(isNpmIpv4(text), text).toBe(true)
  for (const text of no) expect(isNpmIpv4(text), text).toBe(false)
  expect(isNpmMember('192.168.0.0/24,tcp:25227')).toBe(true)
  expect(isNpmMember('1.1.1.1/0')).toBe(false)
  expect(isNpmMember('fd00::/8 nomatch')).toBe(false)
})

test.each<[PolicyPort, ReturnType<typeof parsePolicyPort>]>([
  [{}, { kind: 'numeric', protocol: 'TCP', port: 0, endPort: 0 }],
  [{ endPort: 90 }, { kind: 'numeric', protocol: 'TCP', port: 0, endPort: 0 }],
  [
    { port: 80, endPort: 90 },
    { kind: 'numeric', protocol: 'TCP', port: 80, endPort: 90 },
  ],
  [{ port: '0080' }, { kind: 'numeric', protocol: 'TCP', port: 80, endPort: 0 }],
  [
    { port: '+80', protocol: '' },
    { kind: 'numeric', protocol: '', port: 80, endPort: 0 },
  ],
  [{ port: '4294967376' }, { kind: 'numeric', protocol: 'TCP', port: 80, endPort: 0 }],
  [{ port: '99999999999999999999' }, { kind: 'numeric', protocol: 'TCP', port: -1, endPort: 0 }],
  [{ port: '-99999999999999999999' }, { kind: 'numeric', protocol: 'TCP', port: 0, endPort: 0 }],
  [
    { port: '1e3', endPort: 9 },
    { kind: 'named', protocol: 'TCP', name: '1e3' },
  ],
  [{ port: 0 }, { kind: 'named', protocol: 'TCP', name: '0' }],
  [
    { port: '00', protocol: 'UDP' },
    { kind: 'named', protocol: 'UDP', name: '00' },
  ],
  [{ port: '٣' }, { kind: 'named', protocol: 'TCP', name: '٣' }],
  [{ port: '' }, undefined],
])('[N18] port %j', (policyPort, parsed) => {
  expect(parsePolicyPort(policyPort)).toEqual(parsed)
})

test('[N19] an error drops the whole policy, with the field that is wrong', () => {
  const bad = { from: [{ podSelector: {} }, { ipBlock: { cidr: 'fd00::/8' } }] }
  expect(errorOf({ ingress: [bad] })?.origin).toEqual({
    resource: 'NetworkPolicy/x/p',
    path: 'spec.ingress[0].from[1].ipBlock.cidr',
  })
  expect(errorOf({ policyTypes: ['Egress'], ingress: [bad] })).toBeUndefined()
  expect(errorOf({ ingress: [{ ports: [{ port: '' }] }] })?.origin.path).toBe('spec.ingress[0].ports[0].port')
  const podSelector = { matchExpressions: [{ key: 'k', operator: 'In' as const, values: ['_'] }] }
  expect(errorOf({ podSelector })?.origin.path).toBe('spec.podSelector.matchExpressions[0].values[0]')
})

function classOf(rule: NonNullable<NetworkPolicySpec['ingress']>[number]): string | undefined {
  return translateAnswer(policy('x/p', { ingress: [rule] }), 'head', true).error?.class
}

test.each<[string, PolicyPort]>([
  ['range upside down', { port: 90, endPort: 80 }],
  ['unknown protocol', { protocol: 'ICMP' }],
  ['lower case', { protocol: 'tcp', port: 80 }],
  ['port without protocol', { protocol: '', port: 80 }],
])('[N20] the agent refuses a %s', (_trap, port) => {
  expect(classOf({ ports: [port] })).toBe('V')
})

test('[N20] an except that is no IPv4 network is refused later than a cidr', () => {
  expect(classOf({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/8'] } }] })).toBe('V')
})

test.each<[string, PolicyPort, string | undefined]>([
  ['highest', { port: 65535 }, undefined],
  ['too high', { port: 65536 }, 'V'],
  ['too high an end', { port: 80, endPort: 65536 }, 'V'],
  ['negative', { port: -1 }, 'V'],
])('[N21] iptables-restore and a port that is %s', (_trap, port, error) => {
  expect(classOf({ ports: [port] })).toBe(error)
})

test('[N21] iptables-restore takes 251 words and 1023 bytes of comment', () => {
  const exists = (n: number) => ({
    from: [
      {
        namespaceSelector: {
          matchExpressions: Array.from({ length: n }, (_, i) => ({
            key: `k${i}`,
            operator: 'Exists' as const,
          })),
        },
      },
    ],
  })
  // -A CHAIN -j TARGET, five words a set, -m comment --comment TEXT
  expect([classOf(exists(48)), classOf(exists(49))]).toEqual([undefined, 'V'])
  const labelled = (length: number, letter: string) => ({
    from: [{ podSelector: { matchLabels: { k: letter.repeat(length) } } }],
  })
  const rest = 'ALLOW-FROM-podlabel-k:-AND-ns-x'.length
  expect([classOf(labelled(1023 - rest, 'v')), classOf(labelled(1024 - rest, 'v'))]).toEqual([undefined, 'V'])
  expect(classOf(labelled(500, 'é'))).toBe('V')
})

test('[N22] sets, members, terms and ACLs name the field they come from', () => {
  const { selectorList, ruleSets, acls } = translation({
    podSelector: { matchLabels: { 'a.b/c': 'd' } },
    ingress: [
      {
        from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }],
        ports: [{ port: 80 }, { port: 'web' }],
      },
      { ports: [{ port: 53 }] },
    ],
  })
  expect(selectorList.map(({ origin }) => origin.path)).toEqual([
    "spec.podSelector.matchLabels['a.b/c']",
    'spec.podSelector',
  ])
  expect(ruleSets.map(({ origin }) => origin.path)).toEqual([
    'spec.ingress[0].from[0].ipBlock',
    'spec.ingress[0].ports[1].port',
  ])
  expect(ruleSets[0]?.members.map(({ origin }) => origin.path)).toEqual([
    'spec.ingress[0].from[0].ipBlock.cidr',
    'spec.ingress[0].from[0].ipBlock.cidr',
    'spec.ingress[0].from[0].ipBlock.except[0]',
  ])
  expect(acls.map(({ origin }) => origin.path)).toEqual([
    'spec.ingress[0].from[0]',
    'spec.ingress[0].from[0]',
    'spec.ingress[1].ports[0]',
    'spec.policyTypes',
  ])
})
