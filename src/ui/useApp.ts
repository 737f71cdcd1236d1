import { useStore } from 'zustand'
import { appStore, type AppState } from '../store/appStore.ts'
import { hoverStore, type HoverState } from '../store/hoverStore.ts'

export function useAppStore<T>(selector: (state: AppState) => T): T {
  return useStore(appStore, selector)
}

export function useHoverStore<T>(selector: (state: HoverState) => T): T {
  return useStore(hoverStore, selector)
}
