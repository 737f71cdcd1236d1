import { PANES, THEMES, type InspectorTab, type Pane } from '../store/viewSettings.ts'
import { appStore } from '../store/appStore.ts'
import { EMPTY_DRAFT } from '../store/expectations.ts'
import { chosenStep } from '../store/timeline.ts'
import { expectThisFlow } from './expectations/expectThisFlow.ts'
import { focusWhenThere } from './focusWhenThere.ts'
import { pickFiles } from './readFiles.ts'
import { copyLink, downloadYaml, copyMarkdownLink } from './share/share.ts'

/** A thing the user can do. One table feeds the help, the palette and the key handler. */
export interface Action {
  readonly id: string
  readonly name: string
  readonly group: 'Scenario' | 'Files' | 'View' | 'Go to' | 'Help'
  readonly shortcut?: Shortcut
  /** Extra words for the palette's search. */
  readonly keywords?: string
  readonly run: () => void
}

export interface Shortcut {
  /** `KeyboardEvent.code`, or `key` for a character that layouts put elsewhere. */
  readonly code?: string
  readonly key?: string
  /** Ctrl, or Command on a Mac. */
  readonly mod?: boolean
  readonly alt?: boolean
  readonly shift?: boolean
  readonly label: string
}

const MAC = typeof navigator !== 'undefined' && /Mac|iP(?:hone|ad)/.test(navigator.userAgent)

function alt(letter: string, shift = false): Shortcut {
  const code = /\d/.test(letter) ? `Digit${letter}` : `Key${letter}`
  const label = MAC ? `⌥${shift ? '⇧' : ''}${letter}` : `Alt+${shift ? 'Shift+' : ''}${letter}`
  return { code, alt: true, shift, label }
}

function mod(letter: string, shift = false): Shortcut {
  const label = MAC ? `${shift ? '⇧' : ''}⌘${letter}` : `Ctrl+${shift ? 'Shift+' : ''}${letter}`
  return { code: `Key${letter}`, mod: true, shift, label }
}

const state = () => appStore.getState()

/** Opens the menu, dialog or field with that `data-opens`. */
function open(name: string): void {
  const opener = document.querySelector<HTMLElement>(`[data-opens="${name}"]`)
  opener?.focus()
  if (opener instanceof HTMLButtonElement) opener.click()
}

function show(tab: InspectorTab): void {
  state().setView({ inspectorTab: tab, pane: 'inspector' })
}

/** Where nobody looks at the timeline yet, it opens first. */
function goBySteps(by: number): void {
  const { view, step, goToStep } = state()
  if (step === undefined && view.inspectorTab !== 'events') show('events')
  else goToStep(chosenStep(state()) + by)
}

function goTo(pane: Pane): void {
  state().setView({ pane })
  requestAnimationFrame(() => {
    const region = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`)
    const inner = region?.querySelector<HTMLElement>('textarea, [tabindex="0"], button')
    ;(inner ?? region)?.focus()
  })
}

function followPacket(): void {
  state().followPacket()
  focusWhenThere('[data-field="from"]')
}

function nextTheme(): void {
  const { theme } = state().view
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]
  if (next !== undefined) state().setView({ theme: next })
}

export const ACTIONS: readonly Action[] = [
  {
    id: 'import',
    name: 'Import files',
    group: 'Scenario',
    shortcut: mod('O'),
    keywords: 'open upload yaml',
    run: pickFiles,
  },
  { id: 'examples', name: 'Examples', group: 'Scenario', shortcut: alt('E'), run: () => open('examples') },
  {
    id: 'rename',
    name: 'Rename scenario',
    group: 'Scenario',
    shortcut: alt('R'),
    run: () => open('scenario-name'),
  },
  {
    id: 'profile',
    name: 'Choose the data plane',
    group: 'Scenario',
    shortcut: alt('P'),
    keywords: 'azure-npm version profile',
    run: () => open('profile'),
  },
  {
    id: 'copy-link',
    name: 'Copy link',
    group: 'Scenario',
    shortcut: mod('S'),
    keywords: 'share permalink',
    run: () => void copyLink(),
  },
  {
    id: 'copy-markdown',
    name: 'Copy Markdown link',
    group: 'Scenario',
    keywords: 'share',
    run: () => void copyMarkdownLink(),
  },
  {
    id: 'download',
    name: 'Download YAML',
    group: 'Scenario',
    shortcut: mod('S', true),
    keywords: 'save export',
    run: downloadYaml,
  },
  {
    id: 'add-expectation',
    name: 'Add an expectation',
    group: 'Scenario',
    shortcut: alt('A', true),
    keywords: 'assert test packet',
    run: () => {
      state().draftExpectation(EMPTY_DRAFT)
      show('expectations')
    },
  },
  {
    id: 'expect-this',
    name: 'Expect the selected flow’s verdict',
    group: 'Scenario',
    shortcut: alt('X', true),
    keywords: 'expectation assert test pin',
    run: expectThisFlow,
  },
  {
    id: 'paste-dump',
    name: 'Import a node’s rules',
    group: 'Scenario',
    shortcut: alt('O', true),
    keywords: 'paste dump iptables-save ipset real aks',
    run: () => {
      show('node')
      state().setPastingDump(true)
    },
  },
  { id: 'new-file', name: 'New file', group: 'Files', shortcut: alt('N'), run: () => state().addFile() },
  {
    id: 'close-file',
    name: 'Close file',
    group: 'Files',
    shortcut: alt('C'),
    run: () => state().removeFile(state().activeFile),
  },
  { id: 'undo', name: 'Undo file change', group: 'Files', shortcut: alt('Z'), run: () => state().undo() },
  {
    id: 'redo',
    name: 'Redo file change',
    group: 'Files',
    shortcut: alt('Z', true),
    run: () => state().redo(),
  },
  ...PANES.map((pane, i): Action => ({
    id: `pane-${pane}`,
    name: { policies: 'Policies', flow: 'Flow', inspector: 'Inspector' }[pane],
    group: 'Go to',
    shortcut: alt(`${i + 1}`),
    run: () => goTo(pane),
  })),
  {
    id: 'problems',
    name: 'Show or hide problems',
    group: 'Go to',
    shortcut: alt('4'),
    run: () => state().setView({ problemsOpen: !state().view.problemsOpen }),
  },
  { id: 'iptables', name: 'iptables', group: 'Go to', shortcut: alt('I'), run: () => show('iptables') },
  { id: 'ipsets', name: 'ipsets', group: 'Go to', shortcut: alt('S'), run: () => show('ipsets') },
  {
    id: 'packet',
    name: 'Follow a packet',
    group: 'Go to',
    shortcut: alt('F'),
    keywords: 'trace walk test simulate rules',
    run: followPacket,
  },
  {
    id: 'explain',
    name: 'Explain the selection',
    group: 'Go to',
    shortcut: alt('X'),
    keywords: 'why',
    run: () => show('explain'),
  },
  {
    id: 'events',
    name: 'Events: what happens on the node',
    group: 'Go to',
    shortcut: alt('V'),
    keywords: 'timeline history commands save apply',
    run: () => show('events'),
  },
  {
    id: 'expectations',
    name: 'Expectations: packet tests of this scenario',
    group: 'Go to',
    shortcut: alt('A'),
    keywords: 'assert check tests ci',
    run: () => show('expectations'),
  },
  {
    id: 'node',
    name: 'Node: its real rules beside the policies',
    group: 'Go to',
    shortcut: alt('O'),
    keywords: 'drift dump compare iptables-save ipset',
    run: () => show('node'),
  },
  {
    id: 'previous-step',
    name: 'Previous step of the node',
    group: 'Go to',
    shortcut: alt('J'),
    keywords: 'timeline back past',
    run: () => goBySteps(-1),
  },
  {
    id: 'next-step',
    name: 'Next step of the node',
    group: 'Go to',
    shortcut: alt('L'),
    keywords: 'timeline forward',
    run: () => goBySteps(1),
  },
  {
    id: 'now',
    name: 'Back to now',
    group: 'Go to',
    shortcut: alt('K'),
    keywords: 'timeline newest step',
    run: () => state().goToStep(undefined),
  },
  {
    id: 'theme',
    name: 'Next theme',
    group: 'View',
    shortcut: alt('T'),
    keywords: 'dark light contrast',
    run: nextTheme,
  },
  {
    id: 'clear',
    name: 'Clear the selection',
    group: 'View',
    shortcut: { key: 'Escape', label: 'Esc' },
    run: () => state().select(undefined),
  },
  { id: 'palette', name: 'Command palette', group: 'Help', shortcut: mod('K'), run: () => open('palette') },
  {
    id: 'help',
    name: 'Keyboard shortcuts',
    group: 'Help',
    shortcut: { key: '?', label: '?' },
    run: () => open('help'),
  },
]

export function shortcutOf(id: string): string | undefined {
  return ACTIONS.find(action => action.id === id)?.shortcut?.label
}

function matches(shortcut: Shortcut, event: KeyboardEvent): boolean {
  if (shortcut.key !== undefined)
    return event.key === shortcut.key && !event.ctrlKey && !event.metaKey && !event.altKey
  return (
    event.code === shortcut.code &&
    event.shiftKey === (shortcut.shift ?? false) &&
    event.altKey === (shortcut.alt ?? false) &&
    (event.ctrlKey || event.metaKey) === (shortcut.mod ?? false)
  )
}

/** Runs the action of the key. Plain characters and Escape stay with the field that has the focus. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
  const action = ACTIONS.find(({ shortcut }) => shortcut !== undefined && matches(shortcut, event))
  if (action === undefined) return
  const typing =
    event.target instanceof HTMLElement &&
    event.target.closest('input, textarea, select, .monaco-editor') !== null
  if (typing && action.shortcut?.key !== undefined) return
  event.preventDefault()
  action.run()
}
