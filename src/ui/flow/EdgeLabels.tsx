import { ViewportPortal } from '@xyflow/react'
import { memo } from 'react'
import type { GraphEdge } from '../../graph/graphModel.ts'
import type { Route } from '../../graph/routes.ts'
import styles from './edges.module.css'

/** All labels in one layer above all lines, so that no line runs through a word. Screen readers have the edges' names. */
export const EdgeLabels = memo(function EdgeLabels({
  edges,
  routes,
}: {
  readonly edges: readonly GraphEdge[]
  readonly routes: ReadonlyMap<string, Route>
}) {
  return (
    <ViewportPortal>
      <svg className={styles.labels} aria-hidden>
        {edges.map(edge => {
          const label = routes.get(edge.id)?.label
          if (label === undefined) return null
          return (
            <g
              key={edge.id}
              className={`${styles.edge} ${styles.label} flow-label`}
              data-id={edge.id}
              data-verdict={edge.verdict}
              data-deviates={edge.deviates || undefined}
            >
              <title>{edge.name}</title>
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
        })}
      </svg>
    </ViewportPortal>
  )
})
