import type { ReactNode } from 'react'
import styles from './IconButton.module.css'

interface Props {
  readonly label: string
  readonly shortcut?: string | undefined
  readonly onClick: () => void
  readonly children: ReactNode
  /** It has nothing to do now. It keeps the focus: one may have come to the last step with it. */
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
      aria-disabled={disabled || undefined}
      onClick={() => {
        if (!disabled) onClick()
      }}
    >
      {children}
    </button>
  )
}
