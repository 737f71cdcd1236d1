import type { GraphView } from '../model/graphView.ts'
import type { GraphLayout, Picture } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { buildOverview } from './build.ts'
import type { BuiltGraph, GraphInput } from './graphModel.ts'
import { graphSceneOf, type GraphScene } from './graphScene.ts'
import { layoutLayered, type ElkLayout } from './layeredLayout.ts'
import { layoutLanes } from './layout.ts'
import { buildPolicyView } from './policyView.ts'
import { routeEdges } from './routes.ts'
import { isMostlyKnown } from './settle.ts'
import { layoutStar } from './starLayout.ts'
import { buildFocus } from './starView.ts'

/** The graph of a view: the overview, or what a focus or a policy view is about. */
export function graphOf(scene: GraphScene, view: GraphView): BuiltGraph {
  const { mode, subject } = view
  if (mode === 'policy' && subject?.kind === 'policy') return buildPolicyView(scene, view, subject.name)
  if (isStar(view) && subject !== undefined) return buildFocus(scene, view, subject)
  return buildOverview(scene, view)
}

/** Whether the view is drawn around its subject. */
function isStar({ mode, subject }: GraphView): boolean {
  if (subject === undefined) return false
  return mode === 'policy' ? subject.kind === 'policy' : mode === 'focus' && subject.kind !== 'policy'
}

/** `drawScene` for those who draw an analysis once. */
export function drawPicture(input: GraphInput, view: GraphView, previous?: GraphLayout): Picture {
  return drawScene(graphSceneOf(input), view, previous)
}

/**
 * Everything that is drawn. With `previous`, the layout of such a picture before, what did not change stays in place. A
 * layered overview of which most is new is laid out in lanes for the time being.
 */
export function drawScene(scene: GraphScene, view: GraphView, previous?: GraphLayout): Picture {
  const graph = graphOf(scene, view)
  const layout = isStar(view) ? layoutStar(graph, previous) : layoutLanes(graph, previous)
  const stands = previous !== undefined && isMostlyKnown(leavesOf(graph), previous)
  const arranged = view.layout === 'lanes' || isStar(view) || stands
  return pictureOf(graph, layout, arranged, summedOf(scene, view))
}

/** A layered overview made from nothing. Rejects when `elk` does. */
export async function arrangeScene(scene: GraphScene, view: GraphView, elk: ElkLayout): Promise<Picture> {
  const graph = graphOf(scene, view)
  // Another question may go on with the sums while ELK works.
  const summed = summedOf(scene, view)
  const layout = isStar(view) ? layoutStar(graph) : await layoutLayered(graph, elk)
  return pictureOf(graph, layout, true, summed)
}

/** A focus or a policy view sums its own flows. */
function summedOf(scene: GraphScene, view: GraphView): number {
  return isStar(view) ? 1 : scene.summed()
}

function leavesOf(graph: BuiltGraph): readonly string[] {
  const { children } = nestingOf(graph)
  return graph.nodes.map(({ id }) => id).filter(id => !children.has(id))
}

/** What is posted of a graph: what is drawn, and counts. */
function pictureOf(graph: BuiltGraph, layout: GraphLayout, arranged: boolean, summed: number): Picture {
  const { groups, nodes, edges, counts, omitted, unreached } = graph
  return {
    model: { groups, nodes, edges, counts, omitted, ...(unreached !== undefined && { unreached }) },
    layout,
    routes: routeEdges(edges, layout, nestingOf(graph)),
    arranged,
    summed,
  }
}
