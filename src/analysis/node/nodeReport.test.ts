import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { NodeReport } from '../../model/nodeReport.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { formatTraffic } from '../../model/traffic.ts'
import { analyze } from '../analyze.ts'
import { nodeReport } from './nodeReport.ts'

const vectors = join(import.meta.dirname, '../../testing/vectors')
const read = (path: string) => readFileSync(join(vectors, path), 'utf8')

const FOLDER = 'npm-v2/dumps/instance-metadata-head'
const recorded = (folder: string, name: string) => read(`npm-v2/dumps/${folder}/${name}`)

function report(
  folder: string,
  profile: ProfileId,
  change: (texts: { iptables: string; ipset: string; yaml: string }) => Record<string, string> = () => ({}),
): NodeReport {
  const texts = {
    iptables: recorded(folder, 'iptables-save.nft.txt'),
    ipset: recorded(folder, 'ipset-save.nft.txt'),
    yaml: recorded(folder, 'manifests.yaml'),
  }
  const { iptables, ipset, yaml } = { ...texts, ...change(texts) }
  const files = [
    { name: 'm.yaml', text: yaml },
    { name: 'rules.txt', text: iptables },
    { name: 'sets.txt', text: ipset },
  ]
  const found = nodeReport(analyze({ name: '', files, profile }))
  if (found === undefined) throw new Error('no report')
  return found
}

const told = ({ drift }: NodeReport) => drift.map(({ kind, severity }) => `${kind} ${severity}`)

describe('a node as the policies have it', () => {
  test.each<[string, ProfileId]>([
    ['base-head', 'head'],
    ['base-legacy', 'v1.4.45'],
    ['deny-and-open', 'head'],
    ['instance-metadata-head', 'head'],
    ['instance-metadata-legacy', 'v1.4.45'],
    ['namespace-not-in', 'v1.4.45'],
    ['ports-and-protocols', 'head'],
    ['shop', 'head'],
  ])('%s does not drift', (folder, profile) => {
    for (const [rules, sets] of [
      ['iptables-save.nft.txt', 'ipset-save.legacy.txt'],
      ['iptables-list.legacy.txt', 'ipset-list.nft.txt'],
    ] as const) {
      const found = report(folder, profile, () => ({
        iptables: recorded(folder, rules),
        ipset: recorded(folder, sets),
      }))
      expect([found.drift, found.changed, found.problems]).toEqual([[], [], []])
      expect([found.agent, found.files]).toEqual(['v2', ['rules.txt', 'sets.txt']])
      expect(found.sets.filter(({ meanings }) => meanings.length === 0)).toEqual([])
    }
  })

  test('back end, places and meanings', () => {
    const found = report('instance-metadata-head', 'head')
    expect([found.backend, found.profile]).toEqual(['nft', 'head'])
    const set = found.sets.find(({ meanings }) => meanings.includes('ns-default'))
    expect(read(`${FOLDER}/ipset-save.nft.txt`).split('\n')[(set?.place?.line ?? 0) - 1]).toContain(
      `create ${set?.name ?? ''} `,
    )
    const chain = found.chains.find(({ meaning }) => meaning !== undefined)
    expect(chain?.meaning).toBe('egress of default/restrict-instance-metadata')
    expect(read(`${FOLDER}/iptables-save.nft.txt`).split('\n')[(chain?.place?.line ?? 0) - 1]).toContain(
      `:${chain?.name ?? ''} `,
    )
  })
})

describe('a node that differs', () => {
  test('a missing rule, with the field that should have made it and the verdicts', () => {
    const found = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables.replace(/^.*-j MARK --set-xmark 0x800.*\n/m, ''),
    }))
    expect(told(found)).toEqual(['missing-rule error'])
    expect(found.drift[0]).toMatchObject({
      chain: expect.stringMatching(/^AZURE-NPM-EGRESS-/) as string,
      origin: { resource: 'NetworkPolicy/default/restrict-instance-metadata' },
      place: { file: 'rules.txt' },
    })
    const flow = found.changed.find(({ dst }) => dst === 'cidr:169.254.169.254/32')
    expect([flow?.src, formatTraffic(flow?.opened ?? []), flow?.closed]).toEqual([
      expect.stringMatching(/^pod:default\//),
      'all',
      [],
    ])
  })

  test('a stale rule', () => {
    const found = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables.replace('\nCOMMIT', '\n-A AZURE-NPM-INGRESS -s 10.0.0.0/8 -j DROP\nCOMMIT'),
    }))
    expect(told(found)).toEqual(['stale-rule error'])
    expect(found.drift[0]?.place?.line).toBeGreaterThan(1)
    expect(found.changed.length).toBeGreaterThan(0)
    expect(found.changed.every(({ opened, closed }) => opened.length === 0 && closed.length > 0)).toBe(true)
  })

  test('members that are missing and too many, by the pods’ names', () => {
    const found = report('instance-metadata-head', 'head', ({ ipset }) => ({
      ipset: ipset.replaceAll('10.1.1.32', '10.9.9.9'),
    }))
    const [first] = found.drift
    expect(new Set(told(found))).toEqual(new Set(['missing-member error', 'extra-member warning']))
    expect(first?.message).toContain('10.1.1.32 (default/web-1)')
    expect(first?.origin?.resource).toBe('Pod/default/web-1')
    expect(found.changed.map(({ src }) => src)).toContain('pod:default/web-1')
  })

  test('a missing set, a set of another type, a set of nothing', () => {
    const without = report('instance-metadata-head', 'head', ({ ipset }) => {
      const name = /^add (\S+) 169\.254\.169\.254/m.exec(ipset)?.[1] ?? ''
      return {
        ipset: `${ipset.replace(new RegExp(`^.* ${name} .*\n`, 'gm'), '')}create azure-npm-1 hash:net\n`,
      }
    })
    expect(told(without)).toEqual(['missing-set error', 'stale-set info'])
    const typed = report('instance-metadata-head', 'head', ({ ipset }) => ({
      ipset: ipset
        .replace(/^create (\S+) list:set .*$/m, 'create $1 hash:ip')
        .replace(/^add (\S+) azure.*\n/gm, ''),
    }))
    expect(told(typed)).toContain('set-type error')
  })

  test('the jump: missing, elsewhere, behind others’ rules', () => {
    const jump = /^(?:\[.*\] )?-A FORWARD .*-j AZURE-NPM\n/m
    const without = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables.replace(jump, ''),
    }))
    expect(told(without)).toEqual(['missing-jump error'])
    expect(without.changed.length).toBeGreaterThan(0)
    const kube = ':KUBE-SERVICES - [0:0]\n'
    const behind = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables
        .replace(/^:AZURE-NPM /m, `${kube}:AZURE-NPM `)
        .replace(jump, found => `-A FORWARD -j KUBE-SERVICES\n${found}`),
    }))
    expect(told(behind)).toEqual(['foreign-rule info'])
    const later = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables
        .replace(/^:AZURE-NPM /m, `${kube}:AZURE-NPM `)
        .replace(jump, found => `${found}-A FORWARD -j KUBE-SERVICES\n`),
    }))
    expect(told(later)).toEqual(['jump-position warning'])
  })

  test('a policy more than the scenario has, and one less', () => {
    const shorter = report('instance-metadata-head', 'head', ({ yaml }) => ({
      yaml: yaml
        .split(/^---$/m)
        .filter(part => !part.includes('kind: NetworkPolicy'))
        .join('---'),
    }))
    expect(told(shorter)).toContain('stale-chain error')
    expect(shorter.drift.find(({ kind }) => kind === 'stale-chain')?.message).toContain(
      'egress of default/restrict-instance-metadata',
    )
    const longer = report('instance-metadata-head', 'head', ({ yaml }) => ({
      yaml: `${yaml}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: more, namespace: default}\nspec: {podSelector: {}}\n`,
    }))
    expect(told(longer)).toEqual(
      expect.arrayContaining(['missing-chain error', 'missing-rule error']) as string[],
    )
  })

  test('another version’s names', () => {
    const found = report('instance-metadata-legacy', 'head')
    expect(found.profile).not.toBe('head')
    expect(told(found)[0]).toBe('other-version warning')
    expect(found.changed).toEqual([])
  })

  test('the order of rules', () => {
    const found = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables.replace(/^(.*-A (AZURE-NPM-EGRESS-\S+) .*)\n(.*-A \2 .*)\n/m, '$3\n$1\n'),
    }))
    expect(told(found)).toEqual(['rule-order error'])
  })
})

describe('what cannot be compared', () => {
  test('no dump, no report', () => {
    expect(nodeReport(analyze({ name: '', files: [{ name: 'm.yaml', text: '' }], profile: 'head' }))).toBe(
      undefined,
    )
  })

  test('a legacy node', () => {
    const found = report('instance-metadata-head', 'head', () => ({
      iptables: read('real/iptables-save-v1-2022.txt'),
      ipset: '',
    }))
    expect([found.agent, told(found)[0], found.tables.map(({ name }) => name)]).toEqual([
      'v1',
      'legacy-agent warning',
      expect.arrayContaining(['filter', 'nat']),
    ])
    expect(found.changedLimit).toMatch(/hangs on what the dump does not tell/)
  })

  test('pods without addresses, a dump that is cut off', () => {
    const nowhere = report('instance-metadata-head', 'head', ({ yaml }) => ({
      yaml: yaml.replace(/^\s*podIP: .*\n/gm, '').replace(/podIP: [0-9.]+/g, ''),
    }))
    expect([nowhere.changed, nowhere.changedLimit]).toEqual([[], expect.stringContaining('status.podIP')])
    expect(told(nowhere)).toEqual([])
    const cut = report('instance-metadata-head', 'head', ({ iptables }) => ({
      iptables: iptables.slice(0, iptables.indexOf('COMMIT') - 30),
    }))
    expect(cut.problems.map(({ code }) => code)).toContain('missing-commit')
    expect(cut.changedLimit ?? '').toContain('the dump does not tell')
  })
})
