import { useEffect } from 'react'
import { X } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { copyText } from '../clipboard.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'
import { VERSION } from '../version.ts'
import styles from './NoticeArea.module.css'

/** Milliseconds; what offers a way on stays longer, problems stay until dismissed. */
const SHORT = 3500
const LONG = 10_000

/** Says things once, in a corner and to screen readers. */
export function NoticeArea() {
  const notice = useAppStore(state => state.notice)
  const client = useAnalysisClient()

  useEffect(() => {
    if (notice === undefined || notice.tone === 'problem') return
    const timer = setTimeout(
      () => {
        if (appStore.getState().notice?.id === notice.id) appStore.getState().dismissNotice()
      },
      notice.action === undefined ? SHORT : LONG,
    )
    return () => clearTimeout(timer)
  }, [notice])

  const act = (): void => {
    const { undo, dismissNotice } = appStore.getState()
    if (notice?.action === 'undo') undo()
    if (notice?.action === 'retry') client.retry()
    if (notice?.action === 'report') void copyText(`Netpol Flow ${VERSION}\n${notice.details ?? notice.text}`)
    dismissNotice()
  }

  return (
    <div className={styles.area} role="status" aria-live="polite">
      {notice !== undefined && (
        <div key={notice.id} className={styles.notice} data-tone={notice.tone}>
          <p>{notice.text}</p>
          {notice.action !== undefined && (
            <button type="button" onClick={act}>
              {{ undo: 'Undo', retry: 'Try again', report: 'Copy report' }[notice.action]}
            </button>
          )}
          <button
            type="button"
            className={styles.close}
            aria-label="Dismiss"
            onClick={() => appStore.getState().dismissNotice()}
          >
            <X size={14} aria-hidden />
          </button>
        </div>
      )}
    </div>
  )
}
