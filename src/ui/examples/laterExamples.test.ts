import { describe, expect, test } from 'vitest'
import { analyze } from '../../analysis/analyze.ts'
import { answerPacket } from '../../analysis/packet/answerPacket.ts'
import { nodeReport } from '../../analysis/node/nodeReport.ts'
import { formatTraffic } from '../../model/traffic.ts'
import { nodeSummary } from '../../store/nodeSummary.ts'
import { EMPTY_PACKET } from '../../store/packet.ts'
import { EXAMPLE_CHOICES } from './exampleChoices.ts'
import { DRIFTED_NODE_EXAMPLE } from './driftedNodeExample.ts'
import { EXPECTATIONS_EXAMPLE } from './expectationsExample.ts'
import { KUBE_PROXY_EXAMPLE } from './kubeProxyExample.ts'

test('the menu names what it loads, each once', async () => {
  const loaded = await Promise.all(EXAMPLE_CHOICES.map(({ load }) => load()))
  expect(loaded.map(({ scenario }) => scenario.name)).toEqual(EXAMPLE_CHOICES.map(({ name }) => name))
  expect(new Set(EXAMPLE_CHOICES.map(({ id }) => id)).size).toBe(EXAMPLE_CHOICES.length)
})

test('expectations: one fails, in both answers, until the policy names the tier', () => {
  const { scenario } = EXPECTATIONS_EXAMPLE
  const fares = (files = scenario.files) =>
    analyze({ ...scenario, files }).analysis.expectations.map(({ expectation, kubernetes, dataplane }) => [
      expectation.name,
      kubernetes,
      dataplane,
    ])
  const all = fares()
  expect(all).toHaveLength(5)
  expect(all.filter(([, ...answers]) => answers.includes('fail'))).toEqual([
    ['The frontend never talks to the database', 'fail', 'fail'],
  ])
  const mended = scenario.files.map(file => ({
    ...file,
    text: file.text.replace(/(from:\n +- podSelector:\n +matchLabels: )\{ app: shop \}/, '$1{ tier: api }'),
  }))
  expect(fares(mended).flat()).not.toContain('fail')
  expect(analyze(scenario).analysis.diagnostics.map(({ code }) => code)).toEqual(['expectation-failed'])
})

describe('a node that drifted', () => {
  const report = nodeReport(analyze(DRIFTED_NODE_EXAMPLE.scenario))

  test('it has the four faults that were put in, and kube-proxy as context', () => {
    expect(report?.problems).toEqual([])
    expect(report?.drift.map(({ kind, place }) => [kind, place?.file, place?.line])).toEqual([
      ['stale-rule', 'iptables-save.txt', 28],
      ['stale-chain', 'iptables-save.txt', 12],
      ['jump-position', 'iptables-save.txt', 16],
      ['foreign-rule', 'iptables-save.txt', 15],
      ['missing-member', 'ipset-save.txt', 1],
    ])
    expect(report && nodeSummary(report).sentence).toBe('4 differences, 4 flows change')
  })

  test('the metadata address is open to the pod that its set lacks, and the dead policy closes what is open', () => {
    expect(
      report?.changed.map(({ src, dst, opened, closed }) => [
        `${src} → ${dst}`,
        formatTraffic(opened),
        formatTraffic(closed),
      ]),
    ).toEqual([
      ['pod:default/web-2 → pod:default/web-1', 'none', 'all'],
      ['pod:default/web-2 → cidr:169.254.169.254/32', 'all', 'none'],
      ['cidr:0.0.0.0/0 → pod:default/web-1', 'none', 'all'],
      ['cidr:169.254.169.254/32 → pod:default/web-1', 'none', 'all'],
    ])
  })
})

describe('a packet on kube-proxy’s node', () => {
  const analyzed = analyze(KUBE_PROXY_EXAMPLE.scenario)

  test('the node is as its policies say', () => {
    const report = nodeReport(analyzed)
    expect(report?.drift.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(report && nodeSummary(report).tone).toBe('good')
  })

  test.each([
    ['ESTABLISHED', 'allowed', 'KUBE-FORWARD'],
    ['NEW', 'blocked', 'AZURE-NPM-EGRESS'],
  ] as const)('a packet that is %s is %s in %s', (state, answer, chain) => {
    const traced = answerPacket(analyzed, { ...EMPTY_PACKET, ...KUBE_PROXY_EXAMPLE.packet, state })
    expect(traced.ok && traced.value.dataplane).toMatchObject({ answer, decidedAt: { chain } })
  })
})
