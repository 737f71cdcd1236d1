import type { StoreApi } from 'zustand/vanilla'
import type { AppState } from './appStore.ts'
import { charactersOf } from './files.ts'
import { forgetWork, saveWork, type WorkStorage } from './savedWork.ts'

export interface Autosave {
  /** Saves what is pending; for the moment when the page is left. */
  readonly flush: () => void
  readonly stop: () => void
}

/** Milliseconds: so long for any text, and longer for a long one, which takes a frame or more to write. */
const PAUSE = 300
const PAUSE_A_CHARACTER = 0.001

/** Keeps the user's own work in the browser. What came by a link is never written over it. */
export function startAutosave(store: StoreApi<AppState>, storage: WorkStorage): Autosave {
  let timer: ReturnType<typeof setTimeout> | undefined
  let told = false

  const save = (): void => {
    clearTimeout(timer)
    timer = undefined
    const { scenario, provenance } = store.getState()
    if (provenance !== 'own' || saveWork(storage, 'work', scenario) || told) return
    told = true
    store.getState().tell({
      tone: 'problem',
      text: 'This browser cannot keep your work (too large, or storage is off). Use Share or download the YAML.',
    })
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.ownWork !== before.ownWork) {
      if (state.ownWork === undefined) forgetWork(storage, 'before')
      else saveWork(storage, 'before', state.ownWork)
    }
    if (state.revision === before.revision) return
    clearTimeout(timer)
    timer = setTimeout(save, Math.max(PAUSE, PAUSE_A_CHARACTER * charactersOf(state.scenario)))
  })

  return {
    flush: () => {
      if (timer !== undefined) save()
    },
    stop: () => {
      unsubscribe()
      clearTimeout(timer)
    },
  }
}
