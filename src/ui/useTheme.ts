import { useEffect, useState } from 'react'
import { useAppStore } from './useApp.ts'

/** A media query, live. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const update = (): void => setMatches(list.matches)
    list.addEventListener('change', update)
    return () => list.removeEventListener('change', update)
  }, [query])
  return matches
}

/** The theme in force: the user's choice, or what the system prefers. */
export function useTheme(): 'light' | 'dark' | 'contrast' {
  const chosen = useAppStore(state => state.view.theme)
  const dark = useMedia('(prefers-color-scheme: dark)')
  const contrast = useMedia('(prefers-contrast: more)')
  if (chosen !== 'system') return chosen
  return contrast ? 'contrast' : dark ? 'dark' : 'light'
}
