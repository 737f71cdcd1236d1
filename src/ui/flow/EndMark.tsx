import { HEAD, OPEN_HEAD, STOP_CROSS, STOP_RING } from '../../graph/looks.ts'
import styles from './edges.module.css'
import type { FlowVerdict } from '../../model/picture.ts'

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
        <circle {...STOP_RING} />
        <path d={STOP_CROSS} />
      </g>
    )
  if (verdict === 'unrestricted') return <path transform={place} className={styles.openHead} d={OPEN_HEAD} />
  return <path transform={place} className={styles.head} d={HEAD} />
}
