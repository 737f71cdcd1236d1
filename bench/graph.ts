import { serialize } from 'node:v8'
import { withAddresses } from '../src/analysis/assumed/addresses.ts'
import { assess } from '../src/analysis/assess.ts'
import { compile } from '../src/engine/azure-npm/compile.ts'
import { drawScene, graphOf } from '../src/graph/drawPicture.ts'
import { sortedFlows } from '../src/graph/flowList.ts'
import { flowMatrix } from '../src/graph/flowMatrix.ts'
import { DEFAULT_GRAPH_VIEW, type GraphInput } from '../src/graph/graphModel.ts'
import { graphSceneOf } from '../src/graph/graphScene.ts'
import { layoutLanes } from '../src/graph/layout.ts'
import { DEFAULT_PROFILE } from '../src/model/scenario.ts'
import { benchCluster, type ClusterSize } from './cluster.ts'
import { count, measure, milliseconds, printTable } from './measure.ts'

const SIZES: readonly ClusterSize[] = [
  { namespaces: 4, pods: 30, policies: 12 },
  { namespaces: 35, pods: 300, policies: 40 },
  { namespaces: 110, pods: 1000, policies: 99 },
  { namespaces: 550, pods: 5000, policies: 500 },
]

/** From both answers for every pair to a picture, in steps, and what is posted of it. */
export function benchGraph(seed: number): void {
  const rows = SIZES.map(size => {
    const cluster = withAddresses(benchCluster(size, seed))
    const { ruleset } = compile(cluster, DEFAULT_PROFILE)
    const { connectivity } = assess(cluster, ruleset)
    const input: GraphInput = { connectivity, policies: cluster.policies, namespaces: cluster.namespaces }
    const runs = size.pods > 2000 ? 2 : 5
    const first = measure(
      runs,
      () => graphSceneOf(input),
      scene => graphOf(scene, DEFAULT_GRAPH_VIEW),
    )
    const scene = graphSceneOf(input)
    const graph = graphOf(scene, DEFAULT_GRAPH_VIEW)
    const again = measure(
      runs,
      () => DEFAULT_GRAPH_VIEW,
      view => graphOf(scene, view),
    )
    const layout = measure(
      runs,
      () => graph,
      model => layoutLanes(model),
    )
    const picture = drawScene(scene, DEFAULT_GRAPH_VIEW)
    const whole = measure(
      runs,
      () => DEFAULT_GRAPH_VIEW,
      view => drawScene(scene, view, picture.layout),
    )
    const posted = measure(
      runs,
      () => picture,
      message => structuredClone(message),
    )
    const list = measure(
      runs,
      () => DEFAULT_GRAPH_VIEW,
      view => sortedFlows(scene, view, 'verdict', 'ascending').part(0, 300),
    )
    const matrix = measure(
      runs,
      () => DEFAULT_GRAPH_VIEW,
      view => flowMatrix(scene, view),
    )
    return [
      count(cluster.pods.length),
      count(connectivity.classes.length),
      `${picture.model.nodes.length} / ${picture.model.edges.length}`,
      milliseconds(first),
      milliseconds(again),
      milliseconds(layout),
      milliseconds(whole),
      count(serialize(picture).length / 1024),
      milliseconds(posted),
      milliseconds(list),
      milliseconds(matrix),
    ]
  })
  printTable(
    'The picture: milliseconds',
    [
      'pods',
      'classes',
      'nodes / edges',
      'first model',
      'model again',
      'layout',
      'model, layout, lines',
      'message KiB',
      'message ms',
      'list',
      'matrix',
    ],
    rows,
  )
}
