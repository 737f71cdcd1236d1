import { describe, expect, test } from 'vitest'
import { parseIpv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import { decideWay } from './decide.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset } from './preparedRuleset.ts'

const PACKET: Packet = {
  protocol: 6,
  src: parseIpv4('10.0.0.1') ?? 0,
  dst: parseIpv4('10.0.0.2') ?? 0,
  srcPort: 40000,
  dstPort: 80,
  ctState: 'NEW',
}

function decided(
  rules: string,
  more: Partial<Packet> = {},
  hook: 'FORWARD' | 'INPUT' | 'OUTPUT' = 'FORWARD',
  sets = '',
) {
  const { tables, problems } = readIptables(rules)
  const read = readIpset(sets)
  expect([...problems, ...read.problems]).toEqual([])
  return decideWay(prepareRuleset({ tables, sets: read.sets }), { ...PACKET, ...more }, hook)
}

const table = (name: string, ...rules: readonly string[]) =>
  `*${name}\n${rules.map(rule => `-A ${rule}\n`).join('')}COMMIT\n`

describe('the way', () => {
  const dropMarked = table(
    'filter',
    'FORWARD -m mark --mark 0x1/0x1 -j DROP',
    'INPUT -m mark --mark 1 -j DROP',
  )

  test('[F33] marks of PREROUTING are there at FORWARD and INPUT; steps are those of the hook', () => {
    const rules = table('mangle', 'PREROUTING -s 10.0.0.1 -j MARK --set-xmark 0x1/0x1') + dropMarked
    expect(decided(rules)).toMatchObject({ verdict: 'DROP', decidedAt: { table: 'filter', number: 1 } })
    expect(decided(rules).steps.map(step => step.chain)).toEqual(['FORWARD'])
    expect(decided(rules, {}, 'INPUT').verdict).toBe('DROP')
    expect(decided(rules, {}, 'OUTPUT').verdict).toBe('ACCEPT')
    // A mark that is given is the mark at the hook.
    expect(decided(rules, { mark: 2 }).verdict).toBe('ACCEPT')
    expect(decided(rules, { mark: 3 }).verdict).toBe('DROP')
  })

  test('[F33] what is dropped before or after the hook is dropped, and shown there', () => {
    const before = decided(table('raw', 'PREROUTING -j DROP') + dropMarked)
    expect(before).toMatchObject({ verdict: 'DROP', decidedAt: { table: 'raw', chain: 'PREROUTING' } })
    expect(before.steps.map(step => step.chain)).toEqual(['PREROUTING'])
    const after = decided(table('mangle', 'POSTROUTING -j DROP') + dropMarked)
    expect(after.steps.map(step => step.chain)).toEqual(['FORWARD', 'POSTROUTING'])
    expect(decided(table('mangle', 'POSTROUTING -j DROP'), {}, 'INPUT').verdict).toBe('ACCEPT')
  })

  test('[F33] a packet without tracking is in no state of a connection', () => {
    const states = (raw: string) =>
      decided(table('raw', raw) + table('filter', 'FORWARD -m conntrack --ctstate NEW -j DROP')).verdict
    expect(states('PREROUTING -j NOTRACK')).toBe('ACCEPT')
    expect(states('PREROUTING -j CT --notrack')).toBe('ACCEPT')
    expect(states('PREROUTING -j CT --zone 1')).toBe('DROP')
    expect(states('PREROUTING -p udp -j NOTRACK')).toBe('DROP')
  })

  test('[F33] another destination leaves the verdict open; another source does not', () => {
    const nat = table(
      'nat',
      'PREROUTING -d 10.0.0.2 -j DNAT --to-destination 10.9.9.9',
      'POSTROUTING -j MASQUERADE',
    )
    expect(decided(nat).unknown).toContain('10.0.0.2 is a service’s address')
    expect(decided(nat, { dst: 5 }).verdict).toBe('ACCEPT')
    expect(decided(nat, { ctState: 'ESTABLISHED' }).verdict).toBe('ACCEPT')
    expect(decided(nat, { mark: 1 }).verdict).toBe('UNKNOWN')
  })

  test('[F33] marks go from packet to connection and back', () => {
    const rules = (...more: readonly string[]) => table('mangle', ...more) + dropMarked
    const save = 'PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff'
    const restore = 'FORWARD -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff'
    expect(
      decided(rules('PREROUTING -j MARK --set-xmark 0x1', save, 'FORWARD -j MARK --set-xmark 0x0', restore))
        .verdict,
    ).toBe('DROP')
    expect(decided(rules('PREROUTING -j CONNMARK --set-xmark 0x1', restore)).verdict).toBe('DROP')
    expect(decided(rules(restore)).verdict).toBe('ACCEPT')
    expect(decided(rules(restore), { ctState: 'ESTABLISHED' }).verdict).toBe('UNKNOWN')
    expect(decided(rules(restore), { ctState: 'INVALID' }).verdict).toBe('ACCEPT')
  })

  test('[F32] what is not given is the same for all rules', () => {
    const verdict = (...rules: readonly string[]) => decided(table('filter', ...rules)).verdict
    const drop = 'FORWARD -j DROP'
    expect(verdict('FORWARD -i eth0 -j ACCEPT', 'FORWARD ! -i eth0 -j ACCEPT', drop)).toBe('ACCEPT')
    expect(
      verdict('FORWARD -i eth0 -j ACCEPT', 'FORWARD -i eth+ -j ACCEPT', 'FORWARD ! -i eth+ -j ACCEPT', drop),
    ).toBe('ACCEPT')
    expect(
      verdict('FORWARD -i eth+ -j MARK --set-xmark 0x1', 'FORWARD -i eth0 -m mark --mark 0 -j DROP'),
    ).toBe('ACCEPT')
    expect(verdict('FORWARD -i eth0 -j ACCEPT', 'FORWARD ! -o eth0 -j ACCEPT', drop)).toBe('UNKNOWN')
    expect(
      verdict(
        'FORWARD -m set --match-set a src -j ACCEPT',
        'FORWARD -m set ! --match-set a src -j ACCEPT',
        drop,
      ),
    ).toBe('ACCEPT')
    expect(
      verdict(
        'FORWARD -m set --match-set a src -j ACCEPT',
        'FORWARD -m set ! --match-set a dst -j ACCEPT',
        drop,
      ),
    ).toBe('UNKNOWN')
    const chance = '-m statistic --mode random --probability 0.5'
    expect(verdict(`FORWARD ${chance} -j ACCEPT`, `FORWARD ${chance} -j DROP`)).toBe('UNKNOWN')
  })
})

describe('sets', () => {
  const drops = (match: string, sets: string, more: Partial<Packet> = {}) =>
    decided(table('filter', `FORWARD ${match} -j DROP`), more, 'FORWARD', sets).verdict
  const net = 'create a hash:net\nadd a 10.0.0.0/8\nadd a 10.0.0.1 nomatch\n'

  test('[F34] a set that a rule changes is not sure behind it', () => {
    const rules = table(
      'filter',
      'FORWARD -p udp -j SET --add-set b src',
      'FORWARD -p tcp -j SET --add-set a src',
      'FORWARD -m set --match-set a src -j DROP',
    )
    const sets = `${net}create b hash:ip\ncreate l list:set\nadd l a\n`
    expect(decided(rules, {}, 'FORWARD', sets).unknown).toBe('a rule before may have changed set a')
    expect(decided(rules, { protocol: 1 }, 'FORWARD', sets).verdict).toBe('ACCEPT')
    expect(
      decided(rules.replace('set a src -j DROP', 'set l src -j DROP'), {}, 'FORWARD', sets).verdict,
    ).toBe('UNKNOWN')
    expect(
      decided(rules.replace('set a src -j DROP', 'set b src -j DROP'), {}, 'FORWARD', sets).verdict,
    ).toBe('ACCEPT')
  })

  test.each<[string, string, string]>([
    ['hash:net,port', '10.0.0.0/24,tcp:80', 'DROP'],
    ['hash:net,port', '10.0.0.0/24,udp:80', 'ACCEPT'],
    ['hash:net,port', '10.0.0.0/24,tcp:80;10.0.0.0/30,tcp:80 nomatch', 'ACCEPT'],
    ['hash:net,port', '10.0.0.0/24,tcp:80 nomatch;10.0.0.0/30,tcp:80', 'DROP'],
    ['hash:net,port', '10.0.0.0/24,tcp:80;10.0.0.0/30,tcp:81 nomatch', 'DROP'],
    ['hash:net,net', '10.0.0.0/24,10.0.0.1', 'DROP'],
    ['hash:net,net', '10.0.0.0/24,10.0.0.3', 'ACCEPT'],
    ['hash:net,iface', '10.0.0.0/24,eth0', 'UNKNOWN'],
    ['hash:net,iface', '10.0.1.0/24,eth0', 'ACCEPT'],
    ['hash:ip,mark', '10.0.0.2,0x1', 'UNKNOWN'],
    ['hash:mac', '02:00:00:00:00:01', 'UNKNOWN'],
  ])('[F35] %s with %s: %s', (type, elements, verdict) => {
    const sets = `create a ${type}\n${elements
      .split(';')
      .map(element => `add a ${element}\n`)
      .join('')}`
    const second = type === 'hash:net,net' ? 'src' : 'dst'
    expect(drops(`-m set --match-set a dst,${second}`, sets)).toBe(verdict)
  })

  test.each<[string, string, string, string]>([
    ['hash:ip,port,ip', '10.0.0.2,tcp:80,10.0.0.1', 'dst,dst,src', 'DROP'],
    ['hash:ip,port,ip', '10.0.0.2,tcp:80,10.0.0.2', 'dst,dst,src', 'ACCEPT'],
    ['hash:ip,port,ip', '10.0.0.2,tcp:80,10.0.0.1', 'dst,dst', 'ACCEPT'],
    ['hash:ip,port,net', '10.0.0.2,tcp:80,10.0.0.0/24', 'dst,dst,src', 'DROP'],
    ['bitmap:port range 0-65535', '80', 'dst', 'DROP'],
    ['bitmap:port range 0-65535', '80', 'src', 'ACCEPT'],
    ['bitmap:ip range 10.0.0.0/24', '10.0.0.2', 'dst', 'DROP'],
  ])('[F35] %s with %s asked for %s: %s', (type, element, dimensions, verdict) => {
    expect(drops(`-m set --match-set a ${dimensions}`, `create a ${type}\nadd a ${element}`)).toBe(verdict)
  })

  test('[F36] options of the set module', () => {
    expect(drops('-m set --match-set a src', net)).toBe('ACCEPT')
    expect(drops('-m set --match-set a src --return-nomatch', net)).toBe('DROP')
    expect(drops('-m set --match-set a dst --return-nomatch', net)).toBe('ACCEPT')
    expect(drops('-m set ! --match-set a dst --return-nomatch', net)).toBe('DROP')
    expect(drops('-m set --match-set a dst ! --update-counters', net)).toBe('DROP')
    expect(drops('-m set --match-set a dst --packets-gt 5', net)).toBe('UNKNOWN')
    expect(drops('-m set --match-set a src --packets-gt 5', net)).toBe('ACCEPT')
    expect(drops('-m set --match-set a src --return-nomatch', 'create a hash:ip\nadd a 10.0.0.1')).toBe(
      'DROP',
    )
  })
})
