import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CtState } from '../../model/packet.ts'
import type { PacketTrace, Reason } from '../../model/packetTrace.ts'
import { analyze, type Analyzed } from '../analyze.ts'
import { packetEnd, transportOf } from './packetEnds.ts'
import { tracePacket } from './packetTrace.ts'

const examples = join(import.meta.dirname, '../../ui/examples')

function scenario(text: string): Analyzed {
  return analyze({ name: '', profile: 'head', files: [{ name: 'a.yaml', text }] })
}
const example = (file: string) => scenario(readFileSync(join(examples, file), 'utf8'))

function follow(all: Analyzed, src: string, dst: string, port: string, state: CtState = 'NEW'): PacketTrace {
  const from = packetEnd(src, all.cluster)
  const to = packetEnd(dst, all.cluster)
  if (!from.ok || !to.ok) throw new Error('no such end')
  const transport = transportOf(port, to.value.endpoint)
  if (!transport.ok) throw new Error(transport.error)
  return tracePacket(all, {
    src: from.value,
    dst: to.value,
    transport: transport.value,
    srcPort: 40000,
    state,
  })
}

const texts = (reasons: readonly Reason[] = []): readonly string[] =>
  reasons.flatMap(({ text, parts = [] }) => [text, ...texts(parts)])

const tiers = example('three-tier.yaml')

test('an allowed packet: by which rule at each end, and the node agrees', () => {
  const { kubernetes, dataplane, deviations, steps, mark } = follow(
    tiers,
    'shop/api-1',
    'shop/db-0',
    '5432/TCP',
  )
  expect([kubernetes?.answer, dataplane.answer, deviations]).toEqual(['allowed', 'allowed', []])
  expect(texts(kubernetes?.reasons)).toContain('shop/db allows it')
  expect(kubernetes?.reasons[1]?.parts?.[0]?.origin).toEqual({
    resource: 'NetworkPolicy/shop/db',
    path: 'spec.ingress[0]',
  })
  expect(steps.at(-1)).toMatchObject({ matched: true, action: 'accept' })
  expect(mark).toBe(steps.at(-1)?.markAfter)
})

test('a blocked packet: rule by rule why not, label by label', () => {
  const { kubernetes, dataplane, steps, summary } = follow(tiers, 'shop/db-0', 'shop/api-1', '9000/TCP')
  expect([kubernetes?.answer, dataplane.answer]).toEqual(['blocked', 'blocked'])
  expect(summary).toBe(
    'It is stopped on entering shop/api-1: shop/api selects that pod, and no rule there lets TCP 9000 in from shop/db-0. Nor do policies allow leaving shop/db-0.',
  )
  expect(texts(kubernetes?.reasons)).toEqual([
    expect.stringContaining('leaving shop/db-0'),
    'shop/db isolates it: it selects pods with `tier=db` in shop',
    'it has no egress rule',
    expect.stringContaining('entering shop/api-1'),
    'shop/api isolates it: it selects pods with `tier=api` in shop',
    'spec.ingress[0] does not match: `tier` is `db`, wanted `frontend`',
  ])
  expect(steps.at(-1)).toMatchObject({ matched: true, action: 'drop' })
  const marking = steps.find(({ markBefore, markAfter }) => markBefore !== markAfter)
  expect(marking).toMatchObject({ markBefore: 0, action: 'set the mark' })
  expect(marking?.origin?.resource).toBe('NetworkPolicy/shop/api')
})

test('a port that the right peer may not use', () => {
  const { kubernetes } = follow(tiers, 'shop/api-1', 'shop/db-0', '80/TCP')
  expect(texts(kubernetes?.reasons)).toContain(
    'spec.ingress[0] does not match: port 80 is not among 5432/TCP',
  )
})

test('every step follows from the one before', () => {
  const { steps } = follow(tiers, 'shop/frontend-1', 'shop/api-1', '9000/TCP')
  let mark = 0
  for (const step of steps) {
    expect(step.markBefore).toBe(mark)
    expect(step.matched ? step.action : '').toBe(step.action)
    if (!step.matched) expect(step.matches.at(-1)?.outcome).not.toBe('holds')
    mark = step.markAfter
  }
  expect(new Set(steps.map(({ depth }) => depth)).size).toBeGreaterThan(2)
})

test('a set says by which entry it decided', () => {
  const all = example('ip-block-except.yaml')
  const { steps } = follow(all, 'office/reports', '10.20.1.1', '443/TCP')
  const details = steps.flatMap(({ matches }) => matches.map(({ detail }) => detail))
  expect(details).toContain('10.20.0.0/16 nomatch is the longest prefix that holds 10.20.1.1: no member')
  const other = follow(all, 'office/reports', '10.21.1.1', '443/TCP')
  expect(other.steps.flatMap(({ matches }) => matches.map(({ detail }) => detail))).toContain(
    '10.0.0.0/8 is the longest prefix that holds 10.21.1.1',
  )
})

test('where the two differ the deviations say why', () => {
  const { kubernetes, dataplane, deviations } = follow(
    example('multi-value-not-in.yaml'),
    'dev/laptop',
    'prod/api',
    '80',
  )
  expect([kubernetes?.answer, dataplane.answer]).toEqual(['blocked', 'allowed'])
  expect(deviations.map(({ id }) => id)).toEqual(['D1', 'D2'])
})

test('a pod to itself never meets a rule', () => {
  const { kubernetes, dataplane, steps } = follow(tiers, 'shop/db-0', 'shop/db-0', '1/TCP')
  expect([kubernetes?.answer, dataplane.answer, steps]).toEqual(['allowed', 'allowed', []])
})

test('ICMP is left open where something isolates, and the node blocks it', () => {
  const icmp = follow(tiers, 'shop/api-1', 'shop/db-0', 'ICMP')
  expect([icmp.kubernetes?.answer, icmp.dataplane.answer, icmp.deviations]).toEqual([
    'undefined',
    'blocked',
    [],
  ])
  expect(follow(tiers, 'shop/frontend-1', '8.8.8.8', 'icmp').kubernetes?.answer).toBe('allowed')
})

test('what belongs to an open connection passes without azure-npm', () => {
  const { kubernetes, dataplane, deviations } = follow(tiers, 'shop/db-0', 'shop/api-1', '80', 'ESTABLISHED')
  expect([kubernetes?.answer, dataplane.answer, deviations]).toEqual(['allowed', 'allowed', []])
  expect(texts(dataplane.reasons)[0]).toContain('first packet of a connection only')
  expect(follow(tiers, 'shop/db-0', 'shop/api-1', '80', 'INVALID').kubernetes?.answer).toBe('undefined')
})

test('a pod on its node’s network is told as such', () => {
  const all = scenario(`apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: a}
spec: {hostNetwork: true, containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: a}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: a}
spec: {podSelector: {}}
`)
  const { notes, dataplane } = follow(all, 'a/agent', 'a/web', '80')
  expect(notes).toHaveLength(1)
  expect(notes[0]).toContain('OUTPUT')
  expect(dataplane.answer).toBe('blocked')
  expect(follow(all, 'a/web', 'a/agent', '80').notes[0]).toContain('INPUT')
})

test('a blocked packet is stopped by the policies of one end, an allowed one by none', () => {
  const stoppedBy = (src: string, dst: string, port: string) =>
    follow(tiers, src, dst, port).dataplane.stoppedBy
  // azure-npm asks the destination's policies first.
  expect(stoppedBy('shop/db-0', 'shop/api-1', '9000/TCP')).toBe('ingress')
  expect(stoppedBy('shop/db-0', '203.0.113.7', '443/TCP')).toBe('egress')
  expect(stoppedBy('shop/api-1', 'shop/db-0', '5432/TCP')).toBeUndefined()
})
