import type { StoreApi } from 'zustand/vanilla'
import type { AppState } from './appStore.ts'
import type { WorkStorage } from './savedWork.ts'
import { THEMES } from './viewSettings.ts'

const KEY = 'netpol-flow:view'

/** Remembers the theme and whether the problems are open; the rest of the view starts anew each time. */
export function startViewMemory(store: StoreApi<AppState>, storage: WorkStorage): void {
  try {
    const saved: unknown = JSON.parse(storage.getItem(KEY) ?? 'null')
    if (typeof saved === 'object' && saved !== null) {
      const { theme, problemsOpen } = saved as { theme?: unknown; problemsOpen?: unknown }
      store.getState().setView({
        theme: THEMES.find(known => known === theme) ?? 'system',
        problemsOpen: problemsOpen === true,
      })
    }
  } catch {
    // Unreadable settings read as none.
  }
  store.subscribe(({ view }, before) => {
    if (view.theme === before.view.theme && view.problemsOpen === before.view.problemsOpen) return
    try {
      storage.setItem(KEY, JSON.stringify({ theme: view.theme, problemsOpen: view.problemsOpen }))
    } catch {
      // The settings then last as long as the page.
    }
  })
}
