import { expect, test } from 'vitest'
import { answerAnalyze, answerSession, answerTranslate, answerWalk, type Answer } from './headless.ts'

function value(answer: Answer): unknown {
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

const POLICY = {
  metadata: { name: 'p', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
}

test.each<[string, Answer]>([
  ['an unknown profile', answerSession({ profile: 'v9', events: [] })],
  ['no policy', answerTranslate({})],
  ['no events', answerSession({})],
  ['an event without an object', answerSession({ events: [{ kind: 'Pod', action: 'apply' }] })],
  ['batching that is no boolean', answerSession({ events: [], batching: 'yes' })],
  ['a policy that is a Pod', answerTranslate({ policy: { ...POLICY, kind: 'Pod' } })],
  ['first that is no boolean', answerTranslate({ policy: POLICY, first: 'no' })],
  ['admission that is no boolean', answerAnalyze({ resources: [], admission: 'yes' })],
  ['an unknown action', answerSession({ events: [{ kind: 'Pod', action: 'patch', object: {} }] })],
  ['neither resources nor manifests', answerAnalyze({})],
  ['a probe to nowhere', answerAnalyze({ resources: [], probes: [{ src: 'x/a', dst: '1.2.3.4' }] })],
  [
    'a port out of range',
    answerAnalyze({ resources: [], probes: [{ src: '1.1.1.1', dst: '1.2.3.4', port: 65536 }] }),
  ],
  ['a walk without texts', answerWalk({ probes: [] })],
  [
    'an unknown state',
    answerWalk({ iptables: '', probes: [{ src: '1.1.1.1', dst: '2.2.2.2', state: 'OLD' }] }),
  ],
])('a request makes no sense: %s', (_trap, answer) => {
  expect(answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
})

test('null counts as absent', () => {
  const policy = { ...POLICY, kind: null }
  const asked = answerTranslate({ policy, profile: null, first: null })
  expect(asked).toEqual(answerTranslate({ policy: POLICY }))
  expect(answerAnalyze({ resources: [], admission: null, probes: null })).toEqual(
    answerAnalyze({ resources: [], probes: [] }),
  )
  expect(answerSession({ events: [APPLY], batching: null })).toEqual(answerSession({ events: [APPLY] }))
})

function commandsOf(answer: Answer): readonly (readonly string[])[] {
  const { steps } = value(answer) as {
    readonly steps: readonly { readonly commands: readonly { readonly tool: string }[] }[]
  }
  return steps.map(({ commands }) => commands.map(({ tool }) => tool))
}

const APPLY = { kind: 'NetworkPolicy', action: 'apply', object: POLICY }
const DELETE = { ...APPLY, action: 'delete' }
const TICK = { kind: 'Tick' }

test.each<[string, unknown, readonly (readonly string[])[]]>([
  ['by default each policy is added at once', undefined, [['ipset', 'iptables-restore'], [], []]],
  ['in batches it waits for the tick', true, [[], ['ipset', 'iptables-restore'], []]],
])('a session ticks: %s', (_trap, batching, expected) => {
  const request = { events: [APPLY, TICK, TICK], ...(batching === undefined ? {} : { batching }) }
  expect(commandsOf(answerSession(request))).toEqual(expected)
})

test('v1.4.45 has no batches', () => {
  expect(commandsOf(answerSession({ profile: 'v1.4.45', batching: true, events: [APPLY, TICK] }))).toEqual([
    ['ipset', 'iptables-restore'],
    [],
  ])
})

test('a session reconciles: the chain of the policy that went goes, once', () => {
  const reconciled = { kind: 'Reconcile' }
  const { steps } = value(answerSession({ events: [APPLY, DELETE, reconciled, reconciled] })) as {
    readonly steps: readonly { readonly commands: readonly { readonly args: string }[] }[]
  }
  expect(steps.slice(2)).toEqual([
    { commands: [{ tool: 'iptables', args: expect.stringMatching(/^-X AZURE-NPM-INGRESS-\w+$/) as string }] },
    { commands: [] },
  ])
})

test('a policy needs no kind to be translated', () => {
  expect(value(answerTranslate({ policy: POLICY }))).toMatchObject({ error: null, policyKey: 'shop/p' })
})

test('manifests are a person’s text: pods get addresses, namespaces are there, places have lines', () => {
  const manifests = `kind: Pod
apiVersion: v1
metadata: {name: a, namespace: shop}
spec: {containers: [{name: c}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec:
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]
    ports: [{port: 0}]
`
  const answer = value(
    answerAnalyze({ manifests, probes: [{ src: '1.2.3.4', dst: 'shop/a', protocol: 'ICMP' }] }),
  )
  expect(answer).toMatchObject({
    diagnostics: [{ code: 'port-range', severity: 'error', resource: 'shop/p', line: 12, column: 20 }],
    verdicts: [{ kubernetes: 'allowed', dataplane: 'allowed' }],
  })
})

test('raw objects are taken to the letter: no policyTypes is no rule, though Kubernetes would default them', () => {
  const resources = [
    { kind: 'Pod', metadata: { name: 'a', namespace: 'shop' }, status: { podIP: '10.0.0.1' } },
    { kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'shop' }, spec: { podSelector: {} } },
  ]
  const probes = [{ src: '1.2.3.4', dst: 'shop/a', protocol: 'TCP', port: 80 }]
  const enforced = (admission: boolean): unknown =>
    (
      value(
        answerAnalyze({
          admission,
          probes,
          resources: admission
            ? resources.map(object => ({
                apiVersion: object.kind === 'Pod' ? 'v1' : 'networking.k8s.io/v1',
                ...object,
                ...(object.kind === 'Pod' && { spec: { containers: [{ name: 'c' }] } }),
              }))
            : resources,
        }),
      ) as { readonly verdicts: readonly unknown[] }
    ).verdicts[0]
  expect(enforced(false)).toMatchObject({ dataplane: 'allowed' })
  expect(enforced(true)).toEqual({ kubernetes: 'blocked', dataplane: 'blocked' })
})

test('policies that are not enforced and known deviations are told with the input’s own problems', () => {
  const resources = [
    {
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'shop' },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }],
      },
    },
  ]
  const { diagnostics } = value(answerAnalyze({ admission: false, resources })) as {
    readonly diagnostics: readonly { readonly code: string }[]
  }
  expect(diagnostics.map(({ code }) => code)).toEqual(['policy-not-enforced', 'deviation'])
})

test('a walk tells every rule that the packet met, and unknown where a rule is not modelled', () => {
  const iptables =
    '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p udp -j MARK --set-xmark 0x1/0x1\n-A FORWARD -m recent --name x -j DROP\nCOMMIT\n'
  const answer = value(
    answerWalk({ iptables, probes: [{ src: '1.1.1.1', dst: '2.2.2.2', protocol: 'UDP', port: 53 }] }),
  )
  expect(answer).toMatchObject({
    verdicts: ['UNKNOWN'],
    traces: [
      [
        { table: 'filter', chain: 'FORWARD', rule: 1, matched: true, mark: '0x1' },
        { rule: 2, text: '-A FORWARD -m recent --name x -j DROP', matched: false },
      ],
    ],
  })
})

test('a probe names a workload: its first pod stands for it', () => {
  const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: other}
spec: {containers: [{name: c, image: i}]}
`
  const verdicts = (src: string, dst: string) =>
    (value(answerAnalyze({ manifests, probes: [{ src, dst, port: 80 }] })) as { verdicts: unknown }).verdicts
  const [open, closed] = ['allowed', 'blocked'].map(word => [{ kubernetes: word, dataplane: word }])
  expect(verdicts('10.9.9.9', 'shop/web')).toEqual(closed)
  expect(verdicts('shop/web', 'other/web')).toEqual(open)
  for (const src of ['other/closed', 'other/', 'other/undefined'])
    expect(answerAnalyze({ manifests, probes: [{ src, dst: 'shop/web' }] })).toMatchObject({ ok: false })
})
