import { compile } from '../../engine/azure-npm/compile.ts'
import { allowedTraffic, signatureOf as kubernetesSignature } from '../../engine/kubernetes/evaluate.ts'
import { prepareKubernetes, type KubernetesIndex } from '../../engine/kubernetes/select.ts'
import {
  forwardTraffic,
  prepareReach,
  signatureOf as netfilterSignature,
  type ReachIndex,
} from '../../engine/netfilter/reach.ts'
import type { Cluster, Pod } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import type { ProfileId } from '../../model/scenario.ts'
import type { TrafficSet } from '../../model/traffic.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import type { Reduction } from './suggestReduction.ts'

/** A cluster that both engines can be asked about. Rules of the node are made when they are first needed. */
export interface SuggestWorld {
  readonly cluster: Cluster
  readonly pods: ReadonlyMap<string, Pod>
  readonly kubernetes: KubernetesIndex
  readonly reach: () => ReachIndex
  /** The endpoint that is asked about in an endpoint's place: they are treated alike. */
  readonly standsFor: (endpoint: Endpoint) => Endpoint
}

/** One engine's answers about pairs of endpoints. */
export interface Answers {
  /** Endpoints with equal signatures are treated alike; comparable only with others of these answers. */
  readonly signatureOf: (endpoint: Endpoint) => string
  readonly traffic: (src: Endpoint, dst: Endpoint) => TrafficSet
}

export function worldBefore({ cluster, pods, kubernetes, ruleset }: Assessment): SuggestWorld {
  let reach: ReachIndex | undefined
  return { cluster, pods, kubernetes, reach: () => (reach ??= prepareReach(ruleset)), standsFor: one => one }
}

/**
 * The same pods with other policies, one of each sort if the reduction covers these. Pods that were assumed for the
 * policies before stay, and none are assumed for the new ones: an edit is judged by the endpoints that the user saw.
 */
export function worldAfter(
  before: SuggestWorld,
  policies: readonly NetworkPolicy[],
  profile: ProfileId,
  reduction: Reduction | undefined,
): SuggestWorld {
  const cluster: Cluster = { ...before.cluster, policies, pods: reduction?.pods ?? before.cluster.pods }
  let reach: ReachIndex | undefined
  return {
    cluster,
    pods: before.pods,
    kubernetes: prepareKubernetes(cluster),
    reach: () => (reach ??= prepareReach(compile(cluster, profile).ruleset)),
    standsFor: reduction?.standsFor ?? before.standsFor,
  }
}

export function promisedBy({ kubernetes, pods, standsFor }: SuggestWorld): Answers {
  return {
    signatureOf: remembered(standsFor, endpoint =>
      kubernetesSignature(kubernetes, asKubernetes(endpoint, pods)),
    ),
    traffic: (src, dst) => allowedTraffic(kubernetes, asKubernetes(src, pods), asKubernetes(dst, pods)),
  }
}

export function enforcedBy({ reach, standsFor }: SuggestWorld): Answers {
  return {
    signatureOf: remembered(standsFor, ({ address }) => netfilterSignature(reach(), address)),
    traffic: (src, dst) => forwardTraffic(reach(), standsFor(src).address, standsFor(dst).address).accepted,
  }
}

/** Asked once for each endpoint that stands for others. */
function remembered(
  standsFor: SuggestWorld['standsFor'],
  signatureOf: Answers['signatureOf'],
): Answers['signatureOf'] {
  const known = new Map<Endpoint, string>()
  return endpoint => {
    const sample = standsFor(endpoint)
    const earlier = known.get(sample)
    if (earlier !== undefined) return earlier
    const signature = signatureOf(sample)
    known.set(sample, signature)
    return signature
  }
}
