import { describe, expect, test } from 'vitest'
import type { Cluster } from '../../model/cluster.ts'
import type { WholeAnalysis, HistoryChange, WholeMoment } from '../../model/protocol.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { formatTraffic } from '../../model/traffic.ts'
import { cluster, pod, policy } from '../../testing/builders.ts'
import { analyze } from '../analyze.ts'
import { assess } from '../assess.ts'
import { eventsBetween, withChange, withRefusedKept, type History, type NodeRecord } from './history.ts'
import { momentOf, timelineOf } from './timeline.ts'

const pods = [pod('x/a', { ip: '10.0.0.1', labels: { app: 'a' } }), pod('x/b', { ip: '10.0.0.2' })]
const deny = policy('x/p')
const fromB = policy('x/p', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] })
const newest: WholeAnalysis = analyze({ name: '', files: [], profile: 'head' }).analysis

function history(...revisions: readonly Cluster[]): History {
  return { profile: 'head', revisions }
}

function moment(of: History, step: number): WholeMoment {
  const found = momentOf(of, step, newest)
  if (found === undefined) throw new Error(`no step ${step}`)
  return found
}

/** `x/b→x/a +all`: what a step opened and closed, between the two pods. */
function changed({ changes }: WholeMoment): readonly string[] {
  return changes
    .filter(({ src, dst }) => src.startsWith('pod:') && dst.startsWith('pod:'))
    .map(({ src, dst, opened, closed }) => {
      const what = [
        ...(opened.length > 0 ? [`+${formatTraffic(opened)}`] : []),
        ...(closed.length > 0 ? [`-${formatTraffic(closed)}`] : []),
      ]
      return `${src.slice(4)}→${dst.slice(4)} ${what.join(' ')}`
    })
}

test('the first revision is what the agent finds, in its own order', () => {
  const { steps } = timelineOf(history(cluster({ pods, policies: [deny] })))
  expect(steps.map(({ resource, action, revision }) => `${revision} ${action} ${resource}`)).toEqual([
    '0 add Namespace/x',
    '0 add Pod/x/a',
    '0 add Pod/x/b',
    '0 add NetworkPolicy/x/p',
  ])
})

test('an edit is a removal and an addition, with the gap that lies between', () => {
  const edited = history(cluster({ pods, policies: [deny] }), cluster({ pods, policies: [fromB] }))
  const { steps } = timelineOf(edited)
  expect(steps.slice(4).map(({ phase, action }) => `${action} ${phase}`)).toEqual([
    'change remove',
    'change add',
  ])
  // Where both pictures treat the two pods alike, one pair stands for both.
  expect(changed(moment(edited, 3))).toEqual(['x/a→x/b -all'])
  expect(changed(moment(edited, 4))).toEqual(['x/a→x/b +all', 'x/b→x/a +all'])
  expect(changed(moment(edited, 5))).toEqual(['x/b→x/a -all'])
})

test('commands are those of the agent, each line with the field it comes from', () => {
  const edited = history(cluster({ pods, policies: [deny] }), cluster({ pods, policies: [fromB] }))
  const removal = moment(edited, 4).commands
  expect(removal.map(({ command }) => command.split(' ').slice(0, 4).join(' '))).toEqual([
    'iptables -w 60 -D',
    'iptables-restore -w 60 -T',
  ])
  expect(removal[0]?.origin).toEqual({ resource: 'NetworkPolicy/x/p', path: 'spec.podSelector' })
  const addition = moment(edited, 5).commands.flatMap(({ lines }) => lines)
  expect(
    addition.filter(({ text }) => text.startsWith('-A AZURE-NPM-INGRESS-')).map(({ origin }) => origin.path),
  ).toEqual(['spec.ingress[0].from[0]', 'spec.policyTypes'])
})

test('lines about sets come from the fields that ask for them, members from those that name them', () => {
  const blocks = (...except: readonly string[]) =>
    policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except } }] }] })
  const edited = history(
    cluster({ pods, policies: [blocks('10.1.0.0/16')] }),
    cluster({ pods, policies: [blocks('10.1.0.0/16', '10.2.0.0/16')] }),
  )
  const linesOf = (step: number) =>
    moment(edited, step).commands.flatMap(({ tool, lines }) =>
      tool === 'ipset' ? lines.map(({ text, origin }) => `${text.replace(/ \S+/, '')}: ${origin.path}`) : [],
    )
  const peer = 'spec.ingress[0].from[0].ipBlock'
  expect(linesOf(4)).toEqual([`-F: ${peer}`, `-X: ${peer}`])
  expect(linesOf(5)).toEqual([
    `-N --exist nethash maxelem 4294967295: ${peer}`,
    `-A 10.0.0.0/8: ${peer}.cidr`,
    `-A 10.1.0.0/16 nomatch: ${peer}.except[0]`,
    `-A 10.2.0.0/16 nomatch: ${peer}.except[1]`,
  ])
})

test('a failure lasts until the policy changes', () => {
  const broken = policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }] })
  const mended = history(cluster({ pods, policies: [broken] }), cluster({ pods, policies: [deny] }))
  expect(moment(mended, 3).analysis.failures.map(({ policy: name }) => name)).toEqual(['x/p'])
  expect(moment(mended, 4).analysis.failures).toEqual([])
})

test('an edit that cannot be translated leaves the old version in force and runs nothing', () => {
  const broken = policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }] })
  const edited = history(cluster({ pods, policies: [deny] }), cluster({ pods, policies: [broken] }))
  const last = timelineOf(edited).steps.at(-1)
  expect([last?.phase, last?.commands, last?.failure?.class]).toEqual(['whole', 0, 'T'])
  expect(last?.oldInForce).toBe(true)
  const fresh = timelineOf(history(cluster({ pods }), cluster({ pods, policies: [broken] })))
  expect(fresh.steps.at(-1)?.oldInForce).toBe(false)
  expect(moment(edited, 4).analysis.failures.map(({ policy: name }) => name)).toEqual(['x/p'])
  expect(moment(edited, 4).changes).toEqual([])
})

/** Both answers for every pair of endpoints, by their ids. */
function verdictsOf(analysis: WholeAnalysis): unknown {
  const { endpoints, classOf, traffic, pair } = assess(analysis, analysis.ruleset).connectivity
  return endpoints.flatMap((src, s) =>
    endpoints.map((dst, d) => {
      const { kubernetes, dataplane, governed } = pair(classOf[s] ?? -1, classOf[d] ?? -1)
      return [src.id, dst.id, traffic[kubernetes], traffic[dataplane], governed]
    }),
  )
}

test('the moment after the last step is the node as compiled from nothing', () => {
  const before = cluster({ pods, policies: [deny] })
  const after = cluster({ pods: pods.slice(0, 1), policies: [policy('x/q')] })
  const whole = history(before, after)
  const last = moment(whole, timelineOf(whole).steps.length - 1)
  expect(last.analysis.pods.map(({ name }) => name)).toEqual(['a'])
  const fresh = moment(history(after), 2)
  expect(last.analysis.endpoints).toEqual(fresh.analysis.endpoints)
  expect(last.analysis.flowCounts).toEqual(fresh.analysis.flowCounts)
  expect(verdictsOf(last.analysis)).toEqual(verdictsOf(fresh.analysis))
  expect(momentOf(whole, 99, newest)).toBeUndefined()
})

test('changes come first, then what is gone, policies before their namespace', () => {
  const events = eventsBetween(cluster({ pods, policies: [deny] }), cluster({ policies: [policy('z/n')] }))
  expect(events.map(({ resource, change }) => `${change} ${resource}`)).toEqual([
    'add Namespace/z',
    'add NetworkPolicy/z/n',
    'delete NetworkPolicy/x/p',
    'delete Pod/x/b',
    'delete Pod/x/a',
    'delete Namespace/x',
  ])
})

describe('changes', () => {
  const versions = [deny, fromB, policy('x/p', { ingress: [{}] }), policy('x/p', { egress: [{}] })].map(
    only => cluster({ policies: [only] }),
  )
  const [one, two, three, four] = versions
  if (one === undefined || two === undefined || three === undefined || four === undefined)
    throw new Error('four clusters')
  const nothing: NodeRecord = { before: undefined, now: undefined }
  const apply = (
    record: NodeRecord,
    change: HistoryChange,
    wanted: Cluster | undefined,
    profile: ProfileId = 'head',
  ): NodeRecord =>
    withChange(
      record,
      change,
      wanted === undefined ? undefined : { cluster: wanted, profile, diagnostics: [] },
    )
  const start = apply(nothing, 'new-node', one)

  test('each is kept, typing on replaces the last', () => {
    const typed = apply(apply(start, 'new-change', two), 'same-change', three)
    expect(typed.now?.revisions).toEqual([one, three])
    expect(apply(typed, 'new-change', four).now?.revisions).toEqual([one, three, four])
  })

  test('nothing new adds none, and typing on from there replaces nothing', () => {
    const same = apply(apply(start, 'new-change', two), 'new-change', cluster({ policies: [fromB] }))
    expect(same.now?.revisions).toEqual([one, two])
    expect(apply(same, 'same-change', three).now?.revisions).toEqual([one, two, three])
  })

  test('typing back to where the change began leaves no change', () => {
    const typed = apply(apply(start, 'new-change', two), 'same-change', one)
    expect(typed.now?.revisions).toEqual([one])
  })

  test('what cannot be read is not applied, and typing on from there replaces nothing', () => {
    const broken = apply(apply(start, 'new-change', two), 'new-change', undefined)
    expect(broken.now?.revisions).toEqual([one, two])
    expect(apply(broken, 'same-change', three).now?.revisions).toEqual([one, two, three])
    const brokenOn = apply(apply(start, 'new-change', two), 'same-change', undefined)
    expect(brokenOn.now?.revisions).toEqual([one, two])
    expect(apply(brokenOn, 'same-change', three).now?.revisions).toEqual([one, three])
  })

  test('another scenario and another profile start anew; an old scenario again changes nothing', () => {
    const changed = apply(start, 'new-change', two)
    expect(apply(changed, 'new-node', three).now?.revisions).toEqual([three])
    expect(apply(changed, 'new-node', undefined).now).toBeUndefined()
    expect(apply(changed, 'new-change', one, 'v1.4.45').now).toEqual({ profile: 'v1.4.45', revisions: [one] })
    expect(apply(changed, 'unchanged', three)).toBe(changed)
    expect(apply(nothing, 'unchanged', three).now?.revisions).toEqual([three])
  })
})

test('names that a step took away keep their meaning', () => {
  const blocks = policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }] })
  const { gone, commands } = moment(history(cluster({ pods, policies: [blocks] }), cluster({ pods })), 4)
  const lines = commands.flatMap(command => command.lines.map(({ text }) => text))
  const [set] = gone.sets
  expect(gone.sets).toHaveLength(1)
  expect(set?.meanings).toEqual([{ kind: 'CIDRBlocks', policy: 'x/p', direction: 'IN', rule: 0, peer: 0 }])
  expect(set?.entries).toEqual([])
  expect(lines).toContain(`-X ${set?.name}`)
})

test('a version that the API server refuses leaves the one it has', () => {
  const before = cluster({ pods, policies: [deny] })
  const refusal = {
    code: 'port-range',
    severity: 'error' as const,
    args: {},
    message: '',
    file: '',
    range: { start: 0, end: 0 },
    resource: 'x/p',
  }
  expect(withRefusedKept(cluster({ pods }), before, [refusal]).policies).toEqual([deny])
  expect(withRefusedKept(cluster({ pods }), before, []).policies).toEqual([])
})
