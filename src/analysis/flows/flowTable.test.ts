import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAllowed } from '../../engine/kubernetes/isAllowed.ts'
import { prepareRuleset } from '../../engine/netfilter/preparedRuleset.ts'
import { verdictOf as walkVerdict } from '../../engine/netfilter/walk.ts'
import { ALL_TRAFFIC, trafficContains, trafficPoint } from '../../model/traffic.ts'
import { analyze } from '../analyze.ts'
import { asKubernetes } from '../assess.ts'
import { flowRows, verdictOf } from './flowTable.ts'

const examples = join(import.meta.dirname, '../../ui/examples')
const analyzed = (file: string) =>
  analyze({
    name: '',
    profile: 'head',
    files: [{ name: file, text: readFileSync(join(examples, file), 'utf8') }],
  })

const PROBES = [80, 443, 5432, 8080, 9000].map(port => ({ protocol: 'TCP' as const, port }))

describe('against all pairs, one packet at a time', () => {
  test.each(['three-tier.yaml', 'multi-value-not-in.yaml', 'ip-block-except.yaml', 'named-ports.yaml'])(
    '%s',
    file => {
      const all = analyzed(file)
      const prepared = prepareRuleset(all.ruleset)
      const seen = new Set<string>()
      for (const row of flowRows(all, { traffic: ALL_TRAFFIC }))
        for (const src of row.src)
          for (const dst of row.dst) {
            if (src === dst) continue
            seen.add(`${src.id} ${dst.id}`)
            const from = asKubernetes(src, all.pods)
            const to = asKubernetes(dst, all.pods)
            for (const { protocol, port } of PROBES) {
              const point = trafficPoint(protocol, port)
              const packet = {
                protocol: 6,
                src: src.address,
                dst: dst.address,
                srcPort: 40000,
                dstPort: port,
                ctState: 'NEW' as const,
              }
              expect([src.id, dst.id, port, trafficContains(row.kubernetes, point)]).toEqual([
                src.id,
                dst.id,
                port,
                isAllowed(all.cluster, from, to, protocol, port),
              ])
              expect([src.id, dst.id, port, trafficContains(row.dataplane, point)]).toEqual([
                src.id,
                dst.id,
                port,
                walkVerdict(prepared, packet) === 'ACCEPT',
              ])
            }
          }
      const { endpoints } = all.connectivity
      const pods = endpoints.filter(({ kind }) => kind === 'pod').length
      const others = endpoints.length - pods
      expect(seen.size).toBe(endpoints.length * (endpoints.length - 1) - others * (others - 1))
    },
  )
})

test('a class asked for in part is told in part', () => {
  const all = analyzed('three-tier.yaml')
  const one = all.connectivity.endpoints.findIndex(({ id }) => id === 'pod:shop/frontend-1')
  const rows = [...flowRows(all, { traffic: ALL_TRAFFIC, from: new Set([one]) })]
  expect(rows.map(({ src, dst }) => [src.map(({ id }) => id), dst.length])).toEqual([
    [['pod:shop/frontend-1'], 2],
    [['pod:shop/frontend-1'], 1],
    [['pod:shop/frontend-1'], 2],
    [['pod:shop/frontend-1'], 1],
  ])
  const self = [...flowRows(all, { traffic: ALL_TRAFFIC, from: new Set([one]), to: new Set([one]) })]
  expect(self).toEqual([])
})

test('a difference has its deviations', () => {
  const rows = [...flowRows(analyzed('multi-value-not-in.yaml'), { traffic: [80, 81] })]
  const differing = rows.filter(({ differs }) => differs)
  expect(differing).toHaveLength(3)
  for (const row of differing) {
    expect(row.deviations).toEqual(['D1', 'D2'])
    expect([verdictOf(row.kubernetes, [80, 81]), verdictOf(row.dataplane, [80, 81])]).toEqual([
      'blocked',
      'allowed',
    ])
  }
})

test('the verdict is about ports unless other protocols were asked about', () => {
  expect(verdictOf([80, 81], ALL_TRAFFIC)).toBe('partly')
  expect(verdictOf([0, 196608], ALL_TRAFFIC)).toBe('allowed')
  expect(verdictOf([196608, 196609], ALL_TRAFFIC)).toBe('blocked')
  expect(verdictOf([196608, 196609], [196608, 196609])).toBe('allowed')
})
