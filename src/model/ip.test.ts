import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import {
  formatIpv4,
  formatIpv4Prefix,
  lastAddressOf,
  maskOf,
  networkOf,
  parseIpv4,
  parseIpv4Prefix,
  prefixContains,
  prefixCovers,
} from './ip.ts'

test.each([
  ['plain', '10.1.2.3', 0x0a010203],
  ['highest, still unsigned', '255.255.255.255', 0xffffffff],
  ['lowest', '0.0.0.0', 0],
  ['leading zero', '010.0.0.1', undefined],
  ['octet too big', '256.0.0.1', undefined],
  ['three octets', '10.0.1', undefined],
  ['five octets', '10.0.0.1.2', undefined],
  ['empty octet', '10..0.1', undefined],
  ['sign', '+10.0.0.1', undefined],
  ['hexadecimal', '0x0a.0.0.1', undefined],
  ['blank', ' 10.0.0.1', undefined],
  ['IPv6', '::1', undefined],
  ['empty', '', undefined],
])('reads an address: %s', (_trap, text, value) => {
  expect(parseIpv4(text)).toBe(value)
})

test.each([
  ['host bits are kept', '10.1.2.3/8', { address: 0x0a010203, length: 8 }],
  ['no length is a /32', '10.1.2.3', { address: 0x0a010203, length: 32 }],
  ['everything', '0.0.0.0/0', { address: 0, length: 0 }],
  ['length too big', '10.0.0.0/33', undefined],
  ['empty length', '10.0.0.0/', undefined],
  ['negative length', '10.0.0.0/-1', undefined],
  ['a mask is no length', '10.0.0.0/255.0.0.0', undefined],
])('reads a network: %s', (_trap, text, prefix) => {
  expect(parseIpv4Prefix(text)).toEqual(prefix)
})

test('masks of the two lengths that shifts get wrong', () => {
  expect([maskOf(0), maskOf(32)]).toEqual([0, 0xffffffff])
})

test('prints a /32 as ipset does, without its length', () => {
  expect(formatIpv4Prefix({ address: 1, length: 32 })).toBe('0.0.0.1')
  expect(formatIpv4Prefix({ address: 0x80000000, length: 1 })).toBe('128.0.0.0/1')
})

const address = fc.integer({ min: 0, max: 0xffffffff })
const prefix = fc.record({ address, length: fc.integer({ min: 0, max: 32 }) })

test('agrees with ipaddr.js on membership', () => {
  fc.assert(
    fc.property(prefix, address, (network, ip) => {
      const [theirs, bits] = ipaddr.IPv4.parseCIDR(`${formatIpv4(network.address)}/${network.length}`)
      expect(prefixContains(network, ip)).toBe(ipaddr.IPv4.parse(formatIpv4(ip)).match(theirs, bits))
    }),
  )
})

test('an address survives printing and reading', () => {
  fc.assert(fc.property(address, ip => parseIpv4(formatIpv4(ip)) === ip))
})

test('a network covers another exactly when it holds its first and last address', () => {
  fc.assert(
    fc.property(prefix, prefix, (outer, inner) => {
      const both =
        prefixContains(outer, networkOf(inner).address) && prefixContains(outer, lastAddressOf(inner))
      expect(prefixCovers(outer, inner)).toBe(both && inner.length >= outer.length)
    }),
  )
})

test('an address is what four plain numbers with dots are', () => {
  const oracle = (text: string): number | undefined => {
    const parts = text.split('.')
    if (parts.length !== 4 || !parts.every(part => /^(0|[1-9][0-9]*)$/.test(part) && Number(part) < 256))
      return undefined
    return parts.reduce((value, part) => value * 256 + Number(part), 0)
  }
  const plain = fc.constantFrom('0', '1', '9', '10', '99', '255')
  const part = fc.oneof(plain, fc.constantFrom('00', '01', '256', '1000', '', '-1', 'a', '１'))
  const texts = fc.oneof(fc.array(part, { minLength: 1, maxLength: 6 }), fc.tuple(plain, plain, plain, part))
  fc.assert(
    fc.property(texts, parts => {
      const text = parts.join('.')
      expect(parseIpv4(text)).toBe(oracle(text))
    }),
    { numRuns: 2000 },
  )
})
