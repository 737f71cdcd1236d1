import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { analyze } from '../../analysis/analyze.ts'
import { pageAnalysis } from '../../analysis/pageAnalysis.ts'
import { print } from '../../analysis/print.ts'
import { compareBytes } from '../../model/order.ts'
import { formatTraffic } from '../../model/traffic.ts'
import { kernelNames } from '../../store/kernelNames.ts'
import { linkedTo } from '../../store/linked.ts'
import { problemList } from '../problems/problemList.ts'
import { EXAMPLES, LANDING_EXAMPLE } from './examples.ts'

const DUMP = join(import.meta.dirname, '../../testing/vectors/npm-v2/dumps/instance-metadata-legacy')

/** Promise and enforcement between two endpoints, as the graph words them. */
function verdict(
  example: string,
  src: string,
  dst: string,
): readonly [kubernetes: string, dataplane: string] {
  const found = EXAMPLES.find(({ id }) => id === example)
  if (found === undefined) throw new Error(`no example ${example}`)
  const { endpoints, classOf, traffic, pair } = analyze(found.scenario).connectivity
  const classOfId = (id: string) => classOf[endpoints.findIndex(endpoint => endpoint.id === id)] ?? -1
  const { kubernetes, dataplane } = pair(classOfId(src), classOfId(dst))
  return [traffic[kubernetes], traffic[dataplane]].map(set =>
    set === undefined ? 'unknown' : formatTraffic(set),
  ) as [string, string]
}

describe.each(EXAMPLES.map(example => [example.id, example] as const))('%s', (_, { scenario }) => {
  const { analysis } = analyze(scenario)

  test('is read without an error, and every policy in it is in force', () => {
    expect(analysis.usable).toBe(true)
    expect(analysis.diagnostics.filter(diagnostic => diagnostic.severity === 'error')).toEqual([])
    expect(analysis.failures).toEqual([])
    expect(analysis.unused).toEqual([])
    expect(analysis.policies.length).toBeGreaterThan(0)
  })

  test('no set and no chain is without a meaning', () => {
    const names = [...kernelNames(analysis.ruleset).values()]
    expect(names.length).toBeGreaterThan(5)
    expect(
      names.filter(name => name.sentence === '' || /^a (?:chain|hash|list)/.test(name.sentence)),
    ).toEqual([])
    expect(names.filter(name => name.kind === 'set' && name.readable === '')).toEqual([])
  })

  test('every policy is linked with rules and text', () => {
    for (const { namespace, name } of analysis.policies) {
      const linked = linkedTo(pageAnalysis(analysis), { kind: 'policy', key: `${namespace}/${name}` })
      expect(linked.rules.size).toBeGreaterThan(1)
      expect(linked.sets.size).toBeGreaterThan(0)
      expect(linked.origins).toEqual([{ resource: `NetworkPolicy/${namespace}/${name}`, path: '' }])
    }
  })
})

describe('the landing example is a real node’s case', () => {
  const analyzed = analyze(LANDING_EXAMPLE.scenario)

  test('the rules that the agent is given are those of the dump', () => {
    const lines = print(analyzed.given(), 'iptables-restore').map(line => line.text)
    const dump = readFileSync(join(DUMP, 'iptables-restore.txt'), 'utf8')
    expect(`${lines.join('\n')}\n`).toBe(dump)
  })

  test('the sets that the agent is given are those of the dump', () => {
    const lines = print(analyzed.given(), 'ipset-restore').map(line => line.text)
    const dump = readFileSync(join(DUMP, 'ipset-restore.txt'), 'utf8').trimEnd().split('\n')
    expect([...lines].sort(compareBytes)).toEqual([...dump].sort(compareBytes))
  })

  test('the metadata address is blocked and all else is allowed', () => {
    expect(verdict('instance-metadata', 'pod:default/web-1', 'cidr:169.254.169.254/32')).toEqual([
      'none',
      'none',
    ])
    expect(verdict('instance-metadata', 'pod:default/web-1', 'cidr:0.0.0.0/0')).toEqual(['all', 'all'])
    expect(verdict('instance-metadata', 'pod:default/web-1', 'pod:default/web-2')).toEqual(['all', 'all'])
  })

  test('it has nothing to complain about', () => {
    const shown = pageAnalysis(analyzed.analysis)
    expect(problemList(shown, shown)).toEqual([])
  })
})

describe('each example shows what it says', () => {
  test('three-tier: each tier is called by the one before and by no other', () => {
    const pod = (tier: string): string => {
      const scenario = EXAMPLES.find(({ id }) => id === 'three-tier')?.scenario ?? LANDING_EXAMPLE.scenario
      const found = analyze(scenario).analysis.endpoints.find(
        endpoint => endpoint.kind === 'pod' && endpoint.labels['tier'] === tier,
      )
      return found?.id ?? `no ${tier}`
    }
    expect(verdict('three-tier', 'outside', pod('frontend'))).toEqual(['TCP 8080', 'TCP 8080'])
    expect(verdict('three-tier', pod('frontend'), pod('api'))).toEqual(['TCP 9000', 'TCP 9000'])
    expect(verdict('three-tier', pod('api'), pod('db'))).toEqual(['TCP 5432', 'TCP 5432'])
    expect(verdict('three-tier', pod('frontend'), pod('db'))).toEqual(['none', 'none'])
    expect(verdict('three-tier', pod('db'), 'outside')).toEqual(['none', 'none'])
  })

  test('and-or: the shell is let in only where OR was written', () => {
    expect(verdict('and-or', 'pod:ops/shell', 'pod:data/ledger')).toEqual(['none', 'none'])
    expect(verdict('and-or', 'pod:ops/monitor', 'pod:data/ledger')).toEqual(['all', 'all'])
    expect(verdict('and-or', 'pod:ops/shell', 'pod:data/orders')).toEqual(['all', 'all'])
  })

  test('multi-value-not-in: promised to nobody, given to all', () => {
    expect(verdict('multi-value-not-in', 'pod:dev/laptop', 'pod:prod/api')).toEqual(['none', 'all'])
    expect(verdict('multi-value-not-in', 'outside', 'pod:prod/api')).toEqual(['none', 'all'])
  })

  test('empty-rule-lost: promised to all, given only to the probe', () => {
    expect(verdict('empty-rule-lost', 'pod:web/visitor', 'pod:web/site')).toEqual(['all', 'none'])
    expect(verdict('empty-rule-lost', 'pod:web/probe', 'pod:web/site')).toEqual(['all', 'all'])
  })

  test('named-ports: each pod’s own number', () => {
    expect(verdict('named-ports', 'pod:monitoring/prometheus', 'pod:apps/cart')).toEqual([
      'TCP 9100',
      'TCP 9100',
    ])
    expect(verdict('named-ports', 'pod:monitoring/prometheus', 'pod:apps/search')).toEqual([
      'TCP 8081',
      'TCP 8081',
    ])
  })

  test('ip-block-except: the block but not the hole', () => {
    expect(verdict('ip-block-except', 'pod:office/reports', 'cidr:10.0.0.0/8')).toEqual([
      'TCP 443',
      'TCP 443',
    ])
    expect(verdict('ip-block-except', 'pod:office/reports', 'cidr:10.20.0.0/16')).toEqual(['none', 'none'])
  })

  test('default-deny-dns: names are resolved and nothing else goes', () => {
    expect(verdict('default-deny-dns', 'pod:payments/ledger', 'pod:kube-system/coredns')).toEqual([
      'TCP 53; UDP 53',
      'TCP 53; UDP 53',
    ])
    expect(verdict('default-deny-dns', 'pod:payments/ledger', 'outside')).toEqual(['none', 'none'])
  })
})
