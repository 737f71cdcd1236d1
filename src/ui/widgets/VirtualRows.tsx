import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import styles from './VirtualRows.module.css'

interface Props {
  readonly label: string
  readonly count: number
  /** Pixels; of every row, or of a row that does not wrap. */
  readonly rowHeight: number
  /** CSS width of the widest row, so that long lines scroll sideways. */
  readonly width?: string
  /** Rows may be higher than `rowHeight`: each is measured when drawn. */
  readonly measured?: boolean
  readonly row: (index: number) => ReactNode
  readonly isSelectable: (index: number) => boolean
  /** Blank lines are no options to a screen reader. */
  readonly isBlank?: (index: number) => boolean
  readonly isSelected: (index: number) => boolean
  readonly onSelect: (index: number) => void
  readonly onHover?: (index: number | undefined) => void
  /** Comes into view when it changes. */
  readonly scrollTo?: number | undefined
  readonly rowClass?: (index: number) => string | undefined
}

/** A listbox of any length of which only what is in view is drawn. Arrow keys go from one selectable row to the next. */
export function VirtualRows(props: Props) {
  const { count, rowHeight, row, isSelectable, isSelected, onSelect, onHover, scrollTo } = props
  const box = useRef<HTMLDivElement>(null)
  const id = useId()
  // eslint-disable-next-line react-hooks/incompatible-library -- the rows are drawn here and nowhere memoised
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 400, height: 600 },
  })

  useEffect(() => {
    if (scrollTo !== undefined && scrollTo >= 0) virtualizer.scrollToIndex(scrollTo, { align: 'auto' })
  }, [scrollTo, virtualizer])

  const selected = Array.from({ length: count }, (_, i) => i).find(isSelected)

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    let at = (selected ?? (step === 1 ? -1 : count)) + step
    while (at >= 0 && at < count && !isSelectable(at)) at += step
    if (at < 0 || at >= count) return
    onSelect(at)
    virtualizer.scrollToIndex(at, { align: 'auto' })
  }

  return (
    <div
      ref={box}
      className={styles.box}
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={selected === undefined ? undefined : `${id}-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onHover?.(undefined)}
    >
      <div
        className={styles.inner}
        style={{ height: virtualizer.getTotalSize(), minWidth: props.width }}
        role="presentation"
      >
        {virtualizer.getVirtualItems().map(({ index, start, size }) => (
          <div
            key={index}
            id={`${id}-${index}`}
            {...(props.isBlank?.(index) === true
              ? { role: 'presentation' }
              : {
                  role: 'option',
                  'aria-selected': isSelected(index),
                  'aria-disabled': !isSelectable(index),
                  'aria-setsize': count,
                  'aria-posinset': index + 1,
                })}
            ref={props.measured === true ? virtualizer.measureElement : undefined}
            data-index={index}
            className={[styles.row, props.rowClass?.(index)].filter(Boolean).join(' ')}
            data-selectable={isSelectable(index)}
            style={{ transform: `translateY(${start}px)`, ...(props.measured !== true && { height: size }) }}
            onClick={() => {
              if (isSelectable(index)) onSelect(index)
            }}
            onPointerEnter={() => onHover?.(isSelectable(index) ? index : undefined)}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  )
}
