import { appStore } from '../../store/appStore.ts'
import { THEMES } from '../../store/viewSettings.ts'
import { openControl, type Action } from './action.ts'
import { alt, mod } from './shortcut.ts'

function nextTheme(): void {
  const { theme } = appStore.getState().view
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]
  if (next !== undefined) appStore.getState().setView({ theme: next })
}

/** On the page itself. */
export const VIEW_ACTIONS: readonly Action[] = [
  {
    id: 'theme',
    name: 'Next theme',
    group: 'View',
    shortcut: alt('T'),
    keywords: 'dark light contrast',
    run: nextTheme,
  },
  {
    id: 'clear',
    name: 'Clear the selection',
    group: 'View',
    shortcut: { key: 'Escape', label: 'Esc' },
    run: () => appStore.getState().select(undefined),
  },
  {
    id: 'palette',
    name: 'Command palette',
    group: 'Help',
    shortcut: mod('K'),
    run: () => openControl('palette'),
  },
  {
    id: 'help',
    name: 'Keyboard shortcuts',
    group: 'Help',
    shortcut: { key: '?', label: '?' },
    run: () => openControl('help'),
  },
]
