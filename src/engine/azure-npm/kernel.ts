import type { Ipv4Prefix } from '../../model/ip.ts'
import { maskOf, parseIpv4, parseIpv4Prefix } from '../../model/ip.ts'
import type { IpSetEntry } from '../../model/ipSet.ts'
import type { Origin } from '../../model/origin.ts'
import { PROTOCOL_NUMBERS } from '../../model/packet.ts'
import type { Rule } from '../../model/ruleset.ts'
import type { SetTypeTraits } from './names.ts'
import type { PolicyRules, PolicySide } from './policyRules.ts'
import { sidesOf } from './policyText.ts'

/** A member as it was given to the kernel. Shared with the agent's cache, so that a new owner shows in both. */
export interface MemberRecord {
  /** As on NPM's line: `10.0.0.0/8 nomatch`, `10.1.0.5,TCP:80`, a set's kernel name. */
  readonly text: string
  /** Pod key; `''` for members that a policy gives. */
  owner: string
  origin: Origin
}

export interface KernelEntry {
  /** Without its origin, which is the record's. */
  readonly entry: IpSetEntry
  readonly record: MemberRecord
}

export interface KernelSet {
  readonly name: string
  readonly type: SetTypeTraits['kernelType']
  readonly maxelem: number
  /** By the kernel's own identity of an element: two spellings of a network are one (D10). */
  readonly entries: Map<string, KernelEntry>
}

/** What the agent's commands have made of an empty node. */
export interface Kernel {
  /** In the order of creation. */
  readonly sets: Map<string, KernelSet>
  /** Policy chains, in the order of creation. */
  readonly chains: Map<string, readonly Rule[]>
  /** Policy jumps, oldest first: the reverse of their order in the chain, since each batch goes to the top. */
  readonly ingressJumps: Rule[]
  readonly egressJumps: Rule[]
  /** Whether AZURE-NPM holds its three rules. */
  active: boolean
}

export function emptyKernel(): Kernel {
  return { sets: new Map(), chains: new Map(), ingressJumps: [], egressJumps: [], active: false }
}

/** `-N NAME --exist TYPE`. False where the kernel has a set of that name with another type or size. */
export function createKernelSet(kernel: Kernel, name: string, traits: SetTypeTraits): boolean {
  const { kernelType: type, maxelem } = traits
  const known = kernel.sets.get(name)
  if (known !== undefined) return known.type === type && known.maxelem === maxelem
  kernel.sets.set(name, { name, type, maxelem, entries: new Map() })
  return true
}

function netEntry(text: string): { readonly key: string; readonly entry: IpSetEntry } | undefined {
  const [network = '', flag] = text.split(' ')
  const prefix = parseIpv4Prefix(network)
  // hash:net has no element of length 0.
  if (prefix === undefined || prefix.length === 0) return undefined
  const masked: Ipv4Prefix = {
    address: (prefix.address & maskOf(prefix.length)) >>> 0,
    length: prefix.length,
  }
  return {
    key: `${masked.address}/${masked.length}`,
    entry: { kind: 'net', prefix: masked, nomatch: flag === 'nomatch' },
  }
}

/** `IP,PROTO:PORT`; without a protocol ipset takes it for TCP. */
function ipPortEntry(text: string): { readonly key: string; readonly entry: IpSetEntry } | undefined {
  const [, ip = '', name = 'TCP', port = ''] = /^([^,]+),(?:([^:]*):)?([0-9]+)$/.exec(text) ?? []
  const address = parseIpv4(ip)
  const lower = name.toLowerCase()
  const protocol = Object.hasOwn(PROTOCOL_NUMBERS, lower) ? PROTOCOL_NUMBERS[lower] : undefined
  if (address === undefined || protocol === undefined || Number(port) > 65535) return undefined
  return {
    key: `${address},${protocol}:${port}`,
    entry: { kind: 'ipPort', address, protocol, port: Number(port) },
  }
}

function parseMember(
  type: KernelSet['type'],
  text: string,
): { readonly key: string; readonly entry: IpSetEntry } | undefined {
  switch (type) {
    case 'hash:net':
      return netEntry(text)
    case 'hash:ip,port':
      return ipPortEntry(text)
    case 'list:set':
      return { key: text, entry: { kind: 'set', set: text } }
  }
}

/** `-A NAME MEMBER` with `--exist` in effect: a later line replaces. False where ipset or the kernel refuses it. */
export function addToKernelSet(kernel: Kernel, name: string, record: MemberRecord): boolean {
  const set = kernel.sets.get(name)
  if (set === undefined) return false
  const parsed = parseMember(set.type, record.text)
  if (parsed === undefined) return false
  if (set.type === 'list:set') {
    if (!kernel.sets.has(record.text)) return false
    // The kernel keeps the place and the size of a list does not limit it.
    if (!set.entries.has(parsed.key)) set.entries.set(parsed.key, { entry: parsed.entry, record })
    return true
  }
  if (!set.entries.has(parsed.key) && set.entries.size >= set.maxelem) return false
  set.entries.set(parsed.key, { entry: parsed.entry, record })
  return true
}

/** Whether a set takes no more members, and does not have this one. */
export function isFullFor({ type, maxelem, entries }: KernelSet, text: string): boolean {
  const parsed = parseMember(type, text)
  return type !== 'list:set' && entries.size >= maxelem && parsed !== undefined && !entries.has(parsed.key)
}

/** Whether a set has the member from elsewhere: another text for it, or another owner. */
export function hasFromElsewhere({ type, entries }: KernelSet, record: MemberRecord): boolean {
  const known = entries.get(parseMember(type, record.text)?.key ?? '')
  return known !== undefined && known.record !== record
}

/** `-D NAME MEMBER` with `--exist` in effect: a missing member is no error. */
export function deleteFromKernelSet(kernel: Kernel, name: string, text: string): boolean {
  const set = kernel.sets.get(name)
  if (set === undefined) return false
  const parsed = parseMember(set.type, text)
  if (parsed === undefined) return false
  set.entries.delete(parsed.key)
  return true
}

/** `-F NAME` and `-X NAME`. A set that a list or a rule still names is emptied but stays. */
export function destroyKernelSet(kernel: Kernel, name: string): void {
  const set = kernel.sets.get(name)
  if (set === undefined) return
  set.entries.clear()
  if (!isReferenced(kernel, name)) kernel.sets.delete(name)
}

function isReferenced(kernel: Kernel, name: string): boolean {
  for (const { type, entries } of kernel.sets.values())
    if (type === 'list:set' && entries.has(name)) return true
  const uses = (rule: Rule): boolean => rule.matches.some(match => match.kind === 'set' && match.set === name)
  return (
    kernel.ingressJumps.some(uses) ||
    kernel.egressJumps.some(uses) ||
    [...kernel.chains.values()].some(rules => rules.some(uses))
  )
}

function jumpsOf(kernel: Kernel, side: PolicySide): Rule[] {
  return side.direction === 'ingress' ? kernel.ingressJumps : kernel.egressJumps
}

/**
 * The text that adds a batch of policies, in force. The header of a chain that exists empties it (§4.6), and all headers
 * come first: policies of one batch that share a chain (D21) both have their rules there.
 */
export function addPoliciesToKernel(kernel: Kernel, batch: readonly PolicyRules[]): void {
  const sides = batch.flatMap(sidesOf)
  for (const { chain } of sides) kernel.chains.set(chain, [])
  for (const { chain, rules } of sides) {
    const before = kernel.chains.get(chain) ?? []
    kernel.chains.set(chain, before.length === 0 ? rules : [...before, ...rules])
  }
  for (const side of sides.toReversed()) jumpsOf(kernel, side).push(side.jump)
  kernel.active = true
}

/** The commands that take a policy away: its jumps, then the rules of its chains, which stay behind empty. */
export function removePolicyFromKernel(kernel: Kernel, rules: PolicyRules, last: boolean): void {
  for (const side of sidesOf(rules)) {
    const jumps = jumpsOf(kernel, side)
    const at = jumps.indexOf(side.jump)
    if (at >= 0) jumps.splice(at, 1)
    kernel.chains.set(side.chain, [])
  }
  if (last) kernel.active = false
}
