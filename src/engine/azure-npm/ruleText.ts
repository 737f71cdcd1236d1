import { formatIpv4 } from '../../model/ip.ts'
import type { Match, Rule, SetDimension, Target } from '../../model/ruleset.ts'

/** NPM writes protocols as Kubernetes does. */
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
  [132, 'SCTP'],
])

export function protocolText(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol)
}

function hex(value: number, mask: number): string {
  return `0x${value.toString(16)}/0x${mask.toString(16)}`
}

function printTarget(target: Target): string {
  switch (target.kind) {
    case 'verdict':
      return `-j ${target.verdict}`
    case 'return':
      return '-j RETURN'
    case 'jump':
      return `-j ${target.chain}`
    case 'goto':
      return `-g ${target.chain}`
    case 'mark':
      return `-j MARK --set-mark ${hex(target.value, target.mask)}`
    case 'reject':
      return ['-j REJECT', ...target.args].join(' ')
    case 'none':
      return ''
    case 'other':
      return [`-j ${target.name}`, ...target.args].join(' ')
  }
}

function dimensionFlag(dimension: SetDimension, flags: readonly [string, string]): string {
  return dimension === 'src' ? flags[0] : flags[1]
}

function printMatch(match: Match): string {
  const not = match.kind !== 'comment' && match.kind !== 'other' && match.inverted ? '! ' : ''
  switch (match.kind) {
    case 'protocol':
      return `${not}-p ${protocolText(match.protocol)}`
    case 'address':
      return `${not}${dimensionFlag(match.dimension, ['-s', '-d'])} ${formatPrefix(match.prefix)}`
    case 'interface':
      return `${not}${match.dimension === 'in' ? '-i' : '-o'} ${match.name}`
    case 'port': {
      const ports = match.from === match.to ? `${match.from}` : `${match.from}:${match.to}`
      return `${not}${dimensionFlag(match.dimension, ['--sport', '--dport'])} ${ports}`
    }
    case 'set':
      return `-m set ${not}--match-set ${match.set} ${match.dimensions.join(',')}`
    case 'mark':
      return `-m mark ${not}--mark ${hex(match.value, match.mask)}`
    case 'ctstate':
      return match.module === 'state'
        ? `-m state ${not}--state ${match.states.join(',')}`
        : `-m conntrack ${not}--ctstate ${match.states.join(',')}`
    case 'comment':
      return `-m comment --comment ${match.text}`
    case 'other':
      return [`-m ${match.module}`, ...match.args].join(' ')
  }
}

function formatPrefix(prefix: { readonly address: number; readonly length: number }): string {
  return `${formatIpv4(prefix.address)}/${prefix.length}`
}

/** A rule in NPM's own spelling (§4.5): the action first, then the matches; nothing quoted. Without `-A CHAIN`. */
export function printRule(rule: Rule): string {
  return [printTarget(rule.target), ...rule.matches.map(printMatch)].filter(part => part !== '').join(' ')
}

/** A text for `iptables-restore --noflush`. */
export function restoreText(lines: readonly string[]): string {
  return ['*filter', ...lines, 'COMMIT', ''].join('\n')
}
