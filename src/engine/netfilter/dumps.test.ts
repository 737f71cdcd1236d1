import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { parseIpv4 } from '../../model/ip.ts'
import type { Packet } from '../../model/packet.ts'
import { PROTOCOL_NUMBERS } from '../../model/packet.ts'
import type { PrintedLine } from '../../model/protocol.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import type { Protocol } from '../../model/traffic.ts'
import { trafficContains, trafficPoint } from '../../model/traffic.ts'
import { countPackets } from './counters.ts'
import { printIpsetList, printIpsetSave } from './printIpSet.ts'
import { printIptablesList, printIptablesSave } from './printIptables.ts'
import { forwardTraffic, prepareReach } from './reach.ts'
import { readIpset } from './readIpset.ts'
import { readIptables } from './readIptables.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import { verdictOf, walk } from './walk.ts'

const vectors = join(import.meta.dirname, '../../testing/vectors')
const dumps = join(vectors, 'npm-v2/dumps')
const folders = readdirSync(dumps).sort()
const read = (...path: readonly string[]) => readFileSync(join(dumps, ...path), 'utf8')
const textOf = (lines: readonly PrintedLine[]) => lines.map(line => `${line.text}\n`).join('')

interface Probe {
  readonly src: string
  readonly dst: string
  readonly protocol: Protocol
  readonly port: number
  readonly kernel: 'allowed' | 'blocked'
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly status?: { readonly podIP?: string }
}

function addressesIn(folder: string): ReadonlyMap<string, string> {
  const documents = parseAllDocuments(read(folder, 'manifests.yaml')).map(
    document => document.toJS() as Manifest,
  )
  return new Map(
    documents
      .filter(document => document?.kind === 'Pod')
      .map(({ metadata, status }) => [
        `${metadata.namespace ?? 'default'}/${metadata.name}`,
        status?.podIP ?? '',
      ]),
  )
}

function probesIn(folder: string): readonly { readonly probe: Probe; readonly packet: Packet }[] {
  const addresses = addressesIn(folder)
  const { probes } = JSON.parse(read(folder, 'probes.json')) as { readonly probes: readonly Probe[] }
  return probes.map((probe, i) => {
    const ip = (end: string) => {
      const address = parseIpv4(addresses.get(end) ?? end)
      if (address === undefined) throw new Error(`no address: ${end}`)
      return address
    }
    const packet: Packet = {
      protocol: PROTOCOL_NUMBERS[probe.protocol.toLowerCase()] ?? 0,
      src: ip(probe.src),
      dst: ip(probe.dst),
      srcPort: 40000 + i,
      dstPort: probe.port,
      ctState: 'NEW',
    }
    return { probe, packet }
  })
}

/** All that the agent gave to `ipset restore`, event after event. */
function ipsetCommands(folder: string): string {
  const parts = read(folder, 'commands.txt').split(/^(?=[$#] )/m)
  return parts
    .filter(part => part.startsWith('$ ipset restore'))
    .map(part => part.slice(part.indexOf('\n') + 1))
    .join('')
}

function rulesetOf(iptables: string, ipset: string): Ruleset {
  const rules = readIptables(iptables)
  const sets = readIpset(ipset)
  expect([...rules.problems, ...sets.problems]).toEqual([])
  return { tables: rules.tables, sets: sets.sets }
}

/** Blocks of `ipset` text without what is random, members sorted. */
function normalized(ipset: string, sizes: boolean): readonly string[] {
  const blocks = ipset.trimEnd().split(/\n\n|\n(?=create )/)
  return blocks.map(block => {
    const lines = block.replace(/ initval 0x[0-9a-f]+/, '').split('\n')
    const kept = sizes ? lines : lines.filter(line => !line.startsWith('Size in memory'))
    const at = Math.max(1, kept.indexOf('Members:') + 1)
    const list = /list:set/.test(block)
    return [...kept.slice(0, at), ...(list ? kept.slice(at) : kept.slice(at).sort())].join('\n')
  })
}

test('[F30] all recorded nodes are here', () => {
  expect(folders).toHaveLength(8)
})

describe.each(folders)('%s', folder => {
  const built = rulesetOf(read(folder, 'iptables-restore.txt'), read(folder, 'ipset-restore.txt'))
  const asCreated = rulesetOf(read(folder, 'iptables-restore.txt'), ipsetCommands(folder))
  const sent = probesIn(folder).filter(({ packet }) => packet.src !== packet.dst)
  const after = countPackets(
    asCreated,
    sent.map(({ packet }) => ({ packet, bytes: 60 })),
  )

  test('[F30] each verdict is the kernel’s', () => {
    const prepared = prepareRuleset(built)
    const wanted = sent.map(({ probe }) => (probe.kernel === 'allowed' ? 'ACCEPT' : 'DROP'))
    expect(sent.map(({ packet }) => verdictOf(prepared, packet))).toEqual(wanted)
    expect(sent.map(({ packet }) => walk(prepared, packet).verdict)).toEqual(wanted)
  })

  test('[F28] each verdict lies in the traffic between the two addresses', () => {
    const index = prepareReach(built)
    const got = sent.map(({ probe, packet }) => {
      const { accepted, unknown } = forwardTraffic(index, packet.src, packet.dst)
      expect(unknown).toEqual([])
      return trafficContains(accepted, trafficPoint(probe.protocol, probe.port)) ? 'allowed' : 'blocked'
    })
    expect(got).toEqual(sent.map(({ probe }) => probe.kernel))
  })

  describe.each(['nft', 'legacy'] as const)('%s', backend => {
    const recorded = (name: string) => read(folder, `${name}.${backend}.txt`)

    test('[F22] iptables-save -c, byte for byte', () => {
      const wanted = recorded('iptables-save')
      const date = / on (.*)$/m.exec(wanted)?.[1] ?? ''
      expect(textOf(printIptablesSave(after, { counters: true, tool: backend, date }))).toBe(wanted)
    })

    test('[F23] iptables -nvL, byte for byte', () => {
      expect(textOf(printIptablesList(after))).toBe(recorded('iptables-list'))
    })

    test('[F27] ipset list and save in the order of creation', () => {
      expect(normalized(textOf(printIpsetSave(after)), true)).toEqual(
        normalized(recorded('ipset-save'), true),
      )
      expect(normalized(textOf(printIpsetList(after)), false)).toEqual(
        normalized(recorded('ipset-list'), false),
      )
    })

    test('[F27] sizes in memory of lists and of sets with at most one member', () => {
      const sizes = (text: string) =>
        text
          .split('\n\n')
          .filter(block => /Type: list:set|Number of entries: [01]$/m.test(block))
          .map(block => [/Name: (.*)/.exec(block)?.[1], /Size in memory: (.*)/.exec(block)?.[1]])
      expect(sizes(textOf(printIpsetList(after)))).toEqual(sizes(recorded('ipset-list')))
    })

    test('[F18] all four texts read back as the same ruleset', () => {
      const save = readIptables(recorded('iptables-save'))
      expect(save.problems).toEqual([])
      expect(textOf(printIptablesSave({ tables: save.tables, sets: [] }, { counters: true }))).toBe(
        textOf(printIptablesSave(after, { counters: true })),
      )
      for (const name of ['ipset-save', 'ipset-list']) {
        const { sets, problems } = readIpset(recorded(name))
        expect(problems).toEqual([])
        expect(textOf(printIpsetSave({ tables: [], sets }))).toBe(textOf(printIpsetSave(after)))
      }
    })
  })

  test('[F20] the text that builds the state at once makes the same sets, lists in another order', () => {
    const lines = (ruleset: Ruleset) =>
      printIpsetSave(ruleset)
        .map(line => line.text)
        .sort()
    expect(lines(built)).toEqual(lines(asCreated))
  })

  test('[F15] print, read, print is stable', () => {
    const once = textOf(printIptablesSave(after, { counters: true }))
    const sets = textOf(printIpsetSave(after))
    const again = rulesetOf(once, sets)
    expect(textOf(printIptablesSave(again, { counters: true }))).toBe(once)
    expect(textOf(printIpsetSave(again))).toBe(sets)
    expect(textOf(printIptablesList(again))).toBe(textOf(printIptablesList(after)))
  })
})

describe('nodes of the older agent', () => {
  const files = [
    { file: 'iptables-save-v1-2021.txt', rules: [80] },
    { file: 'iptables-save-v1-2022.txt', rules: [0, 231, 3, 48] },
  ]

  test.each(files)('[F15] $file: no rule is lost, and it prints as it was', ({ file, rules }) => {
    const text = readFileSync(join(vectors, 'real', file), 'utf8')
    const { tables, problems } = readIptables(text)
    expect(problems).toEqual([])
    expect(tables.map(({ chains }) => chains.reduce((sum, chain) => sum + chain.rules.length, 0))).toEqual(
      rules,
    )
    const lines = text.split(/[\r\n]+/).map(line => line.trim())
    const printed = printIptablesSave({ tables, sets: [] }).map(line => line.text)
    expect(printed).toEqual(lines.filter(line => line !== '' && !line.startsWith('#')))
  })
})
