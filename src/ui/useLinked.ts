import { useMemo } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { linkedTo, NOTHING_LINKED, type Linked } from '../store/linked.ts'
import { linksOf, pinned } from '../store/packetLinked.ts'
import { displayedAnalysis } from '../store/timeline.ts'
import { useAppStore, useHoverStore } from './useApp.ts'

/** What belongs to the pinned selection. */
export function useLinked(): Linked {
  const from = useAppStore(useShallow(pinned))
  return useMemo(() => linksOf(from), [from])
}

/** What belongs to the thing under the pointer. */
export function useHoverLinked(): Linked {
  const analysis = useAppStore(displayedAnalysis)
  const hovered = useHoverStore(state => state.hovered)
  return useMemo(
    () => (analysis === undefined ? NOTHING_LINKED : linkedTo(analysis, hovered)),
    [analysis, hovered],
  )
}
