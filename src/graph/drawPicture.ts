import type { GraphView } from '../model/graphView.ts'
import type { GraphLayout, Picture } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { buildOverview } from './build.ts'
import type { BuiltGraph, GraphInput } from './graphModel.ts'
import { graphSceneOf, type GraphScene } from './graphScene.ts'
import { layoutLanes } from './layout.ts'
import { buildPolicyView } from './policyView.ts'
import { routeEdges } from './routes.ts'
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
export function isStar({ mode, subject }: GraphView): boolean {
  if (subject === undefined) return false
  return mode === 'policy' ? subject.kind === 'policy' : mode === 'focus' && subject.kind !== 'policy'
}

/** `drawScene` for those who draw an analysis once. */
export function drawPicture(input: GraphInput, view: GraphView, previous?: GraphLayout): Picture {
  return drawScene(graphSceneOf(input), view, previous)
}

/** Everything that is drawn. With `previous`, the layout of the picture before, what did not change stays in place. */
export function drawScene(scene: GraphScene, view: GraphView, previous?: GraphLayout): Picture {
  const graph = graphOf(scene, view)
  const layout = isStar(view) ? layoutStar(graph, previous) : layoutLanes(graph, previous)
  return pictureOf(graph, layout)
}

/** What is posted of a graph: what is drawn, and counts. */
export function pictureOf(graph: BuiltGraph, layout: GraphLayout): Picture {
  const { groups, nodes, edges, counts, omitted } = graph
  return {
    model: { groups, nodes, edges, counts, omitted },
    layout,
    routes: routeEdges(edges, layout, nestingOf(graph)),
  }
}
