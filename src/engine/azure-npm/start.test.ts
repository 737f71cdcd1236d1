import { expect, test } from 'vitest'
import { profileOf } from './profiles.ts'
import { baseChainText, EMPTY_NODE, positionJump, startCommands } from './start.ts'

const JUMP = '-j AZURE-NPM -m conntrack --ctstate NEW'

test('[N32] a fresh node gets the base chains', () => {
  expect(baseChainText([])).toBe(`*filter
:AZURE-NPM - -
:AZURE-NPM-INGRESS - -
:AZURE-NPM-INGRESS-ALLOW-MARK - -
:AZURE-NPM-EGRESS - -
:AZURE-NPM-ACCEPT - -
-A AZURE-NPM-INGRESS -j DROP -m mark --mark 0x400/0x400 -m comment --comment DROP-ON-INGRESS-DROP-MARK-0x400/0x400
-A AZURE-NPM-INGRESS-ALLOW-MARK -j MARK --set-mark 0x200/0x200 -m comment --comment SET-INGRESS-ALLOW-MARK-0x200/0x200
-A AZURE-NPM-INGRESS-ALLOW-MARK -j AZURE-NPM-EGRESS
-A AZURE-NPM-EGRESS -j DROP -m mark --mark 0x800/0x800 -m comment --comment DROP-ON-EGRESS-DROP-MARK-0x800/0x800
-A AZURE-NPM-EGRESS -j AZURE-NPM-ACCEPT -m mark --mark 0x200/0x200 -m comment --comment ACCEPT-ON-INGRESS-ALLOW-MARK-0x200/0x200
-A AZURE-NPM-ACCEPT -j ACCEPT
COMMIT
`)
})

test('[N32] chains of an earlier run are emptied', () => {
  const lines = baseChainText(['AZURE-NPM-INGRESS-1', 'AZURE-NPM']).split('\n')
  expect(lines.slice(1, 7)).toEqual([
    ':AZURE-NPM-INGRESS - -',
    ':AZURE-NPM-INGRESS-ALLOW-MARK - -',
    ':AZURE-NPM-EGRESS - -',
    ':AZURE-NPM-ACCEPT - -',
    '-F AZURE-NPM',
    '-F AZURE-NPM-INGRESS-1',
  ])
})

test.each([
  [0, 0, [`-I FORWARD ${JUMP}`]],
  [0, 3, [`-I FORWARD 4 ${JUMP}`]],
  [1, 0, []],
  [2, 0, [`-D FORWARD ${JUMP}`, `-I FORWARD ${JUMP}`]],
  [4, 3, []],
  [6, 3, [`-D FORWARD ${JUMP}`, `-I FORWARD 4 ${JUMP}`]],
  [2, 3, [`-D FORWARD ${JUMP}`, `-I FORWARD 3 ${JUMP}`]],
])('[N33] the jump at %i, KUBE-SERVICES at %i', (at, services, args) => {
  const forward = Array.from({ length: 6 }, (_, i) => {
    if (i + 1 === at) return 'AZURE-NPM  all  --  0.0.0.0/0  0.0.0.0/0  ctstate NEW'
    return i + 1 === services ? 'KUBE-SERVICES  all' : 'KUBE-EXTERNAL-SERVICES  all'
  })
  expect(positionJump(profileOf('head'), forward)).toEqual(args)
})

test('[N33] v1.4.45 goes to the top whatever is there', () => {
  const first = profileOf('v1.4.45')
  expect(positionJump(first, ['KUBE-SERVICES'])).toEqual([`-I FORWARD ${JUMP}`])
  expect(positionJump(first, ['AZURE-NPM', 'KUBE-SERVICES'])).toEqual([])
  expect(positionJump(first, ['KUBE-SERVICES', 'AZURE-NPM'])).toEqual([
    `-D FORWARD ${JUMP}`,
    `-I FORWARD ${JUMP}`,
  ])
})

test('[N32] what is left of earlier runs goes', () => {
  const before = {
    ...EMPTY_NODE,
    otherVariant: { name: 'legacy', chains: ['AZURE-NPM-X', 'AZURE-NPM'] },
    sets: ['azure-npm-2', 'other', 'azure-npm-1'],
  } as const
  const lines = (id: 'head' | 'v1.4.45') => startCommands(profileOf(id), before).map(({ line }) => line)
  const common = [
    'iptables -w 60 -D FORWARD -j AZURE-NPM',
    'iptables-restore -w 60 -T filter --noflush',
    `iptables -w 60 -I FORWARD ${JUMP}`,
    'ipset restore',
    'ipset restore',
  ]
  expect(lines('v1.4.45')).toEqual(common)
  expect(lines('head')).toEqual([
    `iptables-legacy -w 60 -D FORWARD ${JUMP}`,
    'iptables-legacy -w 60 -D FORWARD -j AZURE-NPM',
    'iptables-legacy-restore -w 60 -T filter --noflush',
    'iptables-legacy -w 60 -X AZURE-NPM',
    'iptables-legacy -w 60 -X AZURE-NPM-X',
    ...common,
  ])
  const own = startCommands(profileOf('head'), { ...EMPTY_NODE, sets: ['azure-npm-1'] })
  expect(own.slice(-2).map(({ line }) => line)).toEqual(['ipset flush', 'ipset destroy'])
})
