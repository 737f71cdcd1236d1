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

const hubTarget = fc.tuple(
  fc.constantFrom('-j', '-j', '-j', '-g'),
  fc.constantFrom('L0', 'L1', 'L2', 'L3', 'L4'),
)
const hubRule = (side: 'src' | 'dst') =>
  fc
    .tuple(
      fc.array(
        fc.oneof(
          fc
            .tuple(not, fc.constantFrom('n0', 'n1', 'l0'))
            .map(([no, set]) => `-m set ${no}--match-set ${set} ${side}`),
          fc.constantFrom('p0', 'l1').map(set => `-m set --match-set ${set} ${side},dst`),
        ),
        { maxLength: 2 },
      ),
      fc.oneof(
        { weight: 4, arbitrary: hubTarget.map(words => words.join(' ')) },
        fc.constantFrom(
          '-j ACCEPT',
          '-m mark --mark 0x1/0x1 -j DROP',
          '-m mark ! --mark 0x2/0x2 -j DROP',
          '-j RETURN',
        ),
      ),
    )
    .map(([matches, to]) => [...matches, to].join(' '))
/** Above and below the length from which a chain is looked up. */
const hubRules = (side: 'src' | 'dst') =>
  fc.oneof(
    fc.array(hubRule(side), { minLength: 3, maxLength: 8 }),
    fc.array(hubRule(side), { minLength: 30, maxLength: 40 }),
  )
const leafRule = fc
  .tuple(
    fc.constantFrom('', '', '-p tcp --dport 1', '-p udp', '-m mark --mark 0x1/0x1', '-m mark --mark 0x2/0x2'),
    fc.array(matchWords, { maxLength: 2 }),
    fc.constantFrom(
      '-j ACCEPT',
      '-j DROP',
      '-j RETURN',
      '-j S',
      '-j MARK --set-mark 0x1/0x1',
      '-j MARK --set-mark 0x2/0x2',
    ),
  )
  .map(([start, matches, to]) => [start, ...matches, to].filter(word => word !== '').join(' '))

/** Shaped like what a policy agent writes: long chains about one end that lead to small ones, which share chains. */
const agentWorld = fc
  .record({
    elements: fc.array(element, { minLength: 3, maxLength: 10 }),
    incoming: hubRules('dst'),
    outgoing: hubRules('src'),
    leaves: fc.array(fc.array(leafRule, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 5 }),
    policy: fc.constantFrom('ACCEPT', 'DROP'),
  })
  .map(({ elements, incoming, outgoing, leaves, policy }) => ({
    elements,
    policy,
    mangle: '',
    rules: [
      ...['IN', 'OUT', 'S', 'L0', 'L1', 'L2', 'L3', 'L4'].map(chain => `-N ${chain}`),
      '-A FORWARD -j IN',
      '-A FORWARD -j OUT',
      '-A S -j MARK --set-xmark 0x2/0x3',
      '-A S -p tcp --dport 2: -j ACCEPT',
      ...incoming.map(words => `-A IN ${words}`),
      ...outgoing.map(words => `-A OUT ${words}`),
      ...leaves.flatMap((rules, number) => rules.map(words => `-A L${number} ${words}`)),
    ],
  }))

function expectSameAsWalk(ruleset: Ruleset): { readonly accepted: number; readonly dropped: number } {
  const prepared = prepareRuleset(ruleset)
  const index = prepareReach(ruleset)
  let accepted = 0
  let dropped = 0
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
  return { accepted, dropped }
}

test.each([
  { name: 'any chains', worlds: world, runs: 120 },
  { name: 'chains as an agent writes them', worlds: agentWorld, runs: 200 },
])(
  '[F28] forwardTraffic agrees with the walk, packet by packet: $name',
  { timeout: 60_000 },
  ({ worlds, runs }) => {
    let [accepted, dropped] = [0, 0]
    fc.assert(
      fc.property(worlds, w => {
        const counts = expectSameAsWalk(build(w))
        accepted += counts.accepted
        dropped += counts.dropped
      }),
      { numRuns: runs, seed: 7 },
    )
    expect(Math.min(accepted, dropped)).toBeGreaterThan(10000)
  },
)

test.each([
  ['marks', '-m mark --mark 0x0', '-m mark --mark 0x1'],
  ['ports', '-p tcp --dport 1', '-p tcp --dport 2'],
  ['targets', '-j RETURN', ''],
])('[F28] policies that differ only in %s do not', (_, first, second) => {
  const rules = [first, second].flatMap((words, n) => [
    `-N P${n}`,
    `-A P${n} -s 10.0.0.0/8 ${words}${words.includes('-j') ? '' : ' -j ACCEPT'}`,
    `-A FORWARD -d 10.0.0.${n + 1} -j P${n}`,
  ])
  const { tables } = readIptables(['*filter', ':FORWARD DROP', ...rules, 'COMMIT'].join('\n'))
  const index = prepareReach({ tables, sets: [] })
  const answers = [0x0a000001, 0x0a000002].map(dst => forwardTraffic(index, 0x0a000003, dst).accepted)
  expect(answers[0]).not.toEqual(answers[1])
})

test('[F28] policies that leave the same rules share one answer', () => {
  const rules = [0, 1, 2, 3].flatMap(n => [
    `-N P${n}`,
    `-A P${n} -m set --match-set n${n} src -j ACCEPT`,
    `-A P${n} -j MARK --set-mark 0x1/0x1`,
    `-A IN -m set --match-set n${n} dst -j P${n}`,
  ])
  const sets = [0, 1, 2, 3].map(n => `create n${n} hash:net\nadd n${n} 10.0.0.${n}`).join('\n')
  const text = ['*filter', '-N IN', '-A FORWARD -j IN', ...rules, '-A IN -m mark --mark 1 -j DROP', 'COMMIT']
  const index = prepareReach({ tables: readIptables(text.join('\n')).tables, sets: readIpset(sets).sets })
  const ips = [0, 1, 2, 3].map(n => 0x0a000000 + n)
  const answers = new Set(ips.flatMap(src => ips.map(dst => forwardTraffic(index, src, dst))))
  expect([...answers].map(answer => answer.accepted)).toEqual([ALL_TRAFFIC, []])
})

test('[F29] addresses with equal signatures are treated alike', { timeout: 60_000 }, () => {
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
