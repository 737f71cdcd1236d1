import { compile } from '../engine/azure-npm/compile.ts'
import type { Cluster } from '../model/cluster.ts'
import type { WholeAnalysis, WorkStep } from '../model/protocol.ts'
import type { Ruleset } from '../model/ruleset.ts'
import type { ProfileId, Scenario } from '../model/scenario.ts'
import { parseManifests } from '../parse/manifests.ts'
import { createParseCache, type ParseCache } from '../parse/parseCache.ts'
import { withAddresses } from './assumed/addresses.ts'
import { assess, type Assessment } from './assess.ts'
import { withAssumedNamespaces, withAssumedPods } from './assumed/assumedPods.ts'
import { countFlows } from './countFlows.ts'
import { findDeviations } from './deviations/deviations.ts'
import { evaluateExpectations } from './expectations/expectations.ts'
import { withExpectationFindings } from './expectations/expectationsFindings.ts'
import { nodeOfFiles, type ReadNode } from './node/nodeDump.ts'
import { nodeLegend } from './node/simulate.ts'
import type { KernelLegend } from './packet/traceWords.ts'

/** An analysis with what later questions about it need. Stays on the side that computed it. */
export interface Analyzed extends Assessment {
  readonly analysis: WholeAnalysis
  readonly profile: ProfileId
  /** The objects that the user gave, with their namespaces and addresses, without assumed pods. */
  readonly givenCluster: Cluster
  /** What the node holds of those. Computed when first asked for. */
  readonly given: () => Ruleset
  /** The real node that the dumps among the files tell about. Read when first asked for. */
  readonly node: () => ReadNode | undefined
  /** What the node's names and addresses stand for. Computed when first asked for. */
  readonly nodeLegend: () => KernelLegend | undefined
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
 * analyzes one text after the other keeps the cache; who waits is told the steps.
 */
export function analyze(
  scenario: Scenario,
  cache: AnalysisCache = createAnalysisCache(),
  onStep: (step: WorkStep) => void = () => undefined,
): Analyzed {
  onStep('reading')
  const parsed = parseManifests(scenario.files, cache.parsed)
  const givenCluster = withAddresses(withAssumedNamespaces(parsed.cluster))
  const cluster = withAddresses(withAssumedPods(givenCluster))
  onStep('rules')
  const { ruleset, failures } = compile(cluster, scenario.profile)
  onStep('verdicts')
  const assessment = assess(cluster, ruleset)
  const deviations = findDeviations(cluster, scenario.profile)
  const expectations = evaluateExpectations(assessment, deviations, parsed.expectations)
  let given: Ruleset | undefined
  let read: { readonly node: ReadNode | undefined } | undefined
  const node = () => (read ??= { node: nodeOfFiles(scenario.files) }).node
  let legend: KernelLegend | undefined
  return {
    ...assessment,
    analysis: {
      usable: parsed.usable,
      diagnostics: withExpectationFindings(parsed.diagnostics, expectations, scenario.files),
      namespaces: cluster.namespaces,
      pods: cluster.pods,
      policies: cluster.policies,
      unused: parsed.unused,
      sources: parsed.sources,
      ruleset,
      failures,
      deviations,
      expectations,
      endpoints: assessment.connectivity.endpoints,
      flowCounts: countFlows(assessment.connectivity),
    },
    profile: scenario.profile,
    givenCluster,
    given: () => (given ??= compile(givenCluster, scenario.profile).ruleset),
    node,
    nodeLegend: () => {
      const there = node()
      return there === undefined ? undefined : (legend ??= nodeLegend(there, givenCluster))
    },
  }
}
