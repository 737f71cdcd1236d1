import { CircleX, Info, TriangleAlert } from 'lucide-react'
import type { Severity } from '../../model/diagnostic.ts'
import styles from './NodeTab.module.css'

const ICONS: Readonly<Record<Severity, typeof Info>> = { error: CircleX, warning: TriangleAlert, info: Info }

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
}

/** How serious it is, as icon and word. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const Icon = ICONS[severity]
  return (
    <span className={styles.severity} data-severity={severity}>
      <Icon size={13} aria-hidden />
      {SEVERITY_WORDS[severity]}
    </span>
  )
}
