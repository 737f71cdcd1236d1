import { stringify } from 'yaml'
import { withAddresses } from '../src/analysis/assumed/addresses.ts'
import { analyze, createAnalysisCache } from '../src/analysis/analyze.ts'
import { assess } from '../src/analysis/assess.ts'
import { withAssumedNamespaces, withAssumedPods } from '../src/analysis/assumed/assumedPods.ts'
import { findDeviations } from '../src/analysis/deviations/deviations.ts'
import { compile } from '../src/engine/azure-npm/compile.ts'
import type { Connectivity } from '../src/model/connectivity.ts'
import type { Scenario } from '../src/model/scenario.ts'
import { DEFAULT_PROFILE } from '../src/model/scenario.ts'
import { parseManifests } from '../src/parse/manifests.ts'
import { benchCluster, type ClusterSize } from './cluster.ts'
import { manifestsOf } from './manifests.ts'
import { count, measure, milliseconds, printTable } from './measure.ts'
import { sendToPage } from './message.ts'

function editedPolicy(run: number): string {
  const spec = { podSelector: {}, ingress: [{ ports: [{ port: 1 + run }] }] }
  const metadata = { name: 'edited', namespace: 'team0-0' }
  return stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec })
}

/** Both answers for every pair of classes. */
function allRows({ classes, row }: Connectivity): void {
  for (const source of classes.keys()) row(source)
}

/** From text to every verdict, by phases: for the first time, and for an edit of one policy. */
export function benchAnalyze(size: ClusterSize, seed: number, runs: number): void {
  const text = manifestsOf(benchCluster(size, seed))
  const scenario = (run: number): Scenario => ({
    name: 'bench',
    profile: DEFAULT_PROFILE,
    files: [{ name: 'cluster.yaml', text: `${text}---\n${editedPolicy(run)}` }],
  })
  const cache = createAnalysisCache()
  const { cluster: read } = parseManifests(scenario(0).files, cache.parsed)
  const given = withAddresses(withAssumedNamespaces(read))
  const cluster = withAddresses(withAssumedPods(given))
  const { ruleset } = compile(cluster, DEFAULT_PROFILE)
  const phases: [string, number][] = [
    ['read all text', measure(runs, scenario, ({ files }) => parseManifests(files))],
    ['read an edit', measure(runs, scenario, ({ files }) => parseManifests(files, cache.parsed))],
    [
      'make pods and addresses',
      measure(
        runs,
        () => given,
        whole => withAddresses(withAssumedPods(whole)),
      ),
    ],
    [
      'build rules and sets',
      measure(
        runs,
        () => cluster,
        whole => compile(whole, DEFAULT_PROFILE),
      ),
    ],
    [
      'find deviations',
      measure(
        runs,
        () => cluster,
        whole => findDeviations(whole, DEFAULT_PROFILE),
      ),
    ],
  ]
  const verdicts = measure(
    runs,
    () => cluster,
    whole => allRows(assess(whole, ruleset).connectivity),
  )
  phases.push(['all verdicts', verdicts])
  if (verdicts < 20_000) {
    let analysis = analyze(scenario(0), cache).analysis
    phases.push([
      'an edit, from text to verdicts',
      measure(runs, scenario, edit => (analysis = analyze(edit, cache).analysis)),
    ])
    phases.push([
      'the message to the page',
      measure(
        runs,
        () => analysis,
        answer => sendToPage(answer),
      ),
    ])
  }
  printTable(
    `${count(cluster.pods.length)} pods, ${count(cluster.policies.length)} policies, ${count(text.length)} characters`,
    ['phase', 'ms'],
    phases.map(([name, time]) => [name, milliseconds(time)]),
  )
}
