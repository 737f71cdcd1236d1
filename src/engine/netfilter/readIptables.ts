import type { Chain, Counters, Rule, Table, Verdict } from '../../model/ruleset.ts'
import { BUILT_IN_CHAINS } from './builtInChains.ts'
import { readRule } from './readRule.ts'
import { isFault } from './ruleOptions.ts'
import { splitWords } from './splitWords.ts'

/** A line that could not be read, or that the tool would refuse. It takes no part in the result. */
export interface ReadProblem {
  /** From 1. */
  readonly line: number
  /** `kebab-case`: `unknown-option`, `missing-chain`, `bad-port`, … */
  readonly code: string
  /** The line, at most 200 characters of it. */
  readonly text: string
}

interface ChainDraft {
  readonly name: string
  readonly defaultVerdict: Verdict | undefined
  readonly counters: Counters | undefined
  rules: Rule[]
}

type TableDraft = Map<string, ChainDraft>

/** `iptables-restore` of 1.8.9 refuses longer words and longer rules. */
const MAX_WORD_BYTES = 1023
const MAX_WORDS = 251

function utf8Length(text: string): number {
  let bytes = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** The chains that each table's part of the text makes, so that a jump may be told from a target. */
function declaredChains(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const result = new Map<string, Set<string>>()
  let names = new Set<string>()
  for (const line of lines) {
    const found = /^(?:\*(\S+)|:(\S+)|(?:-N|--new-chain)\s+(\S+))/.exec(line)
    if (found?.[1] !== undefined) {
      names = result.get(found[1]) ?? new Set()
      result.set(found[1], names)
    }
    const name = found?.[2] ?? found?.[3]
    if (name !== undefined) names.add(name)
  }
  return result
}

function newTable(name: string): TableDraft {
  const builtIn = BUILT_IN_CHAINS.get(name) ?? []
  return new Map(
    builtIn.map(chain => [
      chain,
      { name: chain, defaultVerdict: 'ACCEPT', counters: { packets: 0, bytes: 0 }, rules: [] },
    ]),
  )
}

/** `:NAME POLICY [packets:bytes]`: a new or emptied chain; counters may be missing or `-`. */
function declareChain(table: TableDraft, line: string): string | undefined {
  const found = /^:(\S+)\s+(\S+)(?:\s+(?:\[([0-9]+):([0-9]+)\]|-))?$/.exec(line)
  const [, name = '', policy, packets, bytes] = found ?? []
  if (found === null) return 'bad-chain-line'
  const known = table.get(name)
  const builtIn = known?.defaultVerdict !== undefined
  if (policy !== 'ACCEPT' && policy !== 'DROP' && policy !== '-') return 'bad-policy'
  if (!builtIn && policy !== '-') {
    // A table whose built-in chains are not known names them by having a policy.
    if (known !== undefined) return 'bad-policy'
  }
  table.set(name, {
    name,
    defaultVerdict: policy === '-' ? known?.defaultVerdict : policy,
    counters: packets === undefined ? known?.counters : { packets: Number(packets), bytes: Number(bytes) },
    // A built-in chain keeps its rules; a user's own is emptied.
    rules: builtIn ? known.rules : [],
  })
  return undefined
}

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['--append', '-A'],
  ['--insert', '-I'],
  ['--delete', '-D'],
  ['--replace', '-R'],
  ['--flush', '-F'],
  ['--new-chain', '-N'],
  ['--delete-chain', '-X'],
  ['--policy', '-P'],
])

function sameRule(a: Rule, b: Rule): boolean {
  return JSON.stringify([a.matches, a.target]) === JSON.stringify([b.matches, b.target])
}

/** One command line of a table, applied. A reason when it fails; the table is then as before. */
function applyCommand(
  table: TableDraft,
  words: readonly string[],
  counters: Counters | undefined,
  hasChain: (name: string) => boolean,
): string | undefined {
  const command = COMMANDS.get(words[0] ?? '') ?? words[0] ?? ''
  const name = words[1]
  if (name === undefined) {
    if (command !== '-F') return 'missing-chain'
    for (const chain of table.values()) chain.rules = []
    return undefined
  }
  const chain = table.get(name)
  if (command === '-N') {
    if (chain !== undefined) return 'chain-exists'
    table.set(name, { name, defaultVerdict: undefined, counters: undefined, rules: [] })
    return undefined
  }
  if (chain === undefined) return 'missing-chain'
  const number = /^[0-9]+$/.test(words[2] ?? '') ? Number(words[2]) : undefined
  switch (command) {
    case '-F':
      chain.rules = []
      return undefined
    case '-X':
      if (chain.defaultVerdict !== undefined || chain.rules.length > 0) return 'chain-in-use'
      table.delete(name)
      return undefined
    case '-P': {
      const verdict = words[2]
      if (chain.defaultVerdict === undefined || (verdict !== 'ACCEPT' && verdict !== 'DROP'))
        return 'bad-policy'
      table.set(name, { ...chain, defaultVerdict: verdict })
      return undefined
    }
    case '-D':
      if (number !== undefined)
        return chain.rules.splice(number - 1, 1).length === 1 ? undefined : 'missing-rule'
      break
    case '-A':
    case '-I':
    case '-R':
      break
    default:
      return 'unknown-command'
  }
  const hasNumber = command !== '-A' && number !== undefined
  const read = readRule(words.slice(hasNumber ? 3 : 2), hasChain)
  if (isFault(read)) return read.fault
  const rules = read.map(rule =>
    counters === undefined || rule.counters !== undefined ? rule : { ...rule, counters },
  )
  for (const rule of rules)
    if ((rule.target.kind === 'jump' || rule.target.kind === 'goto') && !hasChain(rule.target.chain))
      return 'missing-target'
  if (command === '-A') {
    chain.rules.push(...rules)
  } else if (command === '-I') {
    const position = number ?? 1
    if (position < 1 || position > chain.rules.length + 1) return 'position-too-big'
    // Several rules of one line are inserted one after the other at the same place, the last on top.
    chain.rules.splice(position - 1, 0, ...rules.toReversed())
  } else if (command === '-R') {
    if (rules.length !== 1 || number === undefined || number < 1 || number > chain.rules.length)
      return 'missing-rule'
    chain.rules.splice(number - 1, 1, ...rules)
  } else {
    for (const rule of rules) {
      const at = chain.rules.findIndex(other => sameRule(rule, other))
      if (at < 0) return 'missing-rule'
      chain.rules.splice(at, 1)
    }
  }
  return undefined
}

function finishTable(name: string, chains: TableDraft): Table {
  return {
    name,
    chains: [...chains.values()].map((chain): Chain => {
      const { defaultVerdict, counters } = chain
      return {
        name: chain.name,
        ...(defaultVerdict === undefined ? {} : { defaultVerdict }),
        ...(counters === undefined || defaultVerdict === undefined ? {} : { counters }),
        rules: chain.rules,
      }
    }),
  }
}

/**
 * Reads what `iptables-save` prints and what `iptables-restore` takes, with or without counters, any line ends. The
 * built-in chains of a table that the text names are there with policy ACCEPT, as on a fresh system. A second part
 * for the same table goes on with it, as with `--noflush`. A line that fails is left out and reported (the tool
 * itself would refuse the whole text); so is a table without COMMIT, whose rules count nevertheless.
 */
export function readIptables(text: string): {
  readonly tables: readonly Table[]
  readonly problems: readonly ReadProblem[]
} {
  const lines = text.split(/\r\n|\r|\n/).map(line => line.trim())
  const declared = declaredChains(lines)
  const tables = new Map<string, TableDraft>()
  const problems: ReadProblem[] = []
  let name: string | undefined
  let opened = 0
  const report = (index: number, code: string) => {
    problems.push({ line: index + 1, code, text: (lines[index] ?? '').slice(0, 200) })
  }
  lines.forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return
    if (line.startsWith('*')) {
      if (name !== undefined) report(opened, 'missing-commit')
      name = line.slice(1).trim()
      opened = index
      if (!tables.has(name)) tables.set(name, newTable(name))
      return
    }
    const table = name === undefined ? undefined : tables.get(name)
    if (name === undefined || table === undefined) {
      report(index, 'no-table')
      return
    }
    if (line === 'COMMIT') {
      name = undefined
      return
    }
    if (line.startsWith(':')) {
      const fault = declareChain(table, line)
      if (fault !== undefined) report(index, fault)
      return
    }
    const counted = /^\[([0-9]+):([0-9]+)\]\s*/.exec(line)
    const words = splitWords(counted === null ? line : line.slice(counted[0].length))
    if (words === undefined) {
      report(index, 'unclosed-quote')
      return
    }
    if (words.some(word => utf8Length(word) > MAX_WORD_BYTES) || words.length > MAX_WORDS) {
      report(index, words.length > MAX_WORDS ? 'too-many-words' : 'word-too-long')
      return
    }
    const chains = declared.get(name)
    const counters = counted === null ? undefined : { packets: Number(counted[1]), bytes: Number(counted[2]) }
    const fault = applyCommand(
      table,
      words,
      counters,
      other => chains?.has(other) === true || table.has(other),
    )
    if (fault !== undefined) report(index, fault)
  })
  if (name !== undefined) report(opened, 'missing-commit')
  return { tables: [...tables].map(([table, chains]) => finishTable(table, chains)), problems }
}
