import type { SharedScenario } from '../model/scenario.ts'

/** The part of a `Worker` that writes links that is used; it answers in the order it is asked. */
export interface LinkWorker {
  postMessage: (scenario: SharedScenario) => void
  terminate: () => void
  onmessage: ((event: { readonly data: string }) => void) | null
  onerror: ((event: unknown) => void) | null
}

/** The fragment of a link, made off the page's thread; `undefined` when the worker could not. */
export type LinkEncoder = (scenario: SharedScenario) => Promise<string | undefined>

/** The worker is started by the first question and kept; one that fails is replaced for the next. */
export function createLinkEncoder(createWorker: () => LinkWorker): LinkEncoder {
  let worker: LinkWorker | undefined
  let open: ((fragment: string | undefined) => void)[] = []

  const started = (): LinkWorker => {
    if (worker !== undefined) return worker
    const fresh = createWorker()
    fresh.onmessage = ({ data }) => {
      if (fresh === worker) open.shift()?.(data)
    }
    fresh.onerror = () => {
      if (fresh !== worker) return
      fresh.terminate()
      worker = undefined
      const unanswered = open
      open = []
      for (const answer of unanswered) answer(undefined)
    }
    worker = fresh
    return fresh
  }

  return scenario =>
    new Promise(resolve => {
      let asked: LinkWorker
      try {
        asked = started()
      } catch {
        // A browser that starts no worker at all.
        resolve(undefined)
        return
      }
      open.push(resolve)
      asked.postMessage(scenario)
    })
}

/** The page's worker for links. */
export function createLinkWorker(): LinkWorker {
  return new Worker(new URL('../worker/linkWorker.ts', import.meta.url), {
    type: 'module',
    name: 'links',
  }) as LinkWorker
}
