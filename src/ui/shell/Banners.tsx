import { Link2Off, TriangleAlert, Undo2 } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { useAppStore } from '../useApp.ts'
import styles from './Banners.module.css'

/** What the user must know about where this picture comes from. */
export function Banners() {
  const linkProblem = useAppStore(state => state.linkProblem)
  const offersOwnWork = useAppStore(state => state.ownWork !== undefined && state.provenance === 'link')
  const stale = useAppStore(state => state.result !== state.picture)
  return (
    <>
      {linkProblem !== undefined && (
        <div className={styles.banner} data-tone="problem" role="alert">
          <Link2Off size={15} aria-hidden />
          <p>{linkProblem}</p>
          <button type="button" onClick={() => appStore.getState().setLinkProblem(undefined)}>
            Dismiss
          </button>
        </div>
      )}
      {offersOwnWork && (
        <div className={styles.banner} role="status">
          <Undo2 size={15} aria-hidden />
          <p>This came by a link. Your own work is kept.</p>
          <button
            type="button"
            onClick={() => {
              const { ownWork, load } = appStore.getState()
              if (ownWork !== undefined) load(ownWork, 'own')
            }}
          >
            Back to my work
          </button>
        </div>
      )}
      {stale && (
        <div className={styles.banner} data-tone="stale" role="status">
          <TriangleAlert size={15} aria-hidden />
          <p>The text has an error: showing the last good state.</p>
          <button type="button" onClick={() => appStore.getState().setView({ problemsOpen: true })}>
            Show problems
          </button>
        </div>
      )}
    </>
  )
}
