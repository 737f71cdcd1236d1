import { dumpLines, type DumpLine } from '../../model/dumpText.ts'
import type { Rule, Table } from '../../model/ruleset.ts'
import { BUILT_IN_CHAINS } from './builtInChains.ts'
import { declaredChains, tablesOfLines } from './linesOfTables.ts'
import { listedChain, listedRule, listingColumns, type ListingColumns } from './readListing.ts'
import {
  applyCommand,
  declareChain,
  doubtLastRule,
  finishTable,
  leaveOpen,
  newTable,
  type LineFault,
  type TableDraft,
} from './ruleTables.ts'
import { splitWords } from './splitWords.ts'

/** A line that could not be read, or that the tool would refuse. */
export interface ReadProblem {
  /** From 1. */
  readonly line: number
  /** `kebab-case`: `unknown-option`, `missing-chain`, `bad-port`, … */
  readonly code: string
  /** The line, at most 200 characters of it. */
  readonly text: string
  /** A rule that nobody can tell about stands in its place, so that only packets that meet it are in doubt. */
  readonly contained?: boolean
}

/** Where chains and rules stand in the text, lines from 1. */
export interface RulePlaces {
  readonly rules: ReadonlyMap<Rule, number>
  /** By `table chain`. */
  readonly chains: ReadonlyMap<string, number>
}

export interface ReadIptables {
  readonly tables: readonly Table[]
  readonly problems: readonly ReadProblem[]
  readonly places: RulePlaces
}

/** `iptables-restore` of 1.8.9 refuses longer words and longer rules. */
const MAX_WORD_BYTES = 1023
const MAX_WORDS = 251

interface Reading {
  readonly lines: readonly DumpLine[]
  readonly tables: Map<string, TableDraft>
  readonly problems: ReadProblem[]
  /** Chains that each table's text makes anywhere, so that a jump may be told from a target. */
  readonly declared: ReadonlyMap<string, ReadonlySet<string>>
  /** The table of each line outside of `*table … COMMIT`. */
  readonly tableOf: readonly (string | undefined)[]
  /** Tables that an `iptables-save` text gives. */
  readonly saved: Set<string>
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** What begins a line of its own; options of a rule are the rest of the line before. */
const COMMAND =
  /^(?:\[[0-9]+:[0-9]+\]\s*)?(?:-[ADFINPRX]|--(?:append|delete|delete-chain|flush|insert|new-chain|policy|replace))(?:\s|$)/

const CHAIN_LINE = /^:(\S+)\s+(\S+)(?:\s+(?:\[([0-9]+):([0-9]+)\]|-))?$/

function report({ problems, lines }: Reading, index: number, { code, contained }: LineFault): void {
  const text = (lines[index]?.text ?? '').slice(0, 200)
  problems.push({ line: index + 1, code, text, ...(contained ? { contained } : {}) })
}

const failing = (code: string): LineFault => ({ code, contained: false })

function tableNamed(reading: Reading, name: string): TableDraft {
  const table = reading.tables.get(name) ?? newTable(name)
  reading.tables.set(name, table)
  return table
}

function takeCommand(reading: Reading, index: number, name: string): LineFault | undefined {
  const line = reading.lines[index]?.text ?? ''
  const table = tableNamed(reading, name)
  const counted = /^\[([0-9]+):([0-9]+)\]\s*/.exec(line)
  const text = counted === null ? line : line.slice(counted[0].length)
  const words = splitWords(text)
  const unreadable =
    words === undefined
      ? 'unclosed-quote'
      : words.length > MAX_WORDS
        ? 'too-many-words'
        : words.some(word => utf8Length(word) > MAX_WORD_BYTES)
          ? 'word-too-long'
          : undefined
  const chains = reading.declared.get(name)
  const hasChain = (other: string) => chains?.has(other) === true || table.chains.has(other)
  const counters = counted === null ? undefined : { packets: Number(counted[1]), bytes: Number(counted[2]) }
  const command = { line: index + 1, text, counters }
  if (unreadable === undefined && words !== undefined)
    return applyCommand(table, { ...command, words }, hasChain)
  // `-A CHAIN` alone can be read, so that the rule's place is known.
  const begun = /^-[AI]\s+(\S+)/.exec(text)?.[1]
  const placed =
    begun === undefined
      ? undefined
      : applyCommand(table, { ...command, words: ['-A', begun, `--${unreadable ?? ''}`] }, hasChain)
  return { code: unreadable ?? '', contained: placed?.contained === true && text.startsWith('-A') }
}

/** `:NAME POLICY [packets:bytes]`: counters may be missing or `-`. */
function takeChain(reading: Reading, index: number, name: string): LineFault | undefined {
  const found = CHAIN_LINE.exec(reading.lines[index]?.text ?? '')
  if (found === null) return failing('bad-chain-line')
  const [, chain = '', policy = '', packets, bytes] = found
  const counters = packets === undefined ? undefined : { packets: Number(packets), bytes: Number(bytes) }
  return declareChain(tableNamed(reading, name), chain, policy, counters, index + 1)
}

/** A table of an `iptables-save` text that has begun and not ended. */
interface OpenTable {
  readonly name: string
  readonly index: number
  /** The line of the last rule, and its chain. */
  lastRule: { readonly index: number; readonly chain: string } | undefined
  ended: boolean
}

/**
 * Without COMMIT the text is cut off: perhaps in the middle of its last rule, and the rules of the chain that it was at
 * and of those behind it are not all there.
 */
function leaveTable(reading: Reading, { name, index, lastRule }: OpenTable, cut: boolean): void {
  report(reading, index, { code: 'missing-commit', contained: true })
  const table = reading.tables.get(name)
  if (table === undefined) return
  const last = reading.lines.length - 1
  if (lastRule !== undefined && cut && lastRule.index === last)
    doubtLastRule(table, lastRule.chain, last + 1, reading.lines[last]?.text ?? '')
  leaveEnd(table, lastRule?.chain, last + 1)
}

/** Of the chain that a text ends in the middle of, and of those behind it, rules may be missing. */
function leaveEnd(table: TableDraft, chain: string | undefined, line: number): void {
  const names = [...table.chainLines.keys()]
  const from = chain === undefined ? 0 : Math.max(0, names.indexOf(chain))
  const open = names.length === 0 ? [...table.chains.keys()] : names.slice(from)
  leaveOpen(table, open, 'the text is cut off: rules may be missing here', line)
}

/** Reads the lines of `iptables-save` and of `iptables -S`. */
function readRules(reading: Reading, cut: boolean): void {
  let open: OpenTable | undefined
  let before:
    | { readonly table: string; readonly chain: string; readonly index: number; readonly faulty: boolean }
    | undefined
  const dumped = new Set<string>()
  let dump = 0
  reading.lines.forEach(({ text, format }, index) => {
    if (text.startsWith('# Generated by ')) dump++
    if (format !== 'iptables-save' && format !== 'iptables-rules') return
    if (text.startsWith('*')) {
      if (open !== undefined && !open.ended) leaveTable(reading, open, false)
      const name = text.slice(1).trim()
      // The rules of the two back ends all apply; put together they are neither's.
      if (dump > 0 && dumped.has(name)) report(reading, index, failing('second-table'))
      if (dump > 0) dumped.add(name)
      open = { name, index, lastRule: undefined, ended: false }
      tableNamed(reading, name)
      reading.saved.add(name)
      before = undefined
      return
    }
    if (text === 'COMMIT') {
      if (open === undefined || open.ended) report(reading, index, failing('no-table'))
      else open.ended = true
      before = undefined
      return
    }
    const own = open !== undefined && !open.ended ? open : undefined
    const name = own?.name ?? (format === 'iptables-rules' ? reading.tableOf[index] : undefined)
    if (name === undefined) {
      report(reading, index, failing('no-table'))
      return
    }
    const isCommand = COMMAND.test(text)
    if (!text.startsWith(':') && !isCommand) {
      // What is no line of its own is the rest of the line before: that rule is not what it seems.
      const contained = before?.index === index - 1
      if (before !== undefined && contained)
        doubtLastRule(tableNamed(reading, before.table), before.chain, before.index + 1, text)
      report(reading, index, { code: 'unknown-command', contained })
      if (before !== undefined) before = { ...before, index }
      return
    }
    const fault = text.startsWith(':') ? takeChain(reading, index, name) : takeCommand(reading, index, name)
    if (fault !== undefined) report(reading, index, fault)
    const chain = /(?:^|\]\s*)(?:-A|--append)\s+(\S+)/.exec(text)?.[1]
    before =
      chain === undefined
        ? undefined
        : { table: name, chain, index, faulty: fault !== undefined || !/ -[jg] \S/.test(text) }
    if (own !== undefined && chain !== undefined) own.lastRule = { index, chain }
  })
  if (open !== undefined && !open.ended) leaveTable(reading, open, cut)
  // `iptables -S` ends without a word; half a rule tells that it does not end there.
  else if (cut && before?.faulty === true && before.index === reading.lines.length - 1)
    leaveEnd(tableNamed(reading, before.table), before.chain, before.index + 1)
}

/** Reads the rows of `iptables -L`. A table that `iptables-save` gave in full is not read a second time. */
function readListings(reading: Reading, cut: boolean): void {
  const whole = new Set(reading.tables.keys())
  let columns: ListingColumns | undefined
  let chain: string | undefined
  let lastRow = -2
  reading.lines.forEach(({ text, format }, index) => {
    const name = reading.tableOf[index]
    if (format !== 'iptables-list' || name === undefined || whole.has(name)) return
    const table = tableNamed(reading, name)
    const head = listedChain(text)
    if (head !== undefined) {
      chain = head.name
      columns = undefined
      if (table.chainLines.has(chain)) report(reading, index, failing('chain-exists'))
      const fault = declareChain(table, chain, head.policy, head.counters, index + 1)
      if (fault !== undefined) report(reading, index, fault)
      return
    }
    if (text.startsWith('Chain ')) {
      report(reading, index, failing('bad-chain-line'))
      chain = undefined
      return
    }
    if (chain === undefined) {
      report(reading, index, failing('missing-chain'))
      return
    }
    if (columns === undefined) {
      columns = listingColumns(text)
      if (columns !== undefined) return
    }
    const row = columns === undefined ? undefined : listedRule(text, columns)
    if (row === undefined) {
      const continues = lastRow === index - 1 && !/^[0-9]+[KMGT]?\s/.test(text)
      if (continues) doubtLastRule(table, chain, index, text)
      else leaveOpen(table, [chain], `line ${index + 1} could not be read (bad-row)`, index + 1)
      if (cut && index === reading.lines.length - 1) leaveEnd(table, chain, index + 1)
      report(reading, index, { code: 'bad-row', contained: true })
      lastRow = index
      return
    }
    lastRow = index
    const names = reading.declared.get(name)
    const hasChain = (other: string) => names?.has(other) === true || table.chains.has(other)
    const { words, counters } = row
    const fault = applyCommand(
      table,
      { line: index + 1, text, words: ['-A', chain, ...words], counters },
      hasChain,
    )
    if (fault !== undefined) report(reading, index, fault)
    if (cut && index === reading.lines.length - 1 && words.includes('--as')) leaveEnd(table, chain, index + 1)
  })
}

/** `iptables -S CHAIN` and `-L CHAIN` show one chain: of the others nobody knows a rule. */
function leaveMissing(reading: Reading): void {
  for (const name of new Set(reading.tableOf)) {
    const table = name === undefined ? undefined : reading.tables.get(name)
    if (name === undefined || table === undefined || reading.saved.has(name)) continue
    const missing = (BUILT_IN_CHAINS.get(name) ?? []).filter(chain => !table.chainLines.has(chain))
    for (const chain of missing)
      leaveOpen(table, [chain], `chain ${chain} of table ${name} is not in the text`, 1)
  }
}

/**
 * Reads what `iptables-save` prints and `iptables-restore` takes, with or without counters; `iptables -S`; and the
 * listings of `iptables -L`, best with `-nv`: any line ends, several tables, several outputs one after the other. The
 * built-in chains of a table that the text names are there with policy ACCEPT, as on a fresh system. A second saved
 * part for the same table goes on with it, as with `--noflush`. A line that fails is reported (the tool itself would
 * refuse the whole text); in the place of a rule that cannot be read, and where a text that is cut off leaves rules out,
 * stands one that nobody can tell about. Texts of ip6tables, nft and ipset are passed over; so are lines that belong to
 * nothing where the caller tells them itself.
 */
export function readIptables(text: string, strange: 'told' | 'passed-over' = 'told'): ReadIptables {
  const lines = dumpLines(text, strange === 'told' ? 'iptables-rules' : undefined)
  const tableOf = tablesOfLines(lines)
  const reading: Reading = {
    lines,
    tables: new Map(),
    problems: [],
    declared: declaredChains(lines, tableOf),
    tableOf,
    saved: new Set(),
  }
  const cut = !/[\r\n]$/.test(text)
  readRules(reading, cut)
  readListings(reading, cut)
  leaveMissing(reading)
  const chains = new Map<string, number>()
  const rules = new Map<Rule, number>()
  for (const [name, table] of reading.tables) {
    for (const [chain, line] of table.chainLines) chains.set(`${name} ${chain}`, line)
    for (const [rule, line] of table.ruleLines) rules.set(rule, line)
  }
  return {
    tables: [...reading.tables].map(([name, draft]) => finishTable(name, draft)),
    problems: reading.problems.toSorted((a, b) => a.line - b.line),
    places: { rules, chains },
  }
}
