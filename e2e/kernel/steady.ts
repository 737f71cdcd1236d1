import { setTimeout as delay } from 'node:timers/promises'
import { required } from '../../src/model/assert.ts'
import { compareBytes } from '../../src/model/order.ts'
import type { Ruleset } from '../../src/model/ruleset.ts'
import { printIpsetList, printIpsetSave } from '../../src/engine/netfilter/printIpSet.ts'
import { printIptablesList, printIptablesSave } from '../../src/engine/netfilter/printIptables.ts'
import { readIpset } from '../../src/engine/netfilter/readIpset.ts'
import { readIptables } from '../../src/engine/netfilter/readIptables.ts'
import { textOf } from '../../src/analysis/print.ts'
import type { Backend } from './abilities.ts'
import type { Lab } from './lab.ts'

/** The four texts in which a node tells what it holds. */
export interface NodeTexts {
  readonly iptablesSave: string
  readonly iptablesList: string
  readonly ipsetSave: string
  readonly ipsetList: string
}

/**
 * In what this machine's tools differ from those that the printers follow (iptables 1.8.9, sets of Linux 6.18), found
 * by loading a sample. Such lines are then no part of the comparison; here, on the versions followed, everything is.
 */
export interface ToolFacts {
  /** `-n` prints protocols as numbers; only 1.8.9 does. */
  readonly numericProtocols: boolean
  /** `Revision:` of the set types. */
  readonly sameRevisions: boolean
  /** `Size in memory:` of sets with at most one member. */
  readonly sameSizes: boolean
}

const SAMPLE_RULES = '*filter\n:NPF - -\n-A NPF -p tcp -j ACCEPT\nCOMMIT\n'
const SAMPLE_SETS = [
  'create npf-a hash:net',
  'create npf-b hash:ip,port',
  'create npf-c list:set',
  'add npf-a 10.0.0.0/8',
  'add npf-c npf-a',
  '',
].join('\n')

/** Loads a sample on an empty node, reads it back and clears it away. */
export async function findToolFacts(lab: Lab, backend: Backend): Promise<ToolFacts> {
  await load(lab, backend, { ipset: SAMPLE_SETS, iptables: SAMPLE_RULES })
  const { ipsetList, iptablesList } = await readBack(lab, backend)
  await clear(lab, backend)
  const sets = readIpset(SAMPLE_SETS).sets
  const ours = textOf(printIpsetList({ tables: [], sets }))
  const facts = (key: string, text: string) =>
    text
      .split('\n')
      .filter(line => line.startsWith(key))
      .join()
  const rule = printIptablesList({ tables: readIptables(SAMPLE_RULES).tables, sets: [] }, { chain: 'NPF' })
  return {
    numericProtocols: iptablesList.includes(required(rule.at(-1), 'the sample rule').text),
    sameRevisions: facts('Revision:', ipsetList) === facts('Revision:', ours),
    sameSizes: facts('Size in memory:', ipsetList) === facts('Size in memory:', ours),
  }
}

export interface RestoreTexts {
  readonly ipset: string
  readonly iptables: string
}

/** Loads texts that build a node's state; throws with the tool's words where one is refused. */
export async function load(lab: Lab, backend: Backend, { ipset, iptables }: RestoreTexts): Promise<void> {
  await mustRun(lab, ['ipset', 'restore'], ipset)
  await mustRun(lab, [`iptables-${backend}-restore`, '-w', '60', '-T', 'filter', '--noflush'], iptables)
}

/**
 * An empty node: no rule, no chain of one's own, no set, all counters zero. By commands, since a restore text that names a
 * built-in chain makes the nft back end count what that chain's default decides.
 */
export async function clear(lab: Lab, backend: Backend): Promise<void> {
  for (const action of ['-F', '-X', '-Z']) await mustRun(lab, [`iptables-${backend}`, '-w', '60', action])
  // A list holds on to its members, and the kernel lets go of a removed rule's sets a moment later.
  await mustRun(lab, ['ipset', 'flush'])
  for (let tries = 0; tries < 200; tries++) {
    if ((await lab.run(['ipset', 'destroy'])).code === 0) return
    await delay(10)
  }
  await mustRun(lab, ['ipset', 'destroy'])
}

export async function readBack(lab: Lab, backend: Backend): Promise<NodeTexts> {
  const [iptablesSave = '', iptablesList = '', ipsetSave = '', ipsetList = ''] = await Promise.all(
    [
      [`iptables-${backend}-save`, '-c'],
      [`iptables-${backend}`, '-w', '60', '-nvL'],
      ['ipset', 'save'],
      ['ipset', 'list'],
    ].map(argv => mustRun(lab, argv)),
  )
  return { iptablesSave, iptablesList, ipsetSave, ipsetList }
}

async function mustRun(lab: Lab, argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(argv, stdin)
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit code ${code}: ${stderr.trim()}`)
  return stdout
}

/**
 * What the four tools would print of a ruleset. Built-in chains stand at 0, as on the nft back end, where their counters
 * do not run until a restore text names the chain.
 */
export function printNode(ruleset: Ruleset, backend: Backend): NodeTexts {
  const tables = ruleset.tables.map(table => ({
    ...table,
    chains: table.chains.map(({ counters, ...chain }) => ({
      ...chain,
      ...(counters !== undefined && chain.defaultVerdict === undefined && { counters }),
    })),
  }))
  const node = { tables, sets: ruleset.sets }
  return {
    iptablesSave: textOf(printIptablesSave(node, { counters: true, tool: backend, date: 'DATE' })),
    iptablesList: textOf(printIptablesList(node)),
    ipsetSave: textOf(printIpsetSave(node)),
    ipsetList: textOf(printIpsetList(node)),
  }
}

export interface SteadyOptions {
  readonly backend: Backend
  readonly facts: ToolFacts
  /**
   * `kept`: sets in the kernel's order and members of lists as added. `sorted`: both by text, for states that were built in
   * different ways; the kernel finds sets by name and members of a list in any order, so no verdict hangs on either.
   */
  readonly setOrder: 'kept' | 'sorted'
}

/**
 * Takes away what a ruleset does not determine, from the kernel's texts and from ours alike:
 * - the date and the version in the comment lines of a save;
 * - the counters of built-in chains on the legacy back end: they also count the packets of established connections,
 *   whose number TCP decides (the nft back end leaves them at 0);
 * - a hash's random seed and, with it, the order of its members;
 * - `Size in memory` of a hash with more than one member: two that share a bucket by that seed take less;
 * - what `facts` say is another version's.
 */
export function steady(texts: NodeTexts, { backend, facts, setOrder }: SteadyOptions): NodeTexts {
  const legacy = backend === 'legacy'
  const save = texts.iptablesSave.replace(/^# (Generated by \S+|Completed).*$/gm, '# $1')
  const list = facts.numericProtocols ? texts.iptablesList : namedProtocols(texts.iptablesList)
  return {
    iptablesSave: legacy ? save.replace(/^(:\S+ (?:ACCEPT|DROP)) .*$/gm, '$1') : save,
    iptablesList: legacy ? list.replace(/(\(policy \S+) .*(?=\)$)/gm, '$1') : list,
    ipsetSave: steadySets(texts.ipsetSave, /^(?=create )/m, facts, setOrder),
    ipsetList: steadySets(texts.ipsetList, /^(?=Name: )/m, facts, setOrder),
  }
}

/** The prot column by name, as other versions than 1.8.9 have it, with one space around it. */
function namedProtocols(list: string): string {
  const names = new Map([
    ['0', 'all'],
    ['6', 'tcp'],
    ['17', 'udp'],
    ['132', 'sctp'],
  ])
  return list.replace(
    /^( *\S+ +\S+ +\S+) +(!?)(\S+) +--/gm,
    (_row, before: string, not: string, protocol: string) =>
      `${before} ${not}${names.get(protocol) ?? protocol} --`,
  )
}

function steadySets(
  text: string,
  start: RegExp,
  facts: ToolFacts,
  setOrder: SteadyOptions['setOrder'],
): string {
  const blocks = text
    .split(start)
    .filter(block => block !== '')
    .map(block => {
      const lines = block.trimEnd().split('\n')
      const members = lines.findIndex(line => line === 'Members:') + 1 || 1
      const head = lines.slice(0, members).map(line => line.replace(/ initval 0x[0-9a-f]+/, ''))
      const isList = head.some(line => /^(create \S+|Type:) list:set/.test(line))
      const count = lines.length - members
      const hasSize = facts.sameSizes && (isList || count <= 1)
      const keptHead = head.filter(
        line =>
          (hasSize || !line.startsWith('Size in memory:')) &&
          (facts.sameRevisions || !line.startsWith('Revision:')),
      )
      const body = lines.slice(members)
      return [...keptHead, ...(isList && setOrder === 'kept' ? body : body.sort(compareBytes)), ''].join('\n')
    })
  return (setOrder === 'kept' ? blocks : blocks.sort(compareBytes)).join('\n')
}
