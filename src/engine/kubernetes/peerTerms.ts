import type { Ipv4 } from '../../model/ip.ts'
import { maskOf } from '../../model/ip.ts'
import type { Labels } from '../../model/labels.ts'
import type { Peer } from '../../model/networkPolicy.ts'
import type { AddressRange } from './ipBlock.ts'
import { rangeContains, readIpBlock } from './ipBlock.ts'
import type { SelectorTable } from './selectorTable.ts'
import { addSelector, createSelectorTable, matchingSelectors } from './selectorTable.ts'

/**
 * The distinct peers of all policies, each a number. A pod meets three kinds: pods of one namespace (K20), pods
 * of selected namespaces (K21, K22), addresses (K25, K26).
 */
export interface PeerTerms {
  readonly podSelectors: SelectorTable
  readonly namespaceSelectors: SelectorTable
  readonly numbers: Map<string, number>
  /** By namespace: number of the podSelector → term. */
  readonly within: Map<string, Map<number, number>>
  /** By number of the podSelector: number of the namespaceSelector → term. */
  readonly across: Map<number, Map<number, number>>
  /** By prefix length, then network address. */
  readonly blocks: Map<number, Map<Ipv4, BlockTerm[]>>
}

interface BlockTerm {
  readonly term: number
  readonly range: AddressRange
}

export function createPeerTerms(): PeerTerms {
  return {
    podSelectors: createSelectorTable(),
    namespaceSelectors: createSelectorTable(),
    numbers: new Map(),
    within: new Map(),
    across: new Map(),
    blocks: new Map(),
  }
}

/** The number of a peer in a policy of `namespace`; undefined when it can match nothing in IPv4. */
export function addPeer(terms: PeerTerms, namespace: string, peer: Peer): number | undefined {
  if (peer.ipBlock !== undefined) {
    const range = readIpBlock(peer.ipBlock)
    return range === undefined ? undefined : addBlock(terms, range)
  }
  if (peer.namespaceSelector !== undefined) {
    const namespaces = addSelector(terms.namespaceSelectors, peer.namespaceSelector)
    // K23: an absent podSelector does not take part, which is what an empty one amounts to here.
    const pods = addSelector(terms.podSelectors, peer.podSelector ?? {})
    return numberOf(terms, `across ${namespaces} ${pods}`, term =>
      inner(terms.across, pods).set(namespaces, term),
    )
  }
  if (peer.podSelector !== undefined) {
    const pods = addSelector(terms.podSelectors, peer.podSelector)
    return numberOf(terms, `within ${pods} ${namespace}`, term =>
      inner(terms.within, namespace).set(pods, term),
    )
  }
  return undefined
}

function addBlock(terms: PeerTerms, range: AddressRange): number {
  return numberOf(terms, `block ${JSON.stringify(range)}`, term => {
    const networks = inner(terms.blocks, range.cidr.length)
    const list = networks.get(range.cidr.address)
    if (list === undefined) networks.set(range.cidr.address, [{ term, range }])
    else list.push({ term, range })
  })
}

function numberOf(terms: PeerTerms, text: string, add: (term: number) => void): number {
  const known = terms.numbers.get(text)
  if (known !== undefined) return known
  const term = terms.numbers.size
  terms.numbers.set(text, term)
  add(term)
  return term
}

/** The peers that match a pod by its labels, ascending. */
export function termsOfPod(
  terms: PeerTerms,
  namespace: string,
  namespaceLabels: Labels,
  labels: Labels,
): readonly number[] {
  const pods = matchingSelectors(terms.podSelectors, labels)
  const namespaces = matchingSelectors(terms.namespaceSelectors, namespaceLabels)
  const matched: number[] = []
  for (const [selector, term] of terms.within.get(namespace) ?? []) if (pods.has(selector)) matched.push(term)
  for (const selector of pods) {
    const across = terms.across.get(selector)
    if (across === undefined) continue
    // The smaller side leads: thousands of namespaceSelectors may share `podSelector: {}`.
    if (across.size < namespaces.size) {
      for (const [wanted, term] of across) if (namespaces.has(wanted)) matched.push(term)
    } else {
      for (const wanted of namespaces) {
        const term = across.get(wanted)
        if (term !== undefined) matched.push(term)
      }
    }
  }
  return matched.sort((a, b) => a - b)
}

/** The ipBlocks that hold an address, ascending. */
export function termsOfAddress(terms: PeerTerms, address: Ipv4): readonly number[] {
  const matched: number[] = []
  for (const [length, networks] of terms.blocks)
    for (const { term, range } of networks.get((address & maskOf(length)) >>> 0) ?? [])
      if (rangeContains(range, address)) matched.push(term)
  return matched.sort((a, b) => a - b)
}

function inner<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = maps.get(key)
  if (known !== undefined) return known
  const made = new Map<L, V>()
  maps.set(key, made)
  return made
}
