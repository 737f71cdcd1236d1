import type { LineLook } from '../../graph/looks.ts'
import { EndMark } from './EndMark.tsx'
import styles from './edges.module.css'

/** A short piece of an edge, as legends and tables show it. */
export function LineSample({ look }: { readonly look: LineLook }) {
  const verdict = look === 'deviates' ? 'partial' : look
  return (
    <svg width="34" height="16" viewBox="0 0 34 16" aria-hidden className={styles.sample}>
      <g className={styles.edge} data-verdict={verdict} data-deviates={look === 'deviates' || undefined}>
        {look === 'deviates' && <path className={styles.casing} d="M1,8 H25" />}
        <path className={styles.line} d="M1,8 H25" />
        <EndMark verdict={verdict} x={33} y={8} angle={0} />
      </g>
    </svg>
  )
}
