import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { classOf } from '../../engine/kubernetes/select.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { formatIpv4, networkOf, parseIpv4Prefix } from '../../model/ip.ts'
import { policyKey, type Direction } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Suggestion, SuggestionQuestion } from '../../model/suggestion.ts'
import {
  formatTraffic,
  intersectTraffic,
  subtractTraffic,
  unionTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import { createAnalysisCache, type AnalysisCache, type Analyzed } from '../analyze.ts'
import { asKubernetes } from '../assess.ts'
import { isPolicedPod } from '../connectivity.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'
import { allowProposals, blocksSome } from './suggestAllow.ts'
import { blockProposals } from './suggestBlock.ts'
import { askedPair, type AskedPair } from './suggestEffects.ts'
import { mergedChanges } from './suggestOrder.ts'
import { PRIVATE_RANGES } from './suggestPeers.ts'
import { isPortless, portEntries, speakable } from './suggestPorts.ts'
import type { Proposal, ProposalContext, ProposalEnd } from './suggestProposal.ts'
import { reductionOf } from './suggestReduction.ts'
import { rewriteProposals } from './suggestRewrite.ts'
import {
  enforcedTrial,
  promisedTrial,
  type EnforcedTrial,
  type PromisedTrial,
  type TrialRequest,
} from './suggestTrial.ts'
import { enforcedBy, promisedBy, worldBefore } from './suggestWorld.ts'

export interface SuggestedChanges {
  /** The best first; every one verified by both engines on the edited text. */
  readonly suggestions: readonly Suggestion[]
  /** One sentence where there are none; `''` otherwise. */
  readonly reason: string
  /** The flow is as wanted as it is. */
  readonly already: boolean
}

/** So many are shown. */
const MAX_SUGGESTIONS = 4
/** Proposals whose text is edited, read again and judged by Kubernetes' answer, which is quick. */
const MAX_PROMISED_TRIALS = 16
/** Those of them for which the node's rules are made, which takes ten times as long. */
const MAX_ENFORCED_TRIALS = 6
/** With so many proposals that change nothing else, no more are tried. */
const ENOUGH_EXACT = 6
/** Of each end, where both have to change. */
const MAX_PER_END = 5

/**
 * The smallest edits of the YAML that give a flow the wanted verdict, in what Kubernetes promises and in what the data
 * plane enforces, for all of the traffic asked about; no edit opens more of that flow than was asked. What else each
 * opens or closes is told with it, blocks that only the edit names included. Where only the data plane is not as wanted, the known rewritings that mend it.
 */
export function suggestChanges(
  analyzed: Analyzed,
  scenario: Scenario,
  question: SuggestionQuestion,
  cache: AnalysisCache = createAnalysisCache(),
): SuggestedChanges {
  const known = analyzed.connectivity.endpoints
  const src = endpointCalled(question.src, known)
  const dst = endpointCalled(question.dst, known)
  if (src === undefined || dst === undefined) return none('One of the two ends is not in the scenario.')
  if (src === dst) return none('A pod always reaches itself; no policy speaks about that.')
  if (!isPolicedPod(src) && !isPolicedPod(dst))
    return none('No policy speaks about this flow: neither end is a pod with an address of its own.')
  const { want } = question
  const wanted =
    want === 'blocked' && isPortless(question.traffic) ? question.traffic : speakable(question.traffic)
  if (wanted.length === 0)
    return none(
      isPortless(question.traffic)
        ? 'A policy cannot name protocols without ports: only a rule without ports lets them through, and with them everything else.'
        : 'There is no traffic here that a policy can name.',
    )
  const endpoints = [...known, ...[src, dst].filter(end => !known.includes(end))]
  const before = worldBefore(analyzed)
  const asked = askedPair(src, dst, endpoints)
  const [promises, enforcement] = [promisedBy(before), enforcedBy(before)]
  const lackingIn = (traffic: TrafficSet): TrafficSet =>
    want === 'allowed' ? subtractTraffic(wanted, traffic) : intersectTraffic(wanted, traffic)
  const promised = lackingIn(promises.traffic(src, dst))
  const enforced = lackingIn(enforcement.traffic(src, dst))
  if (promised.length === 0 && enforced.length === 0)
    return { suggestions: [], reason: `${formatTraffic(wanted)} is ${want} already.`, already: true }

  const context: ProposalContext = {
    world: before,
    endpoints,
    sources: analyzed.analysis.sources,
    policies: new Map(analyzed.cluster.policies.map(policy => [policyKey(policy), policy])),
    receiver: classOf(before.kubernetes, asKubernetes(dst, before.pods)).namedPorts,
    traffic: want === 'allowed' ? shorter(wanted, unionTraffic(promised, enforced)) : wanted,
  }
  const ends = [endOf(context, 'egress', src, dst), endOf(context, 'ingress', dst, src)].filter(
    end => end !== undefined,
  )
  const rewritings = rewriteProposals(context, flowDeviations(analyzed, asked))
  const proposals =
    promised.length === 0
      ? rewritings
      : want === 'allowed'
        ? throughBothEnds(
            ends.filter(end => blocksSome(context, end)).map(end => allowProposals(context, end)),
          )
        : ends.flatMap(end => blockProposals(context, end)).toSorted((a, b) => a.weight - b.weight)
  const crowded = analyzed.analysis.deviations.some(({ id }) => id === 'D20' || id === 'D21')
  const request: TrialRequest = {
    analyzed,
    scenario,
    before,
    endpoints,
    promised: promises,
    enforced: enforcement,
    reduction: crowded
      ? undefined
      : reductionOf(before.cluster, endpoints, { ends: [src, dst], blocks: PRIVATE_RANGES }),
    asked,
    want,
    wanted,
    question,
    cache,
  }
  const suggestions = best(request, proposals, promised.length === 0 ? [] : rewritings)
  return suggestions.length > 0
    ? { suggestions, reason: '', already: false }
    : none(reasonOf(asked, promised))
}

/** An endpoint of the scenario, or a block that no policy names: `cidr:203.0.113.7/32`. */
function endpointCalled(id: string, known: readonly Endpoint[]): Endpoint | undefined {
  const found = known.find(endpoint => endpoint.id === id)
  const prefix = found === undefined && id.startsWith('cidr:') ? parseIpv4Prefix(id.slice(5)) : undefined
  if (prefix === undefined) return found
  const { address, length } = networkOf(prefix)
  const cidr = `${formatIpv4(address)}/${length}`
  return { kind: 'cidr', id: `cidr:${cidr}`, cidr, address, holes: [], namedBy: [], exceptOf: [] }
}

function none(reason: string): SuggestedChanges {
  return { suggestions: [], reason, already: false }
}

/** What a new rule has to name: all that was asked about, or only what is not let through yet, if that is said shorter. */
function shorter(wanted: TrafficSet, lacking: TrafficSet): TrafficSet {
  const length = (traffic: TrafficSet): number => portEntries(traffic)?.length ?? 0
  return length(lacking) < length(wanted) ? lacking : wanted
}

function endOf(
  { world }: ProposalContext,
  direction: Direction,
  self: Endpoint,
  peer: Endpoint,
): ProposalEnd | undefined {
  if (self.kind !== 'pod' || self.hostNetwork) return undefined
  const flow = explainEnd(
    world.kubernetes,
    direction,
    asKubernetes(self, world.pods),
    asKubernetes(peer, world.pods),
  )
  return { direction, self, peer, flow }
}

function flowDeviations({ analysis, kubernetes, pods }: Analyzed, { src, dst }: AskedPair) {
  const source = asKubernetes(src, pods)
  const destination = asKubernetes(dst, pods)
  return deviationsOfFlow(
    analysis.deviations,
    explainEnd(kubernetes, 'egress', source, destination),
    explainEnd(kubernetes, 'ingress', destination, source),
  )
}

/** One proposal of each end that blocks, the lighter ones first. */
function throughBothEnds(perEnd: readonly (readonly Proposal[])[]): readonly Proposal[] {
  const [first = [], second] = perEnd
  if (second === undefined) return first
  return first
    .slice(0, MAX_PER_END)
    .flatMap(one =>
      second.slice(0, MAX_PER_END).map(other => ({
        what: one.what === other.what ? one.what : `${one.what} and ${other.what}`,
        changes: mergedChanges([...one.changes, ...other.changes]),
        weight: one.weight + other.weight,
      })),
    )
    .toSorted((a, b) => a.weight - b.weight)
}

function best(
  request: TrialRequest,
  proposals: readonly Proposal[],
  rewritings: readonly Proposal[],
): readonly Suggestion[] {
  const trials: PromisedTrial[] = []
  const seen = new Set<string>()
  for (const proposal of proposals.slice(0, MAX_PROMISED_TRIALS)) {
    const trial = promisedTrial(request, proposal)
    const key = JSON.stringify(trial?.edits)
    if (trial === undefined || seen.has(key)) continue
    seen.add(key)
    trials.push(trial)
    if (trials.filter(({ cost }) => cost === 0).length === ENOUGH_EXACT) break
  }
  const chosen = trials.sort((a, b) => a.cost - b.cost || a.size - b.size).slice(0, MAX_ENFORCED_TRIALS)
  let passed: EnforcedTrial[] = []
  for (const trial of chosen) {
    // With something exact at hand, what is not exact would not be shown.
    if (passed.length === MAX_SUGGESTIONS || (passed.some(({ cost }) => cost === 0) && trial.cost > 0)) break
    const enforced = enforcedTrial(request, trial)
    if (enforced !== undefined) passed.push(enforced)
  }
  const mending = rewritings.at(-1)
  if (passed.length === 0 && mending !== undefined)
    // The data plane misreads a policy of the flow: the change helps only together with what mends that.
    passed = chosen
      .slice(0, MAX_ENFORCED_TRIALS / 2)
      .map(({ proposal }) =>
        promisedTrial(request, {
          what: `${proposal.what} and ${mending.what}`,
          changes: mergedChanges([...proposal.changes, ...mending.changes]),
          weight: proposal.weight,
        }),
      )
      .map(trial => (trial === undefined ? undefined : enforcedTrial(request, trial)))
      .filter(trial => trial !== undefined)
  const sorted = passed.sort(
    (a, b) => a.cost - b.cost || a.size - b.size || compareBytes(a.suggestion.title, b.suggestion.title),
  )
  return worthwhile(sorted)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ suggestion }) => suggestion)
}

/** Those that change nothing else; where there are none, each that has more side effects is a shorter edit. */
function worthwhile(sorted: readonly EnforcedTrial[]): readonly EnforcedTrial[] {
  if (sorted[0]?.cost === 0) return sorted.filter(({ cost }) => cost === 0)
  return sorted.filter(({ size }, i) => sorted.slice(0, i).every(better => better.size > size))
}

/** Why nothing can be suggested. */
function reasonOf(asked: AskedPair, promised: TrafficSet): string {
  if (promised.length === 0)
    return 'Kubernetes’ promise is as wanted, and there is no rewriting of the policies that makes the data plane keep it.'
  if ([asked.src, asked.dst].some(end => end.kind === 'pod' && end.hostNetwork))
    return 'No edit of the policies was found: one end is on its node’s network, where only an address that the text gives can name it.'
  return 'No edit of the policies was found that can be made safely in their text and that both Kubernetes and the data plane answer as wanted.'
}
