import type { Chain, Counters, Rule, Table, Verdict } from '../../model/ruleset.ts'
import { BUILT_IN_CHAINS } from './builtInChains.ts'
import { readRule } from './readRule.ts'
import { isFault } from './ruleOptions.ts'
import { unreadRule } from './unread.ts'

interface ChainDraft {
  readonly name: string
  readonly defaultVerdict: Verdict | undefined
  readonly counters: Counters | undefined
  rules: Rule[]
}

/** A table while its text is read, with the lines on which chains and rules stand. */
export interface TableDraft {
  readonly chains: Map<string, ChainDraft>
  readonly chainLines: Map<string, number>
  readonly ruleLines: Map<Rule, number>
}

/** What became of a line: what is wrong, and whether only its own rule is in doubt. */
export interface LineFault {
  readonly code: string
  readonly contained: boolean
}

export function newTable(name: string): TableDraft {
  const builtIn = BUILT_IN_CHAINS.get(name) ?? []
  return {
    chains: new Map(
      builtIn.map(chain => [
        chain,
        { name: chain, defaultVerdict: 'ACCEPT', counters: { packets: 0, bytes: 0 }, rules: [] },
      ]),
    ),
    chainLines: new Map(),
    ruleLines: new Map(),
  }
}

const failing = (code: string): LineFault => ({ code, contained: false })

/** A new or emptied chain; `policy` is `-` for a user's own. */
export function declareChain(
  { chains, chainLines }: TableDraft,
  name: string,
  policy: string,
  counters: Counters | undefined,
  line: number,
): LineFault | undefined {
  const known = chains.get(name)
  const builtIn = known?.defaultVerdict !== undefined
  if (policy !== 'ACCEPT' && policy !== 'DROP' && policy !== '-') return failing('bad-policy')
  // A table whose built-in chains are not known names them by having a policy.
  if (!builtIn && policy !== '-' && known !== undefined) return failing('bad-policy')
  chains.set(name, {
    name,
    defaultVerdict: policy === '-' ? known?.defaultVerdict : policy,
    counters: counters ?? known?.counters,
    // A built-in chain keeps its rules; a user's own is emptied.
    rules: builtIn ? known.rules : [],
  })
  chainLines.set(name, line)
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

export interface CommandLine {
  /** From 1. */
  readonly line: number
  readonly text: string
  readonly words: readonly string[]
  readonly counters: Counters | undefined
}

/**
 * One command line of a table, applied. A rule to be added that cannot be read leaves one in its place that nobody can
 * tell about; any other command that fails leaves the table as it was.
 */
export function applyCommand(
  table: TableDraft,
  { line, text, words, counters }: CommandLine,
  hasChain: (name: string) => boolean,
): LineFault | undefined {
  const { chains } = table
  const command = COMMANDS.get(words[0] ?? '') ?? words[0] ?? ''
  const name = words[1]
  if (name === undefined) {
    if (command !== '-F') return failing('missing-chain')
    for (const chain of chains.values()) chain.rules = []
    return undefined
  }
  const chain = chains.get(name)
  if (command === '-N') {
    if (chain !== undefined) return failing('chain-exists')
    chains.set(name, { name, defaultVerdict: undefined, counters: undefined, rules: [] })
    table.chainLines.set(name, line)
    return undefined
  }
  if (chain === undefined) return failing('missing-chain')
  const number = /^[0-9]+$/.test(words[2] ?? '') ? Number(words[2]) : undefined
  switch (command) {
    case '-F':
      chain.rules = []
      return undefined
    case '-X':
      if (chain.defaultVerdict !== undefined || chain.rules.length > 0) return failing('chain-in-use')
      chains.delete(name)
      return undefined
    case '-P': {
      const verdict = words[2]
      if (chain.defaultVerdict === undefined || (verdict !== 'ACCEPT' && verdict !== 'DROP'))
        return failing('bad-policy')
      chains.set(name, { ...chain, defaultVerdict: verdict })
      table.chainLines.set(name, line)
      return undefined
    }
    case '-D':
      if (number !== undefined)
        return chain.rules.splice(number - 1, 1).length === 1 ? undefined : failing('missing-rule')
      break
    case '-A':
    case '-I':
    case '-R':
      break
    default:
      return failing('unknown-command')
  }
  const hasNumber = command !== '-A' && number !== undefined
  const read = readRule(words.slice(hasNumber ? 3 : 2), hasChain)
  const adds = command === '-A' || command === '-I'
  if (isFault(read) && !adds) return failing(read.fault)
  const rules = isFault(read) ? [unreadLine(line, read.fault, text)] : read.map(withCounters(counters))
  for (const rule of rules) table.ruleLines.set(rule, line)
  const missing = rules.some(
    ({ target }) => (target.kind === 'jump' || target.kind === 'goto') && !hasChain(target.chain),
  )
  if (missing && !adds) return failing('missing-target')
  if (command === '-A') {
    chain.rules.push(...rules)
  } else if (command === '-I') {
    const position = number ?? 1
    if (position < 1 || position > chain.rules.length + 1) return failing('position-too-big')
    // Several rules of one line are inserted one after the other at the same place, the last on top.
    chain.rules.splice(position - 1, 0, ...rules.toReversed())
  } else if (command === '-R') {
    if (rules.length !== 1 || number === undefined || number < 1 || number > chain.rules.length)
      return failing('missing-rule')
    chain.rules.splice(number - 1, 1, ...rules)
  } else {
    for (const rule of rules) {
      const at = chain.rules.findIndex(other => sameRule(rule, other))
      if (at < 0) return failing('missing-rule')
      chain.rules.splice(at, 1)
    }
  }
  if (isFault(read)) return { code: read.fault, contained: true }
  return missing ? { code: 'missing-target', contained: true } : undefined
}

const withCounters = (counters: Counters | undefined) => (rule: Rule) =>
  counters === undefined || rule.counters !== undefined ? rule : { ...rule, counters }

function unreadLine(line: number, code: string, text: string): Rule {
  return unreadRule(`line ${line} could not be read (${code})`, withoutChain(text))
}

/** The line without `-A CHAIN`, which whoever prints it puts there. */
function withoutChain(text: string): string {
  return text.replace(/^.*?-[AI] \S+ /, '')
}

/** The last rule of a chain turns out to be cut in two: nobody knows what it says. */
export function doubtLastRule(table: TableDraft, chainName: string, line: number, text: string): void {
  const rules = table.chains.get(chainName)?.rules
  const last = rules?.pop()
  if (rules === undefined || last === undefined) return
  const rule = unreadRule(`line ${table.ruleLines.get(last) ?? line} is cut off`, withoutChain(text))
  table.ruleLines.set(rule, table.ruleLines.get(last) ?? line)
  rules.push(rule)
}

/** Rules may be missing at the ends of these chains. */
export function leaveOpen(table: TableDraft, chains: readonly string[], reason: string, line: number): void {
  for (const name of chains) {
    const rule = unreadRule(reason, '')
    table.ruleLines.set(rule, line)
    table.chains.get(name)?.rules.push(rule)
  }
}

export function finishTable(name: string, { chains }: TableDraft): Table {
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
