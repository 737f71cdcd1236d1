import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { ChevronDown } from 'lucide-react'
import styles from './Menu.module.css'

export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly about?: string
  readonly checked?: boolean
  readonly icon?: ReactNode
  readonly run: () => void
}

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

/** A button with a menu: arrow keys, Home, End, Escape, first letters. */
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
  const list = useRef<HTMLDivElement>(null)
  const id = useId()

  useEffect(() => {
    if (!open) return
    const checked = list.current?.querySelector<HTMLElement>('[aria-checked="true"]')
    ;(checked ?? list.current?.querySelector<HTMLElement>('[role^="menuitem"]'))?.focus()
    const close = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open])

  const shut = (): void => {
    setOpen(false)
    button.current?.focus()
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
    const at = entries.findIndex(entry => entry === document.activeElement)
    const go = (to: number): void => entries[(to + entries.length) % entries.length]?.focus()
    if (event.key === 'Escape') shut()
    else if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(-1)
    else if (event.key === 'Tab') return setOpen(false)
    else if (/^\S$/.test(event.key)) {
      const next = entries.findIndex(
        (entry, i) => i > at && entry.textContent.toLowerCase().startsWith(event.key.toLowerCase()),
      )
      if (next >= 0) go(next)
      return
    } else return
    event.preventDefault()
    event.stopPropagation()
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
      {open && (
        <div
          ref={list}
          id={id}
          role="menu"
          aria-label={label}
          className={styles.list}
          data-align={align}
          onKeyDown={onKeyDown}
        >
          {items.map(item => (
            <button
              key={item.id}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              tabIndex={-1}
              className={styles.item}
              onClick={() => {
                shut()
                item.run()
              }}
            >
              <span className={styles.itemLabel}>
                {item.icon}
                {item.label}
              </span>
              {item.about !== undefined && <span className={styles.about}>{item.about}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
