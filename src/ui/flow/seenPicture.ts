import { fitBoxes, nestingOf, type Nesting } from '../../graph/boxes.ts'
import { routeEdges } from '../../graph/routes.ts'
import type { GraphView } from '../../model/graphView.ts'
import type { GraphLayout, Picture, Point } from '../../model/picture.ts'

/** Where the reader put nodes, by node id. */
export type MovedNodes = ReadonlyMap<string, Point>

/** Which picture it is: nodes that are moved in one view stay where they were in the others. */
export function pictureKey({ mode, subject }: Pick<GraphView, 'mode' | 'subject'>): string {
  if (mode !== 'focus' && mode !== 'policy') return 'overview'
  return `${mode} ${subject?.kind ?? ''} ${subject?.name ?? ''}`
}

/** The picture with nodes where the reader put them, and lines that follow them. */
export function seenPicture(
  picture: Picture,
  moved: MovedNodes | undefined,
  nesting: Nesting = nestingOf(picture.model),
): Picture {
  const { model, layout } = picture
  if (moved === undefined || ![...moved.keys()].some(id => layout.has(id))) return picture
  const seen = withMoved(layout, moved, nesting)
  return { ...picture, layout: seen, routes: routeEdges(model.edges, seen, nesting) }
}

function withMoved(layout: GraphLayout, moved: MovedNodes, nesting: Nesting): GraphLayout {
  const leaves = new Map([...layout].filter(([id]) => !nesting.children.has(id)))
  for (const [id, { x, y }] of moved) {
    const own = leaves.get(id)
    if (own !== undefined) leaves.set(id, { ...own, x, y })
  }
  return fitBoxes(leaves, nesting)
}
