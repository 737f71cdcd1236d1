import { describe, expect, test } from 'vitest'
import type { DriftFinding, NodeReport } from '../model/nodeReport.ts'
import { ALL_TRAFFIC, NO_TRAFFIC, portTraffic } from '../model/traffic.ts'
import { analysisFixture, scenarioFixture } from '../testing/analysisFixture.ts'
import { createAppStore } from './appStore.ts'
import { firstPacket } from './firstPacket.ts'
import { hasDump, nodeReportOf } from './node.ts'
import { lineRange } from './nodeFiles.ts'
import { nodeMarkdown } from './nodeMarkdown.ts'
import { dumpNames } from './nodeNames.ts'
import { asSentence, driftGroups, nodeKind, nodeSummary } from './nodeSummary.ts'
import { startNodeReport } from './startNodeReport.ts'

const DUMP = {
  name: 'iptables-save.txt',
  text: '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT\n',
}

const finding = (kind: DriftFinding['kind'], severity: DriftFinding['severity'] = 'error'): DriftFinding => ({
  kind,
  severity,
  message: `${kind} of *x*`,
  advice: 'restart it.',
  place: { file: DUMP.name, line: 3 },
})
const report = (parts: Partial<NodeReport> = {}): NodeReport => ({
  files: [DUMP.name],
  backend: 'nft',
  agent: 'v2',
  profile: 'head',
  problems: [],
  tables: [{ name: 'filter', chains: 3, rules: 0 }],
  chains: [],
  sets: [],
  drift: [],
  changed: [],
  ...parts,
})
const CHANGED = {
  src: 'pod:a/b',
  dst: 'outside',
  sources: 2,
  destinations: 3,
  opened: portTraffic('TCP', 80, 80),
  closed: NO_TRAFFIC,
  unknown: NO_TRAFFIC,
}

describe('the headline', () => {
  test.each([
    ['nothing', report(), 'good', 'The node does what the policies say'],
    [
      'context alone',
      report({ drift: [finding('foreign-rule', 'info')] }),
      'good',
      'The node does what the policies say',
    ],
    [
      'a difference',
      report({ drift: [finding('stale-set', 'warning')] }),
      'notice',
      '1 difference, no flow changes',
    ],
    [
      'pairs, not rows, are counted',
      report({ drift: [finding('stale-rule'), finding('missing-member')], changed: [CHANGED] }),
      'bad',
      '2 differences, 6 flows change',
    ],
    [
      'verdicts alone',
      report({ agent: 'v1', changed: [{ ...CHANGED, sources: 1, destinations: 1 }] }),
      'bad',
      '1 flow changes',
    ],
    [
      'what was not compared is not said to agree',
      report({ changedLimit: 'no pod says its address' }),
      'unknown',
      'No difference found; not every verdict is sure',
    ],
    ['nothing that can be read', report({ tables: [] }), 'unknown', 'Nothing of the node could be read'],
  ] as const)('%s', (_, about, tone, sentence) => {
    expect(nodeSummary(about)).toMatchObject({ tone, sentence })
  })

  test('the node by its agent and back end', () => {
    expect(nodeKind(report())).toBe('azure-npm head, nft back end')
    expect(nodeKind(report({ agent: 'v1', backend: undefined }))).toBe('azure-npm v1, the legacy agent')
    expect(nodeKind(report({ agent: 'none', backend: 'legacy' }))).toBe('no azure-npm, legacy back end')
  })

  test('a phrase becomes a sentence, a sentence stays one', () => {
    expect(asSentence('the jump is late')).toBe('The jump is late.')
    expect(asSentence('It is late.')).toBe('It is late.')
    expect(asSentence('azure-npm moves it')).toBe('azure-npm moves it.')
  })
})

test('differences stand in the order in which a packet meets them, the worst first in each group', () => {
  const drift = [
    finding('foreign-rule', 'info'),
    finding('stale-rule', 'warning'),
    finding('missing-rule'),
    finding('missing-jump'),
  ]
  expect(driftGroups(drift).map(({ title, findings }) => [title, findings.map(({ kind }) => kind)])).toEqual([
    ['Where packets enter azure-npm’s rules', ['missing-jump']],
    ['Rules', ['missing-rule', 'stale-rule']],
    ['Other software’s rules', ['foreign-rule']],
  ])
})

test('the report as Markdown: every part, and nothing in it read as markup', () => {
  const text = nodeMarkdown(
    report({
      drift: [finding('missing-member')],
      changed: [CHANGED],
      changedLimit: 'more were not compared',
      problems: [{ code: 'strange-line', severity: 'warning', message: 'what | is\nthis', spoilsAll: false }],
    }),
    'My _shop_',
    id => (id === 'outside' ? 'outside' : 'a|b'),
  )
  expect(text).toBe(
    [
      String.raw`# My \_shop\_: the node beside its policies`,
      '',
      '**1 difference, 6 flows change.** azure-npm head, nft back end; from `iptables-save.txt`.',
      '',
      '## What cannot be read',
      '',
      String.raw`- warning: What \| is this.`,
      '',
      '## Members of sets',
      '',
      '- error: Missing-member of \\*x\\*. (`iptables-save.txt:3`) Restart it.',
      '',
      '## Flows that the node decides otherwise',
      '',
      '| flow | open, should be closed | closed, should be open | unknown |',
      '|---|---|---|---|',
      String.raw`| a\|b → outside (×6) | TCP 80 |  |  |`,
      '',
      'More were not compared.',
      '',
    ].join('\n'),
  )
})

test.each([
  ['a\nbc\n', 1, [0, 1]],
  ['a\nbc\n', 2, [2, 4]],
  ['a\r\nbc\r\n', 2, [3, 5]],
  ['a\rbc', 2, [2, 4]],
  ['a', 7, [1, 1]],
] as const)('line ends of any kind: %j line %i', (text, line, [start, end]) => {
  expect(lineRange(text, line)).toEqual({ start, end })
})

test.each([
  [portTraffic('TCP', 5432, 5432), '5432/TCP'],
  [ALL_TRAFFIC, '80/TCP'],
  [portTraffic('UDP', 0, 20), '1/UDP'],
  [[196608, 196609], 'ICMP'],
] as const)('a packet of %j', (traffic, packet) => {
  expect(firstPacket(traffic)).toBe(packet)
})

test('names that only the node has get the meanings that the report found', () => {
  const names = dumpNames(
    {
      tables: [],
      sets: [{ name: 's-1', type: 'hash:net', maxelem: 1, prefixedNames: ['own'] }],
    },
    report({
      sets: [
        { name: 's-1', type: 'hash:net', entries: 0, meanings: ['other'] },
        { name: 's-2', type: 'hash:net', entries: 0, meanings: ['ns-x'] },
        { name: 's-3', type: 'hash:net', entries: 0, meanings: [] },
      ],
      chains: [{ table: 'filter', name: 'C', rules: 1, meaning: 'ingress of x/y' }],
    }),
  )
  expect([...names].map(([name, { readable, sentence }]) => [name, readable, sentence])).toEqual([
    ['s-1', 'own', 'a hash:net set'],
    ['s-2', 'ns-x', 'a hash:net set'],
    ['C', '', 'ingress of x/y (table filter)'],
  ])
})

describe('keeping the report up to date', () => {
  function page() {
    const store = createAppStore()
    store.getState().load(scenarioFixture('x'), 'own')
    const answers: ((report: NodeReport | undefined | 'stopped') => void)[] = []
    const client = {
      ask: () =>
        new Promise(resolve => {
          const revision = store.getState().picture?.revision ?? -1
          answers.push(about =>
            resolve(about === 'stopped' ? undefined : { op: 'node', id: 1, revision, report: about }),
          )
        }),
    }
    startNodeReport(store, client as unknown as Parameters<typeof startNodeReport>[1])
    const analysed = (): void => {
      const { revision, scenario, receive } = store.getState()
      receive({ revision, scenario, analysis: analysisFixture(), milliseconds: 1 })
    }
    const answer = async (about: NodeReport | undefined | 'stopped'): Promise<void> => {
      answers.pop()?.(about)
      await new Promise(resolve => setTimeout(resolve))
    }
    return { store, analysed, answer, asked: () => answers.length }
  }

  test('without a dump nothing is asked', () => {
    const { store, analysed, asked } = page()
    analysed()
    expect(hasDump(store.getState())).toBe(false)
    expect(asked()).toBe(0)
  })

  test('a dump is asked about, and again after an edit; when it is gone there is no report', async () => {
    const { store, analysed, answer, asked } = page()
    store.getState().dropFiles([DUMP])
    expect(store.getState().view.inspectorTab).toBe('node')
    analysed()
    expect(asked()).toBe(1)
    const first = report()
    await answer(first)
    expect(nodeReportOf(store.getState())).toBe(first)
    expect(asked()).toBe(0)
    store.getState().setText(DUMP.name, `${DUMP.text}\n`)
    analysed()
    expect(asked()).toBe(1)
    await answer(report())
    store.getState().undo()
    expect(nodeReportOf(store.getState())).toBeUndefined()
  })

  test('of the pictures that come while one question is open only the last is asked about', async () => {
    const { store, analysed, answer, asked } = page()
    store.getState().dropFiles([DUMP])
    analysed()
    for (const text of ['1', '2', '3']) {
      store.getState().setText('a.yaml', text)
      analysed()
    }
    expect(asked()).toBe(1)
    await answer(report())
    expect(asked()).toBe(1)
    await answer(report())
    expect(asked()).toBe(0)
  })

  test('when the worker stops it says so, and tries again when asked to', async () => {
    const { store, analysed, answer, asked } = page()
    store.getState().dropFiles([DUMP])
    analysed()
    await answer('stopped')
    expect(store.getState().nodeFailed).toBe(true)
    expect(asked()).toBe(0)
    store.getState().failNode(false)
    expect(asked()).toBe(1)
    await answer(report())
    expect(store.getState().nodeFailed).toBe(false)
    expect(nodeReportOf(store.getState())).toBeDefined()
  })
})
