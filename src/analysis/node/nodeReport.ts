import { isCompletedPod, podKey } from '../../model/cluster.ts'
import type { DriftFinding, NodeReport } from '../../model/nodeReport.ts'
import type { Analyzed } from '../analyze.ts'
import { changedVerdicts, type ChangedVerdicts } from './changedVerdicts.ts'
import { driftOfChains, driftOfJump, type DriftQuestion } from './driftRules.ts'
import { driftOfSets } from './driftSets.ts'
import { podEndpointId } from '../endpoints/endpoints.ts'
import type { ReadNode } from './nodeDump.ts'
import { agentOf, profileOnNode } from './nodeProfile.ts'
import { saysAddress } from './ownAddresses.ts'
import { nodeLegend } from './simulate.ts'

/**
 * The real node that the dumps among the scenario's files tell about, beside what its policies should give; undefined
 * where there is no dump. What is compared follows the version whose names the node has.
 */
export function nodeReport(analyzed: Analyzed): NodeReport | undefined {
  const node = analyzed.node()
  if (node === undefined) return undefined
  const { ruleset } = node
  const names = analyzed.nodeLegend() ?? nodeLegend(node, analyzed.givenCluster)
  const agent = agentOf(ruleset)
  const found = profileOnNode(ruleset, analyzed.givenCluster, analyzed.profile)
  const profile = found?.profile ?? analyzed.profile
  const question: DriftQuestion = {
    node,
    expected: found?.expected ?? analyzed.given(),
    profile,
    setNames: names.sets,
    chainNames: names.chains,
  }
  const { drift, changed, limit } = comparison(analyzed, question, agent)
  return {
    files: node.files,
    backend: node.backend,
    agent,
    profile: found?.profile,
    problems: node.problems,
    tables: ruleset.tables.map(({ name, chains }) => ({
      name,
      chains: chains.length,
      rules: chains.reduce((sum, { rules }) => sum + rules.length, 0),
    })),
    chains: ruleset.tables.flatMap(table =>
      table.chains.map(({ name, rules }) => {
        const meaning = names.chains.get(name)
        const place = node.chainPlaces.get(`${table.name} ${name}`)
        return {
          table: table.name,
          name,
          rules: rules.length,
          ...(meaning === undefined ? {} : { meaning }),
          ...(place === undefined ? {} : { place }),
        }
      }),
    ),
    sets: ruleset.sets.map(({ name, type, entries }) => {
      const place = node.setPlaces.get(name)
      const meanings = names.sets.get(name) ?? []
      return { name, type, entries: entries.length, meanings, ...(place === undefined ? {} : { place }) }
    }),
    drift,
    changed,
    ...(limit === undefined ? {} : { changedLimit: limit }),
  }
}

function comparison(
  analyzed: Analyzed,
  question: DriftQuestion,
  agent: NodeReport['agent'],
): ChangedVerdicts & { readonly drift: readonly DriftFinding[] } {
  const { node, expected, profile } = question
  const hasRules = node.ruleset.tables.some(({ name }) => name === 'filter')
  if (analyzed.givenCluster.policies.length === 0 && analyzed.givenCluster.pods.length === 0)
    return { drift: [], changed: [], limit: 'the scenario has no objects to compare the node with' }
  const { pods, made, own } = knownAddresses(analyzed)
  const drift = [
    ...versionFindings(analyzed, node, profile, agent),
    ...(hasRules && agent !== 'v1' ? driftOfChains(question) : []),
    ...(hasRules ? driftOfJump(question, analyzed.givenCluster.policies.length > 0) : []),
    ...(agent === 'v1' ? [] : driftOfSets(question, { pods, made })),
  ]
  const spoilt = node.problems.some(({ spoilsAll }) => spoilsAll)
  if (!hasRules || spoilt)
    return { drift, changed: [], limit: 'the dump does not tell any verdict for sure: see its problems' }
  const endpoints = analyzed.connectivity.endpoints.filter(endpoint =>
    endpoint.kind === 'pod' ? own.has(endpoint.id) : true,
  )
  if (own.size === 0)
    return {
      drift,
      changed: [],
      limit: 'no pod of the scenario says its address (status.podIP), so no verdict was compared',
    }
  return { drift, ...changedVerdicts(expected, node.ruleset, endpoints) }
}

function versionFindings(
  analyzed: Analyzed,
  { ruleset }: ReadNode,
  profile: string,
  agent: NodeReport['agent'],
): readonly DriftFinding[] {
  if (agent === 'v1')
    return [
      {
        kind: 'legacy-agent',
        severity: 'warning',
        message:
          'the rules are the legacy agent’s (v1), which translates policies in another way: they are compared by their verdicts, not rule by rule',
        advice: 'turn EnableV2NPM on, or read the verdicts alone',
      },
    ]
  if (profile !== analyzed.profile)
    return [
      {
        kind: 'other-version',
        severity: 'warning',
        message: `the node’s names are those of ${profile}; the scenario is set to ${analyzed.profile}. The comparison is with ${profile}`,
        advice: `set the scenario’s data plane to ${profile}`,
      },
    ]
  const hasSets = ruleset.sets.some(({ name }) => name.startsWith('azure-npm-'))
  return agent === 'none' && hasSets
    ? [
        {
          kind: 'missing-chain',
          severity: 'error',
          message: 'the node has azure-npm’s sets and none of its chains',
          advice:
            'look whether iptables-save of the other back end has them (iptables-legacy-save, iptables-nft-save)',
        },
      ]
    : []
}

/** Which addresses the scenario's pods say themselves, and which were made up for those that say none. */
function knownAddresses({ givenCluster, analysis }: Analyzed): {
  readonly pods: ReadonlyMap<string, string>
  readonly made: ReadonlySet<string>
  /** Endpoints of pods with an address of their own. */
  readonly own: ReadonlySet<string>
} {
  const pods = new Map<string, string>()
  const made = new Set<string>()
  const own = new Set<string>()
  for (const pod of givenCluster.pods) {
    if (isCompletedPod(pod) || pod.ip === '') continue
    if (saysAddress(pod, analysis.sources)) {
      pods.set(pod.ip, podKey(pod))
      own.add(podEndpointId(pod.namespace, pod.name))
    } else made.add(pod.ip)
  }
  return { pods, made, own }
}
