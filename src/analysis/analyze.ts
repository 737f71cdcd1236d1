import { compile } from '../engine/azure-npm/compile.ts'
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
import type { Analysis } from '../model/protocol.ts'
import type { Ruleset } from '../model/ruleset.ts'
import type { Scenario } from '../model/scenario.ts'
import { parseManifests } from '../parse/manifests.ts'
import { createParseCache, type ParseCache } from '../parse/parseCache.ts'
import { withAddresses } from './addresses.ts'
import { withAssumedNamespaces, withAssumedPods } from './assumedPods.ts'
import { connectivityOf } from './connectivity.ts'
import { countFlows } from './countFlows.ts'
import { findDeviations } from './deviations.ts'
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

/** An analysis with what later questions about it need. Stays on the side that computed it. */
export interface Analyzed extends Assessment {
  readonly analysis: Analysis
  /** The objects that the user gave, with their namespaces and addresses, without assumed pods. */
  readonly givenCluster: Cluster
  /** What the node holds of those. Computed when first asked for. */
  readonly given: () => Ruleset
}

/** What an analysis leaves for the next one of nearly the same text, to be quicker. The answers are the same. */
export interface AnalysisCache {
  readonly parsed: ParseCache
}

export function createAnalysisCache(): AnalysisCache {
  return { parsed: createParseCache() }
}

/**
 * The whole way: text in; cluster, rules, sets and every verdict out. The same for browser and command line. Who
 * analyzes one text after the other keeps the cache.
 */
export function analyze(scenario: Scenario, cache: AnalysisCache = createAnalysisCache()): Analyzed {
  const parsed = parseManifests(scenario.files, cache.parsed)
  const givenCluster = withAddresses(withAssumedNamespaces(parsed.cluster))
  const cluster = withAddresses(withAssumedPods(givenCluster))
  const { ruleset, failures } = compile(cluster, scenario.profile)
  const assessment = assess(cluster, ruleset)
  let given: Ruleset | undefined
  return {
    ...assessment,
    analysis: {
      usable: parsed.usable,
      diagnostics: parsed.diagnostics,
      namespaces: cluster.namespaces,
      pods: cluster.pods,
      policies: cluster.policies,
      unused: parsed.unused,
      sources: parsed.sources,
      ruleset,
      failures,
      deviations: findDeviations(cluster, scenario.profile),
      endpoints: assessment.connectivity.endpoints,
      flowCounts: countFlows(assessment.connectivity),
    },
    givenCluster,
    given: () => (given ??= compile(givenCluster, scenario.profile).ruleset),
  }
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
