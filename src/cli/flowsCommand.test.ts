import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const examples = join(import.meta.dirname, '../ui/examples')
const files = {
  'tiers.yaml': readFileSync(join(examples, 'three-tier.yaml'), 'utf8'),
  'notin.yaml': readFileSync(join(examples, 'multi-value-not-in.yaml'), 'utf8'),
}
const flows = (...argv: readonly string[]) => runCli(['flows', ...argv], { files })

test('a table: classes of endpoints, both answers, the policies at each end', async () => {
  const { code, stdout, stderr } = await flows('--from', 'shop', '--to', 'shop/db', 'tiers.yaml')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n').map(line => line.split(/ {2,}/))).toEqual([
    [
      'SOURCE',
      'DESTINATION',
      'VERDICT',
      'KUBERNETES',
      'AZURE-NPM',
      'EGRESS OF SOURCE',
      'INGRESS OF DESTINATION',
    ],
    ['shop/api ×2', 'shop/db-0', 'partly', 'TCP 5432', 'TCP 5432', '-', 'allowed by shop/db'],
    ['shop/frontend ×2', 'shop/db-0', 'blocked', 'none', 'none', '-', 'blocked by shop/db'],
    [''],
  ])
})

test('where promise and data plane differ the row says why', async () => {
  const { stdout } = await flows('--from', 'dev', '--to', 'prod', '--port', '80', 'notin.yaml')
  expect(stdout.split('\n')[1]?.split(/ {2,}/)).toEqual([
    'dev/laptop',
    'prod/api, prod/jobs',
    'differs',
    'none',
    'TCP 80',
    '-',
    'blocked by prod/keep-dev-and-test-out',
    'D1, D2',
  ])
  const one = await flows(
    '--engine',
    'dataplane',
    '--from',
    'dev',
    '--to',
    'prod',
    '--port',
    '80',
    'notin.yaml',
  )
  expect(one.stdout).toContain('allowed')
  expect(one.stdout).not.toContain('D1')
})

test('one port makes verdicts plain; --each tells every pair once', async () => {
  const folded = await flows('--port', '5432/TCP', '--output', 'csv', 'tiers.yaml')
  expect(folded.stdout).not.toContain('partly')
  const each = await flows('--port', '5432/TCP', '--output', 'csv', '--each', 'tiers.yaml')
  const lines = each.stdout.split('\r\n')
  // 5 pods and the rest of the world, which does not meet itself.
  expect(lines).toHaveLength(1 + 6 * 5 + 1)
  expect(lines).toContain('shop/api-1,1,shop/db-0,1,allowed,TCP 5432,TCP 5432,-,allowed by shop/db,')
})

test('a range of ports, and protocols without ports', async () => {
  const range = await flows('--port', '5000-6000/TCP', '--from', 'shop/api', '--to', 'shop/db', 'tiers.yaml')
  expect(range.stdout).toMatch(/partly +TCP 5432 /)
  const icmp = await flows('--port', 'icmp', '--from', 'shop/api', '--to', 'shop/db', 'tiers.yaml')
  expect(icmp.stdout).toMatch(/blocked +none +none /)
})

describe('a port by its name', () => {
  const pod = (name: string, ports: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: a, labels: {app: ${name}}}
spec: {containers: [{name: c, image: x, ports: ${ports}}]}
status: {podIP: 10.1.0.${name.length}}
---
`
  const named = {
    'a.yaml': [
      pod('x', '[{name: http, containerPort: 80}]'),
      pod('xx', '[{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]'),
      pod('xxx', '[{name: dns, containerPort: 5353}]'),
      `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: a}
spec: {podSelector: {matchLabels: {app: xx}}, ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}]}
`,
    ].join(''),
  }
  const rowsOf = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(['flows', ...argv, 'a.yaml'], { files: named })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.split('\n').map(line => line.split(/ {2,}/).slice(0, 5))
  }

  test('is another number at each destination, and none at others', async () => {
    expect(await rowsOf('--port', 'http')).toEqual([
      ['SOURCE', 'DESTINATION', 'PORT', 'VERDICT', 'KUBERNETES'],
      ['a/xx', 'a/x', 'TCP 80', 'allowed', 'TCP 80'],
      ['a/xxx', 'a/x', 'TCP 80', 'allowed', 'TCP 80'],
      ['outside', 'a/x', 'TCP 80', 'allowed', 'TCP 80'],
      ['a/x', 'a/xx', 'TCP 8080', 'allowed', 'TCP 8080'],
      ['a/xxx', 'a/xx', 'TCP 8080', 'allowed', 'TCP 8080'],
      ['outside', 'a/xx', 'TCP 8080', 'blocked', 'none'],
      [''],
    ])
  })

  test('is of one protocol', async () => {
    const udp = await rowsOf('--port', 'dns/UDP', '--from', 'a/x')
    expect(udp.slice(1, -1)).toEqual([['a/x', 'a/xx', 'UDP 53', 'blocked', 'none']])
    const tcp = await rowsOf('--port', 'dns', '--from', 'a/x', '--to', 'a')
    expect(tcp.slice(1, -1)).toEqual([['a/x', 'a/xxx', 'TCP 5353', 'allowed', 'TCP 5353']])
  })

  test('tells programs its number', async () => {
    const run = (output: string) =>
      runCli(['flows', '--port', 'http', '--to', 'a/xx', '--from', 'outside', '--output', output, 'a.yaml'], {
        files: named,
      })
    const { port, flows: told } = JSON.parse((await run('json')).stdout) as Record<string, unknown>
    expect([port, told]).toMatchObject(['http', [{ port: 'TCP 8080', verdict: 'blocked' }]])
    const [head, row] = (await run('csv')).stdout.split('\r\n')
    expect(head).toContain('destinations,port,verdict')
    expect(row).toContain('a/xx,1,TCP 8080,blocked')
  })

  test.each([
    [['--port', 'grpc'], '--port: no pod in the input has a TCP port named grpc'],
    [['--port', 'http/udp'], '--port: no pod in the input has a UDP port named http'],
    [['--port', 'dns', '--to', 'a/x'], '--port: no pod of a/x has a TCP port named dns'],
    [['--port', 'http', '--to', 'outside'], '--port: no pod of outside has a TCP port named http'],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stdout, stderr } = await runCli(['flows', ...argv, 'a.yaml'], { files: named })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('forms for programs', () => {
  test('JSON names groups and their members once', async () => {
    const { stdout } = await flows('--output', 'json', 'tiers.yaml')
    const { flows: rows, groups } = JSON.parse(stdout) as {
      readonly flows: readonly { readonly src: number; readonly dst: number; readonly verdict: string }[]
      readonly groups: readonly { readonly name: string; readonly endpoints: readonly string[] }[]
    }
    expect(groups.map(({ name, endpoints }) => [name, endpoints.length])).toEqual([
      ['shop/api ×2', 2],
      ['shop/db-0', 1],
      ['shop/frontend ×2', 2],
      ['outside', 1],
    ])
    expect(rows).toHaveLength(14)
    expect(rows.every(({ src, dst }) => groups[src] !== undefined && groups[dst] !== undefined)).toBe(true)
    expect(rows.find(({ src, dst }) => src === 2 && dst === 0)).toMatchObject({
      verdict: 'partly',
      kubernetes: 'TCP 9000',
      ingress: { isolated: true, isolatedBy: ['shop/api'], allowedBy: [{ rules: ['spec.ingress[0]'] }] },
    })
  })

  test('an answer without flows is still one', async () => {
    const { code, stdout } = await flows(
      '--output',
      'json',
      '--from',
      'shop/db',
      '--to',
      'shop/db',
      'tiers.yaml',
    )
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { profile: 'head', engine: 'both', port: null, flows: [], groups: [] },
    ])
  })

  test.each(['dot', 'mermaid'])(
    '%s draws what policies speak about, and says what it leaves out',
    async output => {
      const { stdout } = await flows('--output', output, 'tiers.yaml')
      expect(stdout).toContain('left out: 2 pairs')
      expect(stdout.match(/ -> | -->|-\.-x/g)).toHaveLength(12)
      expect(stdout).toContain('"shop/api ×2"')
    },
  )
})

test('the same input gives the same bytes', async () => {
  for (const output of ['table', 'json', 'csv', 'dot', 'mermaid'])
    expect(await flows('--output', output, 'notin.yaml')).toEqual(
      await flows('--output', output, 'notin.yaml'),
    )
})

test.each([
  [['--from', 'nowhere'], 'nothing in the input is nowhere'],
  [['--to', 'a/b/c'], '--to: a/b/c is none of'],
  [['--port', '80/XYZ'], '--port: '],
  [['--port', '90-80'], '--port: '],
  [['--output', 'xml'], '--output must be one of'],
])('%j is wrong usage', async (argv, message) => {
  const { code, stdout, stderr } = await flows(...argv, 'tiers.yaml')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})

test('an error in the input is told, and the rest is answered', async () => {
  const { code, stdout, stderr } = await runCli(['flows', 'a.yaml'], {
    files: { 'a.yaml': `${files['tiers.yaml']}\n---\nkind: [\n` },
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^a\.yaml:\d+:\d+: error: /)
  expect(stdout.split('\n')).toHaveLength(16)
})
