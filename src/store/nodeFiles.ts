import type { ScenarioFile } from '../model/scenario.ts'
import { fileKindOf, isDump } from './fileKind.ts'
import { freeName } from './files.ts'

/** How much a dump holds, counted in its text. */
export interface DumpSize {
  readonly chains: number
  readonly agentChains: number
  readonly rules: number
  readonly sets: number
  readonly agentSets: number
}

/** Any line ends: some dumps have passed through programs that leave the carriage return alone. */
const BREAKS = /\r\n|\r|\n/

export function sizeOfDump(text: string): DumpSize {
  const chains = new Set<string>()
  const sets = new Set<string>()
  let rules = 0
  let table = ''
  /** Whether the line is below a chain's column titles. */
  let listing = false
  for (const raw of text.split(BREAKS)) {
    const line = raw.trim()
    if (/^\*[a-z]+$/.test(line)) table = line
    const chain = /^(?::|Chain |-N |-P )(\S+)/.exec(line)?.[1]
    const set = /^(?:create|-N|--create|Name:) (\S+)/.exec(line)?.[1]
    if (chain !== undefined && !/^-N \S+ .*(?:hash|set)/.test(line)) {
      chains.add(`${table} ${chain}`)
      listing = false
    } else if (set !== undefined) sets.add(set)
    else if (/^(?:\[\d+:\d+\] )?-A [^ ]+ -/.test(line) || /^-A \S+$/.test(line)) rules++
    else if (/^(?:num +)?(?:pkts +bytes +)?target +prot +/.test(line)) listing = true
    else if (line === '') listing = false
    else if (listing) rules++
  }
  return {
    chains: chains.size,
    agentChains: [...chains].filter(name => / AZURE-NPM/.test(name)).length,
    rules,
    sets: sets.size,
    agentSets: [...sets].filter(name => name.startsWith('azure-npm-')).length,
  }
}

function count(of: number, one: string, many = `${one}s`): string {
  return `${of.toLocaleString('en')} ${of === 1 ? one : many}`
}

/** `iptables-save of a node: 5 chains of azure-npm, 214 rules` */
export function describeDump(file: ScenarioFile): string {
  const { chains, agentChains, rules, sets, agentSets } = sizeOfDump(file.text)
  const ofRules =
    agentChains > 0
      ? `${count(agentChains, 'chain')} of azure-npm, ${count(rules, 'rule')}`
      : `${count(chains, 'chain')}, none of azure-npm, ${count(rules, 'rule')}`
  const ofSets =
    agentSets > 0 ? `${count(agentSets, 'set')} of azure-npm` : `${count(sets, 'set')}, none of azure-npm`
  switch (fileKindOf(file)) {
    case 'iptables':
      return `${/^Chain /m.test(file.text) ? 'iptables -nvL' : 'iptables-save'} of a node: ${ofRules}`
    case 'ipset':
      return `${/^Name: /m.test(file.text) ? 'ipset list' : 'ipset save'} of a node: ${ofSets}`
    case 'both':
      return `iptables and ipsets of a node: ${ofRules}, ${ofSets}`
    case 'ip6tables':
      return 'IPv6 rules of a node, which are not read: take iptables-save'
    case 'nft':
      return 'nft’s own listing, which is not read: take iptables-nft-save'
    case 'ipset-markup':
      return 'ipset’s XML or JSON, which is not read: take ipset save'
    case 'manifests':
    case 'expectations':
      return file.name
  }
}

/**
 * The files with the dumps beside them. A dump replaces one of its name, an older one of the same node; any other file
 * of that name stays, and the dump gets a name of its own.
 */
export function withDumps(
  files: readonly ScenarioFile[],
  dumps: readonly ScenarioFile[],
): { readonly files: readonly ScenarioFile[]; readonly added: readonly ScenarioFile[] } {
  if (dumps.length === 0) return { files, added: [] }
  // An empty file that stands alone only waits for a text.
  const result = files.filter(file => file.text !== '' || files.length > 1)
  const added: ScenarioFile[] = []
  for (const { name, text } of dumps) {
    const same = result.findIndex(file => file.name === name && isDump(file) && !added.includes(file))
    const file = { name: same < 0 ? freeName(result, name) : name, text }
    if (same < 0) result.push(file)
    else result[same] = file
    added.push(file)
  }
  return { files: result, added }
}

/** Where a line stands in the text, without its line end; the end of the text for a line that it does not have. */
export function lineRange(text: string, line: number): { readonly start: number; readonly end: number } {
  const breaks = /\r\n|\r|\n/g
  let start = 0
  for (let at = 1; at < line; at++) {
    const found = breaks.exec(text)
    if (found === null) return { start: text.length, end: text.length }
    start = found.index + found[0].length
  }
  return { start, end: breaks.exec(text)?.index ?? text.length }
}
