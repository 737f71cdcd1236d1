import type { GraphLayout, Rect } from '../model/picture.ts'
import { fitBoxes, GROUP_HEADER, headerOf, leafSize, nestingOf } from './boxes.ts'
import { boundsOf, bottomOf, moved, rightOf } from './geometry.ts'
import type { BuiltGraph } from './graphModel.ts'
import { settle } from './settle.ts'

const GAP = 16
const LANE_GAP = 92
/** Room for the lines and their labels. */
const SIDE_GAP = 190
/** As many nodes below each other before a lane has another column. */
const STACK = 16

/**
 * The nodes that are in no lane in the middle, lanes that come in at their left, lanes that go out at their right. With
 * `previous`, what did not change stays where it was.
 */
export function layoutStar(model: Pick<BuiltGraph, 'groups' | 'nodes'>, previous?: GraphLayout): GraphLayout {
  const nesting = nestingOf(model)
  const leaves = new Map<string, Rect>()
  const middle = nesting.roots.filter(root => !nesting.children.has(root))
  const stack = (ids: readonly string[], x: number, y: number): Rect | undefined => {
    let at = { x, y }
    let width = 0
    const placed: Rect[] = []
    ids.forEach((id, i) => {
      const node = nesting.nodes.get(id)
      if (node === undefined) return
      if (i > 0 && i % STACK === 0) {
        at = { x: at.x + width + GAP, y }
        width = 0
      }
      const rect = { ...at, ...leafSize(node) }
      leaves.set(id, rect)
      placed.push(rect)
      width = Math.max(width, rect.width)
      at = { x: at.x, y: bottomOf(rect) + GAP }
    })
    return boundsOf(placed)
  }
  const centre = stack(middle, 0, 0)
  const sides = { in: [] as string[], out: [] as string[] }
  for (const { id } of model.groups) sides[id.endsWith('in') ? 'in' : 'out'].push(id)
  for (const side of ['in', 'out'] as const) {
    const own: string[] = []
    let y = 0
    for (const lane of sides[side]) {
      const children = nesting.children.get(lane) ?? []
      if (own.length > 0) y += headerOf(lane, nesting) - GROUP_HEADER
      const bounds = stack(children, 0, y)
      own.push(...children)
      if (bounds !== undefined) y = bottomOf(bounds) + LANE_GAP
    }
    const whole = boundsOf(own.flatMap(id => leaves.get(id) ?? []))
    if (whole === undefined) continue
    const dx =
      side === 'in' ? (centre?.x ?? 0) - SIDE_GAP - rightOf(whole) : rightOf(centre ?? whole) + SIDE_GAP
    const dy = (centre === undefined ? 0 : centre.y + centre.height / 2) - whole.height / 2
    for (const id of own) {
      const rect = leaves.get(id)
      if (rect !== undefined) leaves.set(id, moved(rect, Math.round(dx), Math.round(dy)))
    }
  }
  const fresh = fitBoxes(leaves, nesting)
  return previous === undefined ? fresh : settle(fresh, previous, nesting)
}
