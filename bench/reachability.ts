import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { withAddresses } from '../src/analysis/assumed/addresses.ts'
import { assess, type Assessment } from '../src/analysis/assess.ts'
import { withAssumedNamespaces, withAssumedPods } from '../src/analysis/assumed/assumedPods.ts'
import type { EndpointQuery } from '../src/analysis/endpoints/endpointQuery.ts'
import { reachOf } from '../src/analysis/reachQuery.ts'
import { compile } from '../src/engine/azure-npm/compile.ts'
import { required } from '../src/model/assert.ts'
import type { Cluster } from '../src/model/cluster.ts'
import type { Connectivity } from '../src/model/connectivity.ts'
import { parseIpv4Prefix } from '../src/model/ip.ts'
import { DEFAULT_PROFILE } from '../src/model/scenario.ts'
import { parseManifests } from '../src/parse/manifests.ts'
import { benchCluster, LARGEST_CLUSTER, REAL_CLUSTER, type ClusterSize } from './cluster.ts'
import { count, milliseconds, percentile, printTable, timed, type Timed } from './measure.ts'

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`
}

/** Looks at both answers of every pair of classes: how many pairs, and the stretches of ports at which they change. */
function allPairs({ classes, row, traffic }: Connectivity): {
  readonly pairs: number
  readonly edges: number
} {
  let pairs = 0
  const used = new Set<number>()
  for (let source = 0; source < classes.length; source++) {
    const { kubernetes, dataplane } = row(source)
    for (let destination = 0; destination < classes.length; destination++) {
      const promised = kubernetes[destination] ?? -1
      if (promised < 0) continue
      pairs++
      used.add(promised)
      used.add(dataplane[destination] ?? -1)
    }
  }
  const edges = new Set<number>()
  for (const number of used) for (const edge of traffic[number] ?? []) edges.add(edge)
  return { pairs, edges: edges.size }
}

interface Run {
  readonly assessment: Assessment
  readonly translate: Timed<unknown>
  readonly prepare: Timed<unknown>
  readonly pairs: Timed<{ readonly pairs: number; readonly edges: number }>
}

function runAll(cluster: Cluster): Run {
  const translate = timed(() => compile(cluster, DEFAULT_PROFILE))
  const prepare = timed(() => assess(cluster, translate.result.ruleset))
  const pairs = timed(() => allPairs(prepare.result.connectivity))
  return { assessment: prepare.result, translate, prepare, pairs }
}

const HEAD = [
  'pods',
  'policies',
  'endpoints',
  'classes',
  'pairs of classes',
  'port intervals',
  'translate ms',
  'classes ms',
  'all pairs ms',
  'cpu ms, sum',
  'ns a pair',
]

function cellsOf(cluster: Cluster, { assessment, translate, prepare, pairs }: Run): readonly string[] {
  return [
    count(cluster.pods.length),
    count(cluster.policies.length),
    count(assessment.connectivity.endpoints.length),
    count(assessment.connectivity.classes.length),
    count(pairs.result.pairs),
    count(Math.max(1, pairs.result.edges - 1)),
    milliseconds(translate.wall),
    milliseconds(prepare.wall),
    milliseconds(pairs.wall),
    milliseconds(translate.cpu + prepare.cpu + pairs.cpu),
    count((pairs.wall * 1e6) / Math.max(1, pairs.result.pairs)),
  ]
}

function bestOf(runs: number, cluster: Cluster): Run {
  const total = ({ translate, prepare, pairs }: Run): number => translate.cpu + prepare.cpu + pairs.cpu
  const all = Array.from({ length: runs }, () => runAll(cluster))
  return required(all.toSorted((a, b) => total(a) - total(b)).at(0), 'run')
}

/** Both answers for all pairs at all ports, for growing clusters, and questions to the largest one. */
export function benchReachability(seed: number): void {
  const part = (of: number): ClusterSize => ({
    namespaces: Math.round(REAL_CLUSTER.namespaces / of),
    pods: Math.round(REAL_CLUSTER.pods / of),
    policies: Math.round(REAL_CLUSTER.policies / of),
  })
  const sizes: readonly (readonly [ClusterSize, number])[] = [
    [{ namespaces: 110, pods: 1000, policies: 100 }, 15],
    [part(8), 5],
    [part(4), 5],
    [part(2), 3],
    [REAL_CLUSTER, 3],
  ]
  printTable(
    'All pairs at all ports, Kubernetes and data plane (best of a few runs)',
    HEAD,
    sizes.map(([size, runs]) => {
      const cluster = benchCluster(size, seed)
      return cellsOf(cluster, bestOf(runs, cluster))
    }),
  )
  benchQuestions(seed)
}

/** Who can reach this, what can this reach: one pod, namespace or block against all endpoints of the largest cluster. */
function benchQuestions(seed: number): void {
  const cluster = benchCluster(LARGEST_CLUSTER, seed)
  const translate = timed(() => compile(cluster, DEFAULT_PROFILE))
  const prepare = timed(() => assess(cluster, translate.result.ruleset))
  const { connectivity } = prepare.result
  const first = timed(() => [connectivity.row(0), connectivity.column(0)])
  const memory = process.memoryUsage()
  const spread = <T>(items: readonly T[], most: number): readonly T[] =>
    items.filter((_, i) => i % Math.max(1, Math.floor(items.length / most)) === 0)
  const questions: readonly (readonly [string, readonly EndpointQuery[]])[] = [
    ['a pod', spread(cluster.pods, 300).map(({ namespace, name }) => ({ kind: 'pod', namespace, name }))],
    [
      'a namespace',
      spread(cluster.namespaces, 300).map(({ name }) => ({ kind: 'namespace', namespace: name })),
    ],
    [
      'a block',
      connectivity.endpoints.flatMap(endpoint => {
        const prefix = endpoint.kind === 'cidr' ? parseIpv4Prefix(endpoint.cidr) : undefined
        return prefix === undefined ? [] : [{ kind: 'cidr' as const, prefix }]
      }),
    ],
  ]
  printTable(
    `${count(cluster.pods.length)} pods, ${count(LARGEST_CLUSTER.nodes ?? 0)} nodes, ${count(cluster.policies.length)} policies: ` +
      `${count(connectivity.endpoints.length)} endpoints, ${count(connectivity.classes.length)} classes; ` +
      `translated in ${milliseconds(translate.wall)} ms, classes in ${milliseconds(prepare.wall)} ms, ` +
      `first question ${milliseconds(first.wall)} ms; heap ${megabytes(memory.heapUsed)}, process ${megabytes(memory.rss)}`,
    [
      'who can reach, and what can be reached from',
      'questions',
      'median ms',
      'worst ms',
      'median cpu ms',
      'worst cpu ms',
    ],
    questions.map(([name, asked]) => {
      const times = asked.map(query => timed(() => void reachOf(connectivity, query)))
      const walls = times.map(({ wall }) => wall)
      const cpus = times.map(({ cpu }) => cpu)
      return [
        name,
        count(asked.length),
        milliseconds(percentile(walls, 50)),
        milliseconds(percentile(walls, 100)),
        milliseconds(percentile(cpus, 50)),
        milliseconds(percentile(cpus, 100)),
      ]
    }),
  )
}

/** The manifests below a folder or in a file: `.yaml`, `.yml` and `.json`. */
function filesIn(name: string): readonly string[] {
  if (!fs.statSync(name).isDirectory()) return [name]
  return fs
    .readdirSync(name)
    .sort()
    .map(entry => path.join(name, entry))
    .flatMap(entry => (fs.statSync(entry).isDirectory() ? filesIn(entry) : [entry]))
    .filter(entry => /\.(ya?ml|json)$/.test(entry))
}

/** The first ones also pay for being the first. */
const FOLDER_RUNS = 5

/** The same for what other analysers read too: a row a folder, reading included. */
export function benchFolders(folders: readonly string[]): void {
  const rows = folders.map(folder => {
    const files = filesIn(folder).map(name => ({ name, text: fs.readFileSync(name, 'utf8') }))
    const reads = Array.from({ length: FOLDER_RUNS }, () => timed(() => parseManifests(files)))
    const { result, wall } = required(reads.toSorted((a, b) => a.cpu - b.cpu).at(0), 'run')
    const used = new Set(Object.values(result.sources).map(({ file }) => file))
    const cluster = withAddresses(withAssumedPods(withAddresses(withAssumedNamespaces(result.cluster))))
    return [folder, count(used.size), milliseconds(wall), ...cellsOf(cluster, bestOf(FOLDER_RUNS, cluster))]
  })
  printTable(
    `All pairs at all ports, Kubernetes and data plane (best of ${FOLDER_RUNS} runs)`,
    ['folder', 'files', 'read ms', ...HEAD],
    rows,
  )
}
