import { ViewportPortal } from '@xyflow/react'
import { memo } from 'react'
import type { FlowEdgeData, FlowEdgeType } from './FlowEdge.tsx'
import styles from './edges.module.css'

/** All labels in one layer above all lines, so that no line runs through a word. Screen readers have the edges' names. */
export const EdgeLabels = memo(function EdgeLabels({ edges }: { readonly edges: readonly FlowEdgeType[] }) {
  return (
    <ViewportPortal>
      <svg className={styles.labels} aria-hidden>
        {edges.map(({ id, data }) => data?.route.label && <EdgeLabel key={id} data={data} />)}
      </svg>
    </ViewportPortal>
  )
})

const EdgeLabel = memo(function EdgeLabel({ data: { edge, route } }: { readonly data: FlowEdgeData }) {
  const { label } = route
  if (label === undefined) return null
  return (
    <g
      className={`${styles.edge} ${styles.label} flow-label`}
      data-id={edge.id}
      data-verdict={edge.verdict}
      data-deviates={edge.deviates || undefined}
    >
      <rect x={label.x} y={label.y} width={label.width} height={label.height} rx="5" />
      {label.lines.map((line, i) => (
        <text
          key={i}
          x={label.x + label.width / 2}
          y={label.y + 13.5 + i * 15}
          className={i === 0 ? styles.word : styles.note}
        >
          {line}
        </text>
      ))}
    </g>
  )
})
