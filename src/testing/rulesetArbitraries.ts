import fc from 'fast-check'
import { readIpset } from '../engine/netfilter/readIpset.ts'
import { readIptables } from '../engine/netfilter/readIptables.ts'
import { parseIpv4 } from '../model/ip.ts'
import type { Ruleset } from '../model/ruleset.ts'

/** Addresses in and around the networks of the rulesets. */
export const RULESET_ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '11.0.0.1'].map(
  text => parseIpv4(text) ?? 0,
)
export interface RulesetText {
  readonly elements: readonly (readonly [set: string, element: string, flag: string])[]
  readonly rules: readonly string[]
  readonly mangle: string
  readonly policy: string
}

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

/** Three chains and a handful of sets, any rules, no loop. */
export const anyChains: fc.Arbitrary<RulesetText> = fc.record({
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

export function rulesetOf(w: RulesetText): Ruleset {
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
  const problems = [...iptables.problems, ...ipset.problems]
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return { tables: iptables.tables, sets: ipset.sets }
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
      '-j E',
      '-j MARK --set-mark 0x1/0x1',
      '-j MARK --set-mark 0x2/0x2',
    ),
  )
  .map(([start, matches, to]) => [start, ...matches, to].filter(word => word !== '').join(' '))

/** Shaped like what a policy agent writes: long chains about one end that lead to small ones, which share chains. */
export const agentChains: fc.Arbitrary<RulesetText> = fc
  .record({
    elements: fc.array(element, { minLength: 3, maxLength: 10 }),
    incoming: hubRules('dst'),
    outgoing: hubRules('src'),
    leaves: fc.array(fc.array(leafRule, { minLength: 1, maxLength: 3 }), { minLength: 5, maxLength: 5 }),
    policy: fc.constantFrom('ACCEPT', 'DROP'),
    // One clears a bit that others set; where none does, a mark that is set stays set.
    mark: fc.constantFrom('0x2/0x3', '0x2/0x2'),
  })
  .map(({ elements, incoming, outgoing, leaves, policy, mark }) => ({
    elements,
    policy,
    mangle: '',
    rules: [
      ...['IN', 'OUT', 'S', 'E', 'L0', 'L1', 'L2', 'L3', 'L4'].map(chain => `-N ${chain}`),
      '-A FORWARD -j IN',
      '-A FORWARD -j OUT',
      `-A S -j MARK --set-xmark ${mark}`,
      '-A S -p tcp --dport 2: -j ACCEPT',
      // Nothing comes back from E, and what becomes of it hangs on its mark.
      '-A E -m mark --mark 0x1/0x1 -j DROP',
      '-A E -p udp -j DROP',
      '-A E -j ACCEPT',
      ...incoming.map(words => `-A IN ${words}`),
      ...outgoing.map(words => `-A OUT ${words}`),
      ...leaves.flatMap((rules, number) => rules.map(words => `-A L${number} ${words}`)),
    ],
  }))
