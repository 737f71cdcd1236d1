import { LEGEND_LINES } from '../../graph/looks.ts'
import { LineSample } from './LineSample.tsx'
import styles from './FlowPane.module.css'

/** Each verdict's line and word. */
export function Legend() {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {LEGEND_LINES.map(({ look, word, meaning }) => (
        <li key={look} title={meaning}>
          <LineSample look={look} />
          {word}
        </li>
      ))}
    </ul>
  )
}
