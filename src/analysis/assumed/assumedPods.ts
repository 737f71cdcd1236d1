import { isCompletedPod } from '../../model/cluster.ts'
import type { Cluster, ContainerPort, Namespace, Pod } from '../../model/cluster.ts'
import { labelValue, matchesSelector, METADATA_NAME_LABEL } from '../../model/labels.ts'
import type { Labels, LabelSelector } from '../../model/labels.ts'
import { DIRECTIONS, policyKey, rulesOf } from '../../model/networkPolicy.ts'
import type { NetworkPolicy, Peer } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import { assumedPortNumber } from './assumedPorts.ts'
import { namesFor } from './assumedNames.ts'
import { representatives, specificity } from './representatives.ts'

/** Some pods that a policy speaks about. Without `namespaceSelector` those of the policy's own namespace. */
interface Demand {
  readonly policyNamespace: string
  readonly namespaceSelector?: LabelSelector
  readonly podSelector: LabelSelector
}

interface World {
  /** The pods that were there before. */
  readonly given: ReadonlySet<Pod>
  readonly namespaces: Map<string, Namespace>
  /** By namespace; only pods that selectors can pick. */
  readonly live: Map<string, Pod[]>
  /** `namespace/name` of all pods, so that no two get the same. */
  readonly names: Set<string>
}

/**
 * The cluster with the namespaces that its policies and pods live in and no manifest gives: each with the label of its
 * name and marked `assumed`, behind the given ones in byte order.
 */
export function withAssumedNamespaces(cluster: Cluster): Cluster {
  const world = newWorld(cluster)
  for (const { namespace } of [...cluster.policies, ...cluster.pods]) ensureNamespace(world, namespace)
  return { ...cluster, namespaces: namespacesOf(world, cluster) }
}

/**
 * The cluster with what its policies speak about and no manifest gives, so that policies alone show something: the
 * namespaces of `withAssumedNamespaces`, and for every selector that picks no pod, one that it picks (for `In` one a
 * value, at most four), in a made namespace where none fits. Selectors that some given pod satisfies get none. One
 * made pod serves all selectors it satisfies. Named ports get a container port on the made pods that they lead to.
 * Everything made is marked `assumed`, stands behind what is given, in byte order, and is the same for the same
 * policies whatever their order. Pods have no address yet. What no labels can satisfy gets nothing.
 */
export function withAssumedPods(cluster: Cluster): Cluster {
  const policies = cluster.policies.toSorted((a, b) => compareBytes(policyKey(a), policyKey(b)))
  const world = newWorld(cluster)
  for (const { namespace } of [...policies, ...cluster.pods]) ensureNamespace(world, namespace)
  for (const demand of demandsOf(policies)) meet(world, demand)
  return {
    ...cluster,
    namespaces: namespacesOf(world, cluster),
    pods: [...cluster.pods, ...withNamedPorts(world, policies)],
  }
}

function namespacesOf(world: World, { namespaces }: Cluster): readonly Namespace[] {
  const before = new Set(namespaces.map(({ name }) => name))
  const made = [...world.namespaces.values()].filter(({ name }) => !before.has(name))
  return [
    ...namespaces.map(namespace => world.namespaces.get(namespace.name) ?? namespace),
    ...made.toSorted((a, b) => compareBytes(a.name, b.name)),
  ]
}

function newWorld(cluster: Cluster): World {
  const world: World = {
    given: new Set(cluster.pods),
    namespaces: new Map(cluster.namespaces.map(namespace => [namespace.name, namespace])),
    live: new Map(),
    names: new Set(cluster.pods.map(pod => `${pod.namespace}/${pod.name}`)),
  }
  for (const pod of cluster.pods)
    if (!pod.hostNetwork && !isCompletedPod(pod)) podsIn(world, pod.namespace).push(pod)
  return world
}

function podsIn(world: World, namespace: string): Pod[] {
  const known = world.live.get(namespace)
  if (known !== undefined) return known
  const pods: Pod[] = []
  world.live.set(namespace, pods)
  return pods
}

function ensureNamespace(world: World, name: string): void {
  if (world.namespaces.has(name)) return
  world.namespaces.set(name, { name, labels: { [METADATA_NAME_LABEL]: name }, assumed: true })
}

/** Each once, those that ask for most labels first: a pod made for them often serves the broader ones. */
function demandsOf(policies: readonly NetworkPolicy[]): readonly Demand[] {
  const demands = new Map<string, Demand>()
  const add = (demand: Demand): void => {
    const { policyNamespace, namespaceSelector, podSelector } = demand
    const key = JSON.stringify([namespaceSelector ?? policyNamespace, podSelector])
    if (!demands.has(key)) demands.set(key, demand)
  }
  for (const policy of policies) {
    add({ policyNamespace: policy.namespace, podSelector: policy.spec.podSelector ?? {} })
    for (const direction of DIRECTIONS)
      for (const { peers = [] } of rulesOf(policy, direction))
        for (const peer of peers) {
          const demand = peerDemand(policy.namespace, peer)
          if (demand !== undefined) add(demand)
        }
  }
  const weight = ({ podSelector, namespaceSelector = {} }: Demand): number =>
    specificity(podSelector) + specificity(namespaceSelector)
  return [...demands.values()].toSorted((a, b) => weight(b) - weight(a))
}

function peerDemand(policyNamespace: string, peer: Peer): Demand | undefined {
  const { podSelector = {}, namespaceSelector } = peer
  if (peer.podSelector === undefined && namespaceSelector === undefined) return undefined
  return { policyNamespace, podSelector, ...(namespaceSelector !== undefined && { namespaceSelector }) }
}

function meet(world: World, demand: Demand): void {
  const { namespaceSelector, policyNamespace, podSelector } = demand
  const matching =
    namespaceSelector === undefined
      ? [policyNamespace]
      : [...world.namespaces.values()]
          .filter(({ labels }) => matchesSelector(labels, namespaceSelector))
          .map(({ name }) => name)
          .sort(compareBytes)
  if (matching.some(name => hasPod(world, name, podSelector, 'given'))) return
  const pods = representatives(podSelector)
  // Nothing is made for half of a demand that cannot be met as a whole.
  if (pods.length === 0) return
  const given = matching.filter(name => world.namespaces.get(name)?.assumed !== true)
  const wanted =
    namespaceSelector === undefined
      ? [policyNamespace]
      : given.length > 0
        ? given.slice(0, 1)
        : assumedNamespaces(world, namespaceSelector)
  for (const labels of pods)
    for (const namespace of wanted)
      if (!hasPod(world, namespace, one(podSelector, pods, labels), 'any')) makePod(world, namespace, labels)
}

/** The selector, narrowed to one of its representatives where it has several. */
function one(selector: LabelSelector, all: readonly Labels[], labels: Labels): LabelSelector {
  if (all.length === 1) return selector
  return { ...selector, matchLabels: { ...selector.matchLabels, ...labels } }
}

function hasPod(world: World, namespace: string, selector: LabelSelector, which: 'given' | 'any'): boolean {
  return (world.live.get(namespace) ?? []).some(
    pod => (which === 'any' || world.given.has(pod)) && matchesSelector(pod.labels, selector),
  )
}

/** Made namespaces that the selector picks, one for each of its representatives; they are made where they lack. */
function assumedNamespaces(world: World, selector: LabelSelector): readonly string[] {
  const all = representatives(selector)
  const names = all.flatMap(labels => {
    const known = [...world.namespaces.values()]
      .filter(namespace => matchesSelector(namespace.labels, one(selector, all, labels)))
      .map(({ name }) => name)
      .sort(compareBytes)
    const withPods = known.find(name => (world.live.get(name) ?? []).length > 0)
    return withPods ?? known[0] ?? makeNamespace(world, selector, labels) ?? []
  })
  return [...new Set(names)]
}

function makeNamespace(world: World, selector: LabelSelector, labels: Labels): string | undefined {
  // The API server labels every namespace with its name, so that names without end would be tried in vain.
  const { matchExpressions = [] } = selector
  if (
    matchExpressions.some(({ key, operator }) => key === METADATA_NAME_LABEL && operator === 'DoesNotExist')
  )
    return undefined
  const fixed = labelValue(labels, METADATA_NAME_LABEL)
  for (const name of fixed === undefined ? namesFor(labels, 'other') : [fixed]) {
    const present = world.namespaces.get(name)
    // Only a namespace whose labels nobody gave may get more of them, and only where its name is asked for.
    if (present !== undefined && (fixed === undefined || present.assumed !== true)) {
      if (fixed !== undefined) return undefined
      continue
    }
    const complete = { ...present?.labels, ...labels, [METADATA_NAME_LABEL]: name }
    if (!matchesSelector(complete, selector)) {
      if (fixed !== undefined) return undefined
      continue
    }
    world.namespaces.set(name, { name, labels: complete, assumed: true })
    return name
  }
  return undefined
}

function makePod(world: World, namespace: string, labels: Labels): void {
  for (const name of namesFor(labels, 'pod')) {
    const key = `${namespace}/${name}`
    if (world.names.has(key)) continue
    world.names.add(key)
    podsIn(world, namespace).push({
      namespace,
      name,
      labels,
      ip: '',
      hostNetwork: false,
      phase: 'Running',
      containerPorts: [],
      assumed: true,
    })
    return
  }
}

/** The made pods in byte order, with a container port for every named port that leads to them. */
function withNamedPorts(world: World, policies: readonly NetworkPolicy[]): readonly Pod[] {
  const made = [...world.live.values()]
    .flat()
    .filter(pod => !world.given.has(pod))
    .toSorted((a, b) => compareBytes(`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`))
  const ports = new Map<Pod, ContainerPort[]>(made.map(pod => [pod, []]))
  for (const policy of policies)
    for (const direction of DIRECTIONS)
      for (const rule of rulesOf(policy, direction))
        for (const { port, protocol = 'TCP' } of rule.ports ?? []) {
          if (typeof port !== 'string') continue
          for (const [pod, own] of ports) {
            const target =
              direction === 'ingress'
                ? isSubject(policy, pod)
                : isPeerOf(world, policy, rule.peers ?? [], pod)
            if (target && !own.some(given => given.name === port && given.protocol === protocol))
              own.push({ name: port, protocol, containerPort: assumedPortNumber(port, own) })
          }
        }
  return made.map(pod => ({ ...pod, containerPorts: ports.get(pod) ?? [] }))
}

function isSubject(policy: NetworkPolicy, pod: Pod): boolean {
  return pod.namespace === policy.namespace && matchesSelector(pod.labels, policy.spec.podSelector ?? {})
}

/** An egress rule to anyone leads to no pod in particular, so it gives none a port. */
function isPeerOf(world: World, policy: NetworkPolicy, peers: readonly Peer[], pod: Pod): boolean {
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock !== undefined || (podSelector === undefined && namespaceSelector === undefined)) return false
    const inNamespace =
      namespaceSelector === undefined
        ? pod.namespace === policy.namespace
        : matchesSelector(world.namespaces.get(pod.namespace)?.labels ?? {}, namespaceSelector)
    return inNamespace && matchesSelector(pod.labels, podSelector ?? {})
  })
}
