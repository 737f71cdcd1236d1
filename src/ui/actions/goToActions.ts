import { appStore } from '../../store/appStore.ts'
import { chosenStep } from '../../store/timeline.ts'
import { PANES, type Pane } from '../../store/viewSettings.ts'
import { focusWhenThere } from '../focusWhenThere.ts'
import { showTab, type Action } from './action.ts'
import { alt } from './shortcut.ts'

/** Where nobody looks at the timeline yet, it opens first. */
function goBySteps(by: number): void {
  const { view, step, goToStep } = appStore.getState()
  if (step === undefined && view.inspectorTab !== 'events') showTab('events')
  else goToStep(chosenStep(appStore.getState()) + by)
}

function goTo(pane: Pane): void {
  appStore.getState().setView({ pane })
  requestAnimationFrame(() => {
    const region = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`)
    const inner = region?.querySelector<HTMLElement>('textarea, [tabindex="0"], button')
    ;(inner ?? region)?.focus()
  })
}

function followPacket(): void {
  appStore.getState().followPacket()
  focusWhenThere('[data-field="from"]')
}

/** To panes, tabs and moments. */
export const GO_TO_ACTIONS: readonly Action[] = [
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
    run: () => appStore.getState().setView({ problemsOpen: !appStore.getState().view.problemsOpen }),
  },
  { id: 'iptables', name: 'iptables', group: 'Go to', shortcut: alt('I'), run: () => showTab('iptables') },
  { id: 'ipsets', name: 'ipsets', group: 'Go to', shortcut: alt('S'), run: () => showTab('ipsets') },
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
    run: () => showTab('explain'),
  },
  {
    id: 'events',
    name: 'Events: what happens on the node',
    group: 'Go to',
    shortcut: alt('V'),
    keywords: 'timeline history commands save apply',
    run: () => showTab('events'),
  },
  {
    id: 'expectations',
    name: 'Expectations: packet tests of this scenario',
    group: 'Go to',
    shortcut: alt('A'),
    keywords: 'assert check tests ci',
    run: () => showTab('expectations'),
  },
  {
    id: 'node',
    name: 'Node: its real rules beside the policies',
    group: 'Go to',
    shortcut: alt('O'),
    keywords: 'drift dump compare iptables-save ipset',
    run: () => showTab('node'),
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
    run: () => appStore.getState().goToStep(undefined),
  },
]
