import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chainSuffix,
  cidrSet,
  fnv1a32,
  kernelSetName,
  namedPortSet,
  namespaceKeySet,
  namespaceLabelSet,
  namespaceSet,
  nestedSet,
  podKeySet,
  podLabelSet,
  policyChain,
} from './names.ts'
import { profileOf } from './profiles.ts'
import { sha256Hex } from './sha256.ts'
import { utf8Bytes } from './utf8.ts'

const legacy = profileOf('v1.4.45')
const wide = profileOf('head')

test('[N1] every set type has its prefix', () => {
  expect(
    [
      namespaceSet('x'),
      podKeySet('pod'),
      podLabelSet('pod', 'a'),
      podLabelSet('app', ''),
      namedPortSet('serve-80'),
      cidrSet(wide, 'x', 'base', 'ingress', 0, 1),
      namespaceKeySet('ns'),
      namespaceLabelSet('ns', 'x'),
      nestedSet(wide, 'x/base', 'pod', ['b', 'c']),
    ].map(({ prefixed }) => prefixed),
  ).toEqual([
    'ns-x',
    'podlabel-pod',
    'podlabel-pod:a',
    'podlabel-app:',
    'namedport:serve-80',
    'cidr-base:in-ns:x-0-1IN',
    'nslabel-ns',
    'nslabel-ns:x',
    'nestedlabel-x/base:pod:b:c',
  ])
})

test.each([
  ['legacy block', cidrSet(legacy, 'x', 'base', 'ingress', 0, 1), 'base-in-ns-x-0-1IN'],
  ['egress block', cidrSet(wide, 'x', 'base', 'egress', 11, 0), 'base:in-ns:x-11-0OUT'],
  ['legacy nested', nestedSet(legacy, 'x/base', 'pod', ['b', 'c']), 'x/base-pod:b:c'],
  ['order and doubles', nestedSet(wide, 'x/base', 'pod', ['c', 'b', 'c']), 'x/base:pod:c:b:c'],
  ['no value', nestedSet(wide, 'x/base', 'pod', []), 'x/base:pod'],
  ['an empty value', nestedSet(wide, 'x/base', 'pod', ['', 'b']), 'x/base:pod::b'],
])('[N2] composite name: %s', (_trap, set, name) => {
  expect(set.name).toBe(name)
})

test.each([
  ['ns-x', '2854688459', '5ceop0zrwrj56cyuiub5'],
  ['ns-y', '2837910840', '10ab1bcsv6mirf373vdm'],
  ['ns-test', '3863441321', '343gyx4g1wf87lwlewvk'],
  ['nslabel-all-namespaces', '1639206293', 'gcmk2hdba149zrugxkm4'],
  ['nslabel-ns', '483924252', '2tob10zqq7oqxnuty2dn'],
  ['nslabel-ns:x', '2129276318', '2t9i2tb5qex7749yvgcx'],
  ['nslabel-ns:y', '2146053937', 'buf5ixr9wfyxybtss1bo'],
  ['nslabel-kubernetes.io/metadata.name:kube-system', '1977654781', '5ptkg6chzg1dp71x82if'],
  ['podlabel-pod', '2293485820', 'peuj35y4lgmn6pqojqms'],
  ['podlabel-pod:a', '3922407721', '1v9x7852rtqpowgz9i00'],
  ['podlabel-pod:b', '3872074864', '5fh8qca8ycvwxpbizrlr'],
  ['podlabel-pod:c', '3888852483', '1b9a2esgii3xa67itj00'],
  ['podlabel-app:', '1003655058', '51449opyfktsvqybqb7o'],
  ['namedport:serve-80', '3050895063', '60hkxcajimtjwvmstcdb'],
  ['namedport:serve-81', '3034117444', '5jaeg2hozufgfotky4o6'],
  ['ns-msobb-target', '2900316864', '42xi2gy762uhahnxfutd'],
  ['podlabel-x:YMaaIZ', '2900316864', '61b0uqiiz2delucbmvi2'],
])('[N3] kernel name of %s', (prefixed, decimal, base36) => {
  expect(kernelSetName(legacy, prefixed)).toBe(`azure-npm-${decimal}`)
  expect(kernelSetName(wide, prefixed)).toBe(`azure-npm-${base36}`)
})

test('[N3] composite names differ by profile before they are hashed', () => {
  expect(kernelSetName(legacy, 'nestedlabel-x/base-pod:b:c')).toBe('azure-npm-1813109226')
  expect(kernelSetName(wide, 'nestedlabel-x/base:pod:b:c')).toBe('azure-npm-3rxt46ldxx5omlrjblhj')
  expect(kernelSetName(legacy, 'cidr-base-in-ns-x-0-1IN')).toBe('azure-npm-2535424066')
  expect(kernelSetName(wide, 'cidr-base:in-ns:x-0-1IN')).toBe('azure-npm-333ua27787y4z4gspp51')
})

test('[N3] the first digits are taken of a short number, too', () => {
  expect(kernelSetName(wide, 'ns-n7')).toBe('azure-npm-v94y09wbj8s2v9t3xqp3')
})

test.each([
  ['x/base', '474303581', '2wjueof6om'],
  ['x/test1', '3486147191', 'jo5gdwc4t2'],
  ['y/test2', '588953361', 'opuk987873'],
  ['default/deny-all', '486853015', 'zl8i3zib25'],
  ['msobb-server/trusted-namespace-only', '3815413381', '7d7a0cfguo'],
])('[N4] chain of %s', (key, decimal, base36) => {
  expect(policyChain('ingress', chainSuffix(legacy, key))).toBe(`AZURE-NPM-INGRESS-${decimal}`)
  expect(policyChain('egress', chainSuffix(wide, key))).toBe(`AZURE-NPM-EGRESS-${base36}`)
})

test('[N4] leading zeros of the last digits stay', () => {
  expect(chainSuffix(wide, 'x/p697')).toBe('00y7ofnqyl')
})

test.each([
  ['x/bogkyy', 'x/zpsqqx', '1382864007'],
  ['x/vyzlph', 'x/mrxmjk', '1929428783'],
])('[N5] legacy chains of %s and %s are one', (a, b, suffix) => {
  expect([chainSuffix(legacy, a), chainSuffix(legacy, b)]).toEqual([suffix, suffix])
  expect(chainSuffix(wide, a)).not.toBe(chainSuffix(wide, b))
})

test('[N5] legacy composite names of different policies may be one text', () => {
  const blocks = (profile: typeof legacy) => [
    cidrSet(profile, 'b-in-ns-c', 'a', 'ingress', 0, 0).prefixed,
    cidrSet(profile, 'c', 'a-in-ns-b', 'ingress', 0, 0).prefixed,
  ]
  expect(new Set(blocks(legacy)).size).toBe(1)
  expect(new Set(blocks(wide)).size).toBe(2)
  const nested = (profile: typeof legacy) => [
    nestedSet(profile, 'x/a', 'b-c', ['v', 'w']).prefixed,
    nestedSet(profile, 'x/a-b', 'c', ['v', 'w']).prefixed,
  ]
  expect(new Set(nested(legacy)).size).toBe(1)
  expect(new Set(nested(wide)).size).toBe(2)
})

describe('[N3] hashes', () => {
  test('FNV-1a of nothing and of its first published vector', () => {
    expect([fnv1a32(''), fnv1a32('a')]).toEqual([0x811c9dc5, 0xe40c292c])
  })

  test('UTF-8 agrees with the platform, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect([...utf8Bytes(text)]).toEqual([...new TextEncoder().encode(text)])
      }),
    )
    expect([...utf8Bytes('\ud800a\udc00')]).toEqual([...new TextEncoder().encode('\ud800a\udc00')])
  })

  test('SHA-256 agrees with the platform around every block length', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255)
      expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })
})
