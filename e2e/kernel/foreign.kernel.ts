import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { readNode } from '../../src/analysis/node/nodeDump.ts'
import { doubtOf } from '../../src/analysis/node/simulate.ts'
import { decideWay } from '../../src/engine/netfilter/decide.ts'
import { prepareRuleset } from '../../src/engine/netfilter/preparedRuleset.ts'
import { parseIpv4 } from '../../src/model/ip.ts'
import { BACKENDS, type Backend } from './abilities.ts'
import { packetOf, textOfProbe } from './agreement.ts'
import { openLab, type Lab, type Probe } from './lab.ts'
import { randomSeed, sizeOf } from './seed.ts'
import { clear } from './steady.ts'

const { backends } = inject('abilities')

const SEED = randomSeed()
const NODES = sizeOf('KERNEL_FOREIGN_NODES', 8)

const TEXTS = ['10.1.0.1', '10.1.0.2', '10.1.0.3', '172.16.3.4', '203.0.113.9']
const ADDRESSES = TEXTS.map(text => parseIpv4(text) ?? 0)
const PORTS = [53, 80, 443]

/** A node with rules of anybody's, and whether they ask for something that a packet does not tell. */
interface ForeignNode {
  readonly number: number
  readonly seed: number
  readonly open: boolean
  readonly sets: string
  readonly rules: string
}

const maybe = fc.constantFrom('', '', '! ')
const address = fc.constantFrom(...TEXTS)
const network = fc.tuple(address, fc.constantFrom(8, 16, 24, 30, 31, 32)).map(([ip, bits]) => `${ip}/${bits}`)
const port = fc.tuple(fc.constantFrom('tcp', 'udp'), fc.constantFrom(...PORTS)).map(parts => parts.join(':'))
const nomatch = fc.constantFrom('', '', ' nomatch')
const side = fc.constantFrom('src', 'dst')

/** Type, with what an element of it is made of, and how many places it has. */
const SET_TYPES: readonly (readonly [type: string, places: number, element: fc.Arbitrary<string>])[] = [
  ['hash:net', 1, fc.tuple(network, nomatch).map(parts => parts.join(''))],
  ['hash:ip counters', 1, address],
  ['hash:ip,port comment', 2, fc.tuple(address, port).map(parts => parts.join(','))],
  ['hash:net,port', 2, fc.tuple(network, port, nomatch).map(([a, b, c]) => `${a},${b}${c}`)],
  ['hash:ip,port,ip', 3, fc.tuple(address, port, address).map(parts => parts.join(','))],
  ['hash:ip,port,net timeout 900', 3, fc.tuple(address, port, network).map(parts => parts.join(','))],
  ['bitmap:port range 0-65535', 1, fc.constantFrom(...PORTS).map(String)],
]

const setTexts = fc
  .tuple(...SET_TYPES.map(([, , element]) => fc.uniqueArray(element, { maxLength: 5 })))
  .map(elements => [
    ...elements.flatMap((own, i) => [
      `create s${i} ${SET_TYPES[i]?.[0] ?? ''}`,
      ...own.map(element => `add s${i} ${element} -exist`),
    ]),
    'create l list:set',
    'add l s0',
    'add l s1',
    '',
  ])
  .map(lines => lines.join('\n'))

const setMatch = fc
  .tuple(
    maybe,
    fc.nat(SET_TYPES.length),
    fc.array(side, { minLength: 3, maxLength: 3 }),
    fc.constantFrom('', '', '', ' --return-nomatch', ' ! --update-counters'),
  )
  .map(([not, i, sides, option]) => {
    const places = SET_TYPES[i]?.[1] ?? 1
    return `-m set ${not}--match-set ${i < SET_TYPES.length ? `s${i}` : 'l'} ${sides.slice(0, places).join(',')}${option}`
  })

const told = fc.oneof(
  { weight: 4, arbitrary: setMatch },
  fc
    .tuple(maybe, fc.constantFrom('0x1/0x1', '0x2/0x3', '0x0/0x4', '0x3'))
    .map(([not, mark]) => `-m mark ${not}--mark ${mark}`),
  fc.tuple(maybe, fc.constantFrom('0x1/0x1', '0x0')).map(([not, mark]) => `-m connmark ${not}--mark ${mark}`),
  fc.tuple(maybe, side, network).map(([not, end, net]) => `${not}${end === 'src' ? '-s' : '-d'} ${net}`),
  fc.tuple(maybe, side).map(([not, end]) => `-m iprange ${not}--${end}-range 10.1.0.1-10.1.0.2`),
  fc
    .tuple(maybe, side, fc.constantFrom('LOCAL', 'UNICAST', 'LOCAL,BROADCAST'))
    .map(([not, end, type]) => `-m addrtype ${not}--${end}-type ${type}`),
  fc
    .tuple(maybe, fc.subarray(['NEW', 'RELATED', 'INVALID', 'DNAT'], { minLength: 1 }))
    .map(([not, states]) => `-m conntrack ${not}--ctstate ${states.join(',')}`),
  fc.constantFrom(
    '-m conntrack --ctdir ORIGINAL',
    '-m conntrack --ctproto 6',
    '-m conntrack ! --ctorigdst 10.1.0.2',
    '-m state --state NEW',
    '-m comment --comment "tcp dpt:80 MARK or 0x1"',
    '-m statistic --mode random --probability 1',
    '-s 10.9.0.2/255.0.255.255',
    '! -d 172.0.3.4/255.0.255.255',
    '-d 127.0.0.0/8',
    '-f',
    '-i lo',
    '! -o lo',
  ),
)

/** Interfaces, lengths, limits and bridges: the question does not give them. */
const untold = fc.constantFrom(
  '-i npf0',
  '! -o npf1',
  '-o npf+',
  '-i azv+',
  '-m length --length 0:60',
  '-m limit --limit 10000/sec',
  '-m physdev --physdev-is-bridged',
)

const transport = fc.oneof(
  fc.constant(''),
  fc.tuple(maybe, fc.constantFrom('tcp', 'udp')).map(([not, name]) => `${not}-p ${name}`),
  fc
    .tuple(fc.constantFrom('tcp', 'udp'), maybe, fc.constantFrom('53', '80:443', '1:79'))
    .map(([name, not, ports]) => `-p ${name} -m ${name} ${not}--dport ${ports}`),
  fc
    .tuple(fc.constantFrom('tcp', 'udp'), maybe, fc.constantFrom('53,80', '1:79,443'))
    .map(([name, not, ports]) => `-p ${name} -m multiport ${not}--dports ${ports}`),
  fc.constantFrom('-p tcp --syn', '-p tcp ! --syn', '-p tcp -m tcp --tcp-flags FIN,SYN,ACK SYN', '! -p icmp'),
)

const CHAINS = ['KUBE-X', 'CALI-X', 'UFW-X']
const MARKS = [
  'MARK --set-xmark 0x1/0x1',
  'MARK --set-xmark 0x2/0xffffffff',
  'MARK --or-mark 0x4',
  'MARK --and-mark 0x2',
]

/** Rules of a chain; jumps lead to chains behind it, so that there are no loops. */
function chainRules(chain: string, at: number, open: boolean): fc.Arbitrary<readonly string[]> {
  const later = CHAINS.slice(at + 1)
  // No REJECT: its answer would end the probes that share a socket.
  const targets = [
    ...['-j ACCEPT', '-j DROP', '-j DROP', '-j RETURN', '-j LOG --log-prefix "x: "', ''],
    ...MARKS.map(mark => `-j ${mark}`),
    '-j CONNMARK --set-xmark 0x1/0x1',
    '-j CONNMARK --save-mark --nfmask 0x3 --ctmask 0x6',
    '-j CONNMARK --restore-mark --nfmask 0x6 --ctmask 0x3',
    ...later.flatMap(name => [`-j ${name}`, `-j ${name}`, `-g ${name}`]),
  ]
  const matches = open ? fc.oneof({ weight: 4, arbitrary: told }, untold) : told
  const rule = fc
    .tuple(
      transport,
      fc.uniqueArray(matches, {
        maxLength: 2,
        selector: text => text.split(' ').find(word => /^-/.test(word) && word !== '-m') ?? '',
      }),
      fc.constantFrom(...targets),
    )
    .map(parts => `-A ${chain} ${parts.flat().join(' ')}`.trim())
  return fc.array(rule, { minLength: 2, maxLength: 6 })
}

const nodes: readonly ForeignNode[] = fc
  .sample(
    fc.boolean().chain(open =>
      fc.record({
        open: fc.constant(open),
        sets: setTexts,
        policy: fc.constantFrom('ACCEPT', 'DROP'),
        filter: fc.tuple(...['FORWARD', ...CHAINS].map((name, i) => chainRules(name, i - 1, open))),
        mangle: fc.array(
          fc
            .tuple(fc.constantFrom('PREROUTING', 'FORWARD'), transport, told, fc.constantFrom(...MARKS))
            .filter(([chain, , match]) => !(chain === 'PREROUTING' && /-o /.test(match)))
            .map(([chain, first, match, mark]) => `-A ${chain} ${first} ${match} -j ${mark}`),
          { maxLength: 3 },
        ),
      }),
    ),
    { seed: SEED, numRuns: NODES },
  )
  .map(({ open, sets, policy, filter, mangle }, i) => ({
    number: i + 1,
    seed: SEED,
    open,
    sets,
    rules: [
      ...['*mangle', ...mangle, 'COMMIT', '*filter', `:FORWARD ${policy} [0:0]`],
      ...CHAINS.map(name => `:${name} - [0:0]`),
      // Answers come back, so that a connection shows that its first packet went through.
      '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      ...filter.flat(),
      ...['COMMIT', ''],
    ].join('\n'),
  }))

const probes: readonly Probe[] = ADDRESSES.flatMap(src =>
  ADDRESSES.filter(dst => dst !== src).flatMap(dst =>
    PORTS.flatMap(number =>
      (['TCP', 'UDP'] as const).map(protocol => ({ protocol, src, dst, port: number })),
    ),
  ),
)

async function output(lab: Lab, argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(argv, stdin)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}\n${stdin ?? ''}`)
  return stdout
}

/** The node in every form in which its tools tell it, each form in one file, the last with the remarks of a shell. */
async function forms(lab: Lab, backend: Backend): Promise<ReadonlyMap<string, string>> {
  const iptables = [`iptables-${backend}`, '-w', '60']
  const saved = await output(lab, [`iptables-${backend}-save`, '-c'])
  const sets = await output(lab, ['ipset', 'save'])
  const listed = await output(lab, ['ipset', 'list'])
  const [filter, mangle, named, namedMangle, spelled] = await Promise.all([
    output(lab, [...iptables, '-nvL', '--line-numbers']),
    output(lab, [...iptables, '-t', 'mangle', '-nvL']),
    output(lab, [...iptables, '-vL']),
    output(lab, [...iptables, '-t', 'mangle', '-vL']),
    output(lab, [...iptables, '-S']),
  ])
  return new Map([
    ['save', saved + sets],
    ['listings', `${mangle}\n${filter}\n${listed}`],
    ['names', `${namedMangle}\n${named}\n${listed}`],
    ['quoted in an issue', `\`\`\`\n${saved}${sets}\`\`\``.replace(/^/gm, '> ')],
    [
      '-S',
      `# iptables -t mangle -S\n${await output(lab, [...iptables, '-t', 'mangle', '-S'])}${spelled}${sets}`,
    ],
    [
      'pasted',
      `root@node:/# iptables-save -c\n${saved}root@node:/# ipset list\n${listed}`.replaceAll('\n', '\r\n'),
    ],
  ])
}

describe.each(BACKENDS)('foreign rules on iptables-%s', backend => {
  const works = backends.includes(backend)
  let lab: Lab

  beforeAll(async () => {
    if (!works) return
    lab = await openLab({ endpoints: ADDRESSES.length, ports: PORTS })
    await lab.setAddresses(ADDRESSES)
  })

  afterAll(() => lab?.close())

  test.skipIf(!works).each(nodes)(
    'no wrong verdict on node $number (KERNEL_SEED=$seed)',
    async ({ open, sets, rules }) => {
      await output(lab, [`iptables-${backend}-restore`, '-w', '60'], '*mangle\nCOMMIT\n*filter\nCOMMIT\n')
      await clear(lab, backend)
      await output(lab, ['ipset', 'restore'], sets)
      await output(lab, [`iptables-${backend}-restore`, '-w', '60'], rules)
      const { through } = await lab.probe(probes)
      const kernel = probes.map(
        (probe, i) => `${textOfProbe(probe)}: ${through[i] === true ? 'ACCEPT' : 'DROP'}`,
      )
      for (const [form, text] of await forms(lab, backend)) {
        const node = readNode([{ name: form, text }])
        expect({ form, problems: node.problems }).toEqual({ form, problems: [] })
        const prepared = prepareRuleset(node.ruleset)
        const verdicts = probes.map(probe => {
          const { verdict } = decideWay(prepared, packetOf(probe), 'FORWARD')
          return doubtOf(node, verdict) === undefined ? verdict : 'UNKNOWN'
        })
        const ours = probes.map((probe, i) => `${textOfProbe(probe)}: ${verdicts[i] ?? ''}`)
        const isSure = (_line: string, i: number) => !open || verdicts[i] !== 'UNKNOWN'
        expect({ form, verdicts: ours.filter(isSure) }).toEqual({ form, verdicts: kernel.filter(isSure) })
      }
    },
  )
})
