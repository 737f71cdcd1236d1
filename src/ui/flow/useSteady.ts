import { useCallback, useLayoutEffect, useRef } from 'react'

/** One function for the life of the component that does what the newest `handler` does; for events, not while rendering. */
export function useSteady<A extends readonly unknown[]>(handler: (...args: A) => void): (...args: A) => void {
  const newest = useRef(handler)
  useLayoutEffect(() => {
    newest.current = handler
  })
  return useCallback((...args: A) => newest.current(...args), [])
}
