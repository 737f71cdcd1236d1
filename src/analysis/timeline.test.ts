import { expect, test } from 'vitest'
import type { Cluster } from '../model/cluster.ts'
import type { Analysis, Moment } from '../model/protocol.ts'
import { formatTraffic } from '../model/traffic.ts'
import { cluster, pod, policy } from '../testing/builders.ts'
import { analyze } from './analyze.ts'
import { eventsBetween, withRefusedKept, withRevision, type History } from './history.ts'
import { momentOf, timelineOf } from './timeline.ts'

const pods = [pod('x/a', { ip: '10.0.0.1', labels: { app: 'a' } }), pod('x/b', { ip: '10.0.0.2' })]
const deny = policy('x/p')
const fromB = policy('x/p', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] })
const newest: Analysis = analyze({ name: '', files: [], profile: 'head' }).analysis

function history(...revisions: readonly Cluster[]): History {
  return { profile: 'head', revisions }
}

function moment(of: History, step: number): Moment {
  const found = momentOf(of, step, newest)
  if (found === undefined) throw new Error(`no step ${step}`)
  return found
}

/** `x/b→x/a +all`: what a step opened and closed, between the two pods. */
function changed({ changes }: Moment): readonly string[] {
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

test('an edit that cannot be translated leaves the old version in force and runs nothing', () => {
  const broken = policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }] })
  const edited = history(cluster({ pods, policies: [deny] }), cluster({ pods, policies: [broken] }))
  const last = timelineOf(edited).steps.at(-1)
  expect([last?.phase, last?.commands, last?.failure?.class]).toEqual(['whole', 0, 'T'])
  expect(moment(edited, 4).analysis.failures.map(({ policy: name }) => name)).toEqual(['x/p'])
  expect(moment(edited, 4).changes).toEqual([])
})

test('the moment after the last step is the node as compiled from nothing', () => {
  const before = cluster({ pods, policies: [deny] })
  const after = cluster({ pods: pods.slice(0, 1), policies: [policy('x/q')] })
  const whole = history(before, after)
  const last = moment(whole, timelineOf(whole).steps.length - 1)
  expect(last.analysis.pods.map(({ name }) => name)).toEqual(['a'])
  expect(last.analysis.connectivity).toEqual(moment(history(after), 2).analysis.connectivity)
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

test('typing on replaces the last change, nothing new adds none, another profile starts anew', () => {
  const [one, two, three] = [deny, fromB, policy('x/p', { ingress: [{}] })].map(only =>
    cluster({ policies: [only] }),
  )
  if (one === undefined || two === undefined || three === undefined) throw new Error('three clusters')
  const typed = withRevision(
    withRevision(withRevision(undefined, one, 'head', false), two, 'head', false),
    three,
    'head',
    true,
  )
  expect(typed.revisions).toEqual([one, three])
  expect(
    withRevision(typed, cluster({ policies: [policy('x/p', { ingress: [{}] })] }), 'head', false),
  ).toEqual(typed)
  expect(withRevision(typed, one, 'v1.4.45', true).revisions).toEqual([one])
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
