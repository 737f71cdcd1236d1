import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react'
import type { NewExpectation } from '../../model/expectation.ts'
import type { Analysis } from '../../model/protocol.ts'
import { usualPort } from '../../model/traffic.ts'
import { appStore } from '../../store/appStore.ts'
import { expectationTitle } from '../../store/expectations.ts'
import { Combobox } from '../packet/Combobox.tsx'
import {
  endSuggestions,
  isWholeEnd,
  trafficSuggestions,
  type FieldSuggestion,
} from '../packet/fieldSuggestions.ts'
import { focusWhenThere } from '../focusWhenThere.ts'
import { useAnalysisClient } from '../session.ts'
import { useAppStore } from '../useApp.ts'
import { Segments } from '../widgets/Segments.tsx'
import { saveExpectation } from './saveExpectation.ts'
import styles from './AddExpectation.module.css'

const VERDICTS = [
  { value: 'allowed', label: 'allowed', title: 'All of it gets through' },
  { value: 'blocked', label: 'blocked', title: 'None of it gets through' },
] as const

const WRONG_PORT = 'Say 5432/TCP, 8000-8010/TCP, http/TCP, UDP, or nothing for all ports.'

/** The form for a new expectation. */
export function AddExpectation({ draft }: { readonly draft: NewExpectation }) {
  const client = useAnalysisClient()
  const analysis = useAppStore(state => state.picture?.analysis)
  const form = useRef<HTMLFormElement>(null)
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState(false)
  const [wrongPort, setWrongPort] = useState<string | undefined>()
  const change = (part: Partial<NewExpectation>): void =>
    appStore.getState().draftExpectation({ ...draft, ...part })
  // The form takes the focus with it.
  const close = (next = '[data-opens="add-expectation"]'): void => {
    appStore.getState().draftExpectation(undefined)
    focusWhenThere(next)
  }
  const isWhole = (text: string): boolean =>
    analysis === undefined ||
    isWholeEnd(analysis, text) ||
    analysis.namespaces.some(({ name }) => name === text)
  const ends = useMemo(() => (analysis === undefined ? [] : expectedEnds(analysis)), [analysis])
  const ports = useMemo(
    () => (analysis === undefined ? [] : expectedPorts(analysis, draft.to)),
    [analysis, draft.to],
  )

  useEffect(() => {
    const empty = [...(form.current?.querySelectorAll('input') ?? [])].find(({ value }) => value === '')
    ;(empty?.name === '' ? empty : form.current?.querySelector<HTMLElement>('[type="submit"]'))?.focus()
  }, [])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (draft.from.trim() === '' || draft.to.trim() === '') return
    setBusy(true)
    void saveExpectation(client, draft).then(outcome => {
      setBusy(false)
      if (outcome === 'saved') close('[role="listbox"][aria-label="Expectations"]')
      if (outcome === 'port') setWrongPort(draft.traffic)
    })
  }
  const missing = (text: string): string | undefined =>
    tried && text.trim() === ''
      ? 'Say who: a pod, a workload, a namespace, an address, a block, or outside.'
      : undefined

  return (
    <form
      ref={form}
      className={styles.form}
      aria-label="New expectation"
      aria-busy={busy}
      onSubmit={submit}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        close()
      }}
    >
      <h3>New expectation</h3>
      {(['from', 'to'] as const).map(end => (
        <Combobox
          key={end}
          name={`expect-${end}`}
          label={{ from: 'From', to: 'To' }[end]}
          value={draft[end]}
          placeholder="a pod, a workload, a namespace, 10.0.0.0/8, outside"
          suggestions={ends}
          isWhole={isWhole}
          problem={missing(draft[end])}
          onChange={text => change({ [end]: text })}
        />
      ))}
      <Combobox
        label="Port"
        name="expect-traffic"
        value={draft.traffic}
        placeholder="all ports; or 5432/TCP, http/TCP, UDP"
        suggestions={ports}
        tidy={text => usualPort(text.trim())}
        problem={draft.traffic === wrongPort ? WRONG_PORT : undefined}
        onChange={traffic => change({ traffic })}
      />
      <div className={styles.line}>
        <span id="expected-verdict">Is</span>
        <Segments
          label="Expected verdict"
          value={draft.verdict}
          options={VERDICTS}
          onChange={verdict => change({ verdict })}
        />
      </div>
      <label className={styles.line}>
        <span>Name</span>
        <input
          type="text"
          name="name"
          autoComplete="off"
          value={draft.name}
          placeholder={
            draft.from === '' || draft.to === ''
              ? 'made from the rest'
              : expectationTitle({ ...draft, name: '' })
          }
          onChange={event => change({ name: event.target.value })}
        />
      </label>
      <p className={styles.ways}>
        <button type="submit" className={styles.primary} disabled={busy}>
          Add
        </button>
        <button type="button" className={styles.button} onClick={() => close()}>
          Cancel
        </button>
      </p>
    </form>
  )
}

/** Expectations are about what Kubernetes speaks of: protocols with ports. */
function expectedPorts(analysis: Analysis, to: string): readonly FieldSuggestion[] {
  return trafficSuggestions(analysis, to).filter(({ value }) => value.includes('/'))
}

/** What an expectation may name, whole namespaces included. */
function expectedEnds(analysis: Analysis): readonly FieldSuggestion[] {
  return [
    ...endSuggestions(analysis),
    ...analysis.namespaces.map(({ name }) => ({ value: name, about: 'namespace: all its pods' })),
  ]
}
