import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PrintForm } from '../../model/protocol.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { analyze } from '../analyze.ts'
import { print, textOf } from '../print.ts'

const dumps = join(import.meta.dirname, '../../testing/vectors/npm-v2/dumps')

function recorded(folder: string, file: string): string {
  return readFileSync(join(dumps, folder, file), 'utf8')
}

/**
 * Takes away what differs from run to run: dates, counters (the packets of the recording are another test's), the
 * random seed of a hash and with it the order of members, the memory they take. Members of lists keep their order.
 */
function steady(text: string): string {
  return text
    .replace(/^#.*\n/gm, '')
    .replace(/^\[\d+:\d+\] /gm, '')
    .replace(/\[\d+:\d+\]$/gm, '[0:0]')
    .replace(/ bucketsize 12 initval 0x[0-9a-f]+/g, ' bucketsize 12')
    .replace(/^Size in memory: .*\n/gm, '')
    .replace(/^ *\d+ +\d+ (?=\S+ +\d+ +--)/gm, '0 0 ')
    .replace(/ACCEPT \d+ packets, \d+ bytes/g, 'ACCEPT 0 packets, 0 bytes')
    .replace(
      /(Type: hash:(?:.|\n)*?Members:\n)((?:[^\n]+\n)+)/g,
      (_all, head: string, members: string) => head + sorted(members),
    )
    .replace(
      /(^create \S+ hash:.*\n)((?:add .*\n)+)/gm,
      (_all, head: string, members: string) => head + sorted(members),
    )
}

function sorted(lines: string): string {
  return lines.split('\n').slice(0, -1).sort().join('\n') + '\n'
}

const FILES: Readonly<Record<PrintForm, string>> = {
  'iptables-restore': 'iptables-restore.txt',
  'ipset-restore': 'ipset-restore.txt',
  'iptables-save': 'iptables-save.nft.txt',
  'iptables-list': 'iptables-list.nft.txt',
  'ipset-save': 'ipset-save.nft.txt',
  'ipset-list': 'ipset-list.nft.txt',
}

describe.each(readdirSync(dumps))('from the manifests of %s', folder => {
  const { profile } = JSON.parse(recorded(folder, 'probes.json')) as { readonly profile: ProfileId }
  const files = [{ name: 'manifests.yaml', text: recorded(folder, 'manifests.yaml') }]
  const node = analyze({ name: folder, files, profile }).given()

  test.each(['ipset-restore', 'iptables-restore'] as const)(
    'the %s text is that of the agent, byte for byte',
    form => {
      expect(textOf(print(node, form))).toBe(recorded(folder, FILES[form]))
    },
  )

  test.each(['iptables-save', 'iptables-list', 'ipset-save', 'ipset-list'] as const)(
    '%s prints what the node printed',
    form => {
      expect(steady(textOf(print(node, form)))).toBe(steady(recorded(folder, FILES[form])))
    },
  )
})
