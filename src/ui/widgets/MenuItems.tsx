import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import styles from './Menu.module.css'

export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly about?: string
  readonly checked?: boolean
  readonly icon?: ReactNode
  /** Drawn apart from the item above it. */
  readonly apart?: boolean
  readonly run: () => void
}

interface Props {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly id?: string
  readonly align?: 'start' | 'end'
  readonly style?: CSSProperties
  /** `true` when the focus shall go back to where it came from. */
  readonly onClose: (back: boolean) => void
}

/** The open list of a menu, which takes the focus: arrow keys, Home, End, Escape, first letters. */
export function MenuItems({ label, items, id, align = 'start', style, onClose }: Props) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const checked = list.current?.querySelector<HTMLElement>('[aria-checked="true"]')
    ;(checked ?? list.current?.querySelector<HTMLElement>('[role^="menuitem"]'))?.focus()
  }, [])

  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
    const at = entries.findIndex(entry => entry === document.activeElement)
    const go = (to: number): void => entries[(to + entries.length) % entries.length]?.focus()
    if (event.key === 'Escape') onClose(true)
    else if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(-1)
    else if (event.key === 'Tab') return onClose(false)
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
    <div
      ref={list}
      id={id}
      role="menu"
      aria-label={label}
      className={styles.list}
      data-align={align}
      style={style}
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
          data-apart={item.apart || undefined}
          onClick={() => {
            onClose(true)
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
  )
}
