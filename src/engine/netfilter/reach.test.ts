import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Packet } from '../../model/packet.ts'
import { formatIpv4 } from '../../model/ip.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { ALL_TRAFFIC, OTHER_PROTOCOLS, trafficContains } from '../../model/traffic.ts'
import { agentChains, anyChains, RULESET_ADDRESSES, rulesetOf } from '../../testing/rulesetArbitraries.ts'
import { forwardTraffic, prepareReach, signatureOf } from './reach.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import { verdictOf } from './walk.ts'

const PORTS = [0, 1, 2, 3, 65535]

function packets(src: number, dst: number): readonly { readonly point: number; readonly packet: Packet }[] {
  const common = { src, dst, srcPort: 40000, ctState: 'NEW' } as const
  return [
    ...[6, 17, 132].flatMap((protocol, index) =>
      PORTS.map(dstPort => ({ point: index * 65536 + dstPort, packet: { ...common, protocol, dstPort } })),
    ),
    { point: OTHER_PROTOCOLS, packet: { ...common, srcPort: 0, protocol: 1, dstPort: 0 } },
  ]
}

function expectSameAsWalk(ruleset: Ruleset): { readonly accepted: number; readonly dropped: number } {
  const prepared = prepareRuleset(ruleset)
  const index = prepareReach(ruleset)
  let accepted = 0
  let dropped = 0
  for (const src of RULESET_ADDRESSES)
    for (const dst of RULESET_ADDRESSES) {
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
  { name: 'any chains', worlds: anyChains, runs: 120 },
  { name: 'chains as an agent writes them', worlds: agentChains, runs: 200 },
])(
  '[F28] forwardTraffic agrees with the walk, packet by packet: $name',
  { timeout: 60_000 },
  ({ worlds, runs }) => {
    let [accepted, dropped] = [0, 0]
    fc.assert(
      fc.property(worlds, w => {
        const counts = expectSameAsWalk(rulesetOf(w))
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

test.each([
  [
    'a mark that the chain tests from which nothing comes back',
    ['-j MARK --set-mark 0x1/0x1', '-j E'],
    ['-j MARK --set-mark 0x2/0x2', '-j E'],
  ],
  [
    'a mark that is taken away again',
    ['-j MARK --set-mark 0x1/0x1', '-m mark --mark 0x1/0x1 -j DROP', '-j ACCEPT'],
    [
      '-j MARK --set-mark 0x1/0x1',
      '-j MARK --set-xmark 0x0/0x1',
      '-m mark --mark 0x1/0x1 -j DROP',
      '-j ACCEPT',
    ],
  ],
])('[F28] policies are told apart by %s', (_, ...bodies) => {
  const rules = bodies.flatMap((body, n) => [
    `-N P${n}`,
    ...body.map(words => `-A P${n} -s 10.0.0.0/8 ${words}`),
    `-A FORWARD -d 10.0.0.${n + 1} -j P${n}`,
  ])
  const end = ['-N E', '-A E -m mark --mark 0x1/0x1 -j DROP', '-A E -j ACCEPT']
  const { tables } = readIptables(['*filter', ':FORWARD DROP', ...end, ...rules, 'COMMIT'].join('\n'))
  const index = prepareReach({ tables, sets: [] })
  const answers = [0x0a000001, 0x0a000002].map(dst => forwardTraffic(index, 0x0a000003, dst).accepted)
  expect(answers).toEqual([[], ALL_TRAFFIC])
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
    fc.property(anyChains, w => {
      const index = prepareReach(rulesetOf(w))
      const near = [...RULESET_ADDRESSES, ...RULESET_ADDRESSES.map(ip => ip + 2)]
      for (const a of near)
        for (const b of near) {
          if (a === b || signatureOf(index, a) !== signatureOf(index, b)) continue
          equal++
          const fresh = prepareReach(rulesetOf(w))
          for (const other of RULESET_ADDRESSES) {
            expect(forwardTraffic(fresh, a, other)).toEqual(
              forwardTraffic(prepareReach(rulesetOf(w)), b, other),
            )
            expect(forwardTraffic(fresh, other, a)).toEqual(
              forwardTraffic(prepareReach(rulesetOf(w)), other, b),
            )
          }
        }
    }),
    { numRuns: 20, seed: 7 },
  )
  expect(equal).toBeGreaterThan(50)
})

describe('what is not modelled', () => {
  const A = RULESET_ADDRESSES[0] ?? 0
  const B = RULESET_ADDRESSES[1] ?? 0
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
