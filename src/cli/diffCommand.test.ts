import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeScenario } from '../permalink/codec.ts'
import { runCli } from '../testing/runCli.ts'

const examples = join(import.meta.dirname, '../ui/examples')
const base = readFileSync(join(examples, 'three-tier.yaml'), 'utf8')
const policies = base.slice(base.indexOf('apiVersion: networking.k8s.io/v1'))
const files = {
  'base.yaml': base,
  'wider.yaml': base.replace('port: 9000', 'protocol: TCP'),
  'open.yaml': base.slice(0, base.length - policies.length),
  'head/k8s/all.yaml': base.replace('port: 5432', 'port: 5433'),
}
const diff = (...argv: readonly string[]) => runCli(['diff', ...argv], { files })

test('what opens and closes, and because of which policy', async () => {
  expect(await diff('base.yaml', 'head')).toEqual({
    code: 0,
    stderr: '',
    stdout: [
      '~ policies shop/db',
      '',
      'Opened',
      '+ shop/api ×2 → shop/db-0: TCP 5433',
      '    ingress now allowed by shop/db',
      '',
      'Closed',
      '- shop/api ×2 → shop/db-0: TCP 5432',
      '    ingress no longer allowed by shop/db',
      '',
      '1 opened, 1 closed (6 endpoints compared).',
      '',
    ].join('\n'),
  })
})

test.each([
  ['wider.yaml', 'opened', 1],
  ['wider.yaml', 'closed', 0],
  ['wider.yaml', 'any', 1],
  ['open.yaml', 'opened', 1],
  ['base.yaml', 'any', 0],
])('%s --fail-on %s: code %i', async (head, what, code) => {
  expect((await diff('--fail-on', what, 'base.yaml', head)).code).toBe(code)
  expect((await diff('base.yaml', head)).code).toBe(0)
})

test('Markdown: a table, folded when long, and the link that opens the new state', async () => {
  const short = await diff('--output', 'markdown', '--base', 'https://example.org/x/', 'base.yaml', 'head')
  expect(short.stdout).toContain(
    '| 🟢 opened | `shop/api ×2` | `shop/db-0` | TCP 5433 | ingress now allowed by shop/db |\n',
  )
  expect(short.stdout).not.toContain('<details>')
  const link = /\[Open the new state in Netpol Flow\]\((.*)\)\n$/.exec(short.stdout)?.[1] ?? ''
  expect(decodeScenario(link)).toMatchObject({
    ok: true,
    value: { files: [{ text: files['head/k8s/all.yaml'] }] },
  })

  const many = Array.from(
    { length: 20 },
    (_, i) => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p${i}, namespace: n${i}}
spec: {podSelector: {matchLabels: {app: a${i}}}}
`,
  ).join('')
  const long = await runCli(['diff', '--output', 'markdown', 'base.yaml', '-'], {
    files: { 'base.yaml': '' },
    stdin: [many],
  })
  expect(long.stdout).toMatch(/<details><summary>\d+ changes<\/summary>\n\n\| \|/)
  expect(long.stdout.length).toBeLessThan(65536)
})

test('Markdown says that nothing changes', async () => {
  const { stdout } = await diff('--output', 'markdown', 'base.yaml', 'base.yaml')
  expect(stdout).toBe('### Network policy changes\n\nNothing changes.\n')
})

test('one engine alone', async () => {
  const { stdout } = await diff('--engine', 'dataplane', '--output', 'json', 'base.yaml', 'wider.yaml')
  const { flows } = JSON.parse(stdout) as { readonly flows: readonly Record<string, unknown>[] }
  expect(flows).toHaveLength(1)
  expect(flows[0]).not.toHaveProperty('kubernetes')
  expect(flows[0]).toMatchObject({
    src: { name: 'shop/frontend ×2' },
    dataplane: { before: 'TCP 9000', after: 'TCP', opened: 'TCP 0–8999, 9001–65535', closed: null },
    reasons: [{ direction: 'ingress', kind: 'allowed', policies: ['shop/api'] }],
  })
})

test('a revision of the repository', async () => {
  const revisions = {
    'main:k8s': [
      { name: 'k8s/all.yaml', text: base },
      { name: 'k8s/note.txt', text: '{' },
      { name: 'k8s/b.yaml', text: '' },
    ],
  }
  const { code, stdout } = await runCli(['diff', 'git:main:k8s', 'base.yaml'], { files, revisions })
  expect([code, stdout]).toEqual([0, 'No flow changes (6 endpoints compared).\n'])
  const none = await runCli(['diff', 'git:main:other', 'base.yaml'], { files, revisions })
  expect([none.code, none.stderr.split('\n')[0]]).toEqual([
    2,
    'netpol-flow: git:main:other: no .yaml, .yml or .json file there',
  ])
})

test('errors of both sides are told, and make code 1', async () => {
  const { code, stderr } = await runCli(['diff', 'a.yaml', 'b.yaml'], {
    files: { 'a.yaml': 'kind: [\n', 'b.yaml': base },
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^a\.yaml:\d+:\d+: error: /)
})

test.each([
  [['base.yaml']],
  [['base.yaml', 'missing.yaml']],
  [['-', '-']],
  [['a', 'b', 'c']],
  [['--fail-on', 'x', 'base.yaml', 'head']],
])('%j is wrong usage', async argv => {
  const { code, stdout } = await diff(...argv)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})
