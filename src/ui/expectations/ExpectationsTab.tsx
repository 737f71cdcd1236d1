import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ExpectationResult } from '../../model/expectation.ts'
import { appStore } from '../../store/appStore.ts'
import {
  checkCommand,
  EMPTY_DRAFT,
  expectationKey,
  expectationSentence,
  expectationTitle,
  failingFirst,
} from '../../store/expectations.ts'
import type { Selection } from '../../store/selection.ts'
import { shortcutOf } from '../actions.ts'
import { useAppStore } from '../useApp.ts'
import { CopyButton } from '../widgets/CopyButton.tsx'
import { VirtualRows } from '../widgets/VirtualRows.tsx'
import { AddExpectation } from './AddExpectation.tsx'
import { ExpectationDetails } from './ExpectationDetails.tsx'
import { ExpectThis } from './ExpectThis.tsx'
import { OutcomeMark } from './OutcomeMark.tsx'
import { useExpectationCounts, useExpectations } from './useExpectations.ts'
import button from '../widgets/Button.module.css'
import inspector from '../inspector/Inspector.module.css'
import styles from './ExpectationsTab.module.css'

const ROW_HEIGHT = 46

/** What the user expects of the policies, and whether it is so. */
export function ExpectationsTab() {
  const results = useExpectations()
  const draft = useAppStore(state => state.expectationDraft)
  if (draft !== undefined) return <AddExpectation draft={draft} />
  return results.length === 0 ? <NoExpectations /> : <Expectations results={results} />
}

function AddButton({ short = false }: { readonly short?: boolean }) {
  return (
    <button
      type="button"
      className={button.small}
      aria-label="Add an expectation"
      data-opens="add-expectation"
      title={`Add an expectation (${shortcutOf('add-expectation') ?? ''})`}
      onClick={() => appStore.getState().draftExpectation(EMPTY_DRAFT)}
    >
      <Plus size={14} aria-hidden />
      {short ? 'Add' : 'Add an expectation'}
    </button>
  )
}

function NoExpectations() {
  return (
    <div className={styles.none}>
      <h3>No expectations yet</h3>
      <p>
        An expectation is a test of packets that stays with the scenario: “shop/frontend reaches shop/db on
        5432/TCP”, “nobody outside reaches shop/db”. It is checked on every edit, against what Kubernetes
        promises and against the node’s rules, and by the command line in a pipeline.
      </p>
      <p className={button.row}>
        <AddButton />
        <ExpectThis />
      </p>
    </div>
  )
}

function Expectations({ results }: { readonly results: readonly ExpectationResult[] }) {
  const counts = useExpectationCounts()
  const selection = useAppStore(state => state.selection)
  const [chosenKey, setChosenKey] = useState<string | undefined>()
  const ordered = useMemo(() => failingFirst(results), [results])
  const chosen =
    ordered.find(result => expectationKey(result.expectation) === chosenKey) ??
    ordered.find(result => isAbout(result, selection))

  const choose = (result: ExpectationResult | undefined): void => {
    if (result === undefined) return
    setChosenKey(expectationKey(result.expectation))
    const { src, dst } = result
    const { select, setView } = appStore.getState()
    select(src === undefined || dst === undefined ? undefined : { kind: 'flow', src, dst })
    // Selecting a flow opens its explanation; here the list stays.
    setView({ inspectorTab: 'expectations' })
  }

  return (
    <div className={styles.tab}>
      <div className={inspector.toolbar}>
        <p className={styles.summary}>{expectationSentence(counts)}</p>
        <AddButton short />
        <ExpectThis />
        <CopyButton
          title="Runs the same checks in a pipeline and fails with exit code 1"
          text={() => checkCommand(appStore.getState().scenario)}
        >
          Copy the CI command
        </CopyButton>
      </div>
      <div className={styles.list}>
        <VirtualRows
          label="Expectations"
          count={ordered.length}
          rowHeight={ROW_HEIGHT}
          isSelectable={() => true}
          isSelected={i => ordered[i] === chosen && chosen !== undefined}
          onSelect={i => choose(ordered[i])}
          scrollTo={chosen === undefined ? undefined : ordered.indexOf(chosen)}
          row={i => {
            const result = ordered[i]
            return result === undefined ? null : <Row result={result} />
          }}
        />
      </div>
      {chosen !== undefined && <ExpectationDetails result={chosen} />}
    </div>
  )
}

function isAbout({ src, dst }: ExpectationResult, selection: Selection | undefined): boolean {
  return selection?.kind === 'flow' && selection.src === src && selection.dst === dst
}

/** A name that only says the rest again gives way to the ends. */
function Row({ result: { expectation, outcome } }: { readonly result: ExpectationResult }) {
  const { name, from, to, traffic, verdict } = expectation
  const ends = `${from} → ${to}`
  const named = name !== expectationTitle({ ...expectation, name: '' })
  const ports = traffic === '' ? 'all ports' : traffic
  return (
    <div className={styles.row} data-outcome={outcome}>
      <p className={styles.name}>{named ? name : ends}</p>
      <OutcomeMark outcome={outcome} />
      <p className={styles.about}>{named ? `${ends}, ${ports}` : ports}</p>
      <p className={styles.verdict}>expected {verdict}</p>
    </div>
  )
}
