import { compile } from '../../engine/azure-npm/compile.ts'
import {
  ALL_NAMESPACES,
  chainSuffix,
  EGRESS_CHAIN,
  INGRESS_CHAIN,
  kernelSetName,
  type SetId,
} from '../../engine/azure-npm/names.ts'
import { profileOf, type Profile } from '../../engine/azure-npm/profiles.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { SetMeaning } from '../../model/ipSet.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { PROFILE_IDS } from '../../model/scenario.ts'
import { setsOfNamespace, usualSets } from './usualNames.ts'

/** What names of a node's dump mean. */
export interface ResolvedNames {
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** Chain → `ingress of shop/web`. */
  readonly chains: ReadonlyMap<string, string>
}

/** The two ways in which versions of azure-npm make kernel names, with what the names of sets look like. */
const SCHEMES = [
  { profile: profileOf('v1.8.11'), pattern: /^azure-npm-[0-9]{1,10}$/ },
  { profile: profileOf('head'), pattern: /^azure-npm-[0-9a-z]{20}$/ },
]

/** The ways that names on the node show; both where there is no name to tell. */
function schemesOf(kernelNames: ReadonlySet<string>): readonly Profile[] {
  const seen = SCHEMES.filter(({ pattern }) => [...kernelNames].some(name => pattern.test(name)))
  return (seen.length === 0 ? SCHEMES : seen).map(({ profile }) => profile)
}

/** Words of one comment that are tried together as a name. */
const MAX_WORDS_IN_NAME = 16
/** Names tried in all; a dump of many thousand foreign comments stops there. */
const MAX_TRIED = 200_000

/**
 * The agent's own names behind the kernel's: those that the clusters' objects would get under any version of azure-npm
 * (the legacy agent's included), usual namespaces, and the words of each rule's comment, tried on the sets of that rule.
 * A name is told only when its hash is the kernel's name.
 */
export function resolveNames(ruleset: Ruleset, cluster: Cluster | undefined): ResolvedNames {
  const sets = new Map<string, Set<string>>()
  const chains = new Map<string, string>()
  const wanted = kernelNamesOf(ruleset)
  const learn = (kernel: string, name: string): void => {
    if (!wanted.has(kernel)) return
    const known = sets.get(kernel)
    if (known === undefined) sets.set(kernel, new Set([name]))
    else known.add(name)
  }
  const schemes = schemesOf(wanted)
  const tried = new Set<string>()
  const tryName = (name: string): void => {
    if (tried.has(name)) return
    tried.add(name)
    for (const scheme of schemes) learn(kernelSetName(scheme, name), name)
  }
  for (const name of namesOf(usualSets())) tryName(name)
  if (cluster !== undefined)
    for (const profile of PROFILE_IDS) {
      if (!schemes.some(({ naming }) => naming === profileOf(profile).naming)) continue
      const own = compile(cluster, profile).ruleset
      for (const { name, prefixedNames = [], meanings = [] } of own.sets) {
        for (const prefixed of prefixedNames) learn(name, prefixed)
        for (const meaning of meanings) for (const legacy of legacyNames(meaning)) tryName(legacy)
      }
      for (const table of own.tables)
        for (const { name, meaning } of table.chains)
          if (meaning?.kind === 'policy') chains.set(name, `${meaning.direction} of ${meaning.policy}`)
    }
  readComments(ruleset, schemes, sets, learn, chains)
  for (const policy of chains.values()) {
    const namespace = /^(?:in|e)gress of ([^/]+)\//.exec(policy)?.[1]
    if (namespace !== undefined) for (const name of namesOf(setsOfNamespace(namespace))) tryName(name)
  }
  const met = new Set<string>()
  for (const [, known] of sets)
    for (const name of known)
      if (!met.has(name)) {
        met.add(name)
        for (const relative of relatives(name)) tryName(relative)
      }
  return { sets: new Map([...sets].map(([kernel, names]) => [kernel, [...names]])), chains }
}

function kernelNamesOf({ sets, tables }: Ruleset): ReadonlySet<string> {
  const names = new Set(sets.map(({ name }) => name))
  for (const table of tables)
    for (const { rules } of table.chains)
      for (const { matches } of rules)
        for (const match of matches) if (match.kind === 'set') names.add(match.set)
  return names
}

/** Both agents' names of some sets. */
function namesOf(ids: readonly SetId[]): readonly string[] {
  return [...new Set(ids.flatMap(({ prefixed, meaning }) => [prefixed, ...legacyNames(meaning)]))]
}

/**
 * Names that are there where another one is: the key of a label and its value, what a nested list is made of, the label
 * that every namespace has, the namespace of a policy.
 */
function relatives(name: string): readonly string[] {
  const found = /^(podlabel-|nslabel-|nestedlabel-(?:[^/:]+\/)?|ns-|namedport:|cidr-|)(.*)$/s.exec(name)
  const [, prefix = '', rest = ''] = found ?? []
  if (prefix === 'namedport:' || prefix === 'cidr-') return []
  if (prefix.startsWith('nestedlabel-')) {
    // The policy stands before the key, parted from it by a colon or, in older names, by a hyphen.
    const parts = rest.split(':')
    return parts.flatMap((_, i) => {
      const [key = '', ...values] = parts.slice(i)
      const keys = key.split('-').map((_word, at, all) => all.slice(at).join('-'))
      return keys.flatMap(one => [`podlabel-${one}`, ...values.map(value => `podlabel-${one}:${value}`)])
    })
  }
  const colon = rest.indexOf(':')
  if (prefix === 'ns-' && colon < 0) return namesOf(setsOfNamespace(rest))
  if (colon < 0) return []
  const [key = '', ...values] = rest.split(':')
  return [`${prefix}${key}`, ...values.map(value => `${prefix}${key}:${value}`)]
}

/** The legacy agent's names, which bear no prefix of their kind (azure-npm-v1 §1). */
function legacyNames(meaning: SetMeaning): readonly string[] {
  switch (meaning.kind) {
    case 'Namespace':
      return [`ns-${meaning.namespace}`]
    case 'KeyLabelOfPod':
      return [meaning.key]
    case 'KeyValueLabelOfPod':
      return [`${meaning.key}:${meaning.value}`]
    case 'NamedPorts':
      return [`namedport:${meaning.portName}`]
    case 'KeyLabelOfNamespace':
      return [meaning.key === ALL_NAMESPACES ? meaning.key : `ns-${meaning.key}`]
    case 'KeyValueLabelOfNamespace':
      return [`ns-${meaning.key}:${meaning.value}`]
    case 'NestedLabelOfPod':
      return [[meaning.key, ...meaning.values].join(':')]
    case 'CIDRBlocks': {
      const [namespace = '', name = ''] = meaning.policy.split('/')
      return [`${name}-in-ns-${namespace}-${meaning.rule}${meaning.direction.toLowerCase()}`]
    }
  }
}

function readComments(
  { tables }: Ruleset,
  schemes: readonly Profile[],
  known: ReadonlyMap<string, unknown>,
  learn: (kernel: string, name: string) => void,
  chains: Map<string, string>,
): void {
  let tried = 0
  for (const table of tables)
    for (const { rules } of table.chains)
      for (const { matches, target } of rules) {
        const open = new Set(
          matches.flatMap(match => (match.kind === 'set' && !known.has(match.set) ? [match.set] : [])),
        )
        const chain =
          target.kind === 'jump' && !chains.has(target.chain) ? policyChainOf(target.chain) : undefined
        if (open.size === 0 && chain === undefined) continue
        for (const match of matches) {
          if (match.kind !== 'comment') continue
          for (const name of namesIn(match.text)) {
            if (++tried > MAX_TRIED) return
            for (const scheme of schemes) {
              const kernel = kernelSetName(scheme, name)
              if (open.has(kernel)) learn(kernel, name)
              if (chain !== undefined && name.includes('/') && chainSuffix(scheme, name) === chain.suffix)
                chains.set(chain.name, `${chain.direction} of ${name}`)
            }
          }
        }
      }
}

function policyChainOf(
  name: string,
): { readonly name: string; readonly suffix: string; readonly direction: string } | undefined {
  for (const [prefix, direction] of [
    [INGRESS_CHAIN, 'ingress'],
    [EGRESS_CHAIN, 'egress'],
  ] as const)
    if (name.startsWith(`${prefix}-`)) return { name, suffix: name.slice(prefix.length + 1), direction }
  return undefined
}

/** All runs of words between hyphens that may be a name. `!` stands before a negated one, after `ns-` in old comments. */
function* namesIn(comment: string): Generator<string> {
  const words = comment.split('-')
  for (let start = 0; start < words.length; start++)
    for (let end = start + 1; end <= Math.min(words.length, start + MAX_WORDS_IN_NAME); end++) {
      const name = words.slice(start, end).join('-')
      if (name === '') continue
      yield name.replace(/^(ns-)?!/, '$1')
      // The legacy agent's comments have a named port without the word that its set begins with.
      yield `namedport:${name}`
    }
}
