import { dumpLines, type DumpLine } from '../../model/dumpText.ts'
import type { IpSet, IpSetEntry, IpSetType } from '../../model/ipSet.ts'
import { entryKey, LOST_MEMBERS, parseEntries } from './ipSetEntry.ts'
import type { ReadProblem } from './readIptables.ts'
import { isFault } from './ruleOptions.ts'
import { splitWords } from './splitWords.ts'

interface SetDraft {
  readonly name: string
  readonly type: IpSetType
  readonly maxelem: number
  readonly entries: Map<string, IpSetEntry>
}

interface State {
  /** The kernel's table of sets. A destroyed set leaves its slot to the next one created. */
  readonly slots: (SetDraft | undefined)[]
  readonly byName: Map<string, SetDraft>
  /** `--exist` of one line holds for all later lines of the same text. */
  tolerant: boolean
}

/** An element that stands for those that cannot be read. */
const UNREADABLE: IpSetEntry = { kind: 'other', text: '(members that nobody can read)' }
/** An element that stands for those that the text lost. */
const LOST: IpSetEntry = { kind: 'other', text: LOST_MEMBERS }

const TYPE_ALIASES: ReadonlyMap<string, IpSetType> = new Map([
  ['nethash', 'hash:net'],
  ['iphash', 'hash:ip'],
  ['ipporthash', 'hash:ip,port'],
  ['setlist', 'list:set'],
])

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['create', '-N'],
  ['--create', '-N'],
  ['n', '-N'],
  ['add', '-A'],
  ['--add', '-A'],
  ['del', '-D'],
  ['--del', '-D'],
  ['flush', '-F'],
  ['--flush', '-F'],
  ['destroy', '-X'],
  ['--destroy', '-X'],
  ['x', '-X'],
])

const DEFAULT_MAXELEM = 65536
const DEFAULT_LIST_SIZE = 8
const MAX_NAME_LENGTH = 31

/** Options of `create` that change nothing in what a set contains; all have a value. */
const HARMLESS_OPTIONS: ReadonlySet<string> = new Set([
  'hashsize',
  'bucketsize',
  'initval',
  'probes',
  'resize',
  'timeout',
])
const HARMLESS_FLAGS: ReadonlySet<string> = new Set(['counters', 'comment', 'forceadd', 'skbinfo'])

/** The type and limit that the options of `create` give; a type of its own name where an option changes membership. */
function createOptions(
  type: IpSetType,
  words: readonly string[],
): { readonly type: IpSetType; readonly maxelem: number } | string {
  let known = type
  let maxelem = type === 'list:set' ? DEFAULT_LIST_SIZE : DEFAULT_MAXELEM
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] ?? '').replace(/^--/, '')
    if (HARMLESS_FLAGS.has(word)) continue
    const value = words[++at]
    if (value === undefined) return 'bad-option'
    if (word === 'maxelem' || word === 'size') {
      if (!/^[0-9]{1,10}$/.test(value) || Number(value) > 0xffffffff) return 'bad-option'
      maxelem = Number(value)
    } else if (word === 'family') {
      if (value !== 'inet' && value !== 'ipv4') known = `${type} family ${value}`
    } else if (!HARMLESS_OPTIONS.has(word) && !(word === 'range' && type.startsWith('bitmap:'))) {
      known = `${type} ${word} ${value}`
    }
  }
  return { type: known, maxelem }
}

function create(state: State, name: string, words: readonly string[]): string | undefined {
  const [typeWord = '', ...rest] = words
  if (typeWord === '') return 'missing-type'
  if (name.length > MAX_NAME_LENGTH) return 'name-too-long'
  const options = createOptions(TYPE_ALIASES.get(typeWord) ?? typeWord, rest)
  if (typeof options === 'string') return options
  const known = state.byName.get(name)
  if (known !== undefined) {
    const same = known.type === options.type && known.maxelem === options.maxelem
    return same && state.tolerant ? undefined : 'set-exists'
  }
  const set: SetDraft = { name, ...options, entries: new Map() }
  const free = state.slots.indexOf(undefined)
  if (free < 0) state.slots.push(set)
  else state.slots[free] = set
  state.byName.set(name, set)
  return undefined
}

function add(state: State, set: SetDraft, entry: IpSetEntry): string | undefined {
  if (entry.kind === 'set') {
    const member = state.byName.get(entry.set)
    if (member === undefined) return 'missing-set'
    if (member.type === 'list:set') return 'list-in-list'
  }
  const key = entryKey(entry)
  if (set.entries.has(key)) {
    if (!state.tolerant) return 'already-added'
  } else if (set.type !== 'list:set' && set.entries.size >= set.maxelem) {
    return 'set-full'
  }
  set.entries.set(key, entry)
  return undefined
}

/** Options of an element that say nothing about membership; each has a value. */
const ELEMENT_OPTIONS: ReadonlySet<string> = new Set([
  'timeout',
  'packets',
  'bytes',
  'comment',
  'skbmark',
  'skbprio',
  'skbqueue',
])

function changeElement(
  state: State,
  set: SetDraft,
  command: string,
  words: readonly string[],
): string | undefined {
  const [text = '', ...options] = words
  let nomatch = false
  let wildcard = false
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? ''
    if (option === 'nomatch' && command === '-A') nomatch = true
    else if (option === 'wildcard' && set.type === 'hash:net,iface') wildcard = true
    else if (ELEMENT_OPTIONS.has(option) && at + 1 < options.length) at++
    else return 'bad-option'
  }
  const entries = parseEntries(set.type, wildcard ? `${text} wildcard` : text, nomatch)
  if (isFault(entries)) {
    // A member that nobody can read may be any address; of another it is known that no set takes it.
    if (command === '-A' && entries.fault === 'bad-element') set.entries.set('', UNREADABLE)
    return entries.fault
  }
  for (const entry of entries) {
    if (command === '-A') {
      const fault = add(state, set, entry)
      if (fault !== undefined) return fault
    } else if (!set.entries.delete(entryKey(entry)) && !state.tolerant) {
      return 'not-added'
    }
  }
  return undefined
}

function destroy(state: State, set: SetDraft): string | undefined {
  const used = [...state.byName.values()].some(
    other => other.type === 'list:set' && other.entries.has(set.name),
  )
  if (used) return 'set-in-use'
  state.slots[state.slots.indexOf(set)] = undefined
  state.byName.delete(set.name)
  return undefined
}

function destroyAll(state: State): void {
  state.slots.length = 0
  state.byName.clear()
}

function applyLine(state: State, line: string): string | undefined {
  const split = splitWords(line, false)
  if (split === undefined) return 'unclosed-quote'
  const words = split.filter(word => {
    const exist = word === '--exist' || word === '-exist' || word === '-!'
    if (exist) state.tolerant = true
    return !exist
  })
  const [first = '', name, ...rest] = words
  const command = COMMANDS.get(first) ?? first
  if (command === 'COMMIT') return undefined
  if (name === undefined) {
    if (command === '-X') destroyAll(state)
    else if (command === '-F') for (const set of state.byName.values()) set.entries.clear()
    else return 'missing-name'
    return undefined
  }
  if (command === '-N') return create(state, name, rest)
  if (!['-A', '-D', '-F', '-X'].includes(command)) return 'unknown-command'
  const set = state.byName.get(name)
  if (set === undefined) return command === '-X' && state.tolerant ? undefined : 'missing-set'
  if (command === '-F') {
    set.entries.clear()
    return undefined
  }
  return command === '-X' ? destroy(state, set) : changeElement(state, set, command, rest)
}

/** What `ipset list` says about a set besides its members. */
interface ListedSet {
  readonly name: string
  readonly line: number
  members: number
  /** `Number of entries`; undefined for a tool that does not say. */
  wanted: number | undefined
  /** `ipset list -t` shows no members. */
  shown: boolean
}

/** The lines of `ipset list` as lines of `ipset save`, in place, so that problems keep their line numbers. */
function listAsSave(lines: readonly DumpLine[]): {
  readonly lines: readonly string[]
  readonly listed: readonly ListedSet[]
} {
  const listed: ListedSet[] = []
  let type = ''
  const saved = lines.map(({ text, format }, index) => {
    if (format === 'ipset-save') return text
    if (format !== 'ipset-list') return ''
    const [, key, value = ''] =
      /^(Name|Type|Revision|Header|Size in memory|References|Number of entries|Members|Default binding):\s*(.*)$/.exec(
        text,
      ) ?? []
    const set = listed.at(-1)
    if (key === 'Name')
      listed.push({ name: value, line: index + 1, members: 0, wanted: undefined, shown: false })
    if (set === undefined || key === 'Name') return ''
    if (key === 'Type') type = value
    else if (key === 'Header') return `create ${set.name} ${type} ${value}`
    else if (key === 'Number of entries') set.wanted = Number(value)
    else if (key === 'Members') set.shown = true
    else if (key === undefined && set.shown && text !== '') {
      set.members++
      return `add ${set.name} ${text}`
    }
    return ''
  })
  return { lines: saved, listed }
}

export interface ReadIpset {
  readonly sets: readonly IpSet[]
  readonly problems: readonly ReadProblem[]
  /** Where sets stand in the text, lines from 1. */
  readonly places: ReadonlyMap<string, number>
}

/**
 * Reads `ipset save`, `ipset restore` input and `ipset list` output. Sets come out in the order of the kernel's
 * slots (order of creation, freed slots used again). A line that the kernel would refuse is left out and reported;
 * the tool itself stops there. A set whose listing has fewer members than it says answers nothing for sure about
 * addresses that are not among them. Texts of other tools are passed over.
 */
export function readIpset(text: string, strange: 'told' | 'passed-over' = 'told'): ReadIpset {
  const original = dumpLines(text, strange === 'told' ? 'ipset-save' : undefined)
  const { lines, listed } = listAsSave(original)
  const state: State = { slots: [], byName: new Map(), tolerant: false }
  const problems: ReadProblem[] = []
  const places = new Map<string, number>()
  const told = (index: number) => (original[index]?.text ?? '').slice(0, 200)
  lines.forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return
    const code = applyLine(state, line)
    // An exception that nobody can read may be to any member.
    const contained =
      code === 'bad-element' && /^(?:add|-A|--add|a) /.test(line) && !/\snomatch(?:\s|$)/.test(line)
    if (code !== undefined)
      problems.push({ line: index + 1, code, text: told(index), ...(contained ? { contained } : {}) })
    const name = /^(?:create|--create|-N|n) (?:(?:--exist|-exist|-!) )?(\S+)/.exec(line)?.[1]
    if (name !== undefined && !places.has(name)) places.set(name, index + 1)
  })
  for (const { name, line, members, wanted, shown } of listed) {
    places.set(name, line)
    const lost = wanted === undefined ? !shown : wanted > members
    if (!lost || wanted === 0) continue
    state.byName.get(name)?.entries.set('', LOST)
    problems.push({ line, code: 'missing-members', text: told(line - 1), contained: true })
  }
  const sets = state.slots
    .filter(slot => slot !== undefined)
    .map(({ name, type, maxelem, entries }) => ({ name, type, maxelem, entries: [...entries.values()] }))
  return { sets, problems: problems.toSorted((a, b) => a.line - b.line), places }
}
