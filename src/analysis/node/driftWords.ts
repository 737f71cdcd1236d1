import { unreadOf } from '../../engine/netfilter/unread.ts'
import { ruleWords } from '../../engine/netfilter/ruleWords.ts'
import type { Rule } from '../../model/ruleset.ts'

/**
 * A rule by what it does: matches in any order, without comments, for two rules that differ in those alone decide alike.
 * Undefined for one that stands where the dump could not be read.
 */
export function ruleKey(rule: Rule): string | undefined {
  if (unreadOf(rule.matches[0]) !== undefined) return undefined
  const { target } = rule
  const matches = rule.matches
    .filter(({ kind }) => kind !== 'comment')
    .map(match => ruleWords({ matches: [match], target: { kind: 'none' } }).join(' '))
    .sort()
  return [...matches, ...ruleWords({ matches: [], target })].join(' ')
}

/** The rule as `iptables-save` spells it, without its chain and comments. */
export function ruleText(rule: Rule): string {
  const matches = rule.matches.filter(({ kind }) => kind !== 'comment')
  return ruleWords({ matches, target: rule.target }).join(' ')
}

/** A list in words, the first few of it: `a, b, c and 4 more`. */
export function listed(items: readonly string[], shown = 5): string {
  const more = items.length - shown
  return items.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
