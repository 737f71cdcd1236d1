import type { Edge, EdgeProps } from '@xyflow/react'
import { memo } from 'react'
import { EndMark } from './EndMark.tsx'
import styles from './edges.module.css'
import type { GraphEdge, Route } from '../../model/picture.ts'

export interface FlowEdgeData extends Record<string, unknown> {
  readonly edge: GraphEdge
  readonly route: Route
}

export type FlowEdgeType = Edge<FlowEdgeData, 'flow'>

/** A flow, drawn as the route says; the verdict is in the line's pattern, its end mark, a word and a colour. */
export const FlowEdge = memo(function FlowEdge({ data }: EdgeProps<FlowEdgeType>) {
  if (data === undefined) return null
  const { edge, route } = data
  const start = route.points[0]
  const end = route.points.at(-1)
  return (
    <g
      className={styles.edge}
      data-verdict={edge.verdict}
      data-deviates={edge.deviates || undefined}
      data-change={edge.change === 'none' ? undefined : edge.change}
    >
      <path className={styles.halo} d={route.path} />
      {edge.deviates && <path className={styles.casing} d={route.path} />}
      <path className={styles.line} d={route.path} />
      <path className={styles.hit} d={route.path} />
      {end !== undefined && <EndMark verdict={edge.verdict} x={end.x} y={end.y} angle={route.endAngle} />}
      {(edge.back === 'same' || edge.back === 'unrestricted') && start !== undefined && (
        <EndMark
          verdict={edge.back === 'same' ? edge.verdict : edge.back}
          x={start.x}
          y={start.y}
          angle={route.startAngle + 180}
        />
      )}
    </g>
  )
})
