import type { ReactNode } from 'react'
import styles from './FlowPane.module.css'

interface Props {
  /** Also the tooltip. */
  readonly label: string
  readonly onClick: () => void
  readonly disabled?: boolean
  readonly children: ReactNode
}

/** A button of the flow pane's toolbar that shows an icon. */
export function ToolButton({ label, onClick, disabled = false, children }: Props) {
  return (
    <button
      type="button"
      className={styles.icon}
      onClick={onClick}
      disabled={disabled}
      title={label}
      aria-label={label}
    >
      {children}
    </button>
  )
}
