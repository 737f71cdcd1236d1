import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PacketQuestion } from '../../model/packetTrace.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import { analyze } from '../analyze.ts'
import { answerPacket } from '../packet/answerPacket.ts'

const folder = join(import.meta.dirname, '../../testing/vectors/npm-v2/dumps/instance-metadata-head')
const file = (name: string): ScenarioFile => ({ name, text: readFileSync(join(folder, name), 'utf8') })
const DUMPS = [file('iptables-save.nft.txt'), file('ipset-list.nft.txt')]
const MANIFESTS = file('manifests.yaml')

const QUESTION: PacketQuestion = {
  from: 'default/web-1',
  to: '169.254.169.254',
  traffic: '80/TCP',
  srcPort: 40000,
  state: 'NEW',
  rules: 'node',
  hook: 'FORWARD',
}

const ask = (files: readonly ScenarioFile[], change: Partial<PacketQuestion> = {}) =>
  answerPacket(analyze({ name: '', files, profile: 'head' }), { ...QUESTION, ...change })

const traced = (files: readonly ScenarioFile[], change: Partial<PacketQuestion> = {}) => {
  const answer = ask(files, change)
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

test('a pod by its name, the verdict by rule, Kubernetes’ promise beside it', () => {
  const trace = traced([MANIFESTS, ...DUMPS])
  expect(trace).toMatchObject({
    kubernetes: { answer: 'blocked' },
    dataplane: {
      answer: 'blocked',
      decidedAt: { table: 'filter', chain: 'AZURE-NPM-EGRESS', number: 3 },
      reasons: [{ text: 'rule 3 of AZURE-NPM-EGRESS (filter) drops it' }],
    },
    verdict: 'DROP',
    hook: 'FORWARD',
    mark: 0x800,
    packet: { src: { name: 'default/web-1', endpoint: 'pod:default/web-1' }, label: 'TCP 80' },
  })
  expect(
    trace.steps.some(({ action }) => action.includes('egress of default/restrict-instance-metadata')),
  ).toBe(true)
  expect(structuredClone(trace)).toEqual(trace)
})

test('that the node does other than Kubernetes promises is said first', () => {
  const opened = { ...MANIFESTS, text: MANIFESTS.text.replaceAll('169.254.169.254/32', '192.0.2.0/24') }
  expect(traced([opened, ...DUMPS])).toMatchObject({
    kubernetes: { answer: 'allowed' },
    dataplane: { answer: 'blocked' },
    summary: 'The node stops it, although Kubernetes promises that it arrives.',
  })
  expect(traced([MANIFESTS, ...DUMPS]).summary).toBeUndefined()
})

test('every step says which line of the dump it is', () => {
  const { steps } = traced([MANIFESTS, ...DUMPS])
  expect(steps.length).toBeGreaterThan(3)
  for (const { place, chain } of steps) {
    expect(place?.file).toBe('iptables-save.nft.txt')
    expect(DUMPS[0]?.text.split('\n')[(place?.line ?? 0) - 1]).toContain(`-A ${chain} `)
  }
})

test('without objects there is no promise; addresses, blocks and the outside can be asked about', () => {
  const trace = traced(DUMPS, { from: '10.1.1.32', to: '8.8.8.0/24' })
  expect([trace.kubernetes, trace.dataplane.answer]).toEqual([undefined, 'allowed'])
  expect(traced(DUMPS, { from: 'outside', to: '10.1.1.32' }).dataplane.answer).toBe('allowed')
})

test('what is not given leaves the answer open, with the reason', () => {
  const { dataplane, verdict } = traced([MANIFESTS, ...DUMPS.slice(0, 1)])
  expect([dataplane.answer, verdict]).toEqual(['unknown', 'UNKNOWN'])
  expect(dataplane.reasons[0]?.text).toMatch(/^set azure-npm-\S+ is missing \(rule 1 of AZURE-NPM/)
})

test('a pod’s own traffic never comes to FORWARD; a new connection’s other hooks do', () => {
  const self = traced([MANIFESTS, ...DUMPS], { to: 'default/web-1' })
  expect([self.dataplane.answer, self.steps]).toEqual(['allowed', []])
  expect(traced(DUMPS, { from: '10.240.0.4', hook: 'OUTPUT' }).hook).toBe('OUTPUT')
})

test('a pod without an address of its own, or no dump', () => {
  const nowhere = { ...MANIFESTS, text: MANIFESTS.text.replace(/podIP: \S+/g, '') }
  expect(ask([nowhere, ...DUMPS])).toMatchObject({ ok: false, error: { field: 'from' } })
  expect(ask([MANIFESTS])).toEqual({
    ok: false,
    error: { field: 'rules', message: 'there is no dump of a real node among the files' },
  })
})
