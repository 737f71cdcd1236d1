import { parseCIDR } from 'ipaddr.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCidr6, isStrictSubset, parseCidr, strictCidrError } from './cidr.ts'

const rows: readonly (readonly [trap: string, text: string, error: string | undefined])[] = [
  ['IPv4', '10.0.0.0/8', 'fine'],
  ['everything', '0.0.0.0/0', 'fine'],
  ['IPv6', '2001:db8::/32', 'fine'],
  ['all of IPv6', '::/0', 'fine'],
  ['no length', '10.0.0.0', undefined],
  ['an address too short', '10.0.0/8', undefined],
  ['an octet too large', '10.0.0.256/8', undefined],
  ['a length too large', '10.0.0.0/33', undefined],
  ['a negative length', '10.0.0.0/-1', undefined],
  ['a signed length', '10.0.0.0/+8', undefined],
  ['a blank', '10.0.0.0/8 ', undefined],
  ['a zone', 'fe80::%eth0/64', undefined],
  ['two gaps', '1::2::3/64', undefined],
  ['a gap for nothing', '1:2:3:4:5:6:7::8/64', undefined],
  ['a lone colon', ':/64', undefined],
  ['a group too long', '12345::/16', undefined],
  ['nothing', '', undefined],
  ['leading zeros', '010.0.0.0/8', 'cidr-leading-zeros'],
  ['a leading zero in the length', '10.0.0.0/08', 'cidr-leading-zeros'],
  ['leading zeros in hexadecimal groups', '2001:0db8::/32', 'fine'],
  ['an IPv4-mapped address', '::ffff:10.0.0.0/104', 'cidr-ipv4-mapped'],
  ['host bits', '10.0.0.1/8', 'cidr-host-bits'],
  ['host bits of IPv6', '2001:db8::1/64', 'cidr-host-bits'],
]
for (const [trap, text, error] of rows)
  test(`${trap}: ${text}`, () => {
    const cidr = parseCidr(text)
    expect(cidr === undefined ? undefined : (strictCidrError(cidr) ?? 'fine')).toBe(error)
  })

const subsets: readonly (readonly [inner: string, outer: string, strict: boolean])[] = [
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['10.0.0.0/7', '10.0.0.0/8', false],
  ['11.0.0.0/16', '10.0.0.0/8', false],
  ['10.0.0.255/9', '0.0.0.0/0', true],
  ['2001:db8:1::/48', '2001:db8::/32', true],
  ['2001:db8::/48', '0.0.0.0/0', false],
  ['10.0.0.0/8', '::/0', false],
]
for (const [inner, outer, strict] of subsets)
  test(`${inner} in ${outer}`, () => {
    const [a, b] = [parseCidr(inner), parseCidr(outer)]
    expect(a && b && isStrictSubset(a, b)).toBe(strict)
  })

test('IPv6 in its canonical spelling, as ipaddr.js writes it', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  fc.assert(
    fc.property(groups, fc.integer({ min: 0, max: 128 }), (parts, length) => {
      const text = `${parts.map(part => part.toString(16).toUpperCase().padStart(4, '0')).join(':')}/${length}`
      const cidr = parseCidr(text)
      const [address] = parseCIDR(text)
      expect(cidr && formatCidr6(cidr).split('/')[0]).toBe(
        'toRFC5952String' in address ? address.toRFC5952String() : '',
      )
    }),
  )
})
