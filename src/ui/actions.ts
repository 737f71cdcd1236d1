import type { Action } from './actions/action.ts'
import { FLOW_ACTIONS } from './actions/flowActions.ts'
import { GO_TO_ACTIONS } from './actions/goToActions.ts'
import { SCENARIO_ACTIONS } from './actions/scenarioActions.ts'
import { matchesShortcut } from './actions/shortcut.ts'
import { VIEW_ACTIONS } from './actions/viewActions.ts'

/** All that the user can do. One table feeds the help, the palette and the key handler. */
export const ACTIONS: readonly Action[] = [
  ...SCENARIO_ACTIONS,
  ...GO_TO_ACTIONS,
  ...FLOW_ACTIONS,
  ...VIEW_ACTIONS,
]

/** Keys that mean something where the focus is, for the help. */
export const LOCAL_KEYS: readonly { readonly keys: string; readonly name: string }[] = [
  { keys: '← ↑ → ↓', name: 'To the next node, row or cell in that direction' },
  { keys: 'Shift+arrow', name: 'Move the node' },
  { keys: 'E', name: 'Along to the next line of the node' },
  { keys: 'Shift+E', name: 'Back to the line before' },
  { keys: 'O', name: 'To the other end of the line' },
  { keys: 'Enter', name: 'Select and explain' },
  { keys: 'Shift+F10', name: 'All that can be done with it' },
]

export function runAction(id: string): void {
  ACTIONS.find(action => action.id === id)?.run()
}

export function shortcutOf(id: string): string | undefined {
  return ACTIONS.find(action => action.id === id)?.shortcut?.label
}

/** Runs the action of the key. Plain characters and Escape stay with the field that has the focus. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
  const action = ACTIONS.find(({ shortcut }) => shortcut !== undefined && matchesShortcut(shortcut, event))
  if (action === undefined) return
  const typing =
    event.target instanceof HTMLElement &&
    event.target.closest('input, textarea, select, .monaco-editor') !== null
  if (typing && action.shortcut?.key !== undefined) return
  event.preventDefault()
  action.run()
}
