import type { Counters } from '../../model/ruleset.ts'
import { namedAddress } from './addressNames.ts'
import { listedMatches } from './listedMatches.ts'

/** The columns that a listing has, by its head line. */
export interface ListingColumns {
  readonly numbers: boolean
  /** Counters and interfaces. */
  readonly verbose: boolean
}

/** ` pkts bytes target     prot opt in     out     source               destination` */
export function listingColumns(line: string): ListingColumns | undefined {
  const found = /^(num +)?(pkts +bytes +)?target +prot +opt +(in +out +)?source +destination$/.exec(
    line.trim(),
  )
  if (found === null || (found[2] === undefined) !== (found[3] === undefined)) return undefined
  return { numbers: found[1] !== undefined, verbose: found[2] !== undefined }
}

export interface ListedChain {
  readonly name: string
  /** `-` for a user's own chain. */
  readonly policy: string
  readonly counters: Counters | undefined
}

/** `Chain FORWARD (policy ACCEPT 12 packets, 3K bytes)`, `Chain KUBE-FORWARD (1 references)` */
export function listedChain(line: string): ListedChain | undefined {
  const found =
    /^Chain (\S+) \((?:policy (\w+)(?: (?:([0-9]+[KMGT]?) packets, ([0-9]+[KMGT]?) bytes|[^)]*))?|[0-9]+ references)\)$/.exec(
      line,
    )
  if (found === null) return undefined
  const [, name = '', policy = '-', packets, bytes] = found
  const counters =
    packets === undefined ? undefined : { packets: listedCount(packets), bytes: listedCount(bytes ?? '0') }
  return { name, policy, counters }
}

const UNITS = ['K', 'M', 'G', 'T']

/** A counter of `-v`, which is in thousands from 100,000 on. */
function listedCount(text: string): number {
  const unit = UNITS.indexOf(text.slice(-1)) + 1
  return Number(unit === 0 ? text : text.slice(0, -1)) * 1000 ** unit
}

export interface ListedRule {
  readonly words: readonly string[]
  readonly counters: Counters | undefined
}

const OPT = /^(?:--|-f|!f)$/
const COUNT = /^[0-9]+[KMGT]?$/

/** An address column, perhaps with a name that is the same on every node; undefined where nothing like an address stands. */
function addressWords(option: string, text: string): readonly string[] | undefined {
  const inverted = text.startsWith('!')
  const shown = inverted ? text.slice(1) : text
  const address = namedAddress(shown) ?? shown
  if (address === 'anywhere' || address === '0.0.0.0/0') return inverted ? ['!', option, '0.0.0.0/0'] : []
  if (!/^(?:[0-9]+(?:\.[0-9]+){3}(?:\/[0-9.]+)?|[\w*][\w.*-]*(?:\/[0-9.]+)?)$/.test(address)) return undefined
  return [...(inverted ? ['!'] : []), option, address]
}

function interfaceWords(option: string, text: string): readonly string[] {
  if (text === '*' || text === 'any') return []
  return text.startsWith('!') ? ['!', option, text.slice(1)] : [option, text]
}

/**
 * A row of `iptables -L` as the words of a rule. Without `-v` a row does not show interfaces: such a rule has a match
 * that nobody can tell about. Undefined where the row cannot be read.
 */
export function listedRule(line: string, columns: ListingColumns): ListedRule | undefined {
  const fields = [...line.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, end: index + word.length }))
  const lead = (columns.numbers ? 1 : 0) + (columns.verbose ? 2 : 0)
  const word = (at: number) => fields[at]?.word ?? ''
  if (columns.numbers && !/^[0-9]+$/.test(word(0))) return undefined
  const counted = columns.verbose ? [word(lead - 2), word(lead - 1)] : []
  if (!counted.every(text => COUNT.test(text))) return undefined
  const hasTarget = !OPT.test(word(lead + 1)) && OPT.test(word(lead + 2))
  const at = hasTarget ? lead + 1 : lead
  const [protocol, opt] = [word(at), word(at + 1)]
  if (protocol === '' || !OPT.test(opt)) return undefined
  const interfaces = columns.verbose ? [word(at + 2), word(at + 3)] : undefined
  const addresses = at + 2 + (interfaces === undefined ? 0 : 2)
  const last = fields[addresses + 1]
  const source = addressWords('-s', word(addresses))
  const destination = addressWords('-d', word(addresses + 1))
  if (last === undefined || source === undefined || destination === undefined) return undefined
  const target = hasTarget ? word(lead) : ''
  const goto = /^ *\[goto\] */.exec(line.slice(last.end))
  const rest = line.slice(last.end + (goto?.[0].length ?? 0))
  const more = listedMatches(rest, target)
  if (more === undefined) return undefined
  const [packets = '0', bytes = '0'] = counted
  return {
    words: [
      ...source,
      ...destination,
      ...(interfaces === undefined
        ? ['-m', 'listed', '--without', 'interfaces']
        : [...interfaceWords('-i', interfaces[0] ?? ''), ...interfaceWords('-o', interfaces[1] ?? '')]),
      ...protocolWords(protocol),
      ...(opt === '--' ? [] : opt === '-f' ? ['-f'] : ['!', '-f']),
      ...more.matches,
      ...(target === '' ? [] : [goto === null ? '-j' : '-g', target, ...more.target]),
    ],
    counters: columns.verbose ? { packets: listedCount(packets), bytes: listedCount(bytes) } : undefined,
  }
}

function protocolWords(text: string): readonly string[] {
  const name = text.replace(/^!/, '')
  if (name === 'all' || name === '0') return []
  return text.startsWith('!') ? ['!', '-p', name] : ['-p', name]
}
