/** Pixels that stay free around what is brought into view. */
const ROOM = 8

/**
 * Brings an element into view of its pane, below what covers the pane's top. Scrolling the pane itself:
 * `scrollIntoView` would move the page around it too.
 */
export function scrollWithin(element: Element, cover = 0): void {
  const pane = element.closest<HTMLElement>('[role="group"][tabindex="0"]')
  if (pane === null) return
  const inner = element.getBoundingClientRect()
  const outer = pane.getBoundingClientRect()
  const above = outer.top + cover + ROOM - inner.top
  const below = inner.bottom + ROOM - outer.bottom
  // Of what is higher than the pane the beginning shows.
  if (above > 0) pane.scrollTop -= above
  else if (below > 0) pane.scrollTop += Math.min(below, -above)
}
