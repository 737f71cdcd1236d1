import { appStore } from '../../store/appStore.ts'
import { EMPTY_DRAFT } from '../../store/expectations.ts'
import { expectThisFlow } from '../expectations/expectThisFlow.ts'
import { pickFiles } from '../readFiles.ts'
import { copyLink, copyMarkdownLink, downloadYaml } from '../share/share.ts'
import { openControl, showTab, type Action } from './action.ts'
import { alt, mod } from './shortcut.ts'

/** On the scenario as a whole, and on its files. */
export const SCENARIO_ACTIONS: readonly Action[] = [
  {
    id: 'import',
    name: 'Import files',
    group: 'Scenario',
    shortcut: mod('O'),
    keywords: 'open upload yaml',
    run: pickFiles,
  },
  {
    id: 'examples',
    name: 'Examples',
    group: 'Scenario',
    shortcut: alt('E'),
    run: () => openControl('examples'),
  },
  {
    id: 'rename',
    name: 'Rename scenario',
    group: 'Scenario',
    shortcut: alt('R'),
    run: () => openControl('scenario-name'),
  },
  {
    id: 'profile',
    name: 'Choose the data plane',
    group: 'Scenario',
    shortcut: alt('P'),
    keywords: 'azure-npm version profile',
    run: () => openControl('profile'),
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
      appStore.getState().draftExpectation(EMPTY_DRAFT)
      showTab('expectations')
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
      showTab('node')
      appStore.getState().setPastingDump(true)
    },
  },
  {
    id: 'new-file',
    name: 'New file',
    group: 'Files',
    shortcut: alt('N'),
    run: () => appStore.getState().addFile(),
  },
  {
    id: 'close-file',
    name: 'Close file',
    group: 'Files',
    shortcut: alt('C'),
    run: () => appStore.getState().removeFile(appStore.getState().activeFile),
  },
  {
    id: 'undo',
    name: 'Undo file change',
    group: 'Files',
    shortcut: alt('Z'),
    run: () => appStore.getState().undo(),
  },
  {
    id: 'redo',
    name: 'Redo file change',
    group: 'Files',
    shortcut: alt('Z', true),
    run: () => appStore.getState().redo(),
  },
]
