import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Packet } from '../../model/packet.ts'
import { formatIpv4, parseIpv4 } from '../../model/ip.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { ALL_TRAFFIC, OTHER_PROTOCOLS, trafficContains } from '../../model/traffic.ts'
import { forwardTraffic, prepareReach, signatureOf } from './reach.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset, verdictOf } from './walk.ts'

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '11.0.0.1'].map(text => parseIpv4(text) ?? 0)
const PORTS = [0, 1, 2, 3, 65535]
const SETS = [
  'create n0 hash:net\ncreate n1 hash:net\ncreate p0 hash:ip,port\ncreate p1 hash:ip,port',
  'create l0 list:set\ncreate l1 list:set\nadd l0 n0\nadd l0 n1\nadd l1 n1\nadd l1 p0',
].join('\n')

const element = fc.oneof(
  fc.tuple(
    fc.constantFrom('n0', 'n1'),
    fc.constantFrom('10.0.0.0/24', '10.0.0.1', '10.0.0.0/8', '8.0.0.0/6', '10.0.0.2/31'),
    fc.constantFrom('', ' nomatch'),
  ),
  fc.tuple(
    fc.constantFrom('p0', 'p1'),
    fc.constantFrom('10.0.0.1,tcp:1', '10.0.0.1,udp:2', '10.0.1.1,sctp:3', '10.0.0.2,tcp:65535'),
    fc.constant(''),
  ),
)

const not = fc.constantFrom('', '', '! ')
const matchWords = fc.oneof(
  fc
    .tuple(not, fc.constantFrom('n0', 'n1', 'p0', 'l0', 'l1'), fc.constantFrom('src', 'dst'))
    .map(([no, set, dimension]) => `-m set ${no}--match-set ${set} ${dimension}`),
  fc
    .tuple(not, fc.constantFrom('p0', 'p1', 'l1'), fc.constantFrom('dst,dst', 'src,dst'))
    .map(([no, set, dimensions]) => `-m set ${no}--match-set ${set} ${dimensions}`),
  fc
    .tuple(not, fc.constantFrom('0x1/0x1', '0x2/0x3', '0x0'))
    .map(([no, mark]) => `-m mark ${no}--mark ${mark}`),
  fc
    .tuple(not, fc.constantFrom('NEW', 'ESTABLISHED,NEW', 'RELATED'))
    .map(([no, states]) => `-m conntrack ${no}--ctstate ${states}`),
)
const leading = fc.tuple(
  fc
    .tuple(not, fc.constantFrom('', '', '-s 10.0.0.0/24', '-s 10.0.0.1'))
    .map(([no, words]) => (words === '' ? '' : no + words)),
  fc
    .tuple(not, fc.constantFrom('', '', '-d 10.0.0.0/8', '-d 10.0.1.1'))
    .map(([no, words]) => (words === '' ? '' : no + words)),
  fc.oneof(
    fc.constant(''),
    fc.tuple(not, fc.constantFrom('tcp', 'udp')).map(([no, protocol]) => `${no}-p ${protocol}`),
    fc
      .tuple(fc.constantFrom('tcp', 'udp', 'sctp'), not, fc.constantFrom('1', '1:2', ':3', '2:'))
      .map(([protocol, no, range]) => `-p ${protocol} ${no}--dport ${range}`),
  ),
)
const target = fc.constantFrom(
  '-j ACCEPT',
  '-j DROP',
  '-j RETURN',
  '-j A',
  '-j B',
  '-g B',
  '-j LOG',
  '-j MARK --set-mark 0x1/0x1',
  '-j MARK --set-xmark 0x2/0x0',
  '-j REJECT',
)
/** FORWARD leads to A and B, A to B, B to none, so that there is no loop. */
const allowedIn: Readonly<Record<string, RegExp>> = {
  FORWARD: /./,
  A: /^(?!-[jg] A$)/,
  B: /^(?!-[jg] [AB]$)/,
}
const rule = fc
  .tuple(fc.constantFrom('FORWARD', 'A', 'B'), leading, fc.array(matchWords, { maxLength: 2 }), target)
  .filter(([chain, , , to]) => allowedIn[chain]?.test(to) === true)
  .map(([chain, start, matches, to]) =>
    [`-A ${chain}`, ...start, ...matches, to].filter(word => word !== '').join(' '),
  )

const world = fc.record({
  elements: fc.array(element, { maxLength: 8 }),
  // Long chains are looked up, short ones gone through.
  rules: fc.oneof(fc.array(rule, { maxLength: 12 }), fc.array(rule, { minLength: 30, maxLength: 60 })),
  mangle: fc.constantFrom(
    '',
    '-A FORWARD -m set --match-set n0 src -j MARK --set-mark 0x2/0x2',
    '-A FORWARD -p udp -j DROP',
  ),
  policy: fc.constantFrom('ACCEPT', 'DROP'),
})

function build(w: {
  elements: [string, string, string][]
  rules: string[]
  mangle: string
  policy: string
}): Ruleset {
  const adds = w.elements.map(([set, text, flag]) => `add ${set} ${text}${flag} --exist`)
  const iptables = readIptables(
    [
      '*mangle',
      w.mangle,
      'COMMIT',
      '*filter',
      `:FORWARD ${w.policy}`,
      ':A -',
      ':B -',
      ...w.rules,
      'COMMIT',
    ].join('\n'),
  )
  const ipset = readIpset([SETS, ...adds].join('\n'))
  expect([...iptables.problems, ...ipset.problems]).toEqual([])
  return { tables: iptables.tables, sets: ipset.sets }
}

function packets(src: number, dst: number): readonly { readonly point: number; readonly packet: Packet }[] {
  const common = { src, dst, srcPort: 40000, ctState: 'NEW' } as const
  return [
    ...[6, 17, 132].flatMap((protocol, index) =>
      PORTS.map(dstPort => ({ point: index * 65536 + dstPort, packet: { ...common, protocol, dstPort } })),
    ),
    { point: OTHER_PROTOCOLS, packet: { ...common, srcPort: 0, protocol: 1, dstPort: 0 } },
  ]
}

test('[F28] forwardTraffic agrees with the walk, packet by packet', () => {
  let accepted = 0
  let dropped = 0
  fc.assert(
    fc.property(world, w => {
      const ruleset = build(w)
      const prepared = prepareRuleset(ruleset)
      const index = prepareReach(ruleset)
      for (const src of ADDRESSES)
        for (const dst of ADDRESSES) {
          const traffic = forwardTraffic(index, src, dst)
          expect(traffic.unknown).toEqual([])
          for (const { point, packet } of packets(src, dst)) {
            const verdict = verdictOf(prepared, packet)
            if (verdict === 'ACCEPT') accepted++
            else dropped++
            const got = trafficContains(traffic.accepted, point) ? 'ACCEPT' : 'DROP'
            if (got !== verdict)
              throw new Error(`${formatIpv4(src)} ${formatIpv4(dst)} ${point}: ${got}, walk ${verdict}`)
          }
        }
    }),
    { numRuns: 300, seed: 7 },
  )
  expect(Math.min(accepted, dropped)).toBeGreaterThan(10000)
})

test('[F29] addresses with equal signatures are treated alike', () => {
  let equal = 0
  fc.assert(
    fc.property(world, w => {
      const index = prepareReach(build(w))
      const near = [...ADDRESSES, ...ADDRESSES.map(ip => ip + 2)]
      for (const a of near)
        for (const b of near) {
          if (a === b || signatureOf(index, a) !== signatureOf(index, b)) continue
          equal++
          const fresh = prepareReach(build(w))
          for (const other of ADDRESSES) {
            expect(forwardTraffic(fresh, a, other)).toEqual(forwardTraffic(prepareReach(build(w)), b, other))
            expect(forwardTraffic(fresh, other, a)).toEqual(forwardTraffic(prepareReach(build(w)), other, b))
          }
        }
    }),
    { numRuns: 20, seed: 7 },
  )
  expect(equal).toBeGreaterThan(50)
})

describe('what is not modelled', () => {
  const A = ADDRESSES[0] ?? 0
  const B = ADDRESSES[1] ?? 0
  const traffic = (rules: readonly string[], sets = '') => {
    const { tables } = readIptables(['*filter', ...rules, 'COMMIT'].join('\n'))
    return forwardTraffic(prepareReach({ tables, sets: readIpset(sets).sets }), A, B)
  }

  test.each([
    ['-A FORWARD -m addrtype --dst-type LOCAL -p tcp -j DROP', [0, 65536]],
    ['-A FORWARD -i eth0 -p udp --dport 53 -j DROP', [65536 + 53, 65536 + 54]],
    ['-A FORWARD -p tcp --sport 5 -j DROP', [0, 65536]],
    ['-A FORWARD -p icmp -j DROP', [OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1]],
    ['-A FORWARD -m set --match-set none src -j DROP', ALL_TRAFFIC],
    ['-A FORWARD -j NFQUEUE --queue-num 0', ALL_TRAFFIC],
    ['-A FORWARD -m addrtype --dst-type LOCAL -m conntrack --ctstate ESTABLISHED -j DROP', []],
    ['-A FORWARD -m addrtype --dst-type LOCAL -j LOG', []],
  ])('[F28] %s', (line, unknown) => {
    const got = traffic([line])
    expect(got.unknown).toEqual(unknown)
    expect(trafficContains(got.accepted, 80)).toBe(!trafficContains(unknown, 80))
  })

  test('[F28] a set with ICMP elements leaves ports known', () => {
    const sets = 'create s hash:ip,port\nadd s 10.0.0.2,icmp:8/0\nadd s 10.0.0.2,tcp:80'
    const got = traffic(['-A FORWARD -m set --match-set s dst,dst -j DROP'], sets)
    expect(got.unknown).toEqual([OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1])
    expect(got.accepted).toEqual([0, 80, 81, OTHER_PROTOCOLS])
  })
})
