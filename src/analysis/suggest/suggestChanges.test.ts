import { describe, expect, test } from 'vitest'
import { required } from '../../model/assert.ts'
import type { ProfileId, Scenario } from '../../model/scenario.ts'
import type { Suggestion, SuggestionQuestion } from '../../model/suggestion.ts'
import {
  ALL_TRAFFIC,
  formatTraffic,
  OTHER_PROTOCOLS,
  portTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import { analyze } from '../analyze.ts'
import { suggestChanges, type SuggestedChanges } from './suggestChanges.ts'
import { editedFiles } from './suggestFiles.ts'

const PODS = [
  ['shop/web-a', '{app: web, pod-template-hash: a}', 1],
  ['shop/web-b', '{app: web, pod-template-hash: b}', 2],
  ['shop/api-a', '{app: api, tier: back}', 3],
  ['shop/job-a', '{app: job, tier: back}', 4],
  ['shop/db-0', '{app: db, statefulset.kubernetes.io/pod-name: db-0}', 5],
  ['ops/mon', '{app: mon}', 6],
  ['ops/bare', '{}', 7],
]
  .map(([key = '', labels, number]) => {
    const [namespace, name] = String(key).split('/')
    return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}
spec: {containers: [{name: c, image: i, ports: [{name: pg, containerPort: 5432}]}]}
status: {podIP: 10.244.0.${number}}
`
  })
  .join('---\n')

const HEAD = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p
  namespace: shop
spec:
`

const DB = `${HEAD}  podSelector:
    matchLabels:
      app: db
`

const PG = portTraffic('TCP', 5432, 5432)

interface Asked {
  readonly scenario: Scenario
  readonly answer: SuggestedChanges
}

function ask(
  policies: string,
  src: string,
  dst: string,
  want: SuggestionQuestion['want'],
  { traffic = PG, profile = 'head' }: { readonly traffic?: TrafficSet; readonly profile?: ProfileId } = {},
): Asked {
  const scenario: Scenario = {
    name: '',
    profile,
    files: [
      { name: 'policies.yaml', text: policies },
      { name: 'pods.yaml', text: PODS },
    ],
  }
  const id = (end: string): string => (/^[a-z]+\/[a-z]/.test(end) ? `pod:${end}` : end)
  return {
    scenario,
    answer: suggestChanges(analyze(scenario), scenario, { src: id(src), dst: id(dst), traffic, want }),
  }
}

/** The policies after the first suggestion, which changes nothing but what was asked about. */
function fixed(...question: Parameters<typeof ask>): string {
  const { scenario, answer } = ask(...question)
  const first = required(answer.suggestions[0], answer.reason)
  expect(first.exact).toBe(true)
  return textAfter(scenario, first)
}

function textAfter({ files }: Scenario, { edits }: Suggestion): string {
  return editedFiles(files, edits)[0]?.text ?? ''
}

function effectsOf({ effects }: Suggestion): readonly string[] {
  return effects.map(
    ({ src, dst, sources, destinations, opened, closed }) =>
      `${src} ×${sources} → ${dst} ×${destinations} +${formatTraffic(opened)} -${formatTraffic(closed)}`,
  )
}

describe('lets a blocked flow through', () => {
  const API = `${DB}  ingress:
    - from:
        - podSelector: # the API
            matchLabels:
              app: api
      ports:
        - port: 5432
`
  test('a peer more in a rule with these ports', () => {
    expect(fixed(API, 'shop/web-a', 'shop/db-0', 'allowed')).toBe(
      API.replace(
        '              app: api\n',
        `              app: api
        - podSelector:
            matchLabels:
              app: web
`,
      ),
    )
  })

  test('a port more in a rule with this peer, in the way ports are written there', () => {
    const traffic = portTraffic('TCP', 9187, 9190)
    expect(fixed(API, 'shop/api-a', 'shop/db-0', 'allowed', { traffic })).toBe(
      `${API}        - port: 9187
          endPort: 9190
`,
    )
  })

  test('a peer of another namespace', () => {
    expect(fixed(API, 'ops/mon', 'shop/db-0', 'allowed')).toBe(
      API.replace(
        '              app: api\n',
        `              app: api
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ops
          podSelector:
            matchLabels:
              app: mon
`,
      ),
    )
  })

  test('a value more', () => {
    const text = `${DB}  ingress:
    - from:
        - podSelector:
            matchExpressions:
              - {key: app, operator: In, values: [api, job]} # in use
`
    expect(fixed(text, 'shop/web-a', 'shop/db-0', 'allowed', { traffic: ALL_TRAFFIC })).toBe(
      text.replace('[api, job]', '[api, job, web]'),
    )
  })

  test('an exception less', () => {
    const text = `${DB}  ingress:
    - from:
        - ipBlock:
            cidr: 192.0.2.0/24
            except:
              - 192.0.2.0/28 # lab
              - 192.0.2.64/28
`
    expect(fixed(text, 'cidr:192.0.2.64/28', 'shop/db-0', 'allowed', { traffic: ALL_TRAFFIC })).toBe(
      text.replace('              - 192.0.2.64/28\n', ''),
    )
  })

  test('a policy of its own where the isolating one selects others, too', () => {
    const text = `${HEAD}  podSelector: {}
  policyTypes:
  - Ingress
`
    const { scenario, answer } = ask(text, 'shop/web-a', 'shop/db-0', 'allowed')
    const [first] = answer.suggestions
    expect(textAfter(scenario, required(first, 'suggestion'))).toBe(`${text}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: db-from-web
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: db
  policyTypes:
  - Ingress
  ingress:
  - from:
    - podSelector:
        matchLabels:
          app: web
    ports:
    - protocol: TCP
      port: 5432
`)
    expect(effectsOf(required(first, 'suggestion'))).toEqual([
      'pod:shop/web-a ×2 → pod:shop/db-0 ×1 +TCP 5432 -none',
    ])
    expect(answer.suggestions).toHaveLength(1)
  })

  test('both ends at once', () => {
    const text = `${DB}  policyTypes: [Ingress]
---
${HEAD.replace('name: p', 'name: q')}  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{ports: [{port: 53, protocol: UDP}]}]
`
    const { scenario, answer } = ask(text, 'shop/web-a', 'shop/db-0', 'allowed')
    const first = required(answer.suggestions[0], answer.reason)
    expect(textAfter(scenario, first)).toBe(
      text
        .replace(
          'policyTypes: [Ingress]\n',
          `policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: web
      ports:
        - protocol: TCP
          port: 5432
`,
        )
        .replace(
          '[{port: 53, protocol: UDP}]}]',
          '[{port: 53, protocol: UDP}]}, {to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432, protocol: TCP}]}]',
        ),
    )
    expect([first.title, first.exact]).toEqual([
      'Let shop/web-a reach shop/db-0: one rule more in shop/q and one rule more in shop/p',
      true,
    ])
  })

  test('a wider opening is told, never hidden among the replicas that were asked about', () => {
    const { answer } = ask(`${DB}  policyTypes: [Ingress]\n`, 'ops/bare', 'shop/db-0', 'allowed')
    const first = required(answer.suggestions[0], answer.reason)
    expect(first.exact).toBe(false)
    expect(effectsOf(first)).toEqual([
      'pod:ops/bare ×1 → pod:shop/db-0 ×1 +TCP 5432 -none',
      'pod:ops/mon ×1 → pod:shop/db-0 ×1 +TCP 5432 -none',
    ])
  })

  test('an alias is not touched: the new rule names the ports itself', () => {
    const text = `${DB}  ingress:
    - ports: &pg [{port: 5432}]
      from: [{podSelector: {matchLabels: {app: job}}}]
    - ports: *pg
      from: [{podSelector: {matchLabels: {app: api}}}]
`
    const traffic = portTraffic('TCP', 80, 80)
    expect(fixed(text, 'shop/api-a', 'shop/db-0', 'allowed', { traffic })).toBe(
      `${text}    - from: [{podSelector: {matchLabels: {app: api}}}]
      ports: [{port: 80}]
`,
    )
  })

  test('in a list of rules that is empty', () => {
    const text = `${DB}  policyTypes: [Ingress]
  ingress: [] # nobody
`
    expect(fixed(text, 'shop/web-a', 'shop/db-0', 'allowed', { traffic: ALL_TRAFFIC })).toBe(
      text.replace(
        ' [] # nobody\n',
        ` # nobody
    - from:
        - podSelector:
            matchLabels:
              app: web
`,
      ),
    )
  })
})

describe('blocks an allowed flow', () => {
  const ANY = `${DB}  ingress:
    - from:
        - podSelector: {}
      ports:
        - port: 5432 # pg
`
  test('by a value that is excluded', () => {
    expect(fixed(ANY, 'shop/web-a', 'shop/db-0', 'blocked')).toBe(
      ANY.replace(
        'podSelector: {}',
        'podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}',
      ),
    )
  })

  test('by a value less', () => {
    const text = ANY.replace(
      'podSelector: {}',
      `podSelector:
            matchExpressions:
              - key: app
                operator: In
                values:
                  - api
                  - web # shop
                  - job`,
    )
    expect(fixed(text, 'shop/web-a', 'shop/db-0', 'blocked')).toBe(text.replace('- web # shop', '# shop'))
  })

  test('by an exception', () => {
    const text = ANY.replace(
      '- podSelector: {}',
      '- ipBlock: {cidr: 192.0.2.0/24}\n        - ipBlock: {cidr: 192.0.2.0/28}',
    )
    const { scenario, answer } = ask(text, 'cidr:192.0.2.0/28', 'shop/db-0', 'blocked')
    const first = required(answer.suggestions[0], answer.reason)
    expect(textAfter(scenario, first)).toBe(
      text.replace(
        '- ipBlock: {cidr: 192.0.2.0/24}\n        - ipBlock: {cidr: 192.0.2.0/28}',
        '- ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.0/28]}',
      ),
    )
  })

  test('by a hole in a range of ports', () => {
    const text = `${DB}  ingress:
    - from:
        - podSelector: {matchLabels: {app: api}}
      ports:
        - protocol: TCP
          port: 5000
          endPort: 6000
`
    expect(fixed(text, 'shop/api-a', 'shop/db-0', 'blocked')).toBe(
      text.replace('endPort: 6000', 'endPort: 5431') +
        `        - protocol: TCP
          port: 5433
          endPort: 6000
`,
    )
  })

  test('the only port takes its rule with it, the only rule leaves an empty list', () => {
    const text = ANY.replace('podSelector: {}', 'podSelector: {matchLabels: {app: api}}')
    expect(fixed(text, 'shop/api-a', 'shop/db-0', 'blocked')).toBe(`${DB}  ingress: []
    # pg
`)
  })

  test('the only egress rule of a policy without policyTypes', () => {
    const text = `${HEAD}  podSelector: {matchLabels: {app: api}}
  egress:
    - to:
        - podSelector: {matchLabels: {app: db}}
`
    const { scenario, answer } = ask(text, 'shop/api-a', 'shop/db-0', 'blocked', { traffic: ALL_TRAFFIC })
    const less = required(
      answer.suggestions.find(({ title }) => title.includes('rule less')),
      answer.reason,
    )
    expect(less.exact).toBe(true)
    expect(textAfter(scenario, less)).toBe(`${HEAD}  podSelector: {matchLabels: {app: api}}
  egress: []
  policyTypes:
    - Ingress
    - Egress
`)
  })

  test('in every rule that allows it', () => {
    const text = `${DB}  ingress:
    - from:
        - podSelector: {matchLabels: {tier: back}}
    - from:
        - podSelector: {matchLabels: {app: api}}
        - podSelector: {matchLabels: {app: job}}
`
    expect(fixed(text, 'shop/job-a', 'shop/db-0', 'blocked', { traffic: ALL_TRAFFIC })).toBe(
      text
        .replace('    - from:\n        - podSelector: {matchLabels: {tier: back}}\n', '')
        .replace('        - podSelector: {matchLabels: {app: job}}\n', ''),
    )
  })

  test('by a new policy where none isolates an end, with the others let through', () => {
    const { scenario, answer } = ask('', 'shop/web-a', 'ops/mon', 'blocked')
    const first = required(answer.suggestions[0], answer.reason)
    expect(editedFiles(scenario.files, first.edits)[1]?.text).toBe(`${PODS}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: mon-not-from-web
  namespace: ops
spec:
  podSelector:
    matchLabels:
      app: mon
  policyTypes:
    - Ingress
  ingress:
    - ports:
        - protocol: TCP
          port: 1
          endPort: 5431
        - protocol: TCP
          port: 5433
          endPort: 65535
        - protocol: UDP
        - protocol: SCTP
    - from:
        - namespaceSelector: {}
          podSelector:
            matchExpressions:
              - key: app
                operator: NotIn
                values:
                  - web
        - ipBlock:
            cidr: 0.0.0.0/0
            except:
              - 10.0.0.0/8
`)
    expect(effectsOf(first)).toEqual([
      'pod:shop/web-a ×2 → pod:ops/mon ×1 +none -TCP 5432',
      'cidr:10.0.0.0/8 ×1 → pod:ops/mon ×1 +none -TCP 5432',
    ])
  })
})

describe('where only the data plane is not as wanted', () => {
  const from = (peer: string): string => `${DB}  ingress:
    - from:
        - ${peer}
`
  test.each<[string, string, string, string, SuggestionQuestion['want'], ProfileId]>([
    [
      'D1',
      'namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [ops, lab]}, {key: kubernetes.io/metadata.name, operator: Exists}]}',
      'namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [ops]}, {key: kubernetes.io/metadata.name, operator: Exists}, {key: kubernetes.io/metadata.name, operator: NotIn, values: [lab]}]}',
      'ops/mon',
      'blocked',
      'head',
    ],
    [
      'D2',
      'namespaceSelector: {matchExpressions: [{key: x, operator: DoesNotExist}]}',
      'namespaceSelector: {matchExpressions: [{key: x, operator: DoesNotExist}, {key: kubernetes.io/metadata.name, operator: Exists}]}',
      'outside',
      'blocked',
      'head',
    ],
    ['D11', '{podSelector: {}}\n    - {} # all', '\n    - {} # all', 'ops/mon', 'allowed', 'v1.4.45'],
  ])('%s is written otherwise', (id, before, after, src, want, profile) => {
    const traffic = portTraffic('TCP', 80, 80)
    const { scenario, answer } = ask(from(before), src, 'shop/db-0', want, { traffic, profile })
    const first = required(answer.suggestions[0], answer.reason)
    expect(first.title).toContain(`${id} written otherwise in shop/p`)
    const wanted = id === 'D11' ? `${DB}  ingress:${after}\n` : from(after)
    expect(textAfter(scenario, first)).toBe(wanted)
  })

  test('IPv6 blocks go into a policy of their own', () => {
    const text = from('ipBlock: {cidr: "fd00::/8"}\n        - podSelector: {matchLabels: {app: api}}')
    const { scenario, answer } = ask(text, 'ops/mon', 'shop/db-0', 'blocked')
    expect(textAfter(scenario, required(answer.suggestions[0], answer.reason))).toBe(
      `${from('podSelector: {matchLabels: {app: api}}')}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p-ipv6
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: db
  policyTypes:
    - Ingress
  ingress:
    - from:
        - ipBlock:
            cidr: "fd00::/8"
`,
    )
  })

  test('a change of the promise brings the rewriting along that it needs', () => {
    const text = from('ipBlock: {cidr: "fd00::/8"}\n    - from:\n        - ipBlock: {cidr: 203.0.113.0/24}')
    const { answer } = ask(text, 'cidr:203.0.113.0/24', 'shop/db-0', 'blocked')
    expect(answer.suggestions.map(({ title }) => title)).toEqual([
      'Keep 203.0.113.0/24 from shop/db-0: fewer ports for one peer in shop/p and D7 written otherwise in shop/p',
      'Keep 203.0.113.0/24 from shop/db-0: one rule less in shop/p and D7 written otherwise in shop/p',
    ])
  })
})

test.each<[string, string, string, SuggestionQuestion['want'], TrafficSet, RegExp]>([
  ['it is so', 'shop/web-a', 'shop/db-0', 'allowed', PG, /^TCP 5432 is allowed already\.$/],
  ['itself', 'shop/web-a', 'shop/web-a', 'blocked', PG, /^A pod always reaches itself/],
  ['no pod', 'outside', 'outside', 'blocked', PG, /^A pod always|^No policy speaks/],
  ['unknown', 'shop/none', 'shop/db-0', 'allowed', PG, /^One of the two ends is not in the scenario/],
  [
    'ICMP',
    'shop/web-a',
    'shop/db-0',
    'allowed',
    [OTHER_PROTOCOLS, OTHER_PROTOCOLS + 1],
    /^A policy cannot name/,
  ],
  ['port 0', 'shop/web-a', 'shop/db-0', 'allowed', [0, 1], /^There is no traffic here/],
])('says why there is nothing to suggest: %s', (_name, src, dst, want, traffic, reason) => {
  const { answer } = ask('', src, dst, want, { traffic })
  expect(answer.suggestions).toEqual([])
  expect(answer.reason).toMatch(reason)
})
