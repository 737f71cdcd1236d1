import type { WorkStorage } from './savedWork.ts'

/** The browser's storage, or one that forgets: reading `localStorage` throws where cookies are blocked. */
export function browserStorage(page: Window): WorkStorage {
  try {
    return page.localStorage
  } catch {
    return {
      getItem: () => null,
      setItem: () => {
        throw new Error('storage is blocked')
      },
      removeItem: () => undefined,
    }
  }
}
