import type { GraphLayout, GraphView, Picture } from '../model/picture.ts'
import { nestingOf } from './boxes.ts'
import { buildGraph } from './build.ts'
import type { GraphInput } from './graphModel.ts'
import { layoutLanes } from './layout.ts'
import { routeEdges } from './routes.ts'

/** Everything that is drawn. With `previous`, the layout of the picture before, what did not change stays in place. */
export function drawPicture(input: GraphInput, view: GraphView, previous?: GraphLayout): Picture {
  const model = buildGraph(input, view)
  const layout = layoutLanes(model, previous)
  return { model, layout, routes: routeEdges(model.edges, layout, nestingOf(model)) }
}
