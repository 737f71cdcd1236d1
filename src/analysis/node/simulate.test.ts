import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseIpv4 } from '../../model/ip.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Packet } from '../../model/packet.ts'
import type { WalkedHook } from '../../model/packetTrace.ts'
import { givenCluster } from '../assumed/givenCluster.ts'
import { resolveNames } from './nameResolution.ts'
import { readNode, type ReadNode } from './nodeDump.ts'
import { nodeLegend, simulate as simulateWith } from './simulate.ts'

const vectors = join(import.meta.dirname, '../../testing/vectors')
const read = (path: string) => readFileSync(join(vectors, path), 'utf8')

const simulate = (node: ReadNode, asked: Packet, hook: WalkedHook, cluster: Cluster | undefined) =>
  simulateWith(node, asked, hook, nodeLegend(node, cluster))

const readNodeDump = (iptables: string, ipset: string | undefined) =>
  readNode([
    { name: 'iptables', text: iptables, assume: 'iptables' },
    ...(ipset === undefined ? [] : [{ name: 'ipset', text: ipset, assume: 'ipset' as const }]),
  ])

function packet(src: string, dst: string, port = 80, more: Partial<Packet> = {}): Packet {
  return {
    protocol: 6,
    src: parseIpv4(src) ?? 0,
    dst: parseIpv4(dst) ?? 0,
    srcPort: 40000,
    dstPort: port,
    ctState: 'NEW',
    ...more,
  }
}

const dump = (folder: string) =>
  readNodeDump(
    read(`npm-v2/dumps/${folder}/iptables-save.nft.txt`),
    read(`npm-v2/dumps/${folder}/ipset-save.nft.txt`),
  )
const manifests = (folder: string) =>
  givenCluster([{ name: 'm.yaml', text: read(`npm-v2/dumps/${folder}/manifests.yaml`) }]).cluster

describe('names', () => {
  test.each(['shop', 'base-head', 'base-legacy', 'ports-and-protocols', 'namespace-not-in'])(
    'all sets of %s are known with its objects, and never wrongly without',
    folder => {
      const { ruleset } = dump(folder)
      const known = resolveNames(ruleset, manifests(folder))
      const nameless = ruleset.sets.filter(({ name }) => !known.sets.has(name)).map(({ name }) => name)
      expect(nameless).toEqual([])
      const guessed = resolveNames(ruleset, undefined)
      for (const [kernel, names] of guessed.sets)
        expect(known.sets.get(kernel)).toEqual(expect.arrayContaining([...names]))
      for (const [chain, policy] of guessed.chains) expect(known.chains.get(chain)).toBe(policy)
    },
  )

  test.each<[string, number, number]>([
    ['base-head', 15, 18],
    ['instance-metadata-legacy', 8, 8],
    ['shop', 35, 37],
  ])('of %s, without its objects, %i of %i sets are known', (folder, count, all) => {
    const { ruleset } = dump(folder)
    const { sets, chains } = resolveNames(ruleset, undefined)
    expect([sets.size, ruleset.sets.length]).toEqual([count, all])
    const policyChains = ruleset.tables.flatMap(table =>
      table.chains.map(({ name }) => name).filter(name => /^AZURE-NPM-(?:IN|E)GRESS-(?!ALLOW)/.test(name)),
    )
    expect(policyChains.filter(name => !chains.has(name))).toEqual([])
  })

  test('a legacy node tells most of its sets by its comments', () => {
    const { ruleset } = readNodeDump(read('real/iptables-save-v1-2021.txt'), undefined)
    const { sets } = resolveNames(ruleset, undefined)
    expect(sets.get('azure-npm-2064349730')).toEqual(['ns-kube-system'])
    expect(sets.get('azure-npm-784554818')).toEqual(['ns-default'])
    expect(sets.get('azure-npm-1547420863')).toEqual(['role:db'])
    expect(sets.get('azure-npm-3050895063')).toEqual(['namedport:serve-80'])
    const used = new Set(
      ruleset.tables.flatMap(({ chains }) =>
        chains.flatMap(({ rules }) =>
          rules.flatMap(({ matches }) => matches.flatMap(match => (match.kind === 'set' ? [match.set] : []))),
        ),
      ),
    )
    expect([...used].filter(name => !sets.has(name))).toEqual([])
  })
})

describe('recorded nodes', () => {
  test.each(['iptables-save-v1-2021.txt', 'iptables-save-v1-2022.txt'])('%s is read whole', file => {
    const { problems } = readNodeDump(read(`real/${file}`), undefined)
    expect(problems.map(({ code, spoilsAll }) => [code, spoilsAll])).toEqual([['no-sets', false]])
  })

  test('a missing set makes the verdict unknown, unless other rules decide before', () => {
    const node = readNodeDump(read('real/iptables-save-v1-2021.txt'), undefined)
    expect(simulate(node, packet('10.0.0.1', '10.0.0.2'), 'FORWARD', undefined)).toMatchObject({
      verdict: 'UNKNOWN',
      reason: 'set azure-npm-3863441321 is missing (rule 1 of AZURE-NPM-INGRESS-PORT in filter)',
    })
    const invalid = packet('10.0.0.1', '10.0.0.2', 80, { ctState: 'INVALID' })
    expect(simulate(node, invalid, 'FORWARD', undefined)).toMatchObject({
      verdict: 'DROP',
      decidedAt: { chain: 'KUBE-FORWARD', number: 1 },
    })
    const service = packet('10.0.0.1', '10.0.153.59', 8080)
    expect(simulate(node, service, 'FORWARD', undefined).decidedAt).toMatchObject({ chain: 'KUBE-SERVICES' })
  })

  test('the node of the metadata example drops what it should', () => {
    const node = dump('instance-metadata-head')
    const cluster = manifests('instance-metadata-head')
    const { verdict, steps } = simulate(node, packet('10.1.1.32', '169.254.169.254'), 'FORWARD', cluster)
    expect(verdict).toBe('DROP')
    const details = steps.flatMap(({ matches }) => matches)
    expect(details.map(({ detail }) => detail)).toContain(
      '169.254.169.254 nomatch is the longest prefix that holds 169.254.169.254: no member',
    )
    expect(
      details.some(
        ({ text, detail }) => /^source in ns-default /.test(text) && detail.includes('default/web-1'),
      ),
    ).toBe(true)
  })
})

const NAT = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
:KUBE-SEP-A - [0:0]
:KUBE-SEP-B - [0:0]
:KUBE-NODEPORTS - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.0.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A
-A KUBE-SVC-A -j KUBE-SEP-B
-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.1.0.1:8080
-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.1.0.2:8080
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-A
COMMIT
`
const FILTER = '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n'

describe('what a dump does not tell', () => {
  const verdict = (text: string, asked: Packet, ipset?: string) => {
    const { verdict: found, reason } = simulate(readNodeDump(text, ipset), asked, 'FORWARD', undefined)
    return [found, reason]
  }

  test('a service’s address has another destination by then; a pod’s has not', () => {
    const [found, reason] = verdict(NAT + FILTER, packet('10.1.0.9', '10.0.0.10'))
    expect(found).toBe('UNKNOWN')
    expect(reason).toContain('rule 1 of KUBE-SEP-B')
    expect(verdict(NAT + FILTER, packet('10.1.0.9', '10.0.0.10', 81))[0]).toBe('ACCEPT')
    expect(verdict(NAT + FILTER, packet('10.1.0.9', '10.1.0.1', 8080))[0]).toBe('ACCEPT')
    const open = packet('10.1.0.9', '10.0.0.10', 80, { ctState: 'ESTABLISHED' })
    expect(verdict(NAT + FILTER, open)[0]).toBe('ACCEPT')
  })

  test('a line that cannot be read leaves open what meets it, and nothing else', () => {
    const text = FILTER.replace(
      'COMMIT',
      '-A FORWARD -s 3.3.3.3 -j DROP\n-A FORWARD --nonsense\n-A FORWARD -j DROP\nCOMMIT',
    )
    expect(verdict(text, packet('1.1.1.1', '2.2.2.2'))).toEqual([
      'UNKNOWN',
      'line 4 could not be read (unknown-option) (rule 2 of FORWARD in filter)',
    ])
    expect(verdict(text, packet('3.3.3.3', '2.2.2.2'))[0]).toBe('DROP')
    const spoilt = FILTER.replace('COMMIT', '-D FORWARD -j DROP\n-A FORWARD -j DROP\nCOMMIT')
    expect(verdict(spoilt, packet('1.1.1.1', '2.2.2.2'))).toEqual([
      'UNKNOWN',
      'the dump cannot be relied on: missing-rule: -D FORWARD -j DROP',
    ])
  })

  test.each([
    ['', 'no-filter-table'],
    [NAT, 'no-filter-table'],
    ['*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j DRO', 'missing-target'],
  ])('%j is no whole dump', (text, code) => {
    const node = readNodeDump(text, undefined)
    expect(node.problems.map(problem => problem.code)).toContain(code)
    expect(simulate(node, packet('1.1.1.1', '2.2.2.2'), 'FORWARD', undefined).verdict).toBe('UNKNOWN')
  })

  test('an empty list of sets is told', () => {
    expect(readNodeDump(FILTER, '').problems).toEqual([
      {
        code: 'no-sets',
        severity: 'error',
        message: 'there is no set in it',
        spoilsAll: false,
        place: { file: 'ipset', line: 1 },
      },
    ])
  })

  test('rules of the other back end may drop what these accept', () => {
    const warned = `# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${FILTER}`
    expect(verdict(warned, packet('1.1.1.1', '2.2.2.2'))[0]).toBe('UNKNOWN')
    const quoted = warned.trimEnd().replace(/^/gm, '> ')
    expect(verdict(`${quoted}\n`, packet('1.1.1.1', '2.2.2.2'))[0]).toBe('UNKNOWN')
    const drops = warned.replace('COMMIT', '-A FORWARD -j DROP\nCOMMIT')
    expect(verdict(drops, packet('1.1.1.1', '2.2.2.2'))[0]).toBe('DROP')
  })

  test('a rule that does not matter is named', () => {
    const text = FILTER.replace('COMMIT', '-A FORWARD -o docker0 -j ACCEPT\nCOMMIT')
    const { verdict: found, undecided } = simulate(
      readNodeDump(text, undefined),
      packet('1.1.1.1', '2.2.2.2'),
      'FORWARD',
      undefined,
    )
    expect([found, undecided]).toEqual([
      'ACCEPT',
      [{ table: 'filter', chain: 'FORWARD', number: 1, unknown: 'out interface is not given' }],
    ])
  })
})

test('where lines are left out no verdict is sure, and the first such line is the reason', () => {
  const rules = ['*filter', ':FORWARD DROP [0:0]', '-A FORWARD -j ACCEPT', '...', 'COMMIT']
  const node = readNodeDump(['# iptables-save | grep -v KUBE', ...rules].join('\n'), undefined)
  const { verdict, reason } = simulate(node, packet('10.0.0.1', '10.0.0.2'), 'FORWARD', undefined)
  expect([verdict, reason]).toEqual([
    'UNKNOWN',
    'the dump cannot be relied on: lines are left out here, and nobody knows what they say: # iptables-save | grep -v KUBE (and 1 more problem)',
  ])
})

test('a whole listing with the names that it shows without -n', () => {
  const head = 'target     prot opt source               destination'
  const listing = [
    '[root@node ~]# iptables -vL',
    'Chain INPUT (policy ACCEPT 0 packets, 0 bytes)',
    ` pkts bytes ${head.replace('opt ', 'opt in     out     ')}`,
    '',
    'Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)',
    ` pkts bytes ${head.replace('opt ', 'opt in     out     ')}`,
    '    0     0 DROP       all  --  any    any    !loopback/8           loopback/8           /* localnet */',
    '    0     0 ACCEPT     udp  --  any    any     host-7.example       anywhere             udp dpt:domain',
    '    0     0 DROP       tcp  --  any    any     anywhere             10.0.0.2             tcp dpt:http',
    '',
    'Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)',
    ` pkts bytes ${head.replace('opt ', 'opt in     out     ')}`,
  ]
  const node = readNodeDump(listing.join('\n'), undefined)
  expect(node.problems).toEqual([])
  const verdict = (port: number, more: Partial<Packet> = {}) =>
    simulate(node, packet('10.0.0.1', '10.0.0.2', port, more), 'FORWARD', undefined).verdict
  expect([verdict(80), verdict(81), verdict(53, { protocol: 17 })]).toEqual(['DROP', 'ACCEPT', 'ACCEPT'])
})
