import type { ReactNode } from 'react'
import styles from './IconButton.module.css'

interface Props {
  readonly label: string
  readonly shortcut?: string | undefined
  readonly onClick: () => void
  readonly children: ReactNode
  readonly disabled?: boolean
}

/** Its name is its tooltip. */
export function IconButton({ label, shortcut, onClick, children, disabled = false }: Props) {
  return (
    <button
      type="button"
      className={styles.button}
      aria-label={label}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  )
}
