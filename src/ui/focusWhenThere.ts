/** Frames that a pane's part may take to be loaded and drawn. */
const PATIENCE = 120

/** Focuses the first element that the selector finds, as soon as there is one. */
export function focusWhenThere(selector: string): void {
  const focus = (left: number): void => {
    const found = document.querySelector<HTMLElement>(selector)
    if (found !== null) found.focus()
    else if (left > 0) requestAnimationFrame(() => focus(left - 1))
  }
  requestAnimationFrame(() => focus(PATIENCE))
}
