import { LineSample } from './LineSample.tsx'
import styles from './FlowPane.module.css'

const LINES = [
  { look: 'allowed', word: 'Allowed', meaning: 'a policy has a say and lets everything through' },
  { look: 'partial', word: 'Partly', meaning: 'only the ports on the line get through' },
  { look: 'blocked', word: 'Blocked', meaning: 'nothing gets through' },
  { look: 'deviates', word: 'Deviates', meaning: 'the node does not do what Kubernetes promises' },
  { look: 'unrestricted', word: 'No policy', meaning: 'everything passes, no policy has a say' },
] as const

/** Each verdict's line and word. */
export function Legend() {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {LINES.map(({ look, word, meaning }) => (
        <li key={look} title={meaning}>
          <LineSample look={look} />
          {word}
        </li>
      ))}
    </ul>
  )
}
