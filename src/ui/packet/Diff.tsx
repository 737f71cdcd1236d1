import type { DiffHunk, DiffLine } from './diffLines.ts'
import styles from './Diff.module.css'

const SIGNS: Readonly<Record<DiffLine['kind'], { readonly sign: string; readonly word: string }>> = {
  same: { sign: ' ', word: '' },
  removed: { sign: '−', word: 'removed: ' },
  added: { sign: '+', word: 'added: ' },
}

/** Lines with their signs, under the file and the line that they are in. */
export function Diff({ hunks }: { readonly hunks: readonly DiffHunk[] }) {
  return hunks.map(({ file, lines }, i) => (
    <figure key={i} className={styles.hunk}>
      <figcaption>
        {file}, line {lines.find(({ kind }) => kind !== 'same')?.number ?? 1}
      </figcaption>
      <div className={styles.lines}>
        {lines.map(({ kind, number, text }, at) => (
          <div key={at} className={styles.line} data-kind={kind}>
            <span className={styles.number} aria-hidden>
              {number}
            </span>
            <span className={styles.sign} aria-hidden>
              {SIGNS[kind].sign}
            </span>
            <code>
              <span className="visually-hidden">{SIGNS[kind].word}</span>
              {text}
            </code>
          </div>
        ))}
      </div>
    </figure>
  ))
}
