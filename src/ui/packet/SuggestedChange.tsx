import { Check, CircleCheck, TriangleAlert, Users } from 'lucide-react'
import { useMemo, type KeyboardEvent } from 'react'
import type { Analysis } from '../../model/protocol.ts'
import type { Suggestion } from '../../model/suggestion.ts'
import { appStore } from '../../store/appStore.ts'
import { useAppStore } from '../useApp.ts'
import { Diff } from './Diff.tsx'
import { diffHunks } from './diffLines.ts'
import { effectWords } from './effectWords.ts'
import { Words } from './Words.tsx'
import styles from './ChangeFlow.module.css'

interface Props {
  readonly suggestion: Suggestion
  readonly analysis: Analysis
  /** Of the texts that the edits hold for. */
  readonly revision: number
  readonly isFirst: boolean
}

const MOST_EFFECTS = 8

/** Writes the edits into the files, as one step that undo takes back, and shows the place. */
function apply({ title, edits }: Suggestion, revision: number, at: Element): void {
  const { revision: present, applyEdits, revealRange, tell } = appStore.getState()
  if (present !== revision) {
    tell({ tone: 'info', text: 'The text has changed since. The suggestions are made anew.' })
    return
  }
  // The suggestions go away with the verdict that they were about: the focus stays in the pane.
  at.closest<HTMLElement>('[role="group"][tabindex="0"]')?.focus({ preventScroll: true })
  applyEdits(edits, title.replaceAll('`', ''))
  const first = edits[0]
  if (first !== undefined) revealRange(first.file, first.start, first.start + first.text.length, true)
}

/** One edit: what it does, its lines, and what else it would open or close. */
export function SuggestedChange({ suggestion, analysis, revision, isFirst }: Props) {
  const { title, edits, effects, exact } = suggestion
  const files = useAppStore(state => state.picture?.scenario.files)
  const hunks = useMemo(() => diffHunks(files ?? [], edits), [files, edits])
  const others = effects.filter(effect => !effect.asked)
  const replicas = effects.filter(effect => effect.asked && effect.sources * effect.destinations > 1)
  // Where it goes further than asked in that very flow, that is what there is to tell.
  const also = (others.length > 0 ? others : effects).flatMap(effect =>
    effectWords(effect, analysis.endpoints),
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    apply(suggestion, revision, event.currentTarget)
  }
  return (
    <li
      className={styles.suggestion}
      // Takes the focus so that one key applies it.
      tabIndex={0}
      aria-label={title.replaceAll('`', '')}
      data-first={isFirst || undefined}
      onKeyDown={onKeyDown}
    >
      <header className={styles.head}>
        <strong>
          <Words text={title} />
        </strong>
        <button
          type="button"
          className={styles.apply}
          onClick={event => apply(suggestion, revision, event.currentTarget)}
        >
          <Check size={13} aria-hidden /> Apply <kbd>Alt+Enter</kbd>
        </button>
      </header>
      <Diff hunks={hunks} />
      {replicas
        .flatMap(effect => effectWords(effect, analysis.endpoints))
        .map(({ kind, traffic, from, to }) => (
          <p key={kind} className={styles.exact}>
            <Users size={13} aria-hidden />
            <span>
              It {kind} {traffic} from {from} to {to}: no policy tells pods with the same labels apart.
            </span>
          </p>
        ))}
      {exact ? (
        <p className={styles.exact}>
          <CircleCheck size={13} aria-hidden /> Changes nothing else.
        </p>
      ) : (
        <div className={styles.also}>
          <p>
            <TriangleAlert size={13} aria-hidden /> {others.length > 0 ? 'It also' : 'In all it'}
          </p>
          <ul>
            {also.slice(0, MOST_EFFECTS).map((effect, i) => (
              <li key={i}>
                <b data-kind={effect.kind}>{effect.kind}</b> {effect.traffic} from {effect.from} to{' '}
                {effect.to}
              </li>
            ))}
            {also.length > MOST_EFFECTS && <li>and {also.length - MOST_EFFECTS} more like these</li>}
          </ul>
        </div>
      )}
    </li>
  )
}
