import type { SetId } from '../../engine/azure-npm/names.ts'
import {
  ALL_NAMESPACES,
  DEFAULT_MAXELEM,
  fnv1a32,
  namedPortSet,
  namespaceKeySet,
  namespaceLabelSet,
  namespaceSet,
  podKeySet,
  podLabelSet,
} from '../../engine/azure-npm/names.ts'
import type { Profile } from '../../engine/azure-npm/profiles.ts'
import { translatePolicy } from '../../engine/azure-npm/translate.ts'
import type { TranslatedSet } from '../../engine/azure-npm/translation.ts'
import type { Cluster, Pod } from '../../model/cluster.ts'
import { isCompletedPod } from '../../model/cluster.ts'
import type { Deviation } from '../../model/deviation.ts'
import { labelKeys, labelValue } from '../../model/labels.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import { deviationOf } from './deviationReport.ts'

/** Deviations by policy, of sets and chains that policies share with others: D20 and D21. */
export function deviationsOfSharedNames(
  cluster: Cluster,
  enforced: readonly NetworkPolicy[],
  profile: Profile,
): ReadonlyMap<NetworkPolicy, readonly Deviation[]> {
  const full = fullSets(cluster.pods)
  const legacy = profile.naming === 'legacy'
  if (full.size === 0 && !legacy) return new Map()
  const setsOf = new Map(enforced.map(policy => [policy, translatedSets(policy, profile)] as const))
  const shared = legacy ? sharedSets(cluster, [...setsOf.values()].flat()) : new Map<string, string>()
  const chains = legacy ? sharedChains(enforced) : new Map<string, string>()
  return new Map(
    [...setsOf].map(([policy, sets]) => {
      const found: Deviation[] = []
      const seen = new Set<string>()
      for (const { set, origin } of sets) {
        if (seen.has(identityOf(set))) continue
        seen.add(identityOf(set))
        if (full.has(set.prefixed))
          found.push(deviationOf('fullSet', policy, origin.path, { detail: set.prefixed }))
        const names = shared.get(identityOf(set))
        if (names !== undefined) found.push(deviationOf('sharedSet', policy, origin.path, { detail: names }))
      }
      const policies = chains.get(policyKey(policy))
      if (policies !== undefined)
        found.push(deviationOf('sharedChain', policy, 'metadata.name', { detail: policies }))
      return [policy, found]
    }),
  )
}

function translatedSets(policy: NetworkPolicy, profile: Profile): readonly TranslatedSet[] {
  const translated = translatePolicy(policy, profile)
  if (!translated.ok) return []
  const { selectorSets, selectorChildren, ruleSets } = translated.value
  return [...selectorSets, ...selectorChildren, ...ruleSets]
}

/** Pods that the agent puts into sets. */
function setPods(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter(pod => !pod.hostNetwork && !isCompletedPod(pod) && pod.ip !== '')
}

function podSets(pod: Pod): readonly SetId[] {
  return [
    namespaceSet(pod.namespace),
    ...labelKeys(pod.labels).flatMap(key => [
      podKeySet(key),
      podLabelSet(key, labelValue(pod.labels, key) ?? ''),
    ]),
    ...pod.containerPorts.filter(({ name }) => name !== '').map(({ name }) => namedPortSet(name)),
  ]
}

/** D20: sets with more members than the kernel's default size. */
function fullSets(pods: readonly Pod[]): ReadonlySet<string> {
  const members = pods.reduce((sum, { containerPorts }) => sum + 1 + containerPorts.length, 0)
  if (members <= DEFAULT_MAXELEM) return new Set()
  const counts = new Map<string, number>()
  for (const pod of setPods(pods))
    for (const { prefixed } of podSets(pod)) counts.set(prefixed, (counts.get(prefixed) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > DEFAULT_MAXELEM).map(([prefixed]) => prefixed))
}

/** Sets of one name are one set, except where the name of a policy has flowed into it ambiguously (§2.5). */
function identityOf({ prefixed, meaning }: SetId): string {
  return meaning.kind === 'CIDRBlocks' || meaning.kind === 'NestedLabelOfPod'
    ? `${prefixed} of ${meaning.policy}`
    : prefixed
}

/** D21: identity of a set → the identities that share its kernel name, with its own. */
function sharedSets(cluster: Cluster, used: readonly TranslatedSet[]): ReadonlyMap<string, string> {
  const prefixedOf = new Map<string, string>()
  const add = (set: SetId): void => {
    prefixedOf.set(identityOf(set), set.prefixed)
  }
  add(namespaceKeySet(ALL_NAMESPACES))
  for (const { name, labels } of cluster.namespaces) {
    add(namespaceSet(name))
    for (const key of labelKeys(labels)) {
      add(namespaceKeySet(key))
      add(namespaceLabelSet(key, labelValue(labels, key) ?? ''))
    }
  }
  for (const pod of setPods(cluster.pods)) for (const set of podSets(pod)) add(set)
  for (const { set } of used) add(set)
  const byHash = new Map<number, string[]>()
  for (const [identity, prefixed] of prefixedOf) append(byHash, fnv1a32(prefixed), identity)
  return membersOfGroups(byHash)
}

/** D21: policies whose chains have one name. */
function sharedChains(policies: readonly NetworkPolicy[]): ReadonlyMap<string, string> {
  const byHash = new Map<number, string[]>()
  for (const key of new Set(policies.map(policyKey))) append(byHash, fnv1a32(key), key)
  return membersOfGroups(byHash)
}

function membersOfGroups(groups: ReadonlyMap<number, readonly string[]>): ReadonlyMap<string, string> {
  const shared = new Map<string, string>()
  for (const group of groups.values()) {
    if (group.length < 2) continue
    const text = [...group].sort(compareBytes).join(' and ')
    for (const member of group) shared.set(member, text)
  }
  return shared
}

function append(lists: Map<number, string[]>, key: number, text: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [text])
  else list.push(text)
}
