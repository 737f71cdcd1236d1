import { ViewportPortal } from '@xyflow/react'
import { memo, useMemo } from 'react'
import { highlightOf } from '../../graph/highlight.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { GraphModel, Rect } from '../../model/picture.ts'
import { expectationTitle } from '../../store/expectations.ts'
import type { FlowEdgeType } from '../flow/FlowEdge.tsx'
import { OUTCOME_WORDS, type Outcome } from './OutcomeMark.tsx'
import { useExpectations } from './useExpectations.ts'
import styles from './ExpectationMarks.module.css'

interface Props {
  readonly model: GraphModel
  readonly rects: ReadonlyMap<string, Rect>
  readonly edges: readonly FlowEdgeType[]
  /** Those that the model's nodes count. */
  readonly endpoints: readonly Endpoint[]
}

interface Mark {
  /** Of the edge or node. */
  readonly id: string
  readonly x: number
  readonly y: number
  readonly outcome: Exclude<Outcome, 'error'>
  readonly titles: readonly string[]
}

/** Pixels, also of the glyph's reach from the middle. */
const RADIUS = 7.5
const GLYPH = { pass: 'M-3.2 .3 -.8 2.7 3.4 -2.4', fail: 'M-2.7 -2.7 2.7 2.7 M2.7 -2.7 -2.7 2.7' }

/**
 * Small marks on the lines that expectations speak about, and on both nodes where no line is drawn. Screen readers have
 * the list.
 */
export const ExpectationMarks = memo(function ExpectationMarks({ model, rects, edges, endpoints }: Props) {
  const results = useExpectations()
  const marks = useMemo(() => {
    const found = new Map<string, Mark>()
    const add = (id: string, x: number, y: number, outcome: Mark['outcome'], title: string): void => {
      const before = found.get(id)
      found.set(id, {
        id,
        x,
        y,
        // Of several the one that fails counts.
        outcome: before?.outcome === 'fail' ? 'fail' : outcome,
        titles: [...(before?.titles ?? []), title],
      })
    }
    for (const { expectation, outcome, src, dst } of results) {
      if (outcome === 'error' || src === undefined || dst === undefined) continue
      const title = `${OUTCOME_WORDS[outcome]}: ${expectationTitle(expectation)}`
      const target = { kind: 'flow', src, dst } as const
      const lit = highlightOf(model, { endpoints, policies: [] }, target)
      const drawn = edges.filter(edge => lit.edges.has(edge.id))
      for (const { id, data } of drawn) {
        const { label, points = [] } = data?.route ?? {}
        const middle = points[Math.floor(points.length / 2)]
        if (label !== undefined) add(id, label.x, label.y, outcome, title)
        else if (middle !== undefined) add(id, middle.x, middle.y, outcome, title)
      }
      if (drawn.length > 0 || outcome === 'pass') continue
      for (const id of lit.nodes) {
        const rect = rects.get(id)
        if (rect !== undefined) add(id, rect.x + rect.width - 4, rect.y + 2, outcome, title)
      }
    }
    return [...found.values()]
  }, [results, endpoints, model, rects, edges])

  if (marks.length === 0) return null
  return (
    <ViewportPortal>
      <svg className={styles.marks} aria-hidden>
        {marks.map(({ id, x, y, outcome, titles }) => (
          <g
            key={id}
            // Picked and dimmed like the label of the line that it stands on.
            className="flow-label"
            data-id={id}
            data-outcome={outcome}
            transform={`translate(${x} ${y})`}
          >
            <title>{titles.join('\n')}</title>
            <circle r={RADIUS} />
            <path d={GLYPH[outcome]} />
          </g>
        ))}
      </svg>
    </ViewportPortal>
  )
})
