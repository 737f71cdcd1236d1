import type { Cluster, Pod } from '../../model/cluster.ts'
import type { Ipv4 } from '../../model/ip.ts'
import type { Labels } from '../../model/labels.ts'
import { METADATA_NAME_LABEL } from '../../model/labels.ts'
import type { Direction, NetworkPolicy } from '../../model/networkPolicy.ts'
import { DIRECTIONS, policyKey, rulesOf } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { KubernetesEndpoint } from './endpoint.ts'
import { addressOf, visiblePod } from './endpoint.ts'
import type { PeerTerms } from './peerTerms.ts'
import { addPeer, createPeerTerms, termsOfAddress, termsOfPod } from './peerTerms.ts'
import type { NamedPorts, PortDemand } from './policyPorts.ts'
import { demandOf, namedPortsOf, NO_NAMED_PORTS, uniteDemands } from './policyPorts.ts'
import { addSelector, matchingSelectors } from './selectorTable.ts'

export interface IndexedRule {
  /** `spec.ingress[0]` */
  readonly path: string
  readonly demand: PortDemand
  /** Numbers of the peers, or every peer (K11). */
  readonly peers: readonly number[] | 'any'
}

export interface IndexedPolicy {
  readonly number: number
  readonly key: string
  /** Number of `spec.podSelector`. */
  readonly selector: number
  /** Undefined for a direction that the policy does not speak about (K8). */
  readonly rules: Readonly<Record<Direction, readonly IndexedRule[] | undefined>>
}

/** All that the policies of a cluster can tell about an endpoint; equal ones share one object. */
export interface EndpointClass {
  readonly signature: string
  /** Those that isolate it, by key; empty where it is not isolated. */
  readonly policies: Readonly<Record<Direction, readonly IndexedPolicy[]>>
  /** Peers that match it. */
  readonly terms: ReadonlySet<number>
  readonly namedPorts: NamedPorts
  readonly combined: Readonly<Record<Direction, CombinedRules | undefined>>
}

/** The union of all rules that isolate an endpoint in one direction, peer by peer (K3). */
export interface CombinedRules {
  readonly anyPeer: PortDemand
  readonly byPeer: readonly { readonly peer: number; readonly demand: PortDemand }[]
}

/** A cluster made ready for questions. Answers are kept in it as they are found; the cluster must not change. */
export interface KubernetesIndex {
  readonly namespaceLabels: ReadonlyMap<string, Labels>
  readonly terms: PeerTerms
  readonly policiesByNamespace: ReadonlyMap<string, readonly IndexedPolicy[]>
  /** Port names that some rule uses, as `TCP/http`. */
  readonly portNames: ReadonlySet<string>
  readonly classes: Map<string, EndpointClass>
  readonly classOfPod: Map<Pod, EndpointClass>
  readonly classOfAddress: Map<Ipv4 | undefined, EndpointClass>
  readonly combinations: Map<string, CombinedRules>
}

/** Reads the policies once, in time linear in their size. Pods are looked at when they are asked about. */
export function prepareKubernetes(cluster: Cluster): KubernetesIndex {
  const terms = createPeerTerms()
  const portNames = new Set<string>()
  const policiesByNamespace = new Map<string, IndexedPolicy[]>()
  const inOrder = [...cluster.policies].sort((a, b) => compareBytes(policyKey(a), policyKey(b)))
  inOrder.forEach((policy, number) => {
    const indexed: IndexedPolicy = {
      number,
      key: policyKey(policy),
      selector: addSelector(terms.podSelectors, policy.spec.podSelector ?? {}),
      rules: {
        ingress: indexRules(policy, 'ingress', terms, portNames),
        egress: indexRules(policy, 'egress', terms, portNames),
      },
    }
    const list = policiesByNamespace.get(policy.namespace)
    if (list === undefined) policiesByNamespace.set(policy.namespace, [indexed])
    else list.push(indexed)
  })
  return {
    namespaceLabels: new Map(cluster.namespaces.map(({ name, labels }) => [name, labels])),
    terms,
    policiesByNamespace,
    portNames,
    classes: new Map(),
    classOfPod: new Map(),
    classOfAddress: new Map(),
    combinations: new Map(),
  }
}

/** K7: absent or empty means Ingress, and Egress when there is an egress rule. */
export function directionsOf(policy: NetworkPolicy): readonly Direction[] {
  const { policyTypes = [], egress = [] } = policy.spec
  if (policyTypes.length === 0) return egress.length === 0 ? ['ingress'] : DIRECTIONS
  return DIRECTIONS.filter(direction => policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress'))
}

function indexRules(
  policy: NetworkPolicy,
  direction: Direction,
  terms: PeerTerms,
  portNames: Set<string>,
): readonly IndexedRule[] | undefined {
  if (!directionsOf(policy).includes(direction)) return undefined
  return rulesOf(policy, direction).map(({ path, peers, ports }) => {
    const demand = demandOf(ports)
    for (const name of demand.names) portNames.add(name)
    return {
      path,
      demand,
      peers:
        peers === undefined || peers.length === 0
          ? 'any'
          : peers.map(peer => addPeer(terms, policy.namespace, peer)).filter(term => term !== undefined),
    }
  })
}

/** The class of an endpoint, found once for each pod object and each address. */
export function classOf(index: KubernetesIndex, endpoint: KubernetesEndpoint): EndpointClass {
  if (endpoint.kind === 'address') return classOfAddress(index, endpoint.address)
  const known = index.classOfPod.get(endpoint.pod)
  if (known !== undefined) return known
  const pod = visiblePod(endpoint)
  const found = pod === undefined ? classOfAddress(index, addressOf(endpoint)) : classOfPod(index, pod)
  index.classOfPod.set(endpoint.pod, found)
  return found
}

function classOfPod(index: KubernetesIndex, pod: Pod): EndpointClass {
  // K24: a namespace that nobody declared still bears its name.
  const namespaceLabels = index.namespaceLabels.get(pod.namespace) ?? { [METADATA_NAME_LABEL]: pod.namespace }
  const selectors = matchingSelectors(index.terms.podSelectors, pod.labels)
  const policies = (index.policiesByNamespace.get(pod.namespace) ?? []).filter(({ selector }) =>
    selectors.has(selector),
  )
  const address = addressOf({ kind: 'pod', pod })
  const terms = [
    ...termsOfPod(index.terms, pod.namespace, namespaceLabels, pod.labels),
    ...(address === undefined ? [] : termsOfAddress(index.terms, address)),
  ]
  return internClass(index, true, policies, terms, namedPortsOf(pod, index.portNames))
}

function classOfAddress(index: KubernetesIndex, address: Ipv4 | undefined): EndpointClass {
  const known = index.classOfAddress.get(address)
  if (known !== undefined) return known
  const terms = address === undefined ? [] : termsOfAddress(index.terms, address)
  const found = internClass(index, false, [], terms, NO_NAMED_PORTS)
  index.classOfAddress.set(address, found)
  return found
}

function internClass(
  index: KubernetesIndex,
  isPod: boolean,
  policies: readonly IndexedPolicy[],
  terms: readonly number[],
  namedPorts: NamedPorts,
): EndpointClass {
  const ports = [...namedPorts].map(([name, traffic]) => `${name}=${traffic.join('-')}`).sort(compareBytes)
  const signature = [
    isPod ? 'pod' : 'address',
    policies.map(({ number }) => number).join(),
    terms.join(),
    ports.join(),
  ].join(' ')
  const known = index.classes.get(signature)
  if (known !== undefined) return known
  const ingress = policies.filter(({ rules }) => rules.ingress !== undefined)
  const egress = policies.filter(({ rules }) => rules.egress !== undefined)
  const found: EndpointClass = {
    signature,
    policies: { ingress, egress },
    terms: new Set(terms),
    namedPorts,
    combined: {
      ingress: combine(index, 'ingress', ingress),
      egress: combine(index, 'egress', egress),
    },
  }
  index.classes.set(signature, found)
  return found
}

function combine(
  index: KubernetesIndex,
  direction: Direction,
  policies: readonly IndexedPolicy[],
): CombinedRules | undefined {
  if (policies.length === 0) return undefined
  const text = [direction, policies.map(({ number }) => number).join()].join(' ')
  const known = index.combinations.get(text)
  if (known !== undefined) return known
  const anyPeer: PortDemand[] = []
  const byPeer = new Map<number, PortDemand[]>()
  for (const { demand, peers } of policies.flatMap(({ rules }) => rules[direction] ?? [])) {
    if (peers === 'any') anyPeer.push(demand)
    else
      for (const peer of peers) {
        const demands = byPeer.get(peer)
        if (demands === undefined) byPeer.set(peer, [demand])
        else demands.push(demand)
      }
  }
  const made: CombinedRules = {
    anyPeer: uniteDemands(anyPeer),
    byPeer: [...byPeer].map(([peer, demands]) => ({ peer, demand: uniteDemands(demands) })),
  }
  index.combinations.set(text, made)
  return made
}
