import { useEffect, useRef, type FocusEvent, type RefObject } from 'react'

interface KeptFocus {
  readonly panel: RefObject<HTMLDivElement | null>
  readonly onFocus: () => void
  readonly onBlur: (event: FocusEvent) => void
}

/**
 * Takes the focus to the panel when the button that had it went away with what the panel showed. Otherwise the next Tab
 * would start from the top of the page.
 */
export function useKeptFocus(shown: string): KeptFocus {
  const panel = useRef<HTMLDivElement>(null)
  const inside = useRef(false)
  useEffect(() => {
    if (inside.current && document.activeElement === document.body)
      panel.current?.focus({ preventScroll: true })
  }, [shown])
  return {
    panel,
    onFocus: () => {
      inside.current = true
    },
    onBlur: ({ relatedTarget }) => {
      // What is taken away loses the focus to nothing.
      if (relatedTarget !== null && !panel.current?.contains(relatedTarget)) inside.current = false
    },
  }
}
