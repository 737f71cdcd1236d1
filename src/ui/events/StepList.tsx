import { CircleAlert, Pencil, Plus, Trash2 } from 'lucide-react'
import type { Timeline, TimelineStep } from '../../model/protocol.ts'
import { appStore } from '../../store/appStore.ts'
import { chosenStep } from '../../store/timeline.ts'
import { useAppStore } from '../useApp.ts'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { stepTexts } from './stepTexts.ts'
import styles from './StepList.module.css'

type Row =
  | { readonly kind: 'heading'; readonly text: string; readonly about: string }
  | { readonly kind: 'step'; readonly index: number; readonly step: TimelineStep }

const ICONS = { add: Plus, change: Pencil, delete: Trash2 }

/** Steps under the change that they belong to. */
function rowsOf({ steps, unlisted }: Timeline): readonly Row[] {
  const rows: Row[] = []
  if (unlisted > 0)
    rows.push({
      kind: 'heading',
      text: 'At start',
      about: `${unlisted.toLocaleString('en')} objects, too many to list one by one`,
    })
  let change = 0
  let revision: number | undefined
  steps.forEach((step, index) => {
    if (step.revision !== revision) {
      revision = step.revision
      rows.push(
        revision === 0
          ? { kind: 'heading', text: 'At start', about: 'what the agent finds when it starts' }
          : { kind: 'heading', text: `Change ${++change}`, about: '' },
      )
    }
    rows.push({ kind: 'step', index, step })
  })
  return rows
}

/** Everything that happened on the node, oldest first. Going to a step shows it in all panes. */
export function StepList({ timeline }: { readonly timeline: Timeline }) {
  const chosen = useAppStore(chosenStep)
  const rows = rowsOf(timeline)
  const last = timeline.steps.length - 1
  const indexAt = (row: number): number | undefined => {
    const found = rows[row]
    return found?.kind === 'step' ? found.index : undefined
  }
  return (
    <VirtualRows
      label="Timeline"
      count={rows.length}
      rowHeight={30}
      measured
      isSelectable={row => indexAt(row) !== undefined}
      isSelected={row => indexAt(row) === chosen}
      onSelect={row => appStore.getState().goToStep(indexAt(row))}
      scrollTo={rows.findIndex(row => row.kind === 'step' && row.index === chosen)}
      row={row => {
        const found = rows[row]
        return found === undefined ? null : found.kind === 'heading' ? (
          <p className={styles.heading}>
            <strong>{found.text}</strong> {found.about}
          </p>
        ) : (
          <Step step={found.step} number={found.index + 1} isNow={found.index === last} />
        )
      }}
    />
  )
}

function Step({
  step,
  number,
  isNow,
}: {
  readonly step: TimelineStep
  readonly number: number
  readonly isNow: boolean
}) {
  const Icon = ICONS[step.phase === 'remove' ? 'delete' : step.phase === 'add' ? 'add' : step.action]
  const { object, what, meaning, commands, failure } = stepTexts(step)
  return (
    <div className={styles.step} data-phase={step.phase}>
      <span className={styles.number}>{number}</span>
      <Icon size={14} aria-hidden />
      <div className={styles.words}>
        <p>
          <span className={styles.object}>{object}</span> <em>{what}</em>
          {isNow && <span className={styles.now}>now</span>}
        </p>
        {meaning !== undefined && <p className={styles.gap}>{meaning}</p>}
        {failure !== undefined && (
          <p className={styles.failure}>
            <CircleAlert size={13} aria-hidden /> {failure}
          </p>
        )}
      </div>
      <span className={styles.commands}>{step.commands === 0 ? 'no commands' : commands}</span>
    </div>
  )
}
