import { History } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { pastMoment } from '../../store/timeline.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { stepName } from './stepTexts.ts'
import styles from '../shell/Banners.module.css'

/** Says, wherever a past moment is shown, that it is one. `brief`: where another says the rest. */
export function MomentBanner({ brief = false }: { readonly brief?: boolean }) {
  const moment = useAppStore(pastMoment)
  const timeline = useAppStore(state => state.timeline)
  const leavesOut = useAppStore(
    state =>
      (state.picture?.analysis.podCount.assumed ?? 0) > 0 &&
      pastMoment(state)?.analysis.podCount.assumed === 0,
  )
  const step = moment === undefined ? undefined : timeline?.steps[moment.step]
  if (moment === undefined || step === undefined) return null
  return (
    <div className={styles.banner} data-tone={step.phase === 'remove' ? 'stale' : undefined}>
      <History size={16} aria-hidden />
      <p>
        <strong>
          Step {moment.step + 1} of {timeline?.steps.length}: {stepName(step)}
        </strong>
        {!brief && ' – as the node was then, for new connections.'}
        {!brief && leavesOut && ' Without the assumed pods, which no real node has.'}
      </p>
      <button type="button" title={shortcutOf('now')} onClick={() => appStore.getState().goToStep(undefined)}>
        Back to now
      </button>
    </div>
  )
}
