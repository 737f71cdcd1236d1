import { createAgent, handleEvent, type Agent } from '../src/engine/azure-npm/agent.ts'
import { compile } from '../src/engine/azure-npm/compile.ts'
import { profileOf } from '../src/engine/azure-npm/profiles.ts'
import { translatePolicy } from '../src/engine/azure-npm/translate.ts'
import { required } from '../src/model/assert.ts'
import type { Cluster, Pod } from '../src/model/cluster.ts'
import type { NetworkPolicy } from '../src/model/networkPolicy.ts'
import { DEFAULT_PROFILE } from '../src/model/scenario.ts'
import { benchCluster, REAL_CLUSTER, type ClusterSize } from './cluster.ts'
import { count, measure, milliseconds, percentile, printTable, timesOf } from './measure.ts'

/** The real cluster's proportions. */
function clusterOf(policies: number, seed: number): Cluster {
  const part = policies / REAL_CLUSTER.policies
  const scaled = (size: number): number => Math.max(1, Math.round(size * part))
  const size: ClusterSize = {
    namespaces: scaled(REAL_CLUSTER.namespaces),
    pods: scaled(REAL_CLUSTER.pods),
    policies,
  }
  return benchCluster(size, seed)
}

/** Translation alone, and the whole build of a node from nothing, for growing clusters. */
export function benchTranslate(seed: number): void {
  const profile = profileOf(DEFAULT_PROFILE)
  const rows: string[][] = []
  let first: number | undefined
  // Cold code would make the first row slow.
  for (let i = 0; i < 20; i++) compile(clusterOf(100, seed), DEFAULT_PROFILE)
  for (const policies of [100, 1000, 10_000, REAL_CLUSTER.policies]) {
    const cluster = clusterOf(policies, seed)
    const runs = policies < 1000 ? 15 : 5
    const same = (): Cluster => cluster
    const translate = measure(runs, same, ({ policies: all }) =>
      all.map(policy => translatePolicy(policy, profile)),
    )
    const build = measure(runs, same, whole => compile(whole, DEFAULT_PROFILE))
    const sets = compile(cluster, DEFAULT_PROFILE).ruleset.sets.length
    const each = build / policies
    first ??= each
    rows.push([
      count(policies),
      count(cluster.pods.length),
      count(sets),
      milliseconds(translate),
      milliseconds(build),
      count((policies / build) * 1000),
      count((sets / build) * 1000),
      (each / first).toFixed(2),
    ])
  }
  printTable(
    'Translation and full build',
    ['policies', 'pods', 'sets', 'translate ms', 'build ms', 'policies/s', 'sets/s', 'ms a policy, growth'],
    rows,
  )
}

/** One event in the real cluster, the agent having taken up all of it. */
export function benchEdit(seed: number): void {
  const cluster = benchCluster(REAL_CLUSTER, seed)
  const agent = createAgent(DEFAULT_PROFILE, { tools: 'kernel', recording: true })
  const apply = (object: NetworkPolicy): unknown =>
    handleEvent(agent, { kind: 'NetworkPolicy', action: 'apply', object })
  fill(agent, cluster)
  const policyAt = (run: number): NetworkPolicy =>
    required(cluster.policies[(run * 131) % cluster.policies.length], 'policy')
  const podAt = (run: number): Pod => required(cluster.pods[(run * 131) % cluster.pods.length], 'pod')
  const withPort = (policy: NetworkPolicy, port: number): NetworkPolicy => ({
    ...policy,
    spec: { ...policy.spec, policyTypes: ['Ingress'], ingress: [{ ports: [{ protocol: 'TCP', port }] }] },
  })
  const runs = 200
  const times: readonly [string, readonly number[]][] = [
    ['a policy is edited', timesOf(runs, run => withPort(policyAt(run), 1 + run), apply)],
    ['a policy is edited back', timesOf(runs, policyAt, apply)],
    ['a new policy', timesOf(runs, run => ({ ...policyAt(run), name: `new-${run}` }), apply)],
    [
      'a policy is deleted',
      timesOf(
        runs,
        run => ({ ...policyAt(run), name: `new-${run}` }),
        object => handleEvent(agent, { kind: 'NetworkPolicy', action: 'delete', object }),
      ),
    ],
    [
      'a label of a pod changes',
      timesOf(
        runs,
        run => ({ ...podAt(run), labels: { ...podAt(run).labels, release: `new-${run}` } }),
        object => handleEvent(agent, { kind: 'Pod', action: 'apply', object }),
      ),
    ],
  ]
  printTable(
    `One event among ${count(cluster.policies.length)} policies and ${count(cluster.pods.length)} pods`,
    ['event', 'median ms', '95 % within ms'],
    times.map(([name, all]) => [name, milliseconds(percentile(all, 50)), milliseconds(percentile(all, 95))]),
  )
}

function fill(agent: Agent, { namespaces, pods, policies }: Cluster): void {
  for (const object of namespaces) handleEvent(agent, { kind: 'Namespace', action: 'apply', object })
  for (const object of pods) handleEvent(agent, { kind: 'Pod', action: 'apply', object })
  for (const object of policies) handleEvent(agent, { kind: 'NetworkPolicy', action: 'apply', object })
}
