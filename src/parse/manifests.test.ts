import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../model/diagnostic.ts'
import { originRange } from '../model/origin.ts'
import { placeAt } from '../model/origin.ts'
import { parseManifests } from './manifests.ts'

function parse(text: string) {
  return parseManifests([{ name: 'a.yaml', text }])
}

/** Code and underlined text of each diagnostic. */
function told(text: string): readonly (readonly [string, string])[] {
  return parse(text).diagnostics.map(({ code, range }) => [code, text.slice(range.start, range.end)])
}

function policy(spec: string, name = 'x'): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`
}

function workload(kind: string, apiVersion: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\nspec: ${spec}\n`
}

const TEMPLATE =
  'template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}}'

describe('what is underlined', () => {
  const rows: readonly (readonly [trap: string, text: string, code: string, underlined: string])[] = [
    ['an invalid value', policy('{ingress: [{ports: [{port: 0}]}]}'), 'port-range', '0'],
    [
      'host bits',
      policy('{egress: [{to: [{ipBlock: {cidr: 10.0.0.5/24}}]}]}'),
      'cidr-host-bits',
      '10.0.0.5/24',
    ],
    [
      'the label, not its map',
      policy('{podSelector: {matchLabels: {a: "b c", d: e}}}'),
      'label-value',
      '"b c"',
    ],
    ['the key of an unknown field', policy('{podselector: {}}'), 'unknown-field', 'podselector'],
    ['the key of a map where a list belongs', policy('{ingress: {from: []}}'), 'wrong-type', 'ingress'],
    [
      'a missing field at the one around it',
      policy('{egress: [{to: [{ipBlock: {}}]}]}'),
      'cidr-required',
      'ipBlock',
    ],
    ['an empty list element', policy('{ingress: [{from: [{}]}]}'), 'peer-required', '{}'],
    [
      'an element without a value',
      policy('{ingress: [{from: [{podSelector: }]}]}'),
      'peer-required',
      '{podSelector: }',
    ],
    [
      'an aliased value where it is used',
      policy('{podSelector: {matchLabels: {a: &v "x y"}}}'),
      'label-value',
      '"x y"',
    ],
    ['a missing name at metadata', policy('{}').replace('name: x', ''), 'name-required', 'metadata'],
    ['no kind at the first key', 'apiVersion: v1\nmetadata: {name: x}\n', 'kind-not-set', 'apiVersion'],
    ['a wrong version', policy('{}').replace('networking.k8s.io/v1', 'v1'), 'unknown-version', 'v1'],
    ['a document that is no object', '- a\n- b\n', 'not-an-object', '- a\n- b'],
    [
      'the first of two equal keys',
      policy('{podSelector: {}, podSelector: {}}'),
      'duplicate-key',
      'podSelector',
    ],
    ['text after the end', `${policy('{}')}...\nmore: text\n`, 'text-after-document-end', 'more: text'],
    ['a tab', 'metadata:\n\tname: x\n', 'yaml-tab', '\t'],
    ['an unknown anchor', 'a: *nope\n', 'yaml-unknown-anchor', '*nope'],
    ['an anchor in itself', 'a: &x [*x]\n', 'yaml-anchor-contains-itself', '*x'],
    ['a missing colon', 'kind: Pod\nmetadata\n', 'yaml-missing-colon', 'metadata'],
    ['a map after a value', 'a: b: c\n', 'yaml-nested-mapping', 'b'],
    ['a text that begins with a percent sign', 'a: %b\n', 'yaml-scalar-start', '%'],
    ['text on a separator line', `--- a: b\n${policy('{}')}`, 'yaml-separator', 'a: b'],
    ['a directive', `%YAML 1.1\n---\n${policy('{}')}`, 'yaml-directive', '%YAML 1.1'],
    ['a control character', 'a: b\u0007c\n', 'yaml-control-character', '\u0007'],
    ['a key that is a list', '? [a]\n: b\n', 'yaml-key-type', '[a]'],
    ['a merge of no map', 'a:\n  <<: 1\n', 'yaml-merge', '<<'],
    ['a wrong tag', 'a: !!int x\n', 'yaml-tag', 'x'],
    ['broken JSON', '{"a": "b" "c"}', 'json-syntax', '"'],
    ['unfinished JSON', '{"a": [1', 'json-ends-early', '1'],
    ['JSON with a bad escape', '{"a": "\\q"}', 'json-escape', '\\'],
  ]
  for (const [trap, text, code, underlined] of rows)
    test(trap, () => expect(told(text)).toEqual([[code, underlined]]))

  test('every range lies in its text, whatever is cut off', () => {
    const text = `${policy('{podSelector: {matchLabels: {a: b}}, ingress: [{from: [{}]}]}')}---\n${policy('\n  egress:\n  - to:\n    - ipBlock: {cidr: x}', 'y')}`
    for (let length = 0; length <= text.length; length++) {
      const cut = text.slice(0, length)
      const { diagnostics, sources } = parse(cut)
      const ranges = [
        ...diagnostics.map(({ range }) => range),
        ...Object.values(sources).flatMap(source => [
          source.range,
          ...source.paths.map((_, i) => placeAt(source, i)),
        ]),
      ]
      for (const { start, end } of ranges) expect(0 <= start && start <= end && end <= length).toBe(true)
    }
  })
})

describe('usable', () => {
  test('nothing is usable and empty', () => {
    for (const text of ['', '\n', '# only this\n', '---\n---\n', 'null\n', '\ufeff']) {
      const { usable, cluster, diagnostics } = parse(text)
      expect([usable, cluster.policies.length, diagnostics.length]).toEqual([true, 0, 0])
    }
  })

  test('a syntax error makes it false and costs only its own document', () => {
    const { usable, cluster } = parse(`${policy('{}', 'a')}---\nfoo: [\n---\n${policy('{}', 'c')}`)
    expect(usable).toBe(false)
    expect(cluster.policies.map(({ name }) => name)).toEqual(['a', 'c'])
  })

  test('a refused object leaves it true', () => {
    const { usable, cluster, diagnostics } = parse(`${policy('{foo: 1}', 'a')}---\n${policy('{}', 'c')}`)
    expect(usable).toBe(true)
    expect(cluster.policies.map(({ name }) => name)).toEqual(['c'])
    expect(diagnostics[0]?.resource).toBe('default/a')
  })
})

describe('sources', () => {
  const text = policy(
    '\n  podSelector:\n    matchLabels:\n      example.com/app: web\n  ingress:\n  - ports:\n    - port: 80\n',
  )
  const source = parse(text).sources['NetworkPolicy/default/x']
  const at = (path: string): string | undefined => {
    const range = source && originRange(source, path)
    return range && text.slice(range.start, range.end)
  }

  test('a field with its key', () => expect(at('spec.ingress[0].ports[0].port')).toBe('port: 80'))
  test('a label, quoted', () =>
    expect(at("spec.podSelector.matchLabels['example.com/app']")).toBe('example.com/app: web'))
  test('a block list without the lines after it', () =>
    expect(at('spec.ingress')).toBe('ingress:\n  - ports:\n    - port: 80'))
  test('a default at what is around it', () =>
    expect(at('spec.ingress[0].ports[0].protocol')).toBe('port: 80'))
  test('the whole', () => expect(at('')).toBe(text.trimEnd()))
})

describe('workloads', () => {
  const rows: readonly (readonly [
    kind: string,
    apiVersion: string,
    spec: string,
    pods: readonly string[],
  ])[] = [
    ['Deployment', 'apps/v1', `{replicas: 2, ${TEMPLATE}}`, ['web-1', 'web-2']],
    ['Deployment', 'apps/v1', `{${TEMPLATE}}`, ['web-1']],
    ['Deployment', 'apps/v1', `{replicas: 0, ${TEMPLATE}}`, []],
    ['StatefulSet', 'apps/v1', `{replicas: 2, ${TEMPLATE}}`, ['web-0', 'web-1']],
    ['DaemonSet', 'apps/v1', `{${TEMPLATE}}`, ['web-1']],
    ['ReplicaSet', 'apps/v1', `{replicas: 1, ${TEMPLATE}}`, ['web-1']],
    ['ReplicationController', 'v1', `{replicas: 1, ${TEMPLATE}}`, ['web-1']],
    ['Job', 'batch/v1', `{parallelism: 5, completions: 2, ${TEMPLATE}}`, ['web-1', 'web-2']],
    ['CronJob', 'batch/v1', `{schedule: "* * * * *", jobTemplate: {spec: {${TEMPLATE}}}}`, ['web-1']],
    ['CronJob', 'batch/v1', `{suspend: true, jobTemplate: {spec: {${TEMPLATE}}}}`, []],
  ]
  for (const [kind, apiVersion, spec, pods] of rows)
    test(`${kind} ${spec.slice(0, 30)}`, () => {
      const { cluster } = parse(workload(kind, apiVersion, spec))
      expect(cluster.pods.map(({ name }) => name)).toEqual(pods)
      for (const pod of cluster.pods)
        expect(pod).toMatchObject({
          namespace: 'shop',
          labels: { app: 'web' },
          containerPorts: [{ name: 'http', protocol: 'TCP', containerPort: 80 }],
          workload: `${kind}/shop/web`,
        })
    })

  test('many replicas are represented by ten, and that is said', () => {
    const { cluster, diagnostics } = parse(workload('Deployment', 'apps/v1', `{replicas: 500, ${TEMPLATE}}`))
    expect(cluster.pods.length).toBe(10)
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['replicas-shown', 'info']])
  })

  test('fields of its pods stand in the template', () => {
    const text = workload('Deployment', 'apps/v1', `{${TEMPLATE}}`)
    const source = parse(text).sources['Pod/shop/web-1']
    const range = source && originRange(source, "metadata.labels['app']")
    expect(range && text.slice(range.start, range.end)).toBe('app: web')
    const name = source && originRange(source, 'metadata.name')
    expect(name && text.slice(name.start, name.end)).toBe('name: web')
  })
})

describe('objects', () => {
  test('the same name twice: the last counts, the first is told', () => {
    const text = `${policy('{}')}---\n${policy('{policyTypes: [Egress]}')}`
    const { cluster, diagnostics } = parse(text)
    expect(cluster.policies.map(({ spec }) => spec.policyTypes)).toEqual([['Egress']])
    expect(diagnostics.map(({ code, severity, range }) => [code, severity, range.start])).toEqual([
      ['same-name-twice', 'warning', text.indexOf('x}')],
    ])
  })

  test('other kinds are unused, never an error', () => {
    const { unused, diagnostics } = parse(
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: c, namespace: net}\n',
    )
    expect(unused.map(({ kind, name }) => [kind, name])).toEqual([
      ['Service', 's'],
      ['NetworkPolicy', 'net/c'],
    ])
    expect(diagnostics).toEqual([])
  })

  test('what kubectl get -o yaml prints of a pod', () => {
    const { cluster, diagnostics } = parse(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  uid: u\n  managedFields: [{f:a: {}}]\nspec:\n  hostNetwork: true\n  containers: [{name: c, image: i}]\nstatus: {phase: Failed, podIP: 10.0.0.9, podIPs: [{ip: 10.0.0.9}]}\n',
    )
    expect(diagnostics).toEqual([])
    expect(cluster.pods).toEqual([
      {
        namespace: 'default',
        name: 'p',
        labels: {},
        ip: '10.0.0.9',
        hostNetwork: true,
        phase: 'Failed',
        containerPorts: [],
      },
    ])
  })

  test.each<[string, string, string]>([
    ['podIPs alone', 'podIPs: [{ip: 10.0.0.9}, {ip: "fd00::9"}]', '10.0.0.9'],
    ['IPv6 first', 'podIPs: [{ip: "fd00::9"}, {ip: 10.0.0.9}]', 'fd00::9'],
    ['podIP wins', 'podIP: 10.0.0.8, podIPs: [{ip: 10.0.0.9}]', '10.0.0.8'],
    ['an empty podIP', 'podIP: "", podIPs: [{ip: 10.0.0.9}]', '10.0.0.9'],
    ['no podIPs', 'podIPs: []', ''],
    ['a null among them', 'podIPs: [null]', ''],
  ])('the API server fills podIP from podIPs: %s', (_trap, status, ip) => {
    const { cluster, diagnostics } = parse(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\nstatus: {${status}}\n`,
    )
    expect(diagnostics).toEqual([])
    expect(cluster.pods.map(pod => pod.ip)).toEqual([ip])
  })

  test('a key called __proto__ is a key', () => {
    const { cluster, diagnostics } = parse(
      policy('{podSelector: {matchLabels: {__proto__: a, constructor: b}}}'),
    )
    expect(diagnostics.map(({ code }) => code)).toEqual(['label-name'])
    expect(cluster.policies).toEqual([])
    expect(
      told('__proto__: {}\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{}]}\n'),
    ).toEqual([['unknown-field', '__proto__']])
    expect(Object.hasOwn(Object.prototype, 'constructor-was-touched')).toBe(false)
  })

  test('a slip of the finger gets a suggestion', () => {
    const suggested = (field: string): Diagnostic['args'][string] | undefined =>
      parse(policy(`{${field}: []}`)).diagnostics[0]?.args['suggestion']
    expect(['policytypes', 'polycyTypes', 'ingres', 'ergess', 'foo'].map(suggested)).toEqual([
      'policyTypes',
      'policyTypes',
      'ingress',
      'egress',
      undefined,
    ])
  })
})

describe('hostile text', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij']
    .map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]\n`)
    .join('')}`
  const rows: readonly (readonly [trap: string, text: string, codes: readonly string[]])[] = [
    ['an alias bomb', bomb, ['yaml-alias-bomb']],
    ['20,000 open brackets', `a: ${'['.repeat(20_000)}`, ['document-too-deep']],
    ['20,000 nested lists', `${'- '.repeat(20_000)}x`, ['document-too-deep']],
    ['20,000 nested JSON lists', `{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`, ['document-too-deep']],
    ['20,000 nested maps', `a: ${'{a: '.repeat(20_000)}${'}'.repeat(20_000)}`, ['document-too-deep']],
    [
      'a megabyte label',
      policy(`{podSelector: {matchLabels: {a: ${'-'.repeat(1_000_000)}x}}}`),
      ['label-value-over-63', 'label-value'],
    ],
    [
      'a megabyte number',
      policy(`{ingress: [{ports: [{port: ${'9'.repeat(1_000_000)}}]}]}`),
      ['port-name-over-15', 'port-name-without-letter'],
    ],
  ]
  for (const [trap, text, codes] of rows)
    test(trap, () => {
      const { diagnostics } = parse(text)
      expect(diagnostics.map(({ code }) => code)).toEqual(codes)
      for (const { message } of diagnostics) expect(message.length).toBeLessThan(2000)
    })

  test('a million documents', () => {
    const { diagnostics, usable } = parse('a\n---\n'.repeat(1_000_000))
    expect(usable).toBe(false)
    expect(diagnostics.length).toBe(2001)
    expect(diagnostics.at(-1)?.code).toBe('more-problems')
    expect(parse('---\n'.repeat(1_000_000)).diagnostics).toEqual([])
  }, 60_000)
})

test('a bare word that YAML 1.1 takes for a boolean is an error, yet read as it is meant', () => {
  const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: y, labels: {on: no}}\n'
  expect(told(text)).toEqual([
    ['wrong-type', 'y'],
    ['wrong-type', 'no'],
  ])
  expect(parse(text).diagnostics.every(({ severity }) => severity === 'error')).toBe(true)
  expect(parse(text).cluster.namespaces).toEqual([
    { name: 'y', labels: { true: 'no', 'kubernetes.io/metadata.name': 'y' } },
  ])
  expect(parse(text.replace('name: y', 'name: true')).cluster.namespaces).toEqual([])
})

test('the status that older servers print is passed over, one that somebody wrote is told', () => {
  const text = (meta: string) =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x${meta}}\nspec: {}\nstatus: {}\n`
  expect(told(text(', uid: abc, resourceVersion: "7"'))).toEqual([])
  expect(parse(text(', uid: abc')).cluster.policies.length).toBe(1)
  expect(told(text(''))).toEqual([['unknown-field', 'status']])
})

test('a template says that it must be rendered, and where it is one', () => {
  const text =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}-web\n  labels: {{- toYaml . }}\n'
  expect(told(text)).toEqual([['yaml-template', '{{ .Release.Name }}']])
  expect(told('{{- if .Values.deny }}\napiVersion: v1\nkind: Namespace\n{{- end }}\n')[0]).toEqual([
    'yaml-template',
    '{{- if .Values.deny }}',
  ])
  // A slip elsewhere stays what it is.
  expect(told('# {{ not a template }}\na: [1\n')[0]?.[0]).not.toBe('yaml-template')
})

test('only what is known to live in a namespace is named after one', () => {
  const text = (kind: string, meta: string) => `apiVersion: x.io/v1\nkind: ${kind}\nmetadata: {${meta}}\n`
  expect(parse(text('ClusterRole', 'name: a')).unused.map(({ name }) => name)).toEqual(['a'])
  expect(parse(text('Route', 'name: a, namespace: b')).unused.map(({ name }) => name)).toEqual(['b/a'])
})
