import { appStore } from '../../store/appStore.ts'
import { requestCanvas } from '../flow/canvasRequests.ts'
import { FLOW_MODES, showMode } from '../flow/flowModes.ts'
import { PICTURE_COPIES, PICTURE_DOWNLOADS } from '../share/exportPicture.ts'
import { openControl, type Action } from './action.ts'
import { alt } from './shortcut.ts'

/** Opens what belongs to the flow pane, which a narrow screen may have to show first. */
function openInFlow(name: string): void {
  appStore.getState().setView({ pane: 'flow' })
  requestAnimationFrame(() => openControl(name))
}

/** On the picture of the flows. */
export const FLOW_ACTIONS: readonly Action[] = [
  ...FLOW_MODES.map(({ mode, label, about }, i): Action => ({
    id: `flow-${mode}`,
    name: `${label}: ${about.charAt(0).toLowerCase()}${about.slice(1)}`,
    group: 'Flow graph',
    shortcut: alt(`${i + 5}`),
    keywords: 'view show picture table',
    run: () => {
      appStore.getState().setView({ pane: 'flow' })
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
    run: () => appStore.getState().undoView(),
  },
  {
    id: 'view-forward',
    name: 'Forward to the view after',
    group: 'Flow graph',
    shortcut: alt('B', true),
    keywords: 'redo filter',
    run: () => appStore.getState().redoView(),
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
    run: () => appStore.getState().resetLayout(),
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
]
