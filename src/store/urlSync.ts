import type { StoreApi } from 'zustand/vanilla'
import type { Result } from '../model/result.ts'
import type { Scenario, SharedScenario } from '../model/scenario.ts'
import { LINK_BYTES_MAX } from '../permalink/codec.ts'
import type { AppState, Provenance } from './appStore.ts'
import { charactersOf } from './files.ts'
import type { LinkEncoder } from './linkEncoder.ts'
import { loadWork, type WorkStorage } from './savedWork.ts'
import { looksOf, sharedViewOf } from './sharedView.ts'

/** How a scenario is written into a link. The fragment comes without its `#`; `''` where no link can hold it. */
export interface LinkCodec {
  readonly encode: (scenario: SharedScenario) => string
  /** The same off the page's thread, for long texts. */
  readonly encodeApart?: LinkEncoder
  readonly decode: (fragment: string) => Result<SharedScenario, { readonly message: string }>
}

/** The address bar. `mine` marks an entry that this page wrote about the user's own work; it is no part of the link. */
export interface AddressBar {
  readonly fragment: () => string
  readonly mine: () => boolean
  readonly replace: (fragment: string, mine: boolean) => void
  /** Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void
}

export interface UrlSync {
  readonly flush: () => void
  readonly stop: () => void
}

/** Milliseconds: so long for any text, and longer for a long one, which takes a frame or more to write. */
const PAUSE = 500
const PAUSE_A_CHARACTER = 0.005

/** Characters; what is longer is packed off the page's thread. */
const LONG_TEXT = 20_000

/** Characters; browsers refuse to open addresses of 2 MB. */
const LONGEST_FRAGMENT = 1_900_000

/**
 * Puts the first scenario into the store: the link's, else the work saved in this browser, else the example. A
 * link that cannot be read says why and takes nothing away. Other work found in the browser stays on offer.
 */
export function openFirst(
  store: StoreApi<AppState>,
  address: AddressBar,
  codec: LinkCodec,
  storage: WorkStorage,
  example: Scenario,
): void {
  const saved = loadWork(storage, 'work')
  const fragment = address.fragment()
  const link = fragment === '' ? undefined : codec.decode(fragment)
  openBest(store, address, link, saved, example)
  store.setState({ past: [] })
}

function openBest(
  store: StoreApi<AppState>,
  address: AddressBar,
  link: ReturnType<LinkCodec['decode']> | undefined,
  saved: Scenario | undefined,
  example: Scenario,
): void {
  if (link?.ok === true) {
    const mine = address.mine()
    const opened = link.value
    loadShared(store, opened, provenanceOf(opened, mine, saved, example))
    if (!mine && saved !== undefined && !sameScenario(saved, opened)) store.getState().setOwnWork(saved)
    return
  }
  if (saved !== undefined) store.getState().load(saved, 'own')
  else store.getState().load(example, 'example')
  if (link?.ok === false) store.getState().setLinkProblem(link.error.message)
}

/** The scenario of a link, looked at as its sender did. */
function loadShared(
  store: StoreApi<AppState>,
  { view = {}, ...scenario }: SharedScenario,
  provenance: Provenance,
): void {
  store.getState().load(scenario, provenance)
  showShared(store, view)
}

function showShared(store: StoreApi<AppState>, shared: SharedScenario['view'] = {}): void {
  const { view, ...looks } = looksOf(shared)
  store.setState({ ...looks, view: { ...store.getState().view, ...view } })
}

function provenanceOf(
  opened: Scenario,
  mine: boolean,
  saved: Scenario | undefined,
  example: Scenario,
): Provenance {
  if (sameScenario(opened, example)) return 'example'
  return mine || (saved !== undefined && sameScenario(opened, saved)) ? 'own' : 'link'
}

/** Keeps the address bar at the present scenario and view, and follows links opened in this tab. */
export function startUrlSync(store: StoreApi<AppState>, address: AddressBar, codec: LinkCodec): UrlSync {
  let timer: ReturnType<typeof setTimeout> | undefined
  let written = address.fragment()
  /** What is being packed elsewhere. */
  let awaited: SharedScenario | undefined

  /** What is under way is not about the present any more. */
  const forget = (): void => {
    clearTimeout(timer)
    timer = undefined
    awaited = undefined
  }
  const shared = (): SharedScenario => {
    const state = store.getState()
    return { ...state.scenario, view: sharedViewOf(state) }
  }
  const put = (encoded: string): void => {
    forget()
    // No link is better than the link of another scenario.
    const fragment = encoded.length > LONGEST_FRAGMENT ? '' : encoded
    written = fragment
    address.replace(fragment, store.getState().provenance === 'own')
  }
  const write = (): void => {
    // A character takes a byte at least.
    const tooLong = charactersOf(store.getState().scenario) > LINK_BYTES_MAX
    put(tooLong ? '' : codec.encode(shared()))
  }
  const writeApart = async (encode: LinkEncoder): Promise<void> => {
    forget()
    const asked = shared()
    awaited = asked
    const encoded = await encode(asked)
    if (awaited !== asked) return
    if (encoded === undefined) write()
    else put(encoded)
  }
  const soon = (): void => {
    forget()
    const length = charactersOf(store.getState().scenario)
    timer = setTimeout(
      () => {
        if (codec.encodeApart === undefined || length < LONG_TEXT || length > LINK_BYTES_MAX) write()
        else void writeApart(codec.encodeApart)
      },
      Math.max(PAUSE, Math.round(PAUSE_A_CHARACTER * length)),
    )
  }

  const unsubscribe = store.subscribe((state, before) => {
    const dismissed = before.linkProblem !== undefined && state.linkProblem === undefined
    if (state.revision !== before.revision || dismissed || !sameLooks(state, before)) soon()
  })
  const unlisten = address.onChange(() => {
    const fragment = address.fragment()
    if (fragment === written || fragment === '') return
    // What was typed within the last pause is in the store, and `load` keeps it as the user's own work.
    forget()
    written = fragment
    const link = codec.decode(fragment)
    const { scenario, ownWork, setLinkProblem } = store.getState()
    if (!link.ok) setLinkProblem(link.error.message)
    // Back from a link that could not be opened, or another look at it: the scenario never left.
    else if (sameScenario(scenario, link.value)) {
      setLinkProblem(undefined)
      showShared(store, link.value.view)
    } else {
      const isOwn = ownWork !== undefined && sameScenario(ownWork, link.value)
      loadShared(store, link.value, isOwn ? 'own' : 'link')
    }
  })
  // A link that cannot be read stays in the address bar, to be looked at, until it is dismissed or something changes.
  if (store.getState().linkProblem === undefined) soon()

  return {
    flush: () => {
      if (timer !== undefined || awaited !== undefined) write()
    },
    stop: () => {
      unsubscribe()
      unlisten()
      forget()
    },
  }
}

function sameLooks(a: AppState, b: AppState): boolean {
  return (
    a.graphView === b.graphView &&
    a.packet === b.packet &&
    a.selection === b.selection &&
    a.view.inspectorTab === b.view.inspectorTab
  )
}

function sameScenario(a: Scenario, b: Scenario): boolean {
  return (
    a.name === b.name &&
    a.profile === b.profile &&
    a.files.length === b.files.length &&
    a.files.every((file, i) => file.name === b.files[i]?.name && file.text === b.files[i].text)
  )
}
