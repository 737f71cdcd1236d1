import type { FlowVerdict } from '../../graph/graphModel.ts'
import styles from './edges.module.css'

interface Props {
  readonly verdict: FlowVerdict
  /** The tip. */
  readonly x: number
  readonly y: number
  /** Degrees in which the line arrives. */
  readonly angle: number
}

/** A filled head where traffic passes, an open one where no policy has a say, a cross in a ring where it is stopped. */
export function EndMark({ verdict, x, y, angle }: Props) {
  const place = `translate(${x} ${y}) rotate(${angle})`
  if (verdict === 'blocked')
    return (
      <g transform={place} className={styles.stop}>
        <circle cx="-9" cy="0" r="6.5" />
        <path d="M-11.6,-2.6 L-6.4,2.6 M-11.6,2.6 L-6.4,-2.6" />
      </g>
    )
  if (verdict === 'unrestricted')
    return <path transform={place} className={styles.openHead} d="M-9,-4.5 L-1,0 L-9,4.5" />
  return <path transform={place} className={styles.head} d="M-11,-5.2 L-1,0 L-11,5.2 L-8.4,0 Z" />
}
