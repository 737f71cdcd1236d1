import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react'
import { bottomOf, rightOf } from '../../graph/geometry.ts'
import type { Rect } from '../../model/picture.ts'

/** Small enough to hide little of what it is an overview of. */
const SIZE = { width: 120, height: 84 }

/** Where the picture's parts lie; only while some of it is out of sight, because it covers what is below it. */
export function CanvasMiniMap({ extent }: { readonly extent: Rect | undefined }) {
  const helps = useStore(state => extent !== undefined && isCut(extent, state))
  return helps ? <MiniMap pannable ariaLabel="Overview of the flow graph" style={SIZE} /> : null
}

function isCut(extent: Rect, { transform: [x, y, zoom], width, height }: ReactFlowState): boolean {
  return (
    extent.x * zoom + x < 0 ||
    extent.y * zoom + y < 0 ||
    rightOf(extent) * zoom + x > width ||
    bottomOf(extent) * zoom + y > height
  )
}
