import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerWalk } from '../headless.ts'
import { readNode } from './nodeDump.ts'

const folder = join(import.meta.dirname, '../../testing/foreign')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

interface Recorded {
  readonly allowed: readonly string[]
  readonly blocked: readonly string[]
}

/**
 * Nodes with other software's chains, as a kernel's tools saved them, and what that kernel did with packets. What hangs
 * on an interface alone may stay unknown.
 */
test.each([
  ['kube-proxy-docker', 120],
  ['calico', 120],
  ['ufw-firewalld-cilium', 86],
])('of %s no verdict is wrong, and %i are known', (name, known) => {
  const text = read(`${name}.txt`)
  expect(readNode([{ name, text }]).problems).toEqual([])
  const { allowed, blocked } = JSON.parse(read(`${name}.verdicts.json`)) as Recorded
  const probes = [...allowed, ...blocked]
  const answer = answerWalk({
    iptables: text,
    probes: probes.map(probe => {
      const [src, dst, protocol, port = '0'] = probe.split(' ')
      return { src, dst, protocol, port: Number(port) }
    }),
  }) as { readonly value: { readonly verdicts: readonly string[] } }
  const { verdicts } = answer.value
  const wanted = (probe: string) => (allowed.includes(probe) ? 'ACCEPT' : 'DROP')
  const sure = probes.filter((_, i) => verdicts[i] !== 'UNKNOWN')
  expect(
    probes.flatMap((probe, i) => (verdicts[i] === 'UNKNOWN' ? [] : [`${probe} ${verdicts[i] ?? ''}`])),
  ).toEqual(sure.map(probe => `${probe} ${wanted(probe)}`))
  expect(sure).toHaveLength(known)
})
