import { expect, test } from 'vitest'
import { parseIpv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import type { Hook } from './builtInChains.ts'
import { decide } from './decide.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import { walk } from './walk.ts'

const PACKET: Packet = {
  protocol: 6,
  src: parseIpv4('10.0.0.1') ?? 0,
  dst: parseIpv4('10.0.0.2') ?? 0,
  srcPort: 40000,
  dstPort: 80,
  ctState: 'NEW',
}

function prepared(rules: string) {
  const { tables, problems } = readIptables(rules.startsWith('*') ? rules : `*filter\n${rules}\nCOMMIT`)
  expect(problems).toEqual([])
  return prepareRuleset({ tables, sets: readIpset('').sets })
}

/** DROP where the match holds, ACCEPT where it does not. */
function drops(match: string, more: Partial<Packet> = {}, hook: Hook = 'FORWARD') {
  return walk(prepared(`-A ${hook} ${match} -j DROP`), { ...PACKET, ...more }, hook).verdict
}

const ip = (text: string) => parseIpv4(text) ?? 0

test.each<[string, Partial<Packet>, Hook, string]>([
  ['-p tcp -m multiport --dports 22,80', {}, 'FORWARD', 'DROP'],
  ['-p tcp -m multiport --dports 22,81', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp -m multiport ! --dports 22,81', {}, 'FORWARD', 'DROP'],
  ['-p tcp -m multiport --dports 70:90', {}, 'FORWARD', 'DROP'],
  ['-p tcp -m multiport --sports 70:90', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp -m multiport --ports 80', {}, 'FORWARD', 'DROP'],
  ['-p udp -m multiport --dports 80', {}, 'FORWARD', 'ACCEPT'],
  // What is not known of a rule matters to nobody whom the rest of it does not mean.
  ['-p udp -s some.host', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp ! -s X.X.X.X', {}, 'FORWARD', 'UNKNOWN'],
  ['-s 10.9.0.1/255.0.255.255', {}, 'FORWARD', 'DROP'],
  ['! -s 10.9.0.1/255.0.255.255', {}, 'FORWARD', 'ACCEPT'],
  ['-d 10.9.0.1/255.0.255.255', {}, 'FORWARD', 'ACCEPT'],
  ['-m iprange --src-range 10.0.0.0-10.0.0.9', {}, 'FORWARD', 'DROP'],
  ['-m iprange --dst-range 10.0.0.3-10.0.0.9', {}, 'FORWARD', 'ACCEPT'],
  ['-m iprange ! --dst-range 10.0.0.3-10.0.0.9', {}, 'FORWARD', 'DROP'],
  ['-m iprange --src-range 10.0.0.1 --dst-range 10.0.0.3-10.0.0.9', {}, 'FORWARD', 'ACCEPT'],
  ['-m addrtype --dst-type LOCAL', {}, 'FORWARD', 'ACCEPT'],
  ['-m addrtype ! --dst-type LOCAL', {}, 'FORWARD', 'DROP'],
  ['-m addrtype --dst-type LOCAL', {}, 'OUTPUT', 'UNKNOWN'],
  ['-m addrtype --src-type LOCAL', {}, 'FORWARD', 'ACCEPT'],
  ['-m addrtype --src-type LOCAL', {}, 'INPUT', 'UNKNOWN'],
  ['-m addrtype --src-type UNICAST', {}, 'FORWARD', 'DROP'],
  ['-m addrtype --dst-type UNICAST', {}, 'FORWARD', 'DROP'],
  ['-m addrtype ! --dst-type LOCAL,BROADCAST', {}, 'INPUT', 'ACCEPT'],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', {}, 'FORWARD', 'ACCEPT'],
  ['-m addrtype --dst-type LOCAL --limit-iface-in', {}, 'INPUT', 'UNKNOWN'],
  ['-m addrtype --dst-type MULTICAST', { dst: ip('224.0.0.1') }, 'OUTPUT', 'DROP'],
  ['-m addrtype --dst-type BROADCAST', { dst: ip('255.255.255.255') }, 'OUTPUT', 'DROP'],
  ['-m conntrack --ctstate NEW,DNAT', {}, 'FORWARD', 'DROP'],
  ['-m conntrack ! --ctstate NEW,DNAT', {}, 'FORWARD', 'ACCEPT'],
  ['-m conntrack --ctstate ESTABLISHED,DNAT', {}, 'FORWARD', 'ACCEPT'],
  ['-m conntrack --ctstate NEW,DNAT', { ctState: 'ESTABLISHED' }, 'FORWARD', 'UNKNOWN'],
  ['-m conntrack --ctstate NEW,DNAT', { ctState: 'INVALID' }, 'FORWARD', 'ACCEPT'],
  ['-m conntrack ! --ctstate NEW,DNAT', { ctState: 'UNTRACKED' }, 'FORWARD', 'DROP'],
  ['-m conntrack --ctproto 6 --ctorigdst 10.0.0.0/24 --ctdir ORIGINAL', {}, 'FORWARD', 'DROP'],
  ['-m conntrack --ctproto 17', {}, 'FORWARD', 'ACCEPT'],
  ['-m conntrack ! --ctorigdst 10.0.0.2', {}, 'FORWARD', 'ACCEPT'],
  ['-m conntrack --ctorigdstport 80 --ctreplsrc 10.0.0.2', {}, 'FORWARD', 'DROP'],
  ['-m conntrack --ctorigdst 10.0.0.2', { ctState: 'ESTABLISHED' }, 'FORWARD', 'UNKNOWN'],
  ['-m conntrack ! --ctproto 17', { ctState: 'INVALID' }, 'FORWARD', 'ACCEPT'],
  ['-m conntrack --ctstatus ASSURED', {}, 'FORWARD', 'UNKNOWN'],
  ['-m connmark --mark 0x1', {}, 'FORWARD', 'ACCEPT'],
  ['-m connmark ! --mark 0x1', {}, 'FORWARD', 'DROP'],
  ['-m connmark ! --mark 0x1', { ctState: 'UNTRACKED' }, 'FORWARD', 'ACCEPT'],
  ['-m connmark --mark 0x1', { ctState: 'ESTABLISHED' }, 'FORWARD', 'UNKNOWN'],
  ['-f', {}, 'FORWARD', 'ACCEPT'],
  ['! -f', {}, 'FORWARD', 'DROP'],
  ['-i lo', {}, 'FORWARD', 'ACCEPT'],
  ['! -o lo', {}, 'FORWARD', 'DROP'],
  ['-i lo', {}, 'INPUT', 'UNKNOWN'],
  ['-o eth+', {}, 'INPUT', 'ACCEPT'],
  ['! -i eth0', {}, 'OUTPUT', 'DROP'],
  ['-m recent --set --name x', {}, 'FORWARD', 'DROP'],
  ['-m recent ! --rcheck --name x', {}, 'FORWARD', 'UNKNOWN'],
  ['-m statistic --mode random --probability 1.00000000000', {}, 'FORWARD', 'DROP'],
  ['-m statistic --mode random ! --probability 1.00000000000', {}, 'FORWARD', 'ACCEPT'],
  ['-m statistic --mode nth --every 1', {}, 'FORWARD', 'DROP'],
  ['-m statistic --mode nth --every 2', {}, 'FORWARD', 'UNKNOWN'],
  ['-m physdev --physdev-is-bridged', {}, 'FORWARD', 'UNKNOWN'],
  ['-m nfacct --nfacct-name ct_state_invalid_dropped_pkts', {}, 'FORWARD', 'DROP'],
  ['-m nfacct --nfacct-name mine', {}, 'FORWARD', 'UNKNOWN'],
  ['-p tcp -m tcp --dport 81 --tcp-flags SYN SYN', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp -m tcp --dport 80 --tcp-flags SYN SYN', {}, 'FORWARD', 'DROP'],
  ['-p tcp --syn', {}, 'FORWARD', 'DROP'],
  ['-p tcp ! --syn', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE', {}, 'FORWARD', 'ACCEPT'],
  ['-p tcp -m tcp --tcp-flags SYN,RST SYN', { ctState: 'ESTABLISHED' }, 'FORWARD', 'UNKNOWN'],
  ['-p icmp -m icmp --icmp-type any', { protocol: 1 }, 'FORWARD', 'DROP'],
  ['-p icmp -m icmp --icmp-type 8', { protocol: 1 }, 'FORWARD', 'DROP'],
  ['-p icmp -m icmp --icmp-type echo-request', { protocol: 1 }, 'FORWARD', 'DROP'],
  ['-p icmp -m icmp ! --icmp-type 3/1', { protocol: 1 }, 'FORWARD', 'DROP'],
  ['-p icmp -m icmp --icmp-type 8', { protocol: 1, ctState: 'ESTABLISHED' }, 'FORWARD', 'UNKNOWN'],
  ['-m statistic --mode random --probability 0.5', {}, 'FORWARD', 'UNKNOWN'],
  ['-m limit --limit 5/min', {}, 'FORWARD', 'UNKNOWN'],
])('[F31] %s %j at %s', (match, more, hook, verdict) => {
  expect(drops(match, more, hook)).toBe(verdict)
})

const CHANCE = '-m statistic --mode random --probability 0.50000000000'

test('[F32] the verdict is sure when both ways lead to it', () => {
  const rules = prepared(
    `-A FORWARD -o docker0 -j ACCEPT\n-A FORWARD ${CHANCE} -j ACCEPT\n-A FORWARD -j ACCEPT`,
  )
  const { verdict, undecided, steps } = decide(rules, PACKET)
  expect(verdict).toBe('ACCEPT')
  expect(undecided).toEqual([
    { table: 'filter', chain: 'FORWARD', number: 1, unknown: 'out interface is not given' },
    { table: 'filter', chain: 'FORWARD', number: 2, unknown: 'match statistic is not modelled' },
  ])
  expect(steps.map(({ number, matched }) => [number, matched])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ])
})

test('[F32] a rule met twice may match once', () => {
  const mark = `-N A\n-A A ${CHANCE} -j MARK --set-xmark 0x1/0x0`
  const rules = prepared(
    `${mark}\n-A FORWARD -j A\n-A FORWARD -j A\n-A FORWARD -m mark --mark 0x1 -j DROP\n-A FORWARD -j ACCEPT`,
  )
  expect(decide(rules, PACKET)).toMatchObject({
    verdict: 'UNKNOWN',
    unknown: 'match statistic is not modelled',
    undecided: [],
  })
})

test('[F32] marks that a doubtful rule sets count in the rules behind it', () => {
  const mark = `-A FORWARD ${CHANCE} -j MARK --set-xmark 0x1/0x1\n`
  expect(decide(prepared(`${mark}-A FORWARD -m mark --mark 0x1/0x1 -j DROP`), PACKET).verdict).toBe('UNKNOWN')
  expect(decide(prepared(`${mark}-A FORWARD -m mark --mark 0x0/0x2 -j DROP`), PACKET).verdict).toBe('DROP')
})

test('[F32] an unknown target on one way leaves the verdict open', () => {
  const rules = prepared(`-A FORWARD ${CHANCE} -j NFQUEUE --queue-num 1\n-A FORWARD -j ACCEPT`)
  expect(decide(rules, PACKET)).toMatchObject({ verdict: 'UNKNOWN', undecided: [] })
})

test('[F32] too many ways stay unknown', () => {
  const rules = prepared(
    Array.from({ length: 12 }, () => `-A FORWARD ${CHANCE} -j MARK --set-xmark 0x1/0x0`).join('\n'),
  )
  expect(decide(rules, PACKET).verdict).toBe('UNKNOWN')
  expect(decide(prepared(`-A FORWARD ${CHANCE} -j ACCEPT`), PACKET).verdict).toBe('ACCEPT')
})
