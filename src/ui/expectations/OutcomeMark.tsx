import { CircleAlert, CircleCheck, CircleX } from 'lucide-react'
import type { ExpectationResult } from '../../model/expectation.ts'
import styles from './OutcomeMark.module.css'

export type Outcome = ExpectationResult['outcome']

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'holds',
  fail: 'fails',
  error: 'not checked',
}

const ICONS: Readonly<Record<Outcome, typeof CircleCheck>> = {
  pass: CircleCheck,
  fail: CircleX,
  error: CircleAlert,
}

/** An outcome as icon, word and colour. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  const Icon = ICONS[outcome]
  return (
    <span className={styles.mark} data-outcome={outcome}>
      <Icon size={14} aria-hidden />
      {OUTCOME_WORDS[outcome]}
    </span>
  )
}
