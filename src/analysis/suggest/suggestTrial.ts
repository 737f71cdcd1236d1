import { policyKey, type NetworkPolicy } from '../../model/networkPolicy.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { SideEffect, Suggestion, SuggestionQuestion, TextEdit } from '../../model/suggestion.ts'
import { intersectTraffic, subtractTraffic, unionTraffic, type TrafficSet } from '../../model/traffic.ts'
import { withAddresses } from '../assumed/addresses.ts'
import { withAssumedNamespaces, withAssumedPods } from '../assumed/assumedPods.ts'
import type { Cluster } from '../../model/cluster.ts'
import { labelKeys, labelValue, type Labels } from '../../model/labels.ts'
import { parseManifests } from '../../parse/manifests.ts'
import type { AnalysisCache, Analyzed } from '../analyze.ts'
import { comparedEndpoints, effectsOf, selectedBy, sideCount, type AskedPair } from './suggestEffects.ts'
import { editedFiles, editsOf } from './suggestFiles.ts'
import type { Proposal } from './suggestProposal.ts'
import type { Reduction } from './suggestReduction.ts'
import { enforcedBy, promisedBy, worldAfter, type Answers, type SuggestWorld } from './suggestWorld.ts'

export interface TrialRequest {
  readonly analyzed: Analyzed
  readonly scenario: Scenario
  readonly before: SuggestWorld
  /** Those of the scenario and the asked ones. */
  readonly endpoints: readonly Endpoint[]
  readonly promised: Answers
  readonly enforced: Answers
  /** Absent where pods must be looked at all together: they share sets by accident (D21) or fill them (D20). */
  readonly reduction: Reduction | undefined
  readonly asked: AskedPair
  readonly want: 'allowed' | 'blocked'
  /** What of the question's traffic a policy can speak about. */
  readonly wanted: TrafficSet
  readonly question: SuggestionQuestion
  readonly cache: AnalysisCache
}

/** A proposal that Kubernetes answers as wanted, made in the text. */
export interface PromisedTrial {
  readonly proposal: Proposal
  readonly edits: readonly TextEdit[]
  /** What the edited text gives. */
  readonly given: Cluster
  readonly after: SuggestWorld
  readonly endpoints: readonly Endpoint[]
  readonly isAffected: (endpoint: Endpoint) => boolean
  /** Pairs that Kubernetes opens or closes besides. */
  readonly cost: number
  /** Characters that come and go. */
  readonly size: number
}

export interface EnforcedTrial {
  readonly suggestion: Suggestion
  readonly cost: number
  readonly size: number
}

/** Makes the edit in the text, reads it again and asks Kubernetes' engine; undefined where it is not what is wanted. */
export function promisedTrial(request: TrialRequest, proposal: Proposal): PromisedTrial | undefined {
  const { analyzed, scenario, before, promised, reduction, asked, cache } = request
  const edits = editsOf(proposal.changes, scenario.files, analyzed.analysis.sources)
  if (edits === undefined || edits.length === 0) return undefined
  const parsed = parseManifests(editedFiles(scenario.files, edits), cache.parsed)
  if (errorCount(parsed.diagnostics) > errorCount(analyzed.analysis.diagnostics)) return undefined
  const keys = new Set(
    proposal.changes.map(change => (change.kind === 'edit' ? policyKey(change.policy) : change.key)),
  )
  const changed = parsed.cluster.policies.filter(policy => keys.has(policyKey(policy)))
  const usable = reduction?.covers(changed) === true ? reduction : undefined
  const after = worldAfter(before, parsed.cluster.policies, scenario.profile, usable)
  const answers = promisedBy(after)
  if (!isAsWanted(request, promised, answers)) return undefined
  const endpoints = comparedEndpoints(request.endpoints, before.cluster, changed)
  const selected = selectedBy([...changed, ...replaced(before, keys)], before.cluster)
  const isAffected = ({ id }: Endpoint): boolean => selected.has(id)
  const effects = effectsOf(promised, answers, endpoints, isAffected, asked)
  return {
    proposal,
    edits,
    given: parsed.cluster,
    after,
    endpoints,
    isAffected,
    cost: sideCount(effects, request.question.traffic, request.want, asked.known),
    size: edits.reduce((sum, { start, end, text }) => sum + end - start + text.length, 0),
  }
}

function replaced({ cluster }: SuggestWorld, keys: ReadonlySet<string>): readonly NetworkPolicy[] {
  return cluster.policies.filter(policy => keys.has(policyKey(policy)))
}

function errorCount(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length
}

/**
 * Whether the asked flow is as wanted, for all its traffic, and does not open beyond the question, or, where the data
 * plane only catches up, beyond what was promised before.
 */
function isAsWanted(
  { asked: { src, dst }, want, wanted, question, promised }: TrialRequest,
  before: Answers,
  after: Answers,
): boolean {
  const is = after.traffic(src, dst)
  if (want === 'blocked') return intersectTraffic(is, wanted).length === 0
  const opened = subtractTraffic(is, before.traffic(src, dst))
  const meant = unionTraffic(question.traffic, promised.traffic(src, dst))
  return subtractTraffic(wanted, is).length === 0 && subtractTraffic(opened, meant).length === 0
}

/** Asks the rules of a node with the edit, and tells all that it changes there. */
export function enforcedTrial(request: TrialRequest, trial: PromisedTrial): EnforcedTrial | undefined {
  const { enforced: was, asked, want, question } = request
  const { after, endpoints, isAffected, edits, size, proposal } = trial
  const is = enforcedBy(after)
  if (!isAsWanted(request, was, is) || !keepsAssumedEnds(request, trial.given)) return undefined
  const effects: readonly SideEffect[] = effectsOf(was, is, endpoints, isAffected, asked)
  const cost = sideCount(effects, question.traffic, want, asked.known)
  const suggestion: Suggestion = {
    title: `${want === 'allowed' ? 'Let' : 'Keep'} ${nameOf(asked.src)} ${want === 'allowed' ? 'reach' : 'from'} ${nameOf(asked.dst)}: ${proposal.what}`,
    edits,
    effects,
    exact: cost === 0,
  }
  return { suggestion, cost, size }
}

/**
 * Whether the pods that were asked about are still the same ones once pods are assumed for the edited policies, or gone:
 * an edit that makes another pod of them would answer another question.
 */
function keepsAssumedEnds({ before, asked }: TrialRequest, given: Cluster): boolean {
  const ends = [asked.src, asked.dst].flatMap(({ id }) => before.pods.get(id) ?? [])
  if (!ends.some(({ assumed }) => assumed === true)) return true
  const { pods } = withAddresses(withAssumedPods(withAddresses(withAssumedNamespaces(given))))
  return ends.every(end => {
    const now = pods.find(pod => pod.namespace === end.namespace && pod.name === end.name)
    // Port names come and go with the rules that use them.
    return now === undefined || (now.ip === end.ip && sameLabels(now.labels, end.labels))
  })
}

function sameLabels(a: Labels, b: Labels): boolean {
  const keys = labelKeys(a)
  return keys.length === labelKeys(b).length && keys.every(key => labelValue(a, key) === labelValue(b, key))
}

function nameOf(endpoint: Endpoint): string {
  if (endpoint.kind === 'pod') return `${endpoint.namespace}/${endpoint.name}`
  return endpoint.kind === 'cidr' ? endpoint.cidr : 'the outside'
}
