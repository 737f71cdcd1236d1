import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import {
  allowedTraffic,
  isIsolated,
  signatureOf as kubernetesSignature,
} from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes, type KubernetesIndex } from '../engine/kubernetes/select.ts'
import { forwardTraffic, prepareReach, signatureOf as netfilterSignature } from '../engine/netfilter/reach.ts'
import { required } from '../model/assert.ts'
import type { Cluster, Pod } from '../model/cluster.ts'
import type { Connectivity, Endpoint } from '../model/connectivity.ts'
import type { Ruleset } from '../model/ruleset.ts'
import { connectivityOf } from './connectivity.ts'
import { endpointsOf, podEndpointId } from './endpoints.ts'

/** What both engines say about a cluster on a node with these rules. */
export interface Assessment {
  readonly cluster: Cluster
  readonly ruleset: Ruleset
  readonly kubernetes: KubernetesIndex
  /** Pods by endpoint id. */
  readonly pods: ReadonlyMap<string, Pod>
  readonly connectivity: Connectivity
}

/** Both answers for every pair of endpoints. */
export function assess(cluster: Cluster, ruleset: Ruleset): Assessment {
  const kubernetes = prepareKubernetes(cluster)
  const reach = prepareReach(ruleset)
  const pods = new Map(cluster.pods.map(pod => [podEndpointId(pod.namespace, pod.name), pod]))
  const endpoints = endpointsOf(cluster, (pod, direction) => isIsolated(kubernetes, pod, direction))
  const seen = new Map(endpoints.map(endpoint => [endpoint, asKubernetes(endpoint, pods)]))
  const asSeen = (endpoint: Endpoint): KubernetesEndpoint => required(seen.get(endpoint), endpoint.id)
  const connectivity = connectivityOf(endpoints, {
    signatureOf: endpoint =>
      `${netfilterSignature(reach, endpoint.address)}|${kubernetesSignature(kubernetes, asSeen(endpoint))}`,
    promised: (src, dst) => allowedTraffic(kubernetes, asSeen(src), asSeen(dst)),
    enforced: (src, dst) => forwardTraffic(reach, src, dst).accepted,
  })
  return { cluster, ruleset, kubernetes, pods, connectivity }
}

/** How Kubernetes sees an endpoint: as a pod with its labels, or as an address. */
export function asKubernetes(endpoint: Endpoint, pods: ReadonlyMap<string, Pod>): KubernetesEndpoint {
  const pod = endpoint.kind === 'pod' ? pods.get(endpoint.id) : undefined
  return pod === undefined ? { kind: 'address', address: endpoint.address } : { kind: 'pod', pod }
}
