import fc from 'fast-check'
import { expect, test } from 'vitest'
import { required } from '../model/assert.ts'
import { parseManifests } from './manifests.ts'
import { createParseCache } from './parseCache.ts'

const policy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`

/** Good and bad documents; some share a name, some are equal, some make pods. */
const DOCUMENTS = [
  policy('a', '{podSelector: {}}'),
  policy('a', '{podSelector: {}, policyTypes: [Egress]}'),
  policy('b', '\n  podSelector: {}\n  ingress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]'),
  policy('b', '{podSelector: {}, foo: 1, ingress: [{ports: [{port: 0}]}]}'),
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: red}}\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  template:\n' +
    '    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c}]}\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{}]}}}\n',
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n',
  'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n- {}\n',
  '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "json"}}\n',
  '{"kind": "Namespace"}{"kind": "Namespace"}\n',
  'foo: [\n',
  '',
]

/** Replaces a stretch of the text. */
interface Edit {
  readonly at: number
  readonly length: number
  readonly text: string
}

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.constantFrom(0, 0, 1, 5, 80),
    text: fc.constantFrom('', 'x', ' ', '\n', '---\n', '--- x\n', '\ufeff', '{', ...DOCUMENTS),
  }),
  { minLength: 1, maxLength: 8 },
)

function edited(text: string, { at, length, text: inserted }: Edit): string {
  const start = Math.floor(at * text.length)
  return text.slice(0, start) + inserted + text.slice(start + length)
}

test('with the cache every edit reads as without it', () => {
  const documents = fc.array(fc.constantFrom(...DOCUMENTS), { maxLength: 6 })
  fc.assert(
    fc.property(documents, documents, edits, (first, second, changes) => {
      const cache = createParseCache()
      let text = first.join('---\n')
      for (const change of changes) {
        text = edited(text, change)
        const files = [
          { name: 'a.yaml', text },
          { name: 'b.yaml', text: second.join('---\n') },
        ]
        expect(parseManifests(files, cache)).toEqual(parseManifests(files))
      }
    }),
    { numRuns: 300 },
  )
})

test('an object whose document did not change stays the same object, wherever it moved', () => {
  const cache = createParseCache()
  const parse = (...documents: string[]) =>
    parseManifests([{ name: 'a.yaml', text: documents.join('---\n') }], cache)
  const a = policy('a', '{podSelector: {}}')
  const before = parse(a, policy('b', '{podSelector: {}}'))
  const after = parse(policy('c', '{podSelector: {}}'), a, policy('b', '{policyTypes: [Egress]}'))
  expect(before.cluster.policies.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(after.cluster.policies.map(({ name }) => name)).toEqual(['c', 'a', 'b'])
  expect(after.cluster.policies[1]).toBe(before.cluster.policies[0])
  expect(after.cluster.policies[2]).not.toBe(before.cluster.policies[1])
  const source = required(after.sources['NetworkPolicy/default/a'], 'source')
  expect(source.range.start).toBe(
    required(before.sources['NetworkPolicy/default/a'], 'source').range.start + a.length + 4,
  )
})

test('what the last text does not hold is forgotten', () => {
  const cache = createParseCache()
  parseManifests([{ name: 'a.yaml', text: `${policy('a', '{}')}---\n${policy('b', '{}')}` }], cache)
  expect(cache.pieces.size).toBe(2)
  parseManifests([{ name: 'a.yaml', text: policy('b', '{}') }], cache)
  expect([...cache.pieces.keys()]).toEqual([policy('b', '{}')])
})

test('objects of one form share the paths of their fields', () => {
  const { sources } = parseManifests([
    { name: 'a.yaml', text: `${policy('a', '{podSelector: {}}')}---\n${policy('b', '{podSelector: {}}')}` },
  ])
  const [a, b] = Object.values(sources)
  expect(a?.paths).toHaveLength(6)
  expect(a?.paths).toBe(b?.paths)
})
