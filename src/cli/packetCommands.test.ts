import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../testing/runCli.ts'

const dumps = join(import.meta.dirname, '../testing/vectors/npm-v2/dumps')
const read = (path: string) => readFileSync(join(dumps, path), 'utf8')
const files = {
  'm.yaml': read('instance-metadata-legacy/manifests.yaml'),
  'rules.txt': read('instance-metadata-legacy/iptables-save.nft.txt'),
  'sets.txt': read('instance-metadata-legacy/ipset-save.nft.txt'),
  'list.txt': read('instance-metadata-legacy/ipset-list.nft.txt'),
  'both.txt': read('instance-metadata-legacy/iptables-save.nft.txt').concat(
    read('instance-metadata-legacy/ipset-save.nft.txt'),
  ),
  'cut.txt': read('instance-metadata-legacy/iptables-save.nft.txt').slice(0, 1500),
}
const run = (...argv: readonly string[]) => runCli(argv, { files })

describe('trace', () => {
  test('both answers, the walk, and the place of each rule', async () => {
    const { code, stdout, stderr } = await run(
      'trace',
      '--profile',
      'v1.4.45',
      'default/web-1',
      '169.254.169.254',
      '80/TCP',
      'm.yaml',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Kubernetes promises: blocked\n')
    expect(stdout).toContain('azure-npm v1.4.45 enforces: blocked\n')
    expect(stdout).toContain(
      '✓ source in ns-default (azure-npm-784554818): 10.1.1.32 (default/web-1) is a member',
    )
    expect(stdout).toContain('→ set the mark, mark 0x0 → 0x800')
    expect(stdout).toMatch(
      /\n {10}from m\.yaml:\d+:\d+ NetworkPolicy\/default\/restrict-instance-metadata spec\.egress\[0\]\.to\[0\]\n/,
    )
    expect(stdout).toMatch(/\nVerdict: blocked, by rule 3 of AZURE-NPM-EGRESS, mark 0x800\n$/)
  })

  test('JSON has the same, with lines and columns', async () => {
    const { stdout } = await run(
      'trace',
      '--output',
      'json',
      'default/web-1',
      '169.254.169.254',
      '80/TCP',
      'm.yaml',
    )
    const answer = JSON.parse(stdout) as {
      readonly kubernetes: { readonly answer: string }
      readonly dataplane: { readonly answer: string; readonly decidedAt: unknown }
      readonly steps: readonly { readonly rule: number; readonly origin?: { readonly line: number } }[]
    }
    expect(answer).toMatchObject({
      packet: { src: 'default/web-1', srcAddress: '10.1.1.32', protocol: 6, dstPort: 80, state: 'NEW' },
      kubernetes: { answer: 'blocked' },
      dataplane: { answer: 'blocked', decidedAt: { chain: 'AZURE-NPM-EGRESS', number: 3 } },
    })
    expect(answer.steps.filter(({ origin }) => origin !== undefined).length).toBeGreaterThan(2)
    for (const { origin } of answer.steps) if (origin !== undefined) expect(origin.line).toBeGreaterThan(1)
  })

  test.each([
    [['default/nobody', '1.1.1.1', '80/TCP'], 'there is no pod default/nobody; in default there are'],
    [['default/web-1', '1.1.1.1', '80/XYZ'], '80/XYZ is no PORT/PROTOCOL'],
    [['--state', 'open', 'default/web-1', '1.1.1.1', '80'], '--state must be one of NEW,'],
    [['--sport', '99999', 'default/web-1', '1.1.1.1', '80'], '--sport: 99999 is no port number'],
    [['default/web-1', '1.1.1.1', '80/TCP', 'missing.yaml'], 'ENOENT'],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stdout, stderr } = await run('trace', ...argv, 'm.yaml')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  test('too few words', async () => {
    expect((await run('trace', 'default/web-1', '1.1.1.1')).stderr).toContain(
      'something is missing behind 1.1.1.1',
    )
    expect((await run('trace', 'default/web-1', '1.1.1.1', '80')).stderr).toContain('name at least one FILE')
  })
})

describe('simulate', () => {
  const node = ['--iptables', 'rules.txt', '--ipset', 'sets.txt']

  test('a real node’s rules, its names from the scenario', async () => {
    const { code, stdout, stderr } = await run(
      'simulate',
      ...node,
      'default/web-1',
      '169.254.169.254',
      '80/TCP',
      'm.yaml',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Verdict: DROP: rule 3 of AZURE-NPM-EGRESS (filter) drops it\n')
    expect(stdout).toContain(
      '✓ source in ns-default (azure-npm-784554818): 10.1.1.32 (default/web-1) is a member',
    )
    expect(stdout).toContain('(egress of default/restrict-instance-metadata)')
  })

  test('without a scenario by addresses; ipset list and the other option names do as well', async () => {
    const asked = ['10.1.1.32', '8.8.8.8', '53/UDP']
    const saved = await run('simulate', ...node, ...asked)
    expect(saved.stdout).toContain('Verdict: ACCEPT: ')
    expect(
      await run('simulate', '--iptables-save', 'rules.txt', '--ipset-save', 'list.txt', ...asked),
    ).toEqual(saved)
    const one = await run('simulate', '--iptables', 'both.txt', '--ipset', 'both.txt', ...asked)
    expect(one).toEqual(saved)
  })

  test('without sets the verdict is unknown, with the reason', async () => {
    const { code, stdout } = await run(
      'simulate',
      '--iptables',
      'rules.txt',
      '10.1.1.32',
      '8.8.8.8',
      '53/UDP',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /\nVerdict: unknown: set azure-npm-\d+ is missing \(rule \d+ of [A-Z-]+ in filter\)\n/,
    )
  })

  test('JSON', async () => {
    const { stdout } = await run(
      'simulate',
      ...node,
      '--output',
      'json',
      '--mark',
      '0x10',
      '10.1.1.32',
      '169.254.169.254',
      '80',
    )
    expect(JSON.parse(stdout)).toMatchObject({
      hook: 'FORWARD',
      verdict: 'DROP',
      packet: { srcAddress: '10.1.1.32', mark: '0x10' },
      mark: '0x810',
    })
  })

  test('a dump that cannot be read is told by file and line, code 1, and decides nothing', async () => {
    const { code, stdout, stderr } = await run(
      'simulate',
      '--iptables',
      'cut.txt',
      '--ipset',
      'sets.txt',
      '10.1.1.32',
      '169.254.169.254',
      '80',
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/^cut\.txt:\d+:1: error: [a-z-]+: /)
    expect(stdout).toContain('Verdict: unknown: ')
    const none = await run('simulate', '--iptables', 'm.yaml', '10.1.1.32', '169.254.169.254', '80')
    expect(none.code).toBe(1)
    expect(none.stderr).toContain(
      'm.yaml:1:1: error: this is no output of iptables-save, iptables -S or iptables -nvL\n',
    )
    expect(none.stdout).toContain('Verdict: unknown: ')
  })

  test.each([
    [['10.1.1.32', '1.1.1.1', '80'], '--iptables names the node’s rules'],
    [['--iptables', 'rules.txt', 'default/web-1', '1.1.1.1', '80'], 'there is no pod default/web-1'],
    [[...node, '--mark', 'x', '1.1.1.1', '1.1.1.2', '80'], '--mark must be a number'],
    [[...node, '--hook', 'PREROUTING', '1.1.1.1', '1.1.1.2', '80'], '--hook must be one of'],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stdout, stderr } = await run('simulate', ...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})
