import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../engine/azure-npm/compile.ts'
import { isAllowed } from '../../engine/kubernetes/isAllowed.ts'
import { forwardTraffic, prepareReach } from '../../engine/netfilter/reach.ts'
import { readIpset } from '../../engine/netfilter/readIpset.ts'
import { readIptables } from '../../engine/netfilter/readIptables.ts'
import { forwardStages } from '../../engine/netfilter/reachStages.ts'
import { prepareRuleset } from '../../engine/netfilter/preparedRuleset.ts'
import { verdictOf } from '../../engine/netfilter/walk.ts'
import { required } from '../../model/assert.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Connectivity, Endpoint } from '../../model/connectivity.ts'
import { parseIpv4, type Ipv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import { PROTOCOLS, trafficContains, trafficPoint } from '../../model/traffic.ts'
import { createTrafficTable } from '../../model/trafficTable.ts'
import { PROBE_PORTS, smallWorld } from '../../testing/arbitraries.ts'
import {
  agentChains,
  anyChains,
  RULESET_ADDRESSES,
  rulesetOf,
  type RulesetText,
} from '../../testing/rulesetArbitraries.ts'
import { asKubernetes, assess } from '../assess.ts'
import { isPolicedPod } from '../connectivity.ts'
import { createAnswers } from './reachability.ts'

const PROTOCOL_NUMBERS = { TCP: 6, UDP: 17, SCTP: 132 } as const

/** One point of every port interval that a small world can tell apart. */
const POINTS = PROTOCOLS.flatMap(protocol => PROBE_PORTS.map(port => ({ protocol, port })))

function packetTo(src: Ipv4, dst: Ipv4, protocol: keyof typeof PROTOCOL_NUMBERS, dstPort: number): Packet {
  return { protocol: PROTOCOL_NUMBERS[protocol], src, dst, srcPort: 40000, dstPort, ctState: 'NEW' }
}

/** The answer for two endpoints, read from a row, from a column and as a pair, which must agree. */
function answered(connectivity: Connectivity, src: number, dst: number) {
  const from = required(connectivity.classOf[src], 'class')
  const to = required(connectivity.classOf[dst], 'class')
  const pair = connectivity.pair(from, to)
  const row = connectivity.row(from)
  const column = connectivity.column(to)
  const expected = [pair.kubernetes, pair.dataplane, pair.governed ? 1 : 0]
  expect([row.kubernetes[to], row.dataplane[to], row.governed[to]]).toEqual(expected)
  expect([column.kubernetes[from], column.dataplane[from], column.governed[from]]).toEqual(expected)
  return pair
}

function expectSameAsSlow(world: Cluster, ruleset: Ruleset): { allowed: number; blocked: number } {
  const { connectivity, pods } = assess(world, ruleset)
  const prepared = prepareRuleset(ruleset)
  const counts = { allowed: 0, blocked: 0 }
  const check = (src: Endpoint, dst: Endpoint, s: number, d: number): void => {
    const pair = answered(connectivity, s, d)
    if (!isPolicedPod(src) && !isPolicedPod(dst)) {
      expect([pair.kubernetes, pair.dataplane]).toEqual([-1, -1])
      return
    }
    const promised = required(connectivity.traffic[pair.kubernetes], 'promised')
    const enforced = required(connectivity.traffic[pair.dataplane], 'enforced')
    const [from, to] = [asKubernetes(src, pods), asKubernetes(dst, pods)]
    for (const { protocol, port } of POINTS) {
      const point = trafficPoint(protocol, port)
      const slow = {
        kubernetes: isAllowed(world, from, to, protocol, port),
        dataplane: verdictOf(prepared, packetTo(src.address, dst.address, protocol, port)) === 'ACCEPT',
      }
      const fast = {
        kubernetes: trafficContains(promised, point),
        dataplane: trafficContains(enforced, point),
      }
      counts[slow.dataplane ? 'allowed' : 'blocked']++
      if (slow.kubernetes !== fast.kubernetes || slow.dataplane !== fast.dataplane)
        throw new Error(`${src.id} → ${dst.id} ${protocol} ${port}: ${JSON.stringify({ slow, fast })}`)
    }
  }
  connectivity.endpoints.forEach((src, s) =>
    connectivity.endpoints.forEach((dst, d) => {
      if (s !== d) check(src, dst, s, d)
    }),
  )
  return counts
}

test.each(PROFILE_IDS)(
  'rows, columns and pairs are what a slow walk and a slow evaluation of every pair say: %s',
  { timeout: 120_000 },
  profile => {
    const counts = { allowed: 0, blocked: 0 }
    fc.assert(
      fc.property(smallWorld(), world => {
        const found = expectSameAsSlow(world, compile(world, profile).ruleset)
        counts.allowed += found.allowed
        counts.blocked += found.blocked
      }),
      { numRuns: 200, seed: 11 },
    )
    expect(Math.min(counts.allowed, counts.blocked)).toBeGreaterThan(20_000)
  },
)

/** Sweeps both ways and asks for pairs: `accepted` and `unknown` of every pair, by number. */
function expectSameAsForwardTraffic(ruleset: Ruleset, addresses: readonly Ipv4[]): number {
  const reach = prepareReach(ruleset)
  const slow = prepareReach(ruleset)
  const table = createTrafficTable()
  const numberAt = (index: typeof reach, source: number, destination: number): number => {
    const { accepted, unknown } = forwardTraffic(index, addresses[source] ?? 0, addresses[destination] ?? 0)
    return table.numberOf([...accepted, -1, ...unknown])
  }
  const answers = createAnswers(addresses.length, {
    stages: () => forwardStages(reach, addresses),
    answer: (source, destination) => numberAt(reach, source, destination),
  })
  const none = new Uint8Array(addresses.length)
  const seen = new Set<number>()
  addresses.forEach((_, fixed) => {
    const row = answers.sweep(fixed, 'src', none)
    const column = answers.sweep(fixed, 'dst', none)
    addresses.forEach((__, other) => {
      // The oracle runs the rules for this pair alone.
      slow.answers.clear()
      expect(row[other]).toBe(numberAt(slow, fixed, other))
      slow.answers.clear()
      expect(column[other]).toBe(numberAt(slow, other, fixed))
      expect(answers.pair(fixed, other)).toBe(row[other])
      seen.add(row[other] ?? -1)
    })
  })
  return seen.size
}

/** Rules that hang on what is not modelled, and some for protocols without ports. */
const UNMODELLED = [
  '-A FORWARD -i eth0 -p udp --dport 2 -j DROP',
  '-A FORWARD -m addrtype --dst-type LOCAL -j ACCEPT',
  '-A FORWARD -s 10.0.0.0/24 -j NFQUEUE --queue-num 0',
  '-A FORWARD -m set --match-set missing src -d 10.0.0.1 -j DROP',
  '-A FORWARD -p icmp -d 10.0.0.0/24 -j ACCEPT',
  '-A FORWARD -p tcp --sport 5 -j DROP',
]
const withUnmodelled = (worlds: fc.Arbitrary<RulesetText>): fc.Arbitrary<RulesetText> =>
  fc
    .record({
      world: worlds,
      extra: fc.array(fc.record({ rule: fc.constantFrom(...UNMODELLED), at: fc.nat(20) }), { maxLength: 3 }),
    })
    .map(({ world, extra }) => ({
      ...world,
      rules: extra.reduce((rules, { rule, at }) => rules.toSpliced(at, 0, rule), [...world.rules]),
    }))

test.each([
  ['any chains', anyChains, 120],
  ['chains as an agent writes them', agentChains, 150],
] as const)(
  'stages say what the rules say for every pair, what is unknown included: %s',
  { timeout: 120_000 },
  (_, worlds, numRuns) => {
    const addresses = [...RULESET_ADDRESSES, 0x0a000003, 0x0a000004, 0x08080808]
    let different = 0
    fc.assert(
      fc.property(withUnmodelled(worlds), world => {
        different += expectSameAsForwardTraffic(rulesetOf(world), addresses)
      }),
      { numRuns, seed: 5 },
    )
    expect(different).toBeGreaterThan(numRuns)
  },
)

const REAL = path.join(import.meta.dirname, '../../testing/vectors/real')

test.each(fs.readdirSync(REAL).filter(name => name.startsWith('iptables-save')))(
  'stages say what the rules of a recorded node say: %s',
  name => {
    const { tables } = readIptables(fs.readFileSync(path.join(REAL, name), 'utf8'))
    const addresses = ['10.240.0.4', '10.240.0.9', '10.0.0.1', '168.63.129.16', '8.8.8.8'].map(text =>
      required(parseIpv4(text), text),
    )
    // Some sets of the node are empty, others are missing, and what hangs on those is unknown.
    const names = [...new Set(JSON.stringify(tables).match(/azure-npm-[0-9]+/g))].sort()
    const lines = names.flatMap((set, i) =>
      i % 7 === 0
        ? []
        : [`create ${set} hash:net`, ...(i % 3 === 1 ? [`add ${set} 10.240.0.${i % 2 === 0 ? 4 : 9}`] : [])],
    )
    const { sets } = readIpset(lines.join('\n'))
    expectSameAsForwardTraffic({ tables, sets }, addresses)
  },
)
