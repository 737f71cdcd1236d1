import { useRef } from 'react'
import { workWords } from '../../store/work.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'
import styles from './StatusBar.module.css'

/**
 * What the worker is at, with the way out of it: how long it has taken is for the eye, screen readers are told once
 * that something takes longer.
 */
export function WorkStatus() {
  const client = useAnalysisClient()
  const own = useRef<HTMLSpanElement>(null)
  const work = useAppStore(state => state.work)
  const revision = useAppStore(state => state.revision)
  const behind = useAppStore(state => state.result?.revision !== state.revision)
  const stopped = useAppStore(state => state.stopped)
  const rests = stopped && work === undefined
  /** The button that was pressed goes away; what takes its place gets the focus. */
  const leaving = (act: () => void) => (): void => {
    act()
    own.current?.focus()
  }
  return (
    <span ref={own} tabIndex={-1} className={styles.work}>
      <span className="visually-hidden" role="status">
        {work !== undefined && 'This takes a while. Cancel is in the status bar.'}
      </span>
      <span data-busy={behind && !rests} title="Changes since the page was opened">
        {work !== undefined
          ? `${workWords(work)} … ${work.seconds > 0 ? `${work.seconds} s` : ''}`
          : rests
            ? 'Stopped'
            : behind
              ? 'Working …'
              : `Revision ${revision}`}
      </span>
      {work !== undefined && (
        <button type="button" className={styles.action} onClick={leaving(client.cancel)}>
          Cancel
        </button>
      )}
      {rests && (
        <button type="button" className={styles.action} onClick={leaving(client.retry)}>
          Try again
        </button>
      )}
    </span>
  )
}
