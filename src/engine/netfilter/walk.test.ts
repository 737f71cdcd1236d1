import { describe, expect, test } from 'vitest'
import { parseIpv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import { verdictOf, walk } from './walk.ts'
import type { Hook } from './builtInChains.ts'

function packet(text: string, more: Partial<Packet> = {}): Packet {
  const [src = '', dst = '', protocol = 'tcp', port = '80'] = text.split(' ')
  const numbers: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1 }
  return {
    src: parseIpv4(src) ?? 0,
    dst: parseIpv4(dst) ?? 0,
    protocol: numbers[protocol] ?? Number(protocol),
    srcPort: 40000,
    dstPort: Number(port),
    ctState: 'NEW',
    ...more,
  }
}

function walker(rules: string, sets = '') {
  const iptables = readIptables(rules.startsWith('*') ? rules : `*filter\n${rules}\nCOMMIT`)
  const ipset = readIpset(sets)
  expect([...iptables.problems, ...ipset.problems]).toEqual([])
  const prepared = prepareRuleset({ tables: iptables.tables, sets: ipset.sets })
  return (text: string, more: Partial<Packet> = {}, hook: Hook = 'FORWARD') => {
    const trace = walk(prepared, packet(text, more), hook)
    expect(verdictOf(prepared, packet(text, more), hook)).toBe(trace.verdict)
    return trace
  }
}

const P = '10.0.0.1 10.0.0.2 tcp 80'

describe('traversal', () => {
  test('[F1] all matches of a rule must hold', () => {
    const go = walker('-A FORWARD -s 10.0.0.1 -p tcp --dport 80 -m comment --comment x -j DROP')
    expect(go(P).verdict).toBe('DROP')
    expect(go('10.0.0.1 10.0.0.2 tcp 81').verdict).toBe('ACCEPT')
    expect(go('10.0.0.3 10.0.0.2 tcp 80').verdict).toBe('ACCEPT')
  })

  test('[F1] every rule met is a step, with outcomes up to the first that fails', () => {
    const trace = walker(
      '-A FORWARD -s 10.0.0.9 -p tcp -j DROP\n-A FORWARD -p tcp -m comment --comment x -j DROP',
    )(P)
    expect(trace.steps.map(step => [step.number, step.matched, step.outcomes.map(o => o.holds)])).toEqual([
      [1, false, [false]],
      [2, true, [true, true]],
    ])
    expect(trace.decidedAt).toEqual({ table: 'filter', chain: 'FORWARD', number: 2 })
  })

  test('[F2] a chain that ends and RETURN go on after the jump', () => {
    const go = walker(
      '-N A\n-N B\n-A FORWARD -j A\n-A FORWARD -j B\n-A FORWARD -j DROP\n-A B -j RETURN\n-A B -j ACCEPT',
    )
    const trace = go(P)
    expect(trace.verdict).toBe('DROP')
    expect(trace.steps.map(({ chain, number, depth }) => `${chain} ${number} ${depth}`)).toEqual([
      'FORWARD 1 0',
      'FORWARD 2 0',
      'B 1 1',
      'FORWARD 3 0',
    ])
  })

  test('[F2] RETURN in a built-in chain means its default', () => {
    const trace = walker('-P FORWARD DROP\n-A FORWARD -j RETURN\n-A FORWARD -j ACCEPT')(P)
    expect(trace.verdict).toBe('DROP')
    expect(trace.decidedAt).toBeUndefined()
  })

  test('[F3] the end of a chain entered by goto is the end of the chain that went', () => {
    const go = walker('-N A\n-N B\n-A FORWARD -j A\n-A FORWARD -j DROP\n-A A -g B\n-A A -j ACCEPT')
    expect(go(P).verdict).toBe('DROP')
    expect(walker('-N A\n-A FORWARD -g A\n-A FORWARD -j DROP')(P).verdict).toBe('ACCEPT')
  })

  test('[F4] marks are cleared under the mask, XORed, and kept', () => {
    const go = walker('-A FORWARD -j MARK --set-xmark 0x3/0x1\n-A FORWARD -m mark --mark 0xb/0xff -j DROP')
    expect(go(P, { mark: 0x9 })).toMatchObject({ verdict: 'DROP', mark: 0xb })
    expect(go(P, { mark: 0xa })).toMatchObject({ verdict: 'ACCEPT', mark: 0x9 })
    expect(walker('-A FORWARD -j MARK --set-mark 0x80000000/0x80000000')(P).mark).toBe(0x80000000)
    expect(
      walker('-A FORWARD -m mark --mark 0x80000000/0x80000000 -j DROP')(P, { mark: 0x80000001 }).verdict,
    ).toBe('DROP')
    expect(walker('-A FORWARD -m mark ! --mark 5 -j DROP')(P, { mark: 5 }).verdict).toBe('ACCEPT')
  })

  test('[F4] a foreign mark counts, and marks stay from table to table', () => {
    const text =
      '*mangle\n-A FORWARD -j MARK --set-mark 0x400/0x400\nCOMMIT\n*filter\n-A FORWARD -m mark --mark 0x400/0x400 -j DROP\nCOMMIT'
    expect(walker(text)(P).verdict).toBe('DROP')
  })

  test('[F5] connection states', () => {
    const go = walker(
      '-A FORWARD -m conntrack --ctstate NEW,INVALID -j DROP\n-A FORWARD -m state ! --state ESTABLISHED -j DROP',
    )
    const verdicts = (['NEW', 'INVALID', 'RELATED', 'ESTABLISHED'] as const).map(
      ctState => go(P, { ctState }).verdict,
    )
    expect(verdicts).toEqual(['DROP', 'DROP', 'DROP', 'ACCEPT'])
  })

  test('[F6] REJECT drops; logging and bare rules go on', () => {
    expect(
      walker('-A FORWARD -j LOG\n-A FORWARD\n-A FORWARD -j NFLOG\n-A FORWARD -j REJECT')(P),
    ).toMatchObject({
      verdict: 'DROP',
      decidedAt: { number: 4 },
    })
  })

  test('[F7] a negated port does not hold for another protocol', () => {
    const go = walker('-A FORWARD -p tcp ! --dport 80 -j DROP')
    expect(go('1.1.1.1 2.2.2.2 tcp 81').verdict).toBe('DROP')
    expect(go('1.1.1.1 2.2.2.2 tcp 80').verdict).toBe('ACCEPT')
    expect(go('1.1.1.1 2.2.2.2 udp 81').verdict).toBe('ACCEPT')
    expect(walker('-A FORWARD ! -p 6 -j DROP')('1.1.1.1 2.2.2.2 icmp 0').verdict).toBe('DROP')
    expect(
      walker('-A FORWARD -p sctp --sport 40000 --dport 1:5 -j DROP')('1.1.1.1 2.2.2.2 sctp 5').verdict,
    ).toBe('DROP')
  })

  test('[F8] addresses and interfaces', () => {
    const go = walker('-A FORWARD ! -s 10.0.0.0/8 -d 0.0.0.0/0 -i eth+ ! -o lo -j DROP')
    const interfaces = { inInterface: 'eth0', outInterface: 'eth1' }
    expect(go('11.0.0.1 1.1.1.1', interfaces).verdict).toBe('DROP')
    expect(go('10.9.9.9 1.1.1.1', interfaces).verdict).toBe('ACCEPT')
    expect(go('11.0.0.1 1.1.1.1', { ...interfaces, inInterface: 'et' }).verdict).toBe('ACCEPT')
    expect(go('11.0.0.1 1.1.1.1', { ...interfaces, outInterface: 'lo' }).verdict).toBe('ACCEPT')
  })

  test('[F9] ACCEPT ends its table, DROP all', () => {
    const text = (mangle: string) =>
      `*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n*security\n-A FORWARD -d 2.2.2.2 -j DROP\nCOMMIT\n*mangle\n-A FORWARD -j ${mangle}\nCOMMIT`
    expect(walker(text('ACCEPT'))('1.1.1.1 2.2.2.2')).toMatchObject({
      verdict: 'DROP',
      decidedAt: { table: 'security' },
    })
    expect(walker(text('DROP'))('1.1.1.1 3.3.3.3').steps.map(step => step.table)).toEqual(['mangle'])
    const nat = walker('*nat\n-A OUTPUT -j DNAT --to-destination 1.1.1.1\nCOMMIT')
    expect(nat(P, {}, 'OUTPUT').verdict).toBe('UNKNOWN')
    expect(nat(P, { ctState: 'ESTABLISHED' }, 'OUTPUT').verdict).toBe('ACCEPT')
  })

  test('[F10] unknown only where it could matter', () => {
    const other = '-m physdev --physdev-is-bridged'
    expect(walker(`-A FORWARD ${other} -j DROP`)(P)).toMatchObject({
      verdict: 'UNKNOWN',
      unknown: 'match physdev is not modelled',
      decidedAt: { number: 1 },
    })
    expect(walker(`-A FORWARD ${other} -p udp -m udp -j DROP`)(P).verdict).toBe('ACCEPT')
    expect(walker(`-A FORWARD ${other} -m mark --mark 1 -j DROP`)(P).verdict).toBe('ACCEPT')
    expect(walker(`-A FORWARD ${other} -j LOG\n-A FORWARD ${other}`)(P).verdict).toBe('ACCEPT')
    expect(walker(`-N A\n-N B\n-A A -j RETURN\n-A B -j A\n-A FORWARD ${other} -j B`)(P).verdict).toBe(
      'ACCEPT',
    )
    expect(walker(`-A FORWARD -j NFQUEUE --queue-num 1`)(P).unknown).toBe('target NFQUEUE is not modelled')
    expect(walker('-A FORWARD -i eth0 -j DROP')(P).unknown).toBe('in interface is not given')
  })

  test('[F10] a missing chain and a loop', () => {
    const jump = { matches: [], target: { kind: 'jump', chain: 'X' } } as const
    const forward = { name: 'FORWARD', defaultVerdict: 'ACCEPT', rules: [jump] } as const
    const verdict = (chains: readonly { name: string; rules: readonly (typeof jump)[] }[]) =>
      walk(
        prepareRuleset({ tables: [{ name: 'filter', chains: [forward, ...chains] }], sets: [] }),
        packet(P),
      )
    expect(verdict([]).unknown).toBe('chain X is missing')
    expect(verdict([{ name: 'X', rules: [jump] }]).unknown).toBe('chain X is part of a loop')
  })
})

describe('sets', () => {
  const drop = (dimensions: string, not = '') =>
    `-A FORWARD -m set ${not} --match-set s ${dimensions} -j DROP`

  test('[F11] the longest prefix decides', () => {
    const go = walker(
      drop('dst'),
      'create s hash:net\nadd s 10.0.0.0/8 nomatch\nadd s 10.1.0.0/16\nadd s 10.1.2.3 nomatch\nadd s 0.0.0.0/1',
    )
    const member = (ip: string) => go(`9.9.9.9 ${ip}`).verdict === 'DROP'
    expect([
      member('10.1.2.4'),
      member('10.1.2.3'),
      member('10.2.0.0'),
      member('9.0.0.1'),
      member('200.0.0.1'),
    ]).toEqual([true, false, false, true, false])
    expect(go('9.9.9.9 10.1.2.3').steps[0]?.outcomes[0]).toEqual({
      holds: false,
      decidedBy: ['10.1.2.3 nomatch'],
    })
  })

  test('[F11] only the first dimension counts', () => {
    const go = walker(drop('src,dst'), 'create s hash:net\nadd s 10.0.0.1')
    expect([go('10.0.0.1 1.1.1.1').verdict, go('1.1.1.1 10.0.0.1').verdict]).toEqual(['DROP', 'ACCEPT'])
  })

  test('[F12] nomatch in one member says nothing about the next', () => {
    const sets =
      'create a hash:net\nadd a 10.0.0.1 nomatch\ncreate b hash:net\nadd b 10.0.0.0/8\ncreate s list:set\nadd s a\nadd s b'
    const trace = walker(drop('src'), sets)('10.0.0.1 1.1.1.1')
    expect(trace.verdict).toBe('DROP')
    expect(trace.steps[0]?.outcomes[0]?.decidedBy).toEqual(['b', '10.0.0.0/8'])
  })

  test('[F13] address and port by their dimensions', () => {
    const sets =
      'create s hash:ip,port\nadd s 10.0.0.2,tcp:80\nadd s 10.0.0.2,UDP:53\nadd s 10.0.0.2,sctp:9\nadd s 10.0.0.1,40000'
    const go = walker(drop('dst,dst'), sets)
    const verdicts = ['tcp 80', 'tcp 53', 'udp 53', 'sctp 9', 'icmp 0'].map(
      end => go(`10.0.0.1 10.0.0.2 ${end}`).verdict,
    )
    expect(verdicts).toEqual(['DROP', 'ACCEPT', 'DROP', 'DROP', 'ACCEPT'])
    expect(walker(drop('src,src'), sets)(P).verdict).toBe('DROP')
    expect(walker(drop('src,dst'), sets)(P).verdict).toBe('ACCEPT')
  })

  test('[F13] one dimension never matches, negated always', () => {
    const sets = 'create s hash:ip,port\nadd s 10.0.0.2,tcp:80'
    expect(walker(drop('dst'), sets)(P).verdict).toBe('ACCEPT')
    expect(walker(drop('dst', '!'), sets)(P).verdict).toBe('DROP')
  })

  test('[F14] missing sets and other types answer nothing', () => {
    expect(walker(drop('dst'))(P).unknown).toBe('set s is missing')
    expect(walker(drop('dst'), 'create s hash:mac')(P).unknown).toBe('set type hash:mac')
    const icmp = walker(drop('dst,dst'), 'create s hash:ip,port\nadd s 10.0.0.2,icmp:8/0')
    expect([icmp(P).verdict, icmp('10.0.0.1 10.0.0.2 icmp 0').verdict]).toEqual(['ACCEPT', 'UNKNOWN'])
  })
})
