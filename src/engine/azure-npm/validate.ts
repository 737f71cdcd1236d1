import type { Rule } from '../../model/ruleset.ts'
import { isNpmMember } from './npmIpv4.ts'
import type { PolicyRules } from './policyRules.ts'
import { printRule } from './ruleText.ts'
import type { Acl, StaticMember, TranslatedSet, Translation } from './translation.ts'
import { utf8Bytes } from './utf8.ts'

/** Why the agent itself does not take a policy that it could translate (§3.8, class V). */
export function invalidAcl(translation: Translation): string | undefined {
  for (const acl of translation.acls) {
    const complaint = complaintAbout(acl)
    if (complaint !== undefined) return `ACL of policy ${translation.key} ${complaint}`
  }
  return undefined
}

function complaintAbout(acl: Acl): string | undefined {
  const { protocol, port } = acl
  if (protocol !== '' && protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP')
    return `has unknown protocol [${protocol}]`
  const endPort = acl.endPort === 0 ? port : acl.endPort
  if (protocol === '' && (port !== 0 || endPort !== 0)) return 'has a port but no protocol'
  if (port > endPort) return `has an invalid port range (start: ${port}, end: ${endPort})`
  return undefined
}

/** The first member that the set manager refuses: an `except` that is no IPv4 network. */
export function invalidMember(sets: readonly TranslatedSet[]): StaticMember | undefined {
  for (const { set, members } of sets) {
    if (set.type !== 'CIDRBlocks') continue
    const bad = members.find(member => !isNpmMember(member.text))
    if (bad !== undefined) return bad
  }
  return undefined
}

/** Limits of iptables 1.8.9 (D16), the same in both back ends. */
const MAX_PARAMETER_BYTES = 1023
const MAX_WORDS = 251

/** Why `iptables-restore` would not take a policy's rules; one bad line loses the whole text (§4.6). */
export function refusedByIptables(rules: PolicyRules): string | undefined {
  for (const side of [rules.ingress, rules.egress]) {
    if (side === undefined) continue
    const refusal =
      side.rules.map(rule => refusalOf(rule, 2)).find(text => text !== undefined) ?? refusalOf(side.jump, 3)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** `words` stand before the rule: `-A CHAIN`, or `-I CHAIN 1`. */
function refusalOf(rule: Rule, words: number): string | undefined {
  let sets = 0
  for (const match of rule.matches) {
    if (match.kind === 'set') sets++
    if (match.kind === 'port')
      for (const port of [match.from, match.to])
        if (port < 0 || port > 65535) return `iptables-restore: invalid port/service \`${port}' specified`
    if (match.kind === 'comment') {
      const { text } = match
      if (text.length * 3 > MAX_PARAMETER_BYTES && utf8Bytes(text).length > MAX_PARAMETER_BYTES)
        return 'iptables-restore: Parameter too long!'
      if (/[\s"']/.test(text)) return `iptables-restore: Bad argument in comment`
    }
  }
  // Few sets cannot reach the limit, and printing every rule only to count its words would cost a third of a compile.
  if (sets < 40) return undefined
  return words + printRule(rule).split(' ').length > MAX_WORDS
    ? 'iptables-restore: Parser cannot handle more arguments'
    : undefined
}
