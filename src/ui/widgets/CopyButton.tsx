import { useEffect, useState, type ReactNode } from 'react'
import { Check, Copy, X } from 'lucide-react'
import { copyText } from '../clipboard.ts'
import button from './Button.module.css'

interface Props {
  /** What the button says: `Copy the CI command`. */
  readonly children: ReactNode
  /** Where the words alone do not say what is copied. */
  readonly label?: string
  readonly title?: string
  readonly text: () => string
}

/** Copies a text and says what came of it, in the button and to screen readers. */
export function CopyButton({ children, label, title, text }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | undefined>()
  useEffect(() => {
    if (outcome === undefined) return
    const timer = setTimeout(() => setOutcome(undefined), 2000)
    return () => clearTimeout(timer)
  }, [outcome])
  const Icon = outcome === undefined ? Copy : { copied: Check, failed: X }[outcome]
  return (
    <button
      type="button"
      className={button.small}
      aria-label={label}
      title={title}
      onClick={() => void copyText(text()).then(ok => setOutcome(ok ? 'copied' : 'failed'))}
    >
      <Icon size={13} aria-hidden />
      {children}
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Copying failed' : ''}
      </span>
    </button>
  )
}
