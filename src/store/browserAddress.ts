import type { AddressBar } from './urlSync.ts'

/** The mark rides in the entry of the session's history: a reload keeps it, a copied link does not hold it. */
const MARK = 'netpol-flow: mine'

/** The address bar of the page. Writing replaces the present entry, so that Back leaves as expected. */
export function browserAddress(page: Window): AddressBar {
  return {
    fragment: () => page.location.hash.replace(/^#/, ''),
    mine: () => page.history.state === MARK,
    replace: (fragment, mine) => {
      const address = fragment === '' ? page.location.pathname + page.location.search : `#${fragment}`
      page.history.replaceState(mine ? MARK : null, '', address)
    },
    onChange: listener => {
      page.addEventListener('hashchange', listener)
      return () => page.removeEventListener('hashchange', listener)
    },
  }
}
