import { Check, FileText, Footprints, MessageCircleQuestion, X } from 'lucide-react'
import type { Expectation, ExpectationResult } from '../../model/expectation.ts'
import { plural } from '../../graph/formatNumber.ts'
import { appStore } from '../../store/appStore.ts'
import { expectationTitle } from '../../store/expectations.ts'
import { followExpectation } from './followExpectation.ts'
import { OutcomeMark } from './OutcomeMark.tsx'
import details from '../widgets/Details.module.css'
import button from '../widgets/Button.module.css'
import styles from './ExpectationsTab.module.css'

/** Both answers, why, and the ways on. */
export function ExpectationDetails({ result }: { readonly result: ExpectationResult }) {
  const { expectation, outcome, pairs, failing, message, src, dst } = result
  const { file, range } = expectation
  const flow = src === undefined || dst === undefined ? undefined : ({ kind: 'flow', src, dst } as const)
  return (
    <section className={details.details} aria-label="The expectation">
      <h3 className={styles.title}>
        {expectationTitle(expectation)} <OutcomeMark outcome={outcome} />
      </h3>
      {outcome !== 'error' && (
        <dl className={styles.answers}>
          <Answer title="Kubernetes promises" verdict={expectation.verdict} outcome={result.kubernetes} />
          <Answer title="azure-npm enforces" verdict={expectation.verdict} outcome={result.dataplane} />
        </dl>
      )}
      {message !== '' && <p>{message}</p>}
      {pairs > 1 && (
        <p className={styles.pairs}>
          It speaks about {plural(pairs, 'pair')} of endpoints
          {failing > 0 && `; ${failing.toLocaleString('en')} of them ${failing === 1 ? 'fails' : 'fail'}`}.
        </p>
      )}
      <p className={button.row}>
        {flow !== undefined && (
          <button
            type="button"
            className={button.small}
            onClick={() => {
              appStore.getState().select(flow)
              appStore.getState().setView({ inspectorTab: 'explain' })
            }}
          >
            <MessageCircleQuestion size={13} aria-hidden />
            Explain
          </button>
        )}
        {outcome !== 'error' && (
          <button type="button" className={button.small} onClick={() => followExpectation(result)}>
            <Footprints size={13} aria-hidden />
            Follow the packet
          </button>
        )}
        <button
          type="button"
          className={button.small}
          onClick={() => appStore.getState().revealRange(file, range.start, range.end)}
        >
          <FileText size={13} aria-hidden />
          Go to YAML
        </button>
      </p>
    </section>
  )
}

interface AnswerProps {
  readonly title: string
  readonly verdict: Expectation['verdict']
  readonly outcome: 'pass' | 'fail'
}

function Answer({ title, verdict, outcome }: AnswerProps) {
  const Icon = outcome === 'pass' ? Check : X
  return (
    <div data-outcome={outcome}>
      <dt>{title}</dt>
      <dd>
        <Icon size={14} aria-hidden />
        {outcome === 'pass' ? verdict : `not ${verdict}`}
      </dd>
    </div>
  )
}
