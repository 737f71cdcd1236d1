import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { NodeReport } from '../model/nodeReport.ts'
import { runCli } from '../testing/runCli.ts'

const folder = join(import.meta.dirname, '../testing/vectors/npm-v2/dumps/instance-metadata-head')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

const rules = read('iptables-save.nft.txt')
const files: Record<string, string> = {
  'm.yaml': read('manifests.yaml'),
  'rules.txt': rules,
  'list.txt': read('iptables-list.legacy.txt'),
  'sets.txt': read('ipset-list.nft.txt'),
  'both.txt': `$ iptables-save\r\n${rules}$ ipset save\r\n${read('ipset-save.nft.txt')}`,
  'drifted.txt': rules.replace(/^.*-j MARK --set-xmark 0x800.*\n/m, ''),
}
const run = (...argv: readonly string[]) => runCli(argv, { files })

describe('drift', () => {
  test.each([
    ['--iptables', 'rules.txt', '--ipset', 'sets.txt'],
    ['--iptables', 'list.txt', '--ipset', 'sets.txt'],
    ['--iptables', 'both.txt'],
    ['--iptables', 'both.txt', '--ipset', 'both.txt'],
    ['--iptables-save', 'rules.txt', '--ipset-save', 'sets.txt'],
  ])('%j is as it should be', async (...node) => {
    const { code, stdout, stderr } = await run('drift', ...node, 'm.yaml')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('It holds what these objects should give.\n')
  })

  test('what differs, where it stands, where it comes from, what changes', async () => {
    const { code, stdout } = await run('drift', '--iptables', 'drifted.txt', '--ipset', 'sets.txt', 'm.yaml')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^drifted\.txt:\d+: error: AZURE-NPM-EGRESS-\S+ \(egress of default\/restrict-instance-metadata\) lacks the rule -j MARK --set-xmark 0x800\/0x800 \[missing-rule\]\n {4}from m\.yaml:\d+:\d+ NetworkPolicy\/default\/restrict-instance-metadata\n/m,
    )
    expect(stdout).toMatch(
      /^ {2}pod:default\/\S+ \(and \d+ like it\) → cidr:169\.254\.169\.254\/32: opened all\n/m,
    )
  })

  test('as JSON', async () => {
    const { code, stdout } = await run(
      ...['drift', '--output', 'json', '--iptables', 'drifted.txt', '--ipset', 'sets.txt', 'm.yaml'],
    )
    const report = JSON.parse(stdout) as NodeReport
    expect([code, report.agent, report.drift.map(({ kind }) => kind)]).toEqual([1, 'v2', ['missing-rule']])
  })

  test('a missing dump, one that is none', async () => {
    expect((await run('drift', 'm.yaml')).code).toBe(2)
    const { code, stderr } = await run('drift', '--iptables', 'm.yaml', 'm.yaml')
    expect(code).toBe(1)
    expect(stderr).toContain('m.yaml:1:1: error: this is no output of iptables-save')
  })
})
