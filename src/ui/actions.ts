import { PANES, THEMES, type InspectorTab, type Pane } from '../store/viewSettings.ts'
import { appStore } from '../store/appStore.ts'
import { EMPTY_DRAFT } from '../store/expectations.ts'
import { chosenStep } from '../store/timeline.ts'
import { expectThisFlow } from './expectations/expectThisFlow.ts'
import { focusWhenThere } from './focusWhenThere.ts'
import { requestCanvas } from './flow/canvasRequests.ts'
import { FLOW_MODES, showMode } from './flow/flowModes.ts'
import { pickFiles } from './readFiles.ts'
import { PICTURE_COPIES, PICTURE_DOWNLOADS } from './share/exportPicture.ts'
import { copyLink, downloadYaml, copyMarkdownLink } from './share/share.ts'

/** A thing the user can do. One table feeds the help, the palette and the key handler. */
export interface Action {
  readonly id: string
  readonly name: string
  readonly group: 'Scenario' | 'Files' | 'View' | 'Go to' | 'Flow graph' | 'Help'
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

/** The same in the flow pane, which a narrow screen may have to show first. */
function openInFlow(name: string): void {
  state().setView({ pane: 'flow' })
  requestAnimationFrame(() => open(name))
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
  ...FLOW_MODES.map(({ mode, label, about }, i): Action => ({
    id: `flow-${mode}`,
    name: `${label}: ${about.charAt(0).toLowerCase()}${about.slice(1)}`,
    group: 'Flow graph',
    shortcut: alt(`${i + 5}`),
    keywords: 'view show picture table',
    run: () => {
      state().setView({ pane: 'flow' })
      showMode(mode)
    },
  })),
  {
    id: 'search-flows',
    name: 'Search the flows',
    group: 'Flow graph',
    shortcut: { key: '/', label: '/' },
    keywords: 'filter find',
    run: () => openInFlow('flow-search'),
  },
  {
    id: 'filters',
    name: 'Filter the flows',
    group: 'Flow graph',
    shortcut: alt('G'),
    keywords: 'namespace label port verdict deviation changed base hide system',
    run: () => openInFlow('flow-filters'),
  },
  {
    id: 'view-back',
    name: 'Back to the view before',
    group: 'Flow graph',
    shortcut: alt('B'),
    keywords: 'undo filter',
    run: () => state().undoView(),
  },
  {
    id: 'view-forward',
    name: 'Forward to the view after',
    group: 'Flow graph',
    shortcut: alt('B', true),
    keywords: 'redo filter',
    run: () => state().redoView(),
  },
  {
    id: 'fit',
    name: 'Fit the picture into its pane',
    group: 'Flow graph',
    shortcut: { key: '0', label: '0' },
    keywords: 'zoom whole all',
    run: () => requestCanvas('fits'),
  },
  {
    id: 'zoom-in',
    name: 'Zoom in',
    group: 'Flow graph',
    shortcut: { key: '+', label: '+' },
    run: () => requestCanvas('nearer'),
  },
  {
    id: 'zoom-out',
    name: 'Zoom out',
    group: 'Flow graph',
    shortcut: { key: '-', label: '-' },
    run: () => requestCanvas('farther'),
  },
  {
    id: 'reset-layout',
    name: 'Put all nodes back',
    group: 'Flow graph',
    shortcut: alt('L', true),
    keywords: 'reset layout moved',
    run: () => state().resetLayout(),
  },
  ...[...PICTURE_DOWNLOADS, ...PICTURE_COPIES].map(({ id, name, run }): Action => ({
    id,
    name,
    group: 'Flow graph',
    keywords: 'save image',
    run,
  })),
  {
    id: 'export',
    name: 'Export the picture',
    group: 'Flow graph',
    shortcut: alt('E', true),
    keywords: 'svg png mermaid dot',
    run: () => openInFlow('export'),
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

/** Keys that mean something where the focus is, for the help. */
export const LOCAL_KEYS: readonly { readonly keys: string; readonly name: string }[] = [
  { keys: '← ↑ → ↓', name: 'To the next node, row or cell in that direction' },
  { keys: 'Shift+arrow', name: 'Move the node' },
  { keys: 'E', name: 'Along to the next line of the node' },
  { keys: 'Shift+E', name: 'Back to the line before' },
  { keys: 'O', name: 'To the other end of the line' },
  { keys: 'Enter', name: 'Select and explain' },
  { keys: 'Shift+F10', name: 'All that can be done with it' },
]

export function runAction(id: string): void {
  ACTIONS.find(action => action.id === id)?.run()
}

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
