import { appStore } from '../../store/appStore.ts'
import type { InspectorTab } from '../../store/viewSettings.ts'
import type { Shortcut } from './shortcut.ts'

/** In the order in which the palette and the help show them. */
export const ACTION_GROUPS = ['Scenario', 'Files', 'Go to', 'Flow graph', 'View', 'Help'] as const

/** A thing the user can do. One table feeds the help, the palette and the key handler. */
export interface Action {
  readonly id: string
  readonly name: string
  readonly group: (typeof ACTION_GROUPS)[number]
  readonly shortcut?: Shortcut
  /** Extra words for the palette's search. */
  readonly keywords?: string
  readonly run: () => void
}

/** Opens the menu, dialog or field with that `data-opens`. */
export function openControl(name: string): void {
  const opener = document.querySelector<HTMLElement>(`[data-opens="${name}"]`)
  opener?.focus()
  if (opener instanceof HTMLButtonElement) opener.click()
}

/** Shows a tab of the inspector. */
export function showTab(tab: InspectorTab): void {
  appStore.getState().setView({ inspectorTab: tab, pane: 'inspector' })
}
