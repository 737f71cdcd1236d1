import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import {
  allowedTraffic,
  isIsolated,
  signatureOf as kubernetesSignature,
} from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes, type KubernetesIndex } from '../engine/kubernetes/select.ts'
import { policyStages } from '../engine/kubernetes/stages.ts'
import {
  forwardTraffic,
  prepareReach,
  signatureOf as netfilterSignature,
  type ReachIndex,
} from '../engine/netfilter/reach.ts'
import { forwardStages } from '../engine/netfilter/reachStages.ts'
import type { Cluster, Pod } from '../model/cluster.ts'
import type { Connectivity, Endpoint } from '../model/connectivity.ts'
import type { Ruleset } from '../model/ruleset.ts'
import { connectivityOf, type Verdicts } from './connectivity.ts'
import { endpointsOf, podEndpointId } from './endpoints/endpoints.ts'

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
  const connectivity = connectivityOf(endpoints, verdictsOf(kubernetes, reach, pods))
  return { cluster, ruleset, kubernetes, pods, connectivity }
}

/** What both engines say about endpoints; `pods` by endpoint id. */
export function verdictsOf(
  kubernetes: KubernetesIndex,
  reach: ReachIndex,
  pods: ReadonlyMap<string, Pod>,
): Verdicts {
  const asSeen = (endpoint: Endpoint): KubernetesEndpoint => asKubernetes(endpoint, pods)
  return {
    signatureOf: endpoint =>
      `${netfilterSignature(reach, endpoint.address)}|${kubernetesSignature(kubernetes, asSeen(endpoint))}`,
    promised: (src, dst) => allowedTraffic(kubernetes, asSeen(src), asSeen(dst)),
    enforced: (src, dst) => forwardTraffic(reach, src, dst).accepted,
    promisedStages: endpoints => policyStages(kubernetes, endpoints.map(asSeen)),
    enforcedStages: addresses => forwardStages(reach, addresses),
  }
}

/** How Kubernetes sees an endpoint: as a pod with its labels, or as an address. */
export function asKubernetes(endpoint: Endpoint, pods: ReadonlyMap<string, Pod>): KubernetesEndpoint {
  const pod = endpoint.kind === 'pod' ? pods.get(endpoint.id) : undefined
  return pod === undefined ? { kind: 'address', address: endpoint.address } : { kind: 'pod', pod }
}
