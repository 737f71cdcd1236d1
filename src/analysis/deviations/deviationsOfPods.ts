import type { Profile } from '../../engine/azure-npm/profiles.ts'
import type { Cluster, Namespace, Pod } from '../../model/cluster.ts'
import { isCompletedPod, podKey } from '../../model/cluster.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { Labels } from '../../model/labels.ts'
import { labelKeys, labelValue, matchesSelector } from '../../model/labels.ts'
import type { NetworkPolicy, Peer } from '../../model/networkPolicy.ts'
import { DIRECTIONS } from '../../model/networkPolicy.ts'
import { deviationOf } from './deviationReport.ts'
import { namedPortsOfPolicy } from './deviationsOfPolicy.ts'
import { evaluatedPeers, evaluatedRules } from './evaluatedRules.ts'

/** What the deviations that depend on pods and namespaces need to know of a cluster. */
export interface UnusualPods {
  readonly ordinary: readonly Pod[]
  readonly hostNetwork: readonly Pod[]
  /** One for each namespace and label set. */
  readonly hostNetworkKinds: readonly Pod[]
  readonly ipv6: readonly Pod[]
  /** Port names of pods on the host's network that no ordinary pod has. */
  readonly hostPortNames: ReadonlySet<string>
  readonly terminating: readonly Namespace[]
  readonly namespaceLabels: ReadonlyMap<string, Labels>
}

export function unusualPods(cluster: Cluster): UnusualPods {
  const running = cluster.pods.filter(pod => !isCompletedPod(pod))
  const hostNetwork = running.filter(pod => pod.hostNetwork)
  const ordinary = running.filter(pod => !pod.hostNetwork)
  const ordinaryNames = hostNetwork.length === 0 ? new Set<string>() : portNames(ordinary)
  return {
    ordinary,
    hostNetwork,
    hostNetworkKinds: [...new Map(hostNetwork.map(pod => [kindOf(pod), pod])).values()],
    ipv6: ordinary.filter(pod => pod.ip.includes(':')),
    hostPortNames: new Set([...portNames(hostNetwork)].filter(name => !ordinaryNames.has(name))),
    terminating: cluster.namespaces.filter(
      ({ deletionTimestamp, deletionGracePeriodSeconds }) =>
        deletionTimestamp !== undefined || deletionGracePeriodSeconds !== undefined,
    ),
    namespaceLabels: new Map(cluster.namespaces.map(({ name, labels }) => [name, labels])),
  }
}

function kindOf({ namespace, labels }: Pod): string {
  return JSON.stringify([namespace, labelKeys(labels).map(key => [key, labelValue(labels, key)])])
}

function portNames(pods: readonly Pod[]): ReadonlySet<string> {
  return new Set(pods.flatMap(pod => pod.containerPorts.map(({ name }) => name).filter(name => name !== '')))
}

/** D3, D6, D14 and D18: what a policy means for pods and namespaces that the agent does not know as such. */
export function deviationsOfPods(
  policy: NetworkPolicy,
  profile: Profile,
  pods: UnusualPods,
): readonly Deviation[] {
  const found: Deviation[] = []
  const selects = (pod: Pod): boolean =>
    pod.namespace === policy.namespace && matchesSelector(pod.labels, policy.spec.podSelector ?? {})
  const selectedHost = pods.hostNetwork.find(selects)
  if (selectedHost !== undefined)
    found.push(
      deviationOf('hostNetworkSelected', policy, 'spec.podSelector', { detail: podKey(selectedHost) }),
    )
  const selectedSix = pods.ipv6.find(selects)
  if (selectedSix !== undefined)
    found.push(deviationOf('ipv6Pod', policy, 'spec.podSelector', { detail: podKey(selectedSix) }))

  for (const direction of DIRECTIONS)
    for (const { peer, path } of evaluatedPeers(evaluatedRules(policy, direction, profile))) {
      const host = onlyHostNetwork(policy, peer, pods)
      if (host !== undefined)
        found.push(deviationOf('hostNetworkPeer', policy, path, { direction, detail: podKey(host) }))
      const { namespaceSelector } = peer
      if (namespaceSelector === undefined) continue
      const misread = pods.terminating.find(
        ({ labels }) => matchesSelector(labels, namespaceSelector) !== matchesSelector({}, namespaceSelector),
      )
      if (misread !== undefined)
        found.push(
          deviationOf('terminatingNamespace', policy, `${path}.namespaceSelector`, {
            direction,
            detail: misread.name,
          }),
        )
    }
  for (const { path, direction, name } of namedPortsOfPolicy(policy))
    if (pods.hostPortNames.has(name))
      found.push(deviationOf('hostNetworkPort', policy, path, { direction, detail: name }))
  return found
}

/** A hostNetwork pod that the peer matches, when it matches no other kind of pod. */
function onlyHostNetwork(policy: NetworkPolicy, peer: Peer, pods: UnusualPods): Pod | undefined {
  const host = pods.hostNetworkKinds.find(pod => matchesPeer(policy, peer, pod, pods))
  return host === undefined || pods.ordinary.some(pod => matchesPeer(policy, peer, pod, pods))
    ? undefined
    : host
}

function matchesPeer(policy: NetworkPolicy, peer: Peer, pod: Pod, pods: UnusualPods): boolean {
  const { podSelector, namespaceSelector, ipBlock } = peer
  if (ipBlock !== undefined || (podSelector ?? namespaceSelector) === undefined) return false
  const namespaceMatches =
    namespaceSelector === undefined
      ? pod.namespace === policy.namespace
      : matchesSelector(pods.namespaceLabels.get(pod.namespace) ?? {}, namespaceSelector)
  return namespaceMatches && matchesSelector(pod.labels, podSelector ?? {})
}
