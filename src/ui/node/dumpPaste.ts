import { appStore } from '../../store/appStore.ts'
import { fileKindOf, isDump, type FileKind } from '../../store/fileKind.ts'

const NAMES: Readonly<Record<FileKind, string>> = {
  manifests: 'node.txt',
  expectations: 'node.txt',
  iptables: 'iptables-save.txt',
  ipset: 'ipset-save.txt',
  both: 'node.txt',
  ip6tables: 'ip6tables-save.txt',
  nft: 'nft.txt',
  'ipset-markup': 'ipset.txt',
}

/** A name for a dump that was pasted and has none. */
function nameOfDump(text: string): string {
  const kind = fileKindOf({ name: '', text })
  if (kind === 'iptables' && /^Chain /m.test(text)) return 'iptables-list.txt'
  if (kind === 'ipset' && /^Name: /m.test(text)) return 'ipset-list.txt'
  return NAMES[kind]
}

/** Adds a pasted dump beside the other files. False when the text is none. */
export function addPastedDump(text: string): boolean {
  const file = { name: nameOfDump(text), text }
  if (!isDump(file)) return false
  appStore.getState().dropFiles([file])
  return true
}

/**
 * A dump that is pasted onto the page, or into the text of the policies, becomes a file of its own. In other fields, and
 * in a file that holds a dump, pasting does what it always does.
 */
export function handlePaste(event: ClipboardEvent): void {
  const { target } = event
  const text = event.clipboardData?.getData('text/plain') ?? ''
  if (event.defaultPrevented || text === '' || !(target instanceof HTMLElement)) return
  if (document.querySelector('dialog[open]') !== null) return
  const inPolicies = target.closest('[data-pane="policies"]') !== null
  if (!inPolicies && target.closest('input, textarea, [contenteditable="true"]') !== null) return
  const { scenario, activeFile } = appStore.getState()
  const active = scenario.files.find(file => file.name === activeFile)
  if (inPolicies && active !== undefined && isDump(active)) return
  if (!addPastedDump(text)) return
  event.preventDefault()
  event.stopPropagation()
}
