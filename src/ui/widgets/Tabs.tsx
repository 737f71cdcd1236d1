import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import styles from './Tabs.module.css'

interface Props<T extends string> {
  readonly label: string
  readonly value: T
  readonly tabs: readonly { readonly value: T; readonly label: string; readonly count?: number }[]
  readonly onChange: (value: T) => void
  /** Id of the element the tabs show. */
  readonly panel: string
  readonly trailing?: ReactNode
}

/** Arrow keys move and choose, as in the ARIA tabs pattern. */
export function Tabs<T extends string>({ label, value, tabs, onChange, panel, trailing }: Props<T>) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(tab => tab.value === value)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? tabs.length - 1 : step === undefined ? -1 : at + step
    const next = tabs[(to + tabs.length) % tabs.length]
    if (next === undefined || (to === -1 && event.key !== 'ArrowLeft')) return
    event.preventDefault()
    onChange(next.value)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.value}"]`)?.focus()
  }
  return (
    <div className={styles.bar}>
      <div role="tablist" aria-label={label} className={styles.list} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(tab => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${panel}-${tab.value}`}
            data-tab={tab.value}
            aria-selected={tab.value === value}
            aria-controls={panel}
            tabIndex={tab.value === value ? 0 : -1}
            className={styles.tab}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
            {tab.count !== undefined && (
              <span aria-hidden className={styles.count}>
                {tab.count}
              </span>
            )}
          </button>
        ))}
      </div>
      {trailing}
    </div>
  )
}
