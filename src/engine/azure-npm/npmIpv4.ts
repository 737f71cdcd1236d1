import { parseIpv4 } from '../../model/ip.ts'

/**
 * The agent's own test for addresses and blocks (§1.3). It knows only the literal `0.0.0.0` before a `/0`, and so
 * refuses every other length that starts with a zero, too.
 */
export function isNpmIpv4(text: string): boolean {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  if (text.includes('/0') && address !== '0.0.0.0') return false
  if (parseIpv4(address) === undefined) return false
  if (slash < 0) return true
  const length = text.slice(slash + 1)
  return /^[0-9]+$/.test(length) && Number(length) <= 32
}

/** The same for a member of a set: what follows a comma or a blank does not count. */
export function isNpmMember(member: string): boolean {
  return isNpmIpv4(member.split(/[, ]/, 1)[0] ?? '')
}
