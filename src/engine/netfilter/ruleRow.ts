import { formatIpv4Prefix } from '../../model/ip.ts'
import type { Ipv4Prefix } from '../../model/ip.ts'
import type { Match, Rule, SetDimension, Target } from '../../model/ruleset.ts'
import { unreachable } from '../../model/assert.ts'
import { otherAddressOf } from './addressNames.ts'
import { protocolName } from './protocolNames.ts'
import { CT_STATES } from './ruleOptions.ts'
import { formatMark, hex, isBarePortMatch, keptComment, printOrder, sharesModule } from './ruleWords.ts'

/** A counter in `-v` without `-x`: in thousands from 100,000 on, rounded at each step. */
export function abbreviateCounter(count: number): string {
  if (count <= 99999) return String(count)
  let rest = count
  for (const unit of ['K', 'M', 'G']) {
    rest = Math.floor((rest + 500) / 1000)
    if (rest <= 9999) return `${rest}${unit}`
  }
  return `${Math.floor((rest + 500) / 1000)}T`
}

const not = (inverted: boolean) => (inverted ? '! ' : '')

/** tcp, udp and sctp print a range of the whole span as nothing, but the module's name stays. */
function portText(match: Match & { readonly kind: 'port' }, previous: Match | undefined): string {
  const name = sharesModule(previous, match) ? '' : protocolName(match.protocol)
  const whole = match.from === 0 && match.to === 65535 && !match.inverted
  if (isBarePortMatch(match) || whole) return name
  const short = match.dimension === 'src' ? 'spt' : 'dpt'
  const bang = match.inverted ? '!' : ''
  const range =
    match.from === match.to ? `${short}:${bang}${match.from}` : `${short}s:${bang}${match.from}:${match.to}`
  return name === '' ? range : `${name} ${range}`
}

/** Modules that are not modelled are shown by their name and words, which is near to what the tool prints. */
function otherText(match: Match & { readonly kind: 'other' }): string {
  const words = match.args.map(word => (word.startsWith('--') ? word.slice(2) : word)).join(' ')
  if (match.module === 'addrtype') return `ADDRTYPE match ${words}`
  if (match.module === 'conntrack' || match.module === 'state') return words
  return words === '' ? match.module : `${match.module} ${words}`
}

/** What a match adds behind the columns; undefined for those that have a column of their own. */
function matchText(match: Match, previous: Match | undefined): string | undefined {
  switch (match.kind) {
    case 'protocol':
    case 'address':
    case 'interface':
      return undefined
    case 'port':
      return portText(match, previous)
    case 'set':
      return `${not(match.inverted)}match-set ${match.set} ${match.dimensions.join(',')}`
    case 'mark':
      return `mark match ${not(match.inverted)}${formatMark(match.value, match.mask)}`
    case 'ctstate': {
      const states = CT_STATES.filter(state => match.states.includes(state)).join(',')
      return `${not(match.inverted)}${match.module === 'state' ? 'state' : 'ctstate'} ${states}`
    }
    case 'comment':
      return `/* ${keptComment(match.text)} */`
    case 'other':
      return otherAddressOf(match) === undefined ? otherText(match) : undefined
    default:
      return unreachable(match)
  }
}

/** MARK's five spellings, in the order in which the tool tries them. */
function markText(value: number, mask: number): string {
  if (value === 0) return `MARK and ${hex(~mask >>> 0)}`
  if (value === mask) return `MARK or ${hex(value)}`
  if (mask === 0) return `MARK xor ${hex(value)}`
  if (mask === 0xffffffff) return `MARK set ${hex(value)}`
  return `MARK xset ${hex(value)}/${hex(mask)}`
}

function optionOf(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option)
  return at < 0 ? undefined : args[at + 1]
}

function otherTargetText(name: string, args: readonly string[]): string {
  if (name === 'LOG') {
    const prefix = optionOf(args, '--log-prefix')
    const level = optionOf(args, '--log-level') ?? '4'
    return `LOG flags 0 level ${level}${prefix === undefined ? '' : ` prefix "${prefix}"`}`
  }
  if (name === 'NFLOG') {
    const prefix = optionOf(args, '--nflog-prefix')
    const group = optionOf(args, '--nflog-group')
    const texts = [
      prefix === undefined ? '' : ` nflog-prefix ${prefix.includes(' ') ? `"${prefix}"` : prefix}`,
    ]
    return `${texts.join('')}${group === undefined ? '' : ` nflog-group ${group}`}`.trimStart()
  }
  const address = optionOf(args, '--to-destination') ?? optionOf(args, '--to-source')
  if (address !== undefined) return `to:${address}`
  return args.map(word => (word.startsWith('--') ? word.slice(2) : word)).join(' ')
}

function targetText(target: Target): string {
  switch (target.kind) {
    case 'mark':
      return markText(target.value, target.mask)
    case 'reject':
      return `reject-with ${optionOf(target.args, '--reject-with') ?? 'icmp-port-unreachable'}`
    case 'other':
      return otherTargetText(target.name, target.args)
    case 'verdict':
    case 'return':
    case 'jump':
    case 'goto':
    case 'none':
      return ''
    default:
      return unreachable(target)
  }
}

function targetName(target: Target): string {
  switch (target.kind) {
    case 'verdict':
      return target.verdict
    case 'return':
      return 'RETURN'
    case 'jump':
    case 'goto':
      return target.chain
    case 'mark':
      return 'MARK'
    case 'reject':
      return 'REJECT'
    case 'other':
      return target.name
    case 'none':
      return ''
    default:
      return unreachable(target)
  }
}

function addressColumn(matches: readonly Match[], dimension: SetDimension): string {
  const match = matches.find(m => m.kind === 'address' && m.dimension === dimension)
  const other = matches.find(m => otherAddressOf(m) === dimension)
  if (other?.kind === 'other')
    return `${other.args.length > 1 ? '!' : ' '}${(other.args.at(-1) ?? '').padEnd(19)} `
  const anywhere: Ipv4Prefix = { address: 0, length: 0 }
  const [prefix, inverted] = match?.kind === 'address' ? [match.prefix, match.inverted] : [anywhere, false]
  return `${inverted ? '!' : ' '}${formatIpv4Prefix(prefix).padEnd(19)} `
}

function interfaceColumn(matches: readonly Match[], dimension: 'in' | 'out'): string {
  const match = matches.find(m => m.kind === 'interface' && m.dimension === dimension)
  const text = match?.kind === 'interface' ? `${match.inverted ? '!' : ''}${match.name}` : '*'
  return text.padEnd(6)
}

function protocolColumn(matches: readonly Match[]): string {
  const match = matches.find(m => m.kind === 'protocol')
  if (match?.kind !== 'protocol') return ' 0   '
  return `${match.inverted ? '!' : ' '}${String(match.protocol).padEnd(4)}`
}

/** A rule as a row of `iptables -nvL` (1.8.9, where the protocol is a number). */
export function ruleRow(rule: Rule): string {
  const { packets, bytes } = rule.counters ?? { packets: 0, bytes: 0 }
  const matches = printOrder(rule.matches)
  const texts = matches.map((match, i) => matchText(match, matches[i - 1])).filter(text => text !== undefined)
  const last = targetText(rule.target)
  return [
    abbreviateCounter(packets).padStart(5),
    ' ',
    abbreviateCounter(bytes).padStart(5),
    ' ',
    targetName(rule.target).padEnd(9),
    ' ',
    protocolColumn(matches),
    ' --  ',
    interfaceColumn(matches, 'in'),
    ' ',
    interfaceColumn(matches, 'out'),
    ' ',
    addressColumn(matches, 'src'),
    addressColumn(matches, 'dst'),
    rule.target.kind === 'goto' ? '[goto] ' : '',
    ...texts.map(text => ` ${text}`),
    last === '' ? '' : ` ${last}`,
  ].join('')
}
