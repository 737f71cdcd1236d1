import { useMemo } from 'react'
import type { AgentCommand, Moment, Timeline, TimelineStep } from '../../model/protocol.ts'
import { kernelNames, type KernelName } from '../../store/kernelNames.ts'
import { chosenMoment } from '../../store/timeline.ts'
import { Legend } from '../inspector/Legend.tsx'
import { wordsOf } from '../inspector/KernelText.tsx'
import { YamlLink } from '../inspector/Links.tsx'
import { useAppStore } from '../useApp.ts'
import { CopyButtons } from '../widgets/CopyButtons.tsx'
import { Commands } from './Commands.tsx'
import { commandRows, shellText } from './commandRows.ts'
import { FlowChanges } from './FlowChanges.tsx'
import { Reading } from './Reading.tsx'
import { stepTexts } from './stepTexts.ts'
import styles from './EventsTab.module.css'

interface Props {
  readonly timeline: Timeline
  readonly step: TimelineStep
  /** From 1. */
  readonly number: number
}

/** What the step took, and what came of it. */
export function StepDetails({ timeline, step, number }: Props) {
  const moment = useAppStore(state => chosenMoment(state)?.moment)
  const current = useAppStore(state => chosenMoment(state)?.current === true)
  const { object, what, failure } = stepTexts(step)
  return (
    <section className={styles.details} aria-label="The step" aria-busy={!current}>
      <div className={styles.title}>
        <h3>
          {object}, {what}{' '}
          <span>
            step {number} of {timeline.steps.length}
          </span>
        </h3>
        {moment !== undefined && moment.commands.length > 0 && (
          <span className={styles.copy}>
            <CopyButtons
              what="commands"
              fileName={`step-${number}.sh`}
              text={() => shellText(moment.commands)}
            />
          </span>
        )}
      </div>
      {failure !== undefined && <p className={styles.failure}>{failure}</p>}
      {moment === undefined ? (
        <p className={styles.none}>Replaying the node …</p>
      ) : (
        <Happened moment={moment} isGap={step.phase === 'remove'} />
      )}
    </section>
  )
}

function Happened({ moment, isGap }: { readonly moment: Moment; readonly isGap: boolean }) {
  const selection = useAppStore(state => state.selection)
  const names = useMemo(
    () => new Map([...kernelNames(moment.gone), ...kernelNames(moment.analysis.ruleset)]),
    [moment],
  )
  const used = useMemo(() => namesIn(moment.commands, names), [moment, names])
  return (
    <>
      <FlowChanges moment={moment} isGap={isGap} />
      {moment.commands.length === 0 ? (
        <p className={styles.none}>No commands: nothing changes on the node.</p>
      ) : (
        <>
          <Commands key={moment.step} commands={moment.commands} names={names} />
          {selection?.kind === 'origin' && (
            <p className={styles.source}>
              from{' '}
              <YamlLink origin={{ resource: selection.resource, path: selection.path }}>
                {selection.resource}
                {selection.path === '' ? '' : ` · ${selection.path}`}
              </YamlLink>
            </p>
          )}
          <Legend names={used} />
          <Reading />
        </>
      )}
    </>
  )
}

function namesIn(
  commands: readonly AgentCommand[],
  names: ReadonlyMap<string, KernelName>,
): readonly KernelName[] {
  const found = new Map<string, KernelName>()
  for (const { text } of commandRows(commands))
    for (const { name } of wordsOf(text, names)) if (name !== undefined) found.set(name.name, name)
  return [...found.values()]
}
