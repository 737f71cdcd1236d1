import { expect, test } from 'vitest'
import { EMPTY_PACKET } from '../../store/packet.ts'
import { traceCommand } from './traceCommand.ts'

const PACKET = { ...EMPTY_PACKET, from: 'shop/web', to: '10.0.0.0/8', traffic: '80/TCP' }
const FILES = [
  { name: 'policies.yaml', text: 'kind: NetworkPolicy' },
  { name: 'node 1.txt', text: '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n' },
  { name: 'sets.txt', text: 'create a hash:net\n' },
]

test('through the policies’ rules: trace, with the manifests alone', () => {
  expect(traceCommand(PACKET, { files: FILES, profile: 'head' })).toBe(
    'netpol-flow trace --profile head shop/web 10.0.0.0/8 80/TCP policies.yaml',
  )
})

test('what is not as usual is said', () => {
  const packet = { ...PACKET, state: 'ESTABLISHED' as const, srcPort: 53 }
  expect(traceCommand(packet, { files: [], profile: 'v1.4.45' })).toBe(
    'netpol-flow trace --profile v1.4.45 --state ESTABLISHED --sport 53 shop/web 10.0.0.0/8 80/TCP',
  )
})

test('through a node’s rules: simulate, with its dumps', () => {
  const packet = { ...PACKET, rules: 'node' as const, hook: 'OUTPUT' as const }
  expect(traceCommand(packet, { files: FILES, profile: 'head' })).toBe(
    "netpol-flow simulate --iptables 'node 1.txt' --ipset sets.txt --hook OUTPUT shop/web 10.0.0.0/8 80/TCP policies.yaml",
  )
})
