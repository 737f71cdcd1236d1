import process from 'node:process'
import { analyze, createAnalysisCache } from '../src/analysis/analyze.ts'
import { drawScene } from '../src/graph/drawPicture.ts'
import { DEFAULT_GRAPH_VIEW } from '../src/graph/graphModel.ts'
import { graphSceneOf } from '../src/graph/graphScene.ts'
import type { WorkStep } from '../src/model/protocol.ts'
import { DEFAULT_PROFILE, type Scenario } from '../src/model/scenario.ts'
import { benchCluster, type ClusterSize } from './cluster.ts'
import { manifestsOf } from './manifests.ts'
import { count, milliseconds, printTable, timed, type Timed } from './measure.ts'
import { messageSizes, sendToPage } from './message.ts'

const STEPS: Readonly<Record<WorkStep, string>> = {
  reading: 'read the text, make pods and addresses',
  rules: 'build rules and sets',
  verdicts: 'classes of endpoints, deviations, counts',
  sending: '',
}

/** All that happens once between a text and the first picture, as the page's worker does it, and an edit after it. */
export function benchOpen(size: ClusterSize, seed: number): void {
  const text = manifestsOf(benchCluster(size, seed))
  const scenario = (port: number): Scenario => {
    const files = [{ name: 'cluster.yaml', text: text.replace(/port: \d+$/m, `port: ${port}`) }]
    return { name: 'bench', profile: DEFAULT_PROFILE, files }
  }
  const cache = createAnalysisCache()
  const rows: (readonly string[])[] = []
  const row = (name: string, { wall, cpu }: Omit<Timed<unknown>, 'result'>): void => {
    const heap = process.memoryUsage().heapUsed / 2 ** 20
    rows.push([name, milliseconds(wall), milliseconds(cpu), count(heap)])
  }
  const whole = timed(() => {
    let step: { readonly name: WorkStep; readonly wall: number; readonly cpu: NodeJS.CpuUsage } | undefined
    const close = (): void => {
      if (step === undefined) return
      const { user, system } = process.cpuUsage(step.cpu)
      row(STEPS[step.name], { wall: performance.now() - step.wall, cpu: (user + system) / 1000 })
    }
    const analyzed = analyze(scenario(1), cache, name => {
      close()
      step = { name, wall: performance.now(), cpu: process.cpuUsage() }
    })
    close()
    return analyzed
  })
  row('all of these', whole)
  const { analysis, connectivity } = whole.result
  const { policies, namespaces } = analysis
  row(
    'the message to the page',
    timed(() => sendToPage(analysis)),
  )
  const sizes = messageSizes(analysis)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const scene = graphSceneOf({ connectivity, policies, namespaces })
  const first = timed(() => drawScene(scene, DEFAULT_GRAPH_VIEW))
  row('the first picture', first)
  row(
    'the next picture',
    timed(() => drawScene(scene, DEFAULT_GRAPH_VIEW, first.result.layout)),
  )
  row(
    'an edit of one policy',
    timed(() => analyze(scenario(2), cache)),
  )
  printTable(
    `${count(analysis.pods.length)} pods, ${count(policies.length)} policies, ${count(text.length)} characters: ` +
      `${count(connectivity.classes.length)} classes, message of ${count(bytes / 2 ** 20)} MB in ${count(sizes.length)} pieces, ` +
      `the largest of ${count(Math.max(...sizes) / 2 ** 10)} KB, ` +
      `${first.result.model.nodes.length} nodes and ${first.result.model.edges.length} edges drawn`,
    ['phase', 'ms', 'cpu ms', 'heap MB'],
    rows,
  )
}
