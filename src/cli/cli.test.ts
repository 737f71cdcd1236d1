import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { OPERATIONS } from '../analysis/headless.ts'
import { decodeScenario } from '../permalink/codec.ts'
import { runCli } from '../testing/runCli.ts'
import { cli } from './cli.ts'

const dumps = join(import.meta.dirname, '../testing/vectors/npm-v2/dumps')
const dump = (name: string) => readFileSync(join(dumps, name), 'utf8')
const metadata = dump('instance-metadata-legacy/manifests.yaml')

/** The rules of an iptables-save, less the counters that only a live node has. */
const ruleLines = (text: string) =>
  text
    .split('\n')
    .map(line => line.replace(/^\[\d+:\d+\] /, ''))
    .filter(line => line.startsWith('-A '))

describe('usage', () => {
  test.each([
    [[]],
    [['nonsense']],
    [['__proto__']],
    [['translate']],
    [['translate', '--profile', 'v9', 'a.yaml']],
    [['translate', '--nonsense', 'a.yaml']],
    [['translate', '--only']],
    [['jsonl', 'a.yaml']],
    [['translate', 'missing.yaml']],
    [['translate', 'docs']],
  ])('%j is wrong usage: code 2, told on standard error alone', async argv => {
    const { code, stdout, stderr } = await runCli(argv, { files: { 'a.yaml': '', 'docs/readme.md': '' } })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^netpol-flow: /)
  })

  test('--version and --help answer on standard output', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    for (const command of ['translate', 'flows', 'trace', 'diff', 'check', 'link', 'simulate', 'jsonl']) {
      expect(stdout).toContain(`  ${command}`)
      expect((await runCli([command, '--help'])).code).toBe(0)
    }
  })
})

describe('translate', () => {
  test('prints what a node was seen to hold', async () => {
    const files = { 'all.yaml': metadata }
    const argv = ['translate', '--profile', 'v1.4.45', '--as', 'save', '--only', 'iptables', 'all.yaml']
    const { code, stdout, stderr } = await runCli(argv, { files })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const expected = ruleLines(dump('instance-metadata-legacy/iptables-save.nft.txt'))
    expect(expected).toHaveLength(15)
    expect(ruleLines(stdout)).toEqual(expected)
  })

  test('prints the sets first, then the rules; --only chooses', async () => {
    const files = { 'all.yaml': metadata }
    const both = await runCli(['translate', 'all.yaml'], { files })
    const sets = await runCli(['translate', '--only', 'ipset', 'all.yaml'], { files })
    const rules = await runCli(['translate', '--only', 'iptables', 'all.yaml'], { files })
    expect(both.stdout).toBe(sets.stdout + rules.stdout)
    expect(sets.stdout).toMatch(/^-N |^create /)
    expect(rules.stdout).toMatch(/^\*filter\n[^]*COMMIT\n$/)
  })

  test('files, folders and standard input make one scenario', async () => {
    const parts = metadata.split('---\n')
    const files = {
      'k8s/b/policy.yml': parts.slice(4).join('---\n'),
      'k8s/a/pods.yaml': parts.slice(2, 4).join('---\n'),
      'k8s/notes.txt': '{',
    }
    const stdin = [metadata.slice(0, 40), parts.slice(0, 2).join('---\n').slice(40)]
    const whole = await runCli(['translate', 'all.yaml'], { files: { 'all.yaml': metadata } })
    expect(await runCli(['translate', 'k8s', '-', 'k8s/a/pods.yaml'], { files, stdin })).toEqual(whole)
  })

  test('an error in the input is told with its place, and the rest is translated', async () => {
    const files = { 'all.yaml': `${metadata}---\nkind: [\n` }
    const { code, stdout, stderr } = await runCli(['translate', 'all.yaml'], { files })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^all\.yaml:\d+:\d+: error: .* \[[a-z-]+\]\n/)
    expect(stdout).toContain('COMMIT')
  })
})

describe('check', () => {
  test('good input has no errors', async () => {
    const { code, stdout, stderr } = await runCli(['check', 'all.yaml'], { files: { 'all.yaml': metadata } })
    expect(code).toBe(0)
    expect(stdout).not.toContain('error')
    expect(stderr).toMatch(/^2 policies: 0 errors, /)
  })

  test('what takes no part is listed, and is no error', async () => {
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\n'
    const files = { 'all.yaml': `${metadata}---\n${service}` }
    const { code, stdout } = await runCli(['check', 'all.yaml'], { files })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^all\.yaml:\d+:1: info: Service shop\/s .* \[not-used\]$/m)
  })

  test('one is counted as one', async () => {
    const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, namespace: b}
spec: {podSelector: {}}
---
kind: [
`
    const { stderr } = await runCli(['check', 'a.yaml'], { files: { 'a.yaml': policy } })
    expect(stderr).toBe('1 policy: 1 error, 0 warnings, 0 notes\n')
  })

  test('a message that quotes a megabyte is shortened', async () => {
    const label = 'x'.repeat(1_000_000)
    const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a, namespace: b}
spec: {podSelector: {matchLabels: {app: ${label}}}}
`
    const { stdout } = await runCli(['check', 'a.yaml'], { files: { 'a.yaml': policy } })
    expect(stdout).toMatch(/^a\.yaml:4:\d+: error: spec\.podSelector\.matchLabels: Invalid value: "xx/)
    expect(stdout).toContain('63')
    expect(stdout.length).toBeLessThan(1200)
  })

  test('every line says where, in the order of the files given', async () => {
    const bad = metadata.replace('0.0.0.0/0', '0.0.0.300/0')
    const files = { 'b.yaml': bad, 'a.yaml': `\n\n${bad}` }
    const { code, stdout } = await runCli(['check', 'b.yaml', 'a.yaml'], { files })
    expect(code).toBe(1)
    const places = [...stdout.matchAll(/^(.*):(\d+):(\d+): error: /gm)].map(([, file, line]) => [
      file,
      Number(line),
    ])
    const line = bad.slice(0, bad.indexOf('0.0.0.300')).split('\n').length
    expect(places).toContainEqual(['b.yaml', line])
    expect(places).toContainEqual(['a.yaml', line + 2])
    expect(places.map(([file]) => file)).toEqual(
      places
        .map(([file]) => file)
        .sort()
        .reverse(),
    )
  })
})

describe('link', () => {
  const files = { 'k8s/a.yaml': 'kind: Pod', 'k8s/b/c.yaml': 'kind: Namespace' }

  test('opens just these files', async () => {
    const argv = [
      'link',
      '--base',
      'https://example.org/x/#old',
      '--name',
      'Shop',
      '--profile',
      'v1.8.11',
      'k8s',
    ]
    const { code, stdout } = await runCli(argv, { files })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^https:\/\/example\.org\/x\/#v1=[\w-]+\n$/)
    expect(decodeScenario(stdout)).toEqual({
      ok: true,
      value: {
        name: 'Shop',
        profile: 'v1.8.11',
        files: [
          { name: 'a.yaml', text: 'kind: Pod' },
          { name: 'b/c.yaml', text: 'kind: Namespace' },
        ],
      },
    })
  })

  test('too much text for a link is an error in the input', async () => {
    const { code, stdout } = await runCli(['link', 'a'], { files: { a: 'x'.repeat(3_000_000) } })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })
})

test('a bug of ours is one line and code 70', async () => {
  const broken = (): never => {
    throw new Error('two\nlines')
  }
  let stderr = ''
  const code = await cli(['--version'], {
    version: '1',
    stdin: { [Symbol.asyncIterator]: broken },
    stdout: broken,
    stderr: text => Promise.resolve(void (stderr += text)),
    readFile: broken,
    readRevision: broken,
    listFiles: broken,
  })
  expect(code).toBe(70)
  expect(stderr).toMatch(/^netpol-flow 1: this is a bug of netpol-flow: two lines \(.+\)\n$/)
})

describe('translate --node', () => {
  const translate = (...argv: readonly string[]) =>
    runCli(['translate', ...argv, 'm.yaml'], { files: { 'm.yaml': metadata } })

  test('every node programs the same', async () => {
    expect(await translate('--node', 'aks-agentpool-1')).toEqual(await translate())
    expect((await translate('--help')).stdout).toContain('every node')
  })

  test('a node needs a name', async () => {
    expect(await translate('--node', '')).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('jsonl', () => {
  const policy = {
    kind: 'NetworkPolicy',
    metadata: { name: 'base', namespace: 'x' },
    spec: { podSelector: { matchLabels: { a: 'b' } } },
  }
  const ask = async (input: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(['jsonl'], { stdin: input })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout === '' || stdout.endsWith('\n')).toBe(true)
    return stdout
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as Record<string, unknown>)
  }

  test('answers every line in order, echoing any id', async () => {
    const answers = await ask([
      `${JSON.stringify({ id: 7, op: 'translate', policy })}\n`,
      `${JSON.stringify({ id: { a: [1] }, op: 'translate', policy })}\r\n`,
      JSON.stringify({ op: 'translate', policy }),
    ])
    expect(answers.map(answer => answer['id'])).toEqual([7, { a: [1] }, undefined])
    for (const answer of answers) expect(answer).toMatchObject({ error: null, policyKey: 'x/base' })
  })

  test('a bad line is answered and the stream goes on', async () => {
    const answers = await ask([
      '{"id":1\n\n[]\nnull\n{"id":2,"op":"nonsense"}\n{"id":3}\n{"id":4,"op":"__proto__"}\n',
      '{"id":5,"op":"translate"}\n{"id":6,"op":"walk","iptables":3}\n{"id":7,"op":"analyze","profile":"v9"}\n',
      `{"id":8,"op":"session","events":[]}\n`,
    ])
    expect(answers.map(answer => answer['id'])).toEqual([null, null, null, null, 2, 3, 4, 5, 6, 7, 8])
    for (const answer of answers.slice(0, -1))
      expect(answer).toEqual({
        id: answer['id'],
        error: { code: 'bad-request', message: expect.any(String) as unknown },
      })
    expect(answers.at(-1)).toEqual({ id: 8, steps: [] })
  })

  test('a bug of ours costs one answer, not the stream', async () => {
    const broken = vi.spyOn(OPERATIONS as { walk: () => never }, 'walk').mockImplementation(() => {
      throw new Error('boom')
    })
    const answers = await ask(['{"id":1,"op":"walk"}\n{"id":2,"op":"session","events":[]}\n'])
    broken.mockRestore()
    expect(answers).toEqual([
      { id: 1, error: { code: 'internal', message: 'boom' } },
      { id: 2, steps: [] },
    ])
  })

  test('what is nested too deep is told, and costs one answer, not the stream', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const next = '{"id":9,"op":"session","events":[]}'
    const lines = [
      `{"id":${deep},"op":"session","events":[]}`,
      `{"id":1,"op":"translate","policy":{"spec":${deep}}}`,
      `{"id":2,"op":"session","events":[{"kind":"Pod","action":"apply","object":{"status":${deep}}}]}`,
      `{"id":3,"op":"analyze","resources":${deep}}`,
      `{"id":4,"op":"analyze","admission":false,"resources":[{"kind":"Pod","metadata":${deep}}]}`,
      `{"id":{"a":5},"op":"walk","probes":${deep}}`,
    ]
    const answers = await ask(lines.flatMap(line => [`${line}\n${next}\n`]))
    const told = answers.filter((_, i) => i % 2 === 0)
    expect(told.map(answer => answer['id'])).toEqual([null, 1, 2, 3, 4, { a: 5 }])
    for (const answer of told)
      expect(answer['error']).toEqual({ code: 'bad-request', message: 'nested more than 500 levels deep' })
    expect(answers.filter((_, i) => i % 2 === 1)).toEqual(lines.map(() => ({ id: 9, steps: [] })))
  })

  test('500 levels are read', async () => {
    const deep = `${'['.repeat(496)}${']'.repeat(496)}`
    const resource = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"x":${deep}}}`
    for (const admission of [true, false]) {
      const [answer] = await ask([`{"op":"analyze","admission":${admission},"resources":[${resource}]}`])
      expect(answer).toHaveProperty('verdicts', [])
    }
  })

  test('lines may be cut anywhere into pieces', async () => {
    const text = [1, 2, 3].map(id => JSON.stringify({ id, op: 'translate', policy })).join('\n')
    const whole = await ask([text])
    expect(whole.map(answer => answer['id'])).toEqual([1, 2, 3])
    expect(await ask([...text])).toEqual(whole)
    expect(await ask([`\ufeff${text}\n`])).toEqual(whole)
  })

  test('no input, no output', async () => {
    expect(await ask([])).toEqual([])
  })

  test('reads a line only when the answer before it is out', async () => {
    const events: string[] = []
    await cli(['jsonl'], {
      version: '1',
      stdin: (async function* () {
        for (const id of [1, 2, 3]) {
          events.push(`read ${id}`)
          yield await Promise.resolve(`{"id":${id}}\n`)
        }
      })(),
      stdout: async () => {
        await new Promise(resolve => setTimeout(resolve, 1))
        events.push('written')
      },
      stderr: () => Promise.resolve(),
      readFile: () => Promise.resolve(''),
      readRevision: () => Promise.resolve([]),
      listFiles: () => Promise.resolve(undefined),
    })
    expect(events).toEqual(['read 1', 'written', 'read 2', 'written', 'read 3', 'written'])
  })

  test('analyze: texts that build the node, and both verdicts', async () => {
    const probes = [
      { src: 'default/web-1', dst: '169.254.169.254', protocol: 'TCP', port: 80 },
      { src: 'default/web-1', dst: 'default/web-2', protocol: 'TCP', port: 80 },
    ]
    const [answer] = await ask([
      JSON.stringify({ id: 'a', op: 'analyze', profile: 'v1.4.45', manifests: metadata, probes }),
    ])
    expect(answer?.['verdicts']).toEqual([
      { kubernetes: 'blocked', dataplane: 'blocked' },
      { kubernetes: 'allowed', dataplane: 'allowed' },
    ])
    const translated = await runCli(['translate', '--profile', 'v1.4.45', 'm.yaml'], {
      files: { 'm.yaml': metadata },
    })
    expect(`${String(answer?.['ipset'])}${String(answer?.['iptables'])}`).toBe(translated.stdout)
  })

  test('walk: a packet through a dump', async () => {
    const [answer] = await ask([
      JSON.stringify({
        op: 'walk',
        ipset: dump('instance-metadata-legacy/ipset-save.nft.txt'),
        iptables: dump('instance-metadata-legacy/iptables-save.nft.txt'),
        probes: [
          { src: '10.1.1.32', dst: '169.254.169.254', protocol: 'TCP', port: 80, state: 'NEW' },
          { src: '10.1.1.32', dst: '8.8.8.8', protocol: 'UDP', port: 53 },
        ],
      }),
    ])
    expect(answer?.['verdicts']).toEqual(['DROP', 'ACCEPT'])
    const traces = answer?.['traces'] as Record<string, unknown>[][]
    expect(traces[0]?.at(-1)).toMatchObject({
      table: 'filter',
      chain: 'AZURE-NPM-EGRESS',
      rule: 3,
      matched: true,
      mark: '0x800',
    })
  })
})
