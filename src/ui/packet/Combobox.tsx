import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { matchingSuggestions, type FieldSuggestion } from './fieldSuggestions.ts'
import styles from './Combobox.module.css'

interface Props {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly suggestions: readonly FieldSuggestion[]
  /**
   * Whether a text needs no completing. Where it does, Enter takes the first that fits, and leaving the field the only
   * one; a name with its namespace is left alone then, for it may be of something that is still to come.
   */
  readonly isWhole?: (text: string) => boolean
  /** A text as it is to stand in the field once it is left. */
  readonly tidy?: (text: string) => string
  /** Said below the field, and with it. */
  readonly problem?: string | undefined
  /** The next click on the graph sets it. */
  readonly armed?: boolean
  readonly onChange: (value: string) => void
  /** Beside the field. */
  readonly trailing?: ReactNode
  /** Named so that others can put the focus here. */
  readonly name: string
}

const MOST = 60
/** Offered below a text that means nothing. */
const NEAR = 3

/** A text field with suggestions: any text may be typed, arrow keys go through what fits, Enter takes it. */
export function Combobox(props: Props) {
  const { label, value, placeholder, suggestions, problem, armed = false, onChange, trailing, name } = props
  const { isWhole, tidy } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const [open, setOpen] = useState(false)
  /** Until something is typed all are offered. */
  const [typed, setTyped] = useState(false)
  const [active, setActive] = useState(-1)
  const shown = useMemo(
    () => (open ? matchingSuggestions(suggestions, typed ? value : '', MOST) : []),
    [open, suggestions, typed, value],
  )
  // What is there already needs no offer.
  const expanded = open && shown.some(suggestion => !typed || suggestion.value !== value)
  const isPart = expanded && typed && value.trim() !== '' && isWhole?.(value.trim()) === false
  /** What Enter takes. */
  const taken = active < 0 && isPart ? 0 : active
  const near = useMemo(
    () =>
      problem === undefined || open || value.trim() === ''
        ? []
        : matchingSuggestions(suggestions, value, NEAR).filter(suggestion => suggestion.value !== value),
    [problem, open, suggestions, value],
  )

  const close = (): void => {
    setOpen(false)
    setTyped(false)
    setActive(-1)
  }
  const take = (suggestion: FieldSuggestion | undefined): void => {
    if (suggestion !== undefined) onChange(suggestion.value)
    close()
  }
  const leave = (): void => {
    const [only, ...others] = shown
    const isOnly = isPart && !value.includes('/') && others.length === 0
    const left = isOnly && only !== undefined ? only.value : (tidy?.(value) ?? value)
    if (left !== value) onChange(left)
    close()
  }
  const go = (to: number): void => {
    setActive(to)
    list.current?.children[to]?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!open) setOpen(true)
      else if (shown.length > 0)
        go((active + step + (active < 0 && step < 0 ? 1 : 0) + shown.length) % shown.length)
      return
    }
    if (event.key === 'Enter') {
      if (expanded && taken >= 0) {
        event.preventDefault()
        take(shown[taken])
      } else leave()
    }
    if (event.key === 'Escape' && open) {
      event.stopPropagation()
      close()
    }
  }

  return (
    <div className={styles.field} data-armed={armed || undefined}>
      <label htmlFor={`${id}-input`}>{label}</label>
      <div className={styles.row}>
        <div className={styles.box}>
          <input
            ref={input}
            id={`${id}-input`}
            data-field={name}
            role="combobox"
            autoComplete="off"
            spellCheck={false}
            aria-autocomplete="list"
            aria-expanded={expanded}
            aria-controls={`${id}-list`}
            aria-activedescendant={expanded && taken >= 0 ? `${id}-${taken}` : undefined}
            aria-invalid={problem !== undefined}
            aria-describedby={
              problem === undefined ? undefined : `${id}-problem${near.length > 0 ? ` ${id}-near` : ''}`
            }
            placeholder={placeholder}
            value={value}
            onChange={event => {
              onChange(event.target.value)
              setTyped(true)
              setActive(-1)
              setOpen(true)
            }}
            onClick={() => setOpen(true)}
            onBlur={leave}
            onKeyDown={onKeyDown}
          />
          <ul
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={`Suggestions for ${label}`}
            className={styles.list}
            hidden={!expanded}
          >
            {shown.map((suggestion, i) => (
              <li
                key={`${suggestion.value} ${suggestion.about}`}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === taken}
                className={styles.option}
                // The field keeps the focus.
                onPointerDown={event => event.preventDefault()}
                onClick={() => take(suggestion)}
              >
                <span>{suggestion.value}</span> <span className={styles.about}>{suggestion.about}</span>
              </li>
            ))}
          </ul>
        </div>
        {trailing}
      </div>
      {problem !== undefined && (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      )}
      {near.length > 0 && (
        <p id={`${id}-near`} className={styles.near}>
          Do you mean:{' '}
          {near.map(suggestion => (
            <button
              key={suggestion.value}
              type="button"
              onClick={() => {
                onChange(suggestion.value)
                // The offers go away with the problem.
                input.current?.focus()
              }}
            >
              {suggestion.value}
            </button>
          ))}
        </p>
      )}
    </div>
  )
}
