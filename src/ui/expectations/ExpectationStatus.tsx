import { CircleCheck, CircleX } from 'lucide-react'
import { appStore } from '../../store/appStore.ts'
import { expectationSentence } from '../../store/expectations.ts'
import { shortcutOf } from '../actions.ts'
import { useExpectationCounts } from './useExpectations.ts'
import styles from './ExpectationStatus.module.css'

/** In the status bar: how many hold, said to screen readers whenever it changes. */
export function ExpectationStatus() {
  const counts = useExpectationCounts()
  const good = counts.pass === counts.all
  const Icon = good ? CircleCheck : CircleX
  return (
    <span role="status" className={styles.status}>
      {counts.all > 0 && (
        <button
          type="button"
          className={styles.button}
          data-good={good}
          title={`Show them (${shortcutOf('expectations') ?? ''})`}
          onClick={() => appStore.getState().setView({ inspectorTab: 'expectations', pane: 'inspector' })}
        >
          <Icon size={13} aria-hidden />
          {expectationSentence(counts)}
        </button>
      )}
    </span>
  )
}
