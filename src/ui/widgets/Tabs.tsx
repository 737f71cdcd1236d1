import { useRef, type KeyboardEvent, type ReactNode, type WheelEvent } from 'react'
import { ChevronsUpDown } from 'lucide-react'
import { Menu } from './Menu.tsx'
import { useCutStrip } from './useCutStrip.ts'
import styles from './Tabs.module.css'

export interface Tab<T extends string> {
  readonly value: T
  readonly label: string
  /** The whole name, where the label is short for it; it holds the label's words. */
  readonly name?: string
  readonly count?: number
  /** A small mark after the label, and what a screen reader says for it. */
  readonly badge?: { readonly mark: ReactNode; readonly spoken: string }
}

interface Props<T extends string> {
  readonly label: string
  readonly value: T
  readonly tabs: readonly Tab<T>[]
  readonly onChange: (value: T) => void
  /** Id of the element the tabs show. */
  readonly panel: string
  readonly trailing?: ReactNode
}

/**
 * Arrow keys move and choose, as in the ARIA tabs pattern. Where the tabs are wider than their place they scroll, the
 * chosen one stays in view, and a menu lists them all.
 */
export function Tabs<T extends string>({ label, value, tabs, onChange, panel, trailing }: Props<T>) {
  const list = useRef<HTMLDivElement>(null)
  const cut = useCutStrip(list, value)
  const overflows = cut.start || cut.end

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
  const onWheel = ({ deltaX, deltaY }: WheelEvent): void => {
    if (list.current !== null && Math.abs(deltaY) > Math.abs(deltaX)) list.current.scrollLeft += deltaY
  }

  return (
    <div className={styles.bar}>
      <div
        role="tablist"
        aria-label={label}
        className={styles.list}
        data-cut-start={cut.start || undefined}
        data-cut-end={cut.end || undefined}
        ref={list}
        onKeyDown={onKeyDown}
        onWheel={onWheel}
      >
        {tabs.map(tab => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${panel}-${tab.value}`}
            data-tab={tab.value}
            aria-selected={tab.value === value}
            aria-controls={panel}
            aria-label={tab.name === undefined && tab.badge === undefined ? undefined : spokenName(tab)}
            title={tab.name}
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
            {tab.badge !== undefined && (
              <span aria-hidden className={styles.badge}>
                {tab.badge.mark}
              </span>
            )}
          </button>
        ))}
      </div>
      {overflows && (
        <Menu
          label={`All tabs of ${label}`}
          icon={<ChevronsUpDown size={14} aria-hidden />}
          opener={`${panel}-tabs`}
          title={`All tabs of ${label}`}
          align="end"
          iconOnly
          items={tabs.map(tab => ({
            id: tab.value,
            label: tab.name ?? tab.label,
            checked: tab.value === value,
            ...(tab.badge !== undefined && { about: tab.badge.spoken }),
            run: () => onChange(tab.value),
          }))}
        />
      )}
      {trailing}
    </div>
  )
}

function spokenName<T extends string>({ name, label, badge }: Tab<T>): string {
  return badge === undefined ? (name ?? label) : `${name ?? label}, ${badge.spoken}`
}
