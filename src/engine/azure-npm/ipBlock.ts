import type { IpBlock } from '../../model/networkPolicy.ts'
import type { StaticMember } from './translation.ts'

/** A hash:net set cannot hold a /0, so the agent writes its two halves. */
const HALVES: readonly string[] = ['0.0.0.0/1', '128.0.0.0/1']

/** The members of an ip-block set (§3.6). `path` is that of the ipBlock. Excepts are not validated here. */
export function ipBlockMembers(block: IpBlock, resource: string, path: string): readonly StaticMember[] {
  const cidr = block.cidr ?? ''
  const members: StaticMember[] = (cidr === '0.0.0.0/0' ? HALVES : [cidr]).map(text => ({
    text,
    origin: { resource, path: `${path}.cidr` },
  }))
  const seen = new Set<string>()
  for (const [i, except] of (block.except ?? []).entries()) {
    if (seen.has(except)) continue
    seen.add(except)
    const member = { text: `${except} nomatch`, origin: { resource, path: `${path}.except[${i}]` } }
    const half = cidr === '0.0.0.0/0' ? HALVES.indexOf(except) : -1
    if (half >= 0) members[half] = member
    else members.push(member)
  }
  return members
}
