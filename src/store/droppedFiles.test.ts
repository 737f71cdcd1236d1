import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { droppedFiles } from './droppedFiles.ts'
import { fileKindOf } from './fileKind.ts'
import { describeDump, sizeOfDump } from './nodeFiles.ts'

const DUMPS = join(import.meta.dirname, '../testing/vectors/npm-v2/dumps/shop')
const dump = (name: string) => ({ name, text: readFileSync(join(DUMPS, name), 'utf8') })
const POLICIES = { name: 'policies.yaml', text: 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n' }
const SAVE = dump('iptables-save.nft.txt')

describe('dumps come beside the policies', () => {
  test('of an example nothing is replaced', () => {
    const dropped = droppedFiles([POLICIES], [SAVE], true)
    expect(dropped).toMatchObject({ replaces: false, dumps: true, active: SAVE.name })
    expect(dropped?.files).toEqual([POLICIES, SAVE])
  })

  test('a newer dump takes the place of the one of its name', () => {
    const newer = { ...SAVE, text: `${SAVE.text}\n` }
    expect(droppedFiles([POLICIES, SAVE], [newer], false)?.files).toEqual([POLICIES, newer])
  })

  test('two of one name among those that come both stay', () => {
    const names = droppedFiles([POLICIES], [SAVE, { ...SAVE }], false)?.files.map(file => file.name)
    expect(names).toEqual(['policies.yaml', SAVE.name, 'iptables-save.nft-2.txt'])
  })

  test('a manifest of that name stays', () => {
    const misnamed = { name: 'policies.yaml', text: SAVE.text }
    const dropped = droppedFiles([POLICIES], [misnamed], false)
    expect(dropped?.files).toEqual([POLICIES, { name: 'policies-2.yaml', text: SAVE.text }])
    expect(dropped?.active).toBe('policies-2.yaml')
  })

  test('an empty first file makes room', () => {
    expect(droppedFiles([{ name: 'policies.yaml', text: '' }], [SAVE], false)?.files).toEqual([SAVE])
  })
})

describe('manifests', () => {
  test('take the place of an example, with the dumps that come with them', () => {
    const own = { name: 'own.yaml', text: POLICIES.text }
    const dropped = droppedFiles([POLICIES], [SAVE, own], true)
    expect(dropped).toMatchObject({ replaces: true, active: 'own.yaml' })
    expect(dropped?.files.map(file => file.name)).toEqual(['own.yaml', SAVE.name])
    expect(dropped?.said).toMatch(/^Opened own\.yaml\. iptables-save of a node: /)
  })

  test('an empty one is opened too', () => {
    const empty = { name: 'odd.yaml', text: '' }
    expect(droppedFiles([POLICIES], [empty], true)).toMatchObject({ files: [empty], active: 'odd.yaml' })
  })

  test('nothing dropped is nothing opened', () => {
    expect(droppedFiles([POLICIES], [], false)).toBeUndefined()
  })
})

test.each([
  ['iptables-save.nft.txt', 'iptables', /^iptables-save of a node: \d+ chains of azure-npm, \d+ rules$/],
  ['iptables-save.legacy.txt', 'iptables', /^iptables-save of a node: \d+ chains of azure-npm, \d+ rules$/],
  ['iptables-list.nft.txt', 'iptables', /^iptables -nvL of a node: \d+ chains of azure-npm, \d+ rules$/],
  ['iptables-list.legacy.txt', 'iptables', /^iptables -nvL of a node: \d+ chains of azure-npm, \d+ rules$/],
  ['ipset-save.nft.txt', 'ipset', /^ipset save of a node: \d+ sets of azure-npm$/],
  ['ipset-list.legacy.txt', 'ipset', /^ipset list of a node: \d+ sets of azure-npm$/],
] as const)('%s is recognised and counted', (name, kind, said) => {
  expect(fileKindOf(dump(name))).toBe(kind)
  expect(describeDump(dump(name))).toMatch(said)
})

test('all forms of one node count the same', () => {
  const rules = ['iptables-save.nft.txt', 'iptables-save.legacy.txt', 'iptables-list.nft.txt'].map(name => {
    const { agentChains, rules: own } = sizeOfDump(dump(name).text)
    return [agentChains, own]
  })
  expect(new Set(rules.map(String)).size).toBe(1)
  const { rules: own = 0 } = sizeOfDump(SAVE.text)
  expect(own).toBe(SAVE.text.match(/^(?:\[\d+:\d+\] )?-A /gm)?.length)
  const sets = ['ipset-save.nft.txt', 'ipset-list.nft.txt'].map(name => sizeOfDump(dump(name).text).sets)
  expect(sets[0]).toBe(sets[1])
})

test('lines that end in a carriage return alone are counted too', () => {
  expect(sizeOfDump(SAVE.text.replaceAll('\n', '\r'))).toEqual(sizeOfDump(SAVE.text))
})

test('a file of expectations is known by its kind', () => {
  const text = 'apiVersion: netpol-flow/v1\nkind: Expectations\n'
  expect(fileKindOf({ name: 'a.yaml', text })).toBe('expectations')
  expect(fileKindOf(POLICIES)).toBe('manifests')
})
