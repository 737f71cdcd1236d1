import { useEffect, useState, type RefObject } from 'react'

/** Which ends of the strip are cut off. */
interface Cut {
  readonly start: boolean
  readonly end: boolean
}

const WHOLE: Cut = { start: false, end: false }

/** Pixels of the neighbour that stay in view beside the chosen tab. */
const ROOM = 28

/** Scrolls the strip itself: `scrollIntoView` would move the page around it too. */
function showChosen(strip: HTMLElement | null): void {
  const tab = strip?.querySelector<HTMLElement>('[aria-selected="true"]')
  if (strip === null || !tab) return
  const box = strip.getBoundingClientRect()
  const { left, right } = tab.getBoundingClientRect()
  if (left < box.left) strip.scrollLeft -= box.left - left + ROOM
  else if (right > box.right) strip.scrollLeft += right - box.right + ROOM
}

/**
 * For a strip of tabs that scrolls: which ends are cut off. The chosen tab stays in view when another is chosen and when
 * sizes change.
 */
export function useCutStrip(list: RefObject<HTMLElement | null>, chosen: string): Cut {
  const [cut, setCut] = useState(WHOLE)
  useEffect(() => {
    const strip = list.current
    if (strip === null) return
    const look = (): void => {
      const { scrollLeft, scrollWidth, clientWidth } = strip
      const start = scrollLeft > 1
      const end = scrollLeft + clientWidth < scrollWidth - 1
      setCut(now => (now.start === start && now.end === end ? now : { start, end }))
    }
    const sizes = new ResizeObserver(() => {
      showChosen(strip)
      look()
    })
    sizes.observe(strip)
    for (const tab of strip.children) sizes.observe(tab)
    strip.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      strip.removeEventListener('scroll', look)
    }
  }, [list])
  useEffect(() => showChosen(list.current), [list, chosen])
  return cut
}
