import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Timeline } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { chosenStep } from '../../store/timeline.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { WrapLines } from '../inspector/TextOptions.tsx'
import { StepDetails } from './StepDetails.tsx'
import { StepList } from './StepList.tsx'
import { stepTexts } from './stepTexts.ts'
import button from '../widgets/Button.module.css'
import inspector from '../inspector/Inspector.module.css'
import styles from './EventsTab.module.css'

/** What happens on the node when the text is applied, step by step. */
export function EventsTab() {
  const timeline = useAppStore(state => state.timeline)
  const failed = useAppStore(state => state.timelineFailed)
  if (failed)
    return (
      <div className={inspector.empty}>
        <p>The timeline could not be worked out.</p>
        <button
          type="button"
          className={button.small}
          onClick={() => appStore.getState().failTimeline(false)}
        >
          Try again
        </button>
      </div>
    )
  if (timeline === undefined) return <p className={inspector.empty}>Replaying the node …</p>
  return <Steps timeline={timeline} />
}

function Steps({ timeline }: { readonly timeline: Timeline }) {
  const chosen = useAppStore(chosenStep)
  const last = timeline.steps.length - 1
  const step = timeline.steps[chosen]
  const goTo = (wanted: number | undefined): void => appStore.getState().goToStep(wanted)
  return (
    <>
      <div className={inspector.toolbar}>
        <button
          type="button"
          className={button.small}
          disabled={chosen <= 0}
          title={shortcutOf('previous-step')}
          onClick={() => goTo(chosen - 1)}
        >
          <ChevronLeft size={14} aria-hidden />
          Previous step
        </button>
        <button
          type="button"
          className={button.small}
          disabled={chosen >= last}
          title={shortcutOf('next-step')}
          onClick={() => goTo(chosen + 1)}
        >
          Next step
          <ChevronRight size={14} aria-hidden />
        </button>
        <button
          type="button"
          className={button.small}
          disabled={chosen >= last}
          title={shortcutOf('now')}
          onClick={() => goTo(undefined)}
        >
          Now
        </button>
        <span className={styles.position}>{last < 0 ? '' : `${chosen + 1} of ${last + 1}`}</span>
        <WrapLines />
      </div>
      <p className="visually-hidden" role="status">
        {step === undefined ? '' : announcement(timeline, chosen)}
      </p>
      {step === undefined ? (
        <Nothing unlisted={timeline.unlisted} />
      ) : (
        <>
          <div className={styles.list}>
            <StepList timeline={timeline} />
          </div>
          <StepDetails timeline={timeline} step={step} number={chosen + 1} />
        </>
      )}
    </>
  )
}

function announcement({ steps }: Timeline, chosen: number): string {
  const step = steps[chosen]
  if (step === undefined) return ''
  const { object, what, meaning, commands, failure } = stepTexts(step)
  const when = chosen === steps.length - 1 ? ', now' : ''
  return [`Step ${chosen + 1} of ${steps.length}${when}: ${object}, ${what}`, meaning, failure, commands]
    .filter(part => part !== undefined)
    .join('. ')
}

function Nothing({ unlisted }: { readonly unlisted: number }) {
  return (
    <div className={inspector.empty}>
      {unlisted > 0 ? (
        <p>
          The agent started with {unlisted.toLocaleString('en')} objects, too many to list one by one. Change
          something, and every step that follows is shown here.
        </p>
      ) : (
        <p>Nothing has happened on the node yet: write a NetworkPolicy, or start from an example.</p>
      )}
    </div>
  )
}
