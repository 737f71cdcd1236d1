import { createStore } from 'zustand/vanilla'
import { sameSelection, type Selection } from './selection.ts'

/** What the pointer is over. A store of its own, so that hovering renders only what asks for it. */
export interface HoverState {
  readonly hovered: Selection | undefined
  readonly hover: (target: Selection | undefined) => void
}

export const hoverStore = createStore<HoverState>()((set, get) => ({
  hovered: undefined,
  hover: target => {
    if (!sameSelection(get().hovered, target)) set({ hovered: target })
  },
}))
