import { compile } from '../engine/azure-npm/compile.ts'
import { allowedTraffic, signatureOf as kubernetesSignature } from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes, type KubernetesIndex } from '../engine/kubernetes/select.ts'
import {
  forwardTraffic,
  prepareReach,
  signatureOf as netfilterSignature,
  type ReachIndex,
} from '../engine/netfilter/reach.ts'
import type { Cluster, Pod } from '../model/cluster.ts'
import type { Endpoint } from '../model/connectivity.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import type { ProfileId } from '../model/scenario.ts'
import type { TrafficSet } from '../model/traffic.ts'
import { asKubernetes, type Assessment } from './analyze.ts'

/** A cluster that both engines can be asked about. Rules of the node are made when they are first needed. */
export interface SuggestWorld {
  readonly cluster: Cluster
  readonly pods: ReadonlyMap<string, Pod>
  readonly kubernetes: KubernetesIndex
  readonly reach: () => ReachIndex
}

/** One engine's answers about pairs of endpoints. */
export interface Answers {
  /** Endpoints with equal signatures are treated alike; comparable only with others of these answers. */
  readonly signatureOf: (endpoint: Endpoint) => string
  readonly traffic: (src: Endpoint, dst: Endpoint) => TrafficSet
}

export function worldBefore({ cluster, pods, kubernetes, ruleset }: Assessment): SuggestWorld {
  let reach: ReachIndex | undefined
  return { cluster, pods, kubernetes, reach: () => (reach ??= prepareReach(ruleset)) }
}

/**
 * The same pods with other policies. Pods that were assumed for the policies before stay, and none are assumed for
 * the new ones: an edit is judged by the endpoints that the user saw.
 */
export function worldAfter(
  before: SuggestWorld,
  policies: readonly NetworkPolicy[],
  profile: ProfileId,
): SuggestWorld {
  const cluster: Cluster = { ...before.cluster, policies }
  let reach: ReachIndex | undefined
  return {
    cluster,
    pods: before.pods,
    kubernetes: prepareKubernetes(cluster),
    reach: () => (reach ??= prepareReach(compile(cluster, profile).ruleset)),
  }
}

export function promisedBy({ kubernetes, pods }: SuggestWorld): Answers {
  return {
    signatureOf: endpoint => kubernetesSignature(kubernetes, asKubernetes(endpoint, pods)),
    traffic: (src, dst) => allowedTraffic(kubernetes, asKubernetes(src, pods), asKubernetes(dst, pods)),
  }
}

export function enforcedBy({ reach }: SuggestWorld): Answers {
  return {
    signatureOf: endpoint => netfilterSignature(reach(), endpoint.address),
    traffic: (src, dst) => forwardTraffic(reach(), src.address, dst.address).accepted,
  }
}
