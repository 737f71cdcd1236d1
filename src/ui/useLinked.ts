import { useMemo } from 'react'
import { appStore } from '../store/appStore.ts'
import { linkedTo, NOTHING_LINKED, type Linked } from '../store/linked.ts'
import { followedTrace } from '../store/packet.ts'
import { pinnedLinks } from '../store/packetLinked.ts'
import { displayedAnalysis } from '../store/timeline.ts'
import { useAppStore, useHoverStore } from './useApp.ts'

/** What belongs to the pinned selection. */
export function useLinked(): Linked {
  const analysis = useAppStore(displayedAnalysis)
  const selection = useAppStore(state => state.selection)
  const explanation = useAppStore(state => state.explained?.explanation)
  const trace = useAppStore(followedTrace)
  return useMemo(
    () => pinnedLinks(appStore.getState()),
    // What it is made of in the store.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [analysis, selection, explanation, trace],
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
