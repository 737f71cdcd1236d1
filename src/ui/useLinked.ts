import { useMemo } from 'react'
import { linkedTo, NOTHING_LINKED, type Linked } from '../store/linked.ts'
import { displayedAnalysis } from '../store/timeline.ts'
import { useAppStore, useHoverStore } from './useApp.ts'

/** What belongs to the pinned selection. */
export function useLinked(): Linked {
  const analysis = useAppStore(displayedAnalysis)
  const selection = useAppStore(state => state.selection)
  const explanation = useAppStore(state => state.explained?.explanation)
  return useMemo(
    () => (analysis === undefined ? NOTHING_LINKED : linkedTo(analysis, selection, explanation)),
    [analysis, selection, explanation],
  )
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
