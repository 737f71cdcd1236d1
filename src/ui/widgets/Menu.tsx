import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { ChevronDown } from 'lucide-react'
import { MenuItems, type MenuItem } from './MenuItems.tsx'
import styles from './Menu.module.css'

interface Props {
  readonly label: string
  readonly icon?: ReactNode
  readonly items: readonly MenuItem[]
  /** Named by a data attribute so that a shortcut can open it. */
  readonly opener: string
  readonly title?: string
  readonly align?: 'start' | 'end'
  readonly iconOnly?: boolean
  readonly primary?: boolean
  /** Stays open and shows what came of the choice. */
  readonly outcome?: string | undefined
}

/** A button with a menu. */
export function Menu({
  label,
  icon,
  items,
  opener,
  title,
  align = 'start',
  iconOnly,
  primary,
  outcome,
}: Props) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()

  useEffect(() => {
    if (!open) return
    const close = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open])

  const onClose = (back: boolean): void => {
    setOpen(false)
    if (back) button.current?.focus()
  }

  return (
    <div className={styles.root} ref={root}>
      <button
        ref={button}
        type="button"
        className={primary === true ? `${styles.button} ${styles.primary}` : styles.button}
        data-opens={opener}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={iconOnly === true ? label : undefined}
        title={title}
        onClick={() => setOpen(!open)}
      >
        {icon}
        {iconOnly !== true && <span>{outcome ?? label}</span>}
        {iconOnly !== true && <ChevronDown size={13} aria-hidden className={styles.chevron} />}
      </button>
      {open && <MenuItems id={id} label={label} items={items} align={align} onClose={onClose} />}
    </div>
  )
}
