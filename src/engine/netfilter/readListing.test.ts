import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { required } from '../../model/assert.ts'
import { parseIpv4 } from '../../model/ip.ts'
import type { Table } from '../../model/ruleset.ts'
import { prepareSets, testMembership } from './ipSets.ts'
import { printIptablesSave, printRule } from './printIptables.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'

const recorded = (form: string) =>
  readFileSync(join(import.meta.dirname, `../../testing/foreign/extensions.${form}.txt`), 'utf8')

function rulesOf(tables: readonly Table[]): readonly string[] {
  return printIptablesSave({ tables, sets: [] }).flatMap(({ text }) => (text.startsWith('-A') ? [text] : []))
}

/** The rows of FORWARD, read. */
function rows(...lines: readonly string[]) {
  const head = ' pkts bytes target     prot opt in     out     source               destination'
  const text = [
    'Chain INPUT (policy ACCEPT 0 packets, 0 bytes)',
    head,
    '',
    'Chain FORWARD (policy DROP 12 packets, 3K bytes)',
    head,
    ...lines,
    '',
    'Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)',
    head,
    '',
  ].join('\n')
  const { tables, problems } = readIptables(text)
  const forward = tables[0]?.chains.find(({ name }) => name === 'FORWARD')
  return {
    forward,
    problems: problems.map(({ line, code, contained }) => [line, code, contained]),
    rules: (forward?.rules ?? []).map(rule => printRule('FORWARD', rule).replace('-A FORWARD ', '')),
  }
}

describe('listings', () => {
  test('[F37] every extension that this kernel has, listed by the tool, is the rule that it saved', () => {
    const saved = readIptables(recorded('iptables-save'))
    const listed = readIptables(recorded('iptables-list'))
    const spelled = readIptables(recorded('iptables-S'))
    const odd = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)
    expect([saved, listed, spelled].map(({ problems }) => odd(problems))).toEqual([[], [], []])
    expect(rulesOf(spelled.tables)).toEqual(rulesOf(saved.tables))
    const [wanted, found] = [rulesOf(saved.tables), rulesOf(listed.tables)]
    expect(found).toHaveLength(wanted.length)
    const differing = found.filter((rule, i) => rule !== wanted[i])
    // What a row does not say in full is one match that nobody can tell about, or is of no consequence.
    const harmless =
      /-m listed |--(?:log|nflog)-prefix |--set-xmark 0x1$|--src-range .* --dst-range |-m hashlimit /
    expect(differing.filter(rule => !harmless.test(rule))).toEqual([])
    expect(differing).toHaveLength(12)
  })

  test('[F37] counters in thousands, policies, columns, a rule without target', () => {
    const { forward, rules, problems } = rows(
      '  12K 3456M ACCEPT     tcp  --  eth0   !lo     10.0.0.0/8          !1.1.1.1              tcp dpt:80',
      '    0     0            17   --  *      *       0.0.0.0/0            0.0.0.0/0            udp dpt:53',
      '    0     0 LONG-CHAIN-NAME-OF-28-CHARS-  0    -f  *      *       0.0.0.0/0            0.0.0.0/0  [goto]',
    )
    expect(problems).toEqual([[8, 'missing-target', true]])
    expect(rules).toEqual([
      '-s 10.0.0.0/8 ! -d 1.1.1.1/32 -i eth0 ! -o lo -p tcp -m tcp --dport 80 -j ACCEPT',
      '-p udp -m udp --dport 53',
      '-f -g LONG-CHAIN-NAME-OF-28-CHARS-',
    ])
    expect(forward?.rules[0]?.counters).toEqual({ packets: 12_000, bytes: 3_456_000_000 })
    expect([forward?.defaultVerdict, forward?.counters]).toEqual(['DROP', { packets: 12, bytes: 3000 }])
  })

  test('[F37] a module twice', () => {
    expect(
      rows('0 0 DROP 0 -- * * 0.0.0.0/0 0.0.0.0/0 ctstate NEW ! ctstate INVALID,DNAT ctdir ORIGINAL').rules,
    ).toEqual(['-m conntrack --ctstate NEW -m conntrack ! --ctstate INVALID,DNAT --ctdir ORIGINAL -j DROP'])
  })

  test.each([
    [
      '/* cali:S93hcgKJrXEqnTfs */ /* Policy explicitly accepted packet. */ mark match 0x10000/0x10000',
      '-m comment --comment "cali:S93hcgKJrXEqnTfs" -m comment --comment "Policy explicitly accepted packet." -m mark --mark 0x10000/0x10000',
    ],
    [
      'tcp dpt:80 /* a */ /* b */ /* c */',
      '-p tcp -m tcp --dport 80 -m comment --comment a -m comment --comment b -m comment --comment c',
    ],
  ])('[F37] comments with nothing between them, however many they are: %s', (text, rule) => {
    const protocol = text.startsWith('tcp') ? '6' : '0'
    expect(rows(`0 0 ACCEPT ${protocol} -- * * 0.0.0.0/0 0.0.0.0/0 ${text}`).rules).toEqual([
      `${rule} -j ACCEPT`,
    ])
  })

  test.each([
    ['DROP 0 -- * * !loopback/8 loopback/8', '! -s 127.0.0.0/8 -d 127.0.0.0/8 -j DROP'],
    ['DROP 6 -- * * BASE-ADDRESS.MCAST.NET/4 !localhost', '-s 224.0.0.0/4 ! -d 127.0.0.1/32 -p tcp -j DROP'],
    ['DROP 6 -- * * node-1.internal 0.0.0.0/0', '-s node-1.internal -p tcp -j DROP'],
    ['DROP 6 -- * * 0.0.0.0/0 !X.X.X.X', '! -d X.X.X.X -p tcp -j DROP'],
    ['DROP 6 -- * * 10.1.2.3/255.0.255.255 0.0.0.0/0', '-s 10.1.2.3/255.0.255.255 -p tcp -j DROP'],
  ])('[F39] an address in other words: %s', (row, rule) => {
    expect(rows(`0 0 ${row}`)).toMatchObject({ rules: [rule], problems: [] })
  })

  test.each([
    ['CONNMARK', 'CONNMARK save nfmask 0xff ctmask ~0xff00', '--save-mark --nfmask 0xff --ctmask 0xff00'],
    [
      'CONNMARK',
      'CONNMARK restore ctmask 0xff nfmask ~0xff00',
      '--restore-mark --nfmask 0xff00 --ctmask 0xff',
    ],
    ['CONNMARK', 'CONNMARK restore mask 0x80', '--restore-mark --nfmask 0x80 --ctmask 0x80'],
    ['CT', 'CT notrack', '--notrack'],
    ['CT', 'NOTRACK', '--notrack'],
    ['CT', 'CT helper ftp zone 5', '--helper ftp --zone 5'],
    ['NFQUEUE', 'NFQUEUE num 0 bypass', '--queue-num 0 --queue-bypass'],
    ['DNAT', 'to:10.0.0.1:80', '--to-destination 10.0.0.1:80'],
    ['REDIRECT', 'redir ports 80 random', '--to-ports 80 --random'],
    ['MASQUERADE', 'random-fully', '--random-fully'],
  ])('[F37] what a target says: %s %s', (target, text, options) => {
    expect(rows(`0 0 ${target} 0 -- * * 0.0.0.0/0 0.0.0.0/0 ${text}`).rules).toEqual([
      `-j ${target} ${options}`,
    ])
  })

  test.each([
    [
      'limit: up to 5/min burst 3 mode srcip-dstport htable-expire 300',
      '-m hashlimit --hashlimit-upto 5/min --hashlimit-burst 3 --hashlimit-mode srcip,dstport --hashlimit-htable-expire 300',
    ],
    ['limit: avg 3/min burst 10', '-m limit --limit 3/min --limit-burst 10'],
    ['#conn src/32 > 20', '-m connlimit --connlimit-above 20 --connlimit-mask 32 --connlimit-saddr'],
    ['socket --transparent', '-m socket --transparent'],
    ['STRING match  "a b" ALGO name bm TO 65535', '-m string --string "a b" --algo bm --to 65535'],
    ['policy match dir in pol ipsec reqid 1', '-m policy --dir in --pol ipsec --reqid 1'],
    ['tos match!0xff/0xff', '-m tos ! --tos 0xff/0xff'],
  ])('[F37] behind a module that nobody answers for the row goes on: %s', (text, rule) => {
    expect(rows(`0 0 DROP 6 -- * * 0.0.0.0/0 0.0.0.0/0 ${text} tcp dpt:80`).rules).toEqual([
      `-p tcp ${rule} -m tcp --dport 80 -j DROP`,
    ])
  })

  test.each([
    // Nobody knows where the comments end.
    [
      'ACCEPT 0 -- * * 0.0.0.0/0 0.0.0.0/0 /* a */ tcp dpt:80 /* b */',
      '-m listed --as " /* a */ tcp dpt:80 /* b */" -j ACCEPT',
    ],
    [
      'MARK 0 -- * * 0.0.0.0/0 0.0.0.0/0 something new MARK or 0x5',
      '-m listed --as " something new MARK or 0x5" -j MARK --set-xmark 0x5/0x5',
    ],
    [
      'DROP 6 -- * * 0.0.0.0/0 0.0.0.0/0 tcp dpt:80 something',
      '-p tcp -m tcp --dport 80 -m listed --as " something" -j DROP',
    ],
  ])('[F37] what is not known: %s', (row, rule) => {
    expect(rows(`0 0 ${row}`).rules).toEqual([rule])
  })

  test.each([
    'MARK 0 -- * * 0.0.0.0/0 0.0.0.0/0 something new',
    'CT 0 -- * * 0.0.0.0/0 0.0.0.0/0 CT something new',
    'ACCEPT 0 -- * *',
    'ACCEPT',
  ])('[F37] a row that cannot be read stands there as such: %s', row => {
    const { rules, problems, forward } = rows(`0 0 ${row}`)
    expect([rules.length, problems]).toEqual([1, [[6, 'bad-row', true]]])
    expect(forward?.rules[0]?.target).toMatchObject({ kind: 'other', terminates: true })
  })

  test('[F37] a row that goes on in the next line is not what its first half says', () => {
    const { forward, problems } = rows(
      '    0     0 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:80 match-set',
      'azure-npm-1 src',
    )
    expect(problems).toEqual([[7, 'bad-row', true]])
    expect(forward?.rules.map(({ target }) => target.kind)).toEqual(['other'])
  })

  test('[F37] without -v interfaces are not known; names of ports and networks are', () => {
    const text = [
      'Chain INPUT (policy ACCEPT)',
      'num  target     prot opt source               destination',
      '',
      'Chain FORWARD (policy ACCEPT)',
      'num  target     prot opt source               destination',
      '1    ACCEPT     tcp  --  anywhere             10.0.0.0/8           tcp dpt:https',
      '2    ACCEPT     tcp  --  anywhere             anywhere             tcp dpts:!tcpmux:finger',
      '3    ACCEPT     tcp  --  anywhere             anywhere             tcp dpt:constructor',
      '4    ACCEPT     tcp  --  anywhere             anywhere             tcp dpt:http-alt',
      '',
      'Chain OUTPUT (policy ACCEPT)',
      'num  target     prot opt source               destination',
    ].join('\n')
    expect(rulesOf(readIptables(text).tables)).toEqual([
      '-A FORWARD -d 10.0.0.0/8 -p tcp -m listed --without interfaces -m tcp --dport 443 -j ACCEPT',
      '-A FORWARD -p tcp -m listed --without interfaces -m tcp ! --dport 1:79 -j ACCEPT',
      '-A FORWARD -p tcp -m listed --without interfaces -m listed --as " tcp dpt:constructor" -j ACCEPT',
      // 8080 by Debian's list, 591 or 8008 by IANA's.
      '-A FORWARD -p tcp -m listed --without interfaces -m listed --as " tcp dpt:http-alt" -j ACCEPT',
    ])
  })

  test('[F37] tables by their built-in chains, or by the command above', () => {
    const chain = (name: string) => `Chain ${name} (policy ACCEPT 0 packets, 0 bytes)\n${HEAD}\n\n`
    const HEAD = ' pkts bytes target     prot opt in     out     source               destination'
    const listing = (...names: readonly string[]) => names.map(chain).join('')
    const own = `Chain X (0 references)\n${HEAD}\n\n`
    const names = (text: string) => readIptables(text).tables.map(({ name }) => name)
    expect(
      names(
        listing('INPUT', 'FORWARD', 'OUTPUT') +
          own +
          listing('PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING') +
          own +
          listing('PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING') +
          listing('PREROUTING', 'OUTPUT'),
      ),
    ).toEqual(['filter', 'nat', 'mangle', 'raw'])
    expect(names(`root@aks:/# iptables -t mangle -nvL FORWARD\n${listing('FORWARD')}`)).toEqual(['mangle'])
    expect(
      names(
        '-P PREROUTING ACCEPT\n-P INPUT ACCEPT\n-P POSTROUTING ACCEPT\n-P INPUT DROP\n-P FORWARD ACCEPT\n',
      ),
    ).toEqual(['nat', 'filter'])
    // One chain alone says nothing of the others.
    const [alone] = readIptables(listing('FORWARD')).tables
    expect(alone?.chains.map(({ name, rules }) => [name, rules.length])).toEqual([
      ['INPUT', 1],
      ['FORWARD', 0],
      ['OUTPUT', 1],
    ])
  })
})

describe('pasted texts', () => {
  const RULES = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m set --match-set a src -j DROP\nCOMMIT\n'
  const SETS = 'create a hash:net\nadd a 10.0.0.0/8\n'
  const LISTED = 'Name: a\nType: hash:net\nHeader: family inet\nNumber of entries: 1\nMembers:\n10.0.0.0/8\n'

  test.each([
    ['both in one', RULES + SETS],
    ['sets first', SETS + RULES],
    ['a list of sets', `${LISTED}\n${RULES}`],
    [
      'commands and remarks',
      `$ kubectl exec -n kube-system azure-npm-x -- iptables-save\nDefaulted container "a" out of: a, b\n${RULES}root@aks-1:/# ipset save\n${SETS}root@aks-1:/# \n`,
    ],
    [
      'ip6tables beside it',
      `${RULES}# Generated by ip6tables-save v1.8.7 on Mon\n*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s fe80::/10 -j DROP\nCOMMIT\n# Generated by iptables-save v1\n${SETS}`,
    ],
    ['nft beside it', `table ip filter {\n\tchain FORWARD {\n\t\tcounter drop\n\t}\n}\n${RULES}${SETS}`],
    ['carriage returns', (RULES + SETS).replaceAll('\n', '\r')],
    ['both line ends and a mark', `\ufeff${(RULES + LISTED).replaceAll('\n', '\r\n')}`],
  ])('[F38] %s', (_, text) => {
    const rules = readIptables(text, 'passed-over')
    const sets = readIpset(text, 'passed-over')
    expect([...rules.problems, ...sets.problems]).toEqual([])
    expect(rulesOf(rules.tables)).toEqual(['-A FORWARD -m set --match-set a src -j DROP'])
    expect(sets.sets.map(({ name, entries }) => [name, entries.length])).toEqual([['a', 1]])
  })

  test.each([
    ['-S', '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N X\n-N Y\n-A FORWARD -j Y\n-A X -m comm'],
    [
      '-nvL',
      'Chain FORWARD (policy ACCEPT)\ntarget prot opt source destination\nY all -- 0.0.0.0/0 0.0.0.0/0 \n\nChain Y (1 references)\ntarget prot opt source destination\nDROP all -- 1.1.1.1 0.0.0.0/0 /* a',
    ],
  ])('[F17] what ends in the middle of a line leaves rules out: %s', (_, text) => {
    const chain = readIptables(text).tables[0]?.chains.find(({ name }) => name === 'Y')
    expect(chain?.rules.at(-1)?.target).toMatchObject({ kind: 'other', terminates: true })
  })

  test('[F37] a policy whose counters somebody hid', () => {
    const text = 'Chain FORWARD (policy DROP xxx packets, xxxx bytes)\ntarget prot opt source destination\n'
    const { tables, problems } = readIptables(text)
    expect(problems).toEqual([])
    expect(tables[0]?.chains.find(({ name }) => name === 'FORWARD')?.defaultVerdict).toBe('DROP')
  })

  test('[F38] a member that nobody can read leaves its set open', () => {
    const { sets, problems } = readIpset('create a hash:net\nadd a 10.0.0.0/8\nadd a X.X.X.X\n')
    expect(problems).toEqual([{ line: 3, code: 'bad-element', text: 'add a X.X.X.X', contained: true }])
    expect(sets[0]?.entries.map(({ kind }) => kind)).toEqual(['net', 'other'])
  })

  test('[F38] where nobody can read what a set leaves out, no member of it is sure', () => {
    const { problems } = readIpset('create a hash:net\nadd a 10.0.0.0/8\nadd a 10.1.X.X/16 nomatch\n')
    expect(problems).toEqual([{ line: 3, code: 'bad-element', text: 'add a 10.1.X.X/16 nomatch' }])
  })

  test('[F38] two dumps of one table are not one', () => {
    const head = '# Generated by iptables-save v1.8.9 on Mon\n'
    expect(readIptables(head + RULES + head + RULES).problems).toEqual([
      { line: 7, code: 'second-table', text: '*filter' },
    ])
  })

  test('[F38] a set that lost members', () => {
    const { sets, problems } = readIpset(LISTED.replace('entries: 1', 'entries: 2'))
    expect(problems).toEqual([{ line: 1, code: 'missing-members', text: 'Name: a', contained: true }])
    expect(sets[0]?.entries.map(({ kind }) => kind)).toEqual(['net', 'other'])
  })

  test('[F38] what lost members may be cut out of networks, not out of addresses', () => {
    const held = (count: number, address: string) => {
      const { sets } = readIpset(`${LISTED.replace('entries: 1', `entries: ${count}`)}10.9.9.9\n`)
      const set = required(prepareSets(sets).get('a'), 'the set')
      const src = required(parseIpv4(address), address)
      const packet = { protocol: 6, src, dst: 0, srcPort: 1, dstPort: 1, ctState: 'NEW' } as const
      const { member, unknown } = testMembership(set, ['src'], packet)
      return unknown === undefined ? member : undefined
    }
    expect([held(2, '10.1.1.1'), held(2, '10.9.9.9'), held(2, '11.1.1.1')]).toEqual([true, true, false])
    expect([held(3, '10.1.1.1'), held(3, '10.9.9.9'), held(3, '11.1.1.1')]).toEqual([
      undefined,
      true,
      undefined,
    ])
  })

  test('[F17] a rule in two lines is not what its first half says', () => {
    const { tables, problems } = readIptables(RULES.replace('-j DROP', '-j AC\nCEPT'))
    expect(problems).toEqual([
      { line: 3, code: 'missing-target', text: '-A FORWARD -m set --match-set a src -j AC', contained: true },
      { line: 4, code: 'unknown-command', text: 'CEPT', contained: true },
    ])
    expect(tables[0]?.chains[1]?.rules[0]?.target).toMatchObject({ kind: 'other', terminates: true })
  })
})
