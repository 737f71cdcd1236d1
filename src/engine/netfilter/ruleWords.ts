import { formatIpv4 } from '../../model/ip.ts'
import type { Match, Rule, Target } from '../../model/ruleset.ts'
import { unreachable } from '../../model/assert.ts'
import { otherAddressOf } from './addressNames.ts'
import { protocolName } from './protocolNames.ts'
import { CT_STATES } from './ruleOptions.ts'
import { quoteWord } from './splitWords.ts'
import { unreadOf } from './unread.ts'

/** The kernel keeps 256 bytes of a comment, the last of them zero. */
const COMMENT_BYTES = 255

/** The comment as the kernel holds it: its first 255 bytes, here without a character cut in two. */
export function keptComment(text: string): string {
  let bytes = 0
  let kept = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > COMMENT_BYTES) break
    kept += char
  }
  return kept
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`
}

export function formatMark(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`
}

type PortMatch = Match & { readonly kind: 'port' }

/** Whether a port match stands for `-m tcp` alone: the whole range of a protocol whose module drops it. */
export function isBarePortMatch(match: PortMatch): boolean {
  return !match.inverted && match.from === 0 && match.to === 65535 && match.protocol !== 132
}

/** Whether `next` was given to the same loaded module as `match` just before it: a source port, then a destination port. */
export function sharesModule(match: Match | undefined, next: PortMatch): boolean {
  return (
    match?.kind === 'port' &&
    match.protocol === next.protocol &&
    match.dimension === 'src' &&
    next.dimension === 'dst' &&
    !isBarePortMatch(match)
  )
}

const not = (inverted: boolean) => (inverted ? ['!'] : [])

function portWords(match: PortMatch, previous: Match | undefined): readonly string[] {
  const module = sharesModule(previous, match) ? [] : ['-m', protocolName(match.protocol)]
  if (isBarePortMatch(match)) return module
  const range = match.from === match.to ? `${match.from}` : `${match.from}:${match.to}`
  return [...module, ...not(match.inverted), match.dimension === 'src' ? '--sport' : '--dport', range]
}

function matchWords(match: Match, previous: Match | undefined): readonly string[] {
  switch (match.kind) {
    case 'protocol':
      return [...not(match.inverted), '-p', protocolName(match.protocol)]
    case 'address': {
      const option = match.dimension === 'src' ? '-s' : '-d'
      return [...not(match.inverted), option, `${formatIpv4(match.prefix.address)}/${match.prefix.length}`]
    }
    case 'interface':
      return [...not(match.inverted), match.dimension === 'in' ? '-i' : '-o', match.name]
    case 'port':
      return portWords(match, previous)
    case 'set':
      return ['-m', 'set', ...not(match.inverted), '--match-set', match.set, match.dimensions.join(',')]
    case 'mark':
      return ['-m', 'mark', ...not(match.inverted), '--mark', formatMark(match.value, match.mask)]
    case 'ctstate': {
      const states = CT_STATES.filter(state => match.states.includes(state)).join(',')
      return match.module === 'state'
        ? ['-m', 'state', ...not(match.inverted), '--state', states]
        : ['-m', 'conntrack', ...not(match.inverted), '--ctstate', states]
    }
    case 'comment':
      return ['-m', 'comment', '--comment', quoteWord(keptComment(match.text))]
    case 'other':
      if (match.module === '-f') return [...match.args, '-f']
      if (otherAddressOf(match) !== undefined)
        return [...match.args.slice(0, -1), match.module, otherWord(match.args.at(-1) ?? '')]
      return ['-m', match.module, ...match.args.map(otherWord)]
    default:
      return unreachable(match)
  }
}

/** Words of modules that are not modelled were printed by the tool: only what would fall apart is quoted. */
function otherWord(word: string): string {
  return word === '' || /[\s"\\]/.test(word) ? quoteWord(word) : word
}

function targetWords(target: Target): readonly string[] {
  switch (target.kind) {
    case 'verdict':
      return ['-j', target.verdict]
    case 'return':
      return ['-j', 'RETURN']
    case 'jump':
      return ['-j', target.chain]
    case 'goto':
      return ['-g', target.chain]
    case 'mark':
      return ['-j', 'MARK', '--set-xmark', `${hex(target.value)}/${hex(target.mask)}`]
    case 'reject':
      return ['-j', 'REJECT', ...target.args]
    case 'other':
      return ['-j', target.name, ...target.args.map(otherWord)]
    case 'none':
      return []
    default:
      return unreachable(target)
  }
}

/** Addresses, interfaces and protocol come first in a save, whatever the rule's own order. */
function printRank(match: Match): number {
  if (match.kind === 'address') return match.dimension === 'src' ? 0 : 1
  if (match.kind === 'interface') return match.dimension === 'in' ? 2 : 3
  const other = otherAddressOf(match)
  if (other !== undefined) return other === 'src' ? 0 : 1
  if (match.kind === 'other' && match.module === '-f') return 4.5
  return match.kind === 'protocol' ? 4 : 5
}

/** A rule's matches in the order in which iptables prints them. */
export function printOrder(matches: readonly Match[]): readonly Match[] {
  return matches.toSorted((a, b) => printRank(a) - printRank(b))
}

/** A rule's words as `iptables-save` spells them, without `-A CHAIN` and counters. */
export function ruleWords(rule: Rule): readonly string[] {
  const unread = unreadOf(rule.matches[0])
  if (unread !== undefined) return unread.text === '' ? [] : [unread.text]
  const matches = printOrder(rule.matches)
  return [...matches.flatMap((match, i) => matchWords(match, matches[i - 1])), ...targetWords(rule.target)]
}
