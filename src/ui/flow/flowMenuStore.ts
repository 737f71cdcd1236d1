import { createStore } from 'zustand/vanilla'
import type { FlowThing } from './flowThing.ts'

export interface FlowMenuOpen {
  readonly thing: FlowThing
  /** In CSS pixels of the window. */
  readonly x: number
  readonly y: number
  /** What the focus goes back to. */
  readonly from: HTMLElement | SVGElement
}

/** The one open menu of the flow pane. A store of its own, so that opening it draws no picture anew. */
export const flowMenuStore = createStore<{ readonly open: FlowMenuOpen | undefined }>()(() => ({
  open: undefined,
}))

export function openFlowMenu(
  thing: FlowThing,
  from: HTMLElement | SVGElement,
  at?: { readonly clientX: number; readonly clientY: number },
): void {
  const box = from.getBoundingClientRect()
  const x = at?.clientX ?? box.left + Math.min(box.width / 2, 60)
  const y = at?.clientY ?? box.top + Math.min(box.height / 2, 40)
  flowMenuStore.setState({ open: { thing, x, y, from } })
}

export function closeFlowMenu(back: boolean): void {
  const { open } = flowMenuStore.getState()
  flowMenuStore.setState({ open: undefined })
  if (back) open?.from.focus({ preventScroll: true })
}

/** Whether a key asks for the menu of what has the focus. */
export function asksForMenu({
  key,
  shiftKey,
}: {
  readonly key: string
  readonly shiftKey: boolean
}): boolean {
  return key === 'ContextMenu' || (key === 'F10' && shiftKey)
}
