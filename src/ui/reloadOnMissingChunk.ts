const GUARD = 'netpol-flow:reloaded'

/** A page from before a redeploy asks for files that are gone: it loads itself anew, once. The text is saved. */
export function reloadOnMissingChunk(page: Window): void {
  page.addEventListener('vite:preloadError', event => {
    try {
      if (page.sessionStorage.getItem(GUARD) !== null) return
      page.sessionStorage.setItem(GUARD, 'yes')
    } catch {
      return
    }
    event.preventDefault()
    page.location.reload()
  })
}
