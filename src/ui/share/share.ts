import { appStore } from '../../store/appStore.ts'
import { sharedViewOf } from '../../store/sharedView.ts'
import { joinFiles, markdownLink, shareAddress } from '../../store/shareLink.ts'
import { copyText, downloadText } from '../clipboard.ts'

/** Characters after which chat and mail programs are known to cut links. */
const LONG = 2000

async function copyAddress(form: (address: string) => string, what: string): Promise<boolean> {
  const state = appStore.getState()
  const { scenario, tell } = state
  const address = shareAddress(location.href, { ...scenario, view: sharedViewOf(state) })
  if (address === undefined) {
    tell({ tone: 'problem', text: 'Too large for a link (over 2 MiB): download the YAML instead.' })
    return false
  }
  const copied = await copyText(form(address))
  if (!copied)
    tell({ tone: 'problem', text: 'Failed: the browser refused the clipboard. Copy the address bar.' })
  else if (address.length > LONG)
    tell({
      tone: 'info',
      text: `${what} copied: ${address.length.toLocaleString('en')} characters. Some chat programs cut links of over 2,000; the YAML file is safer there.`,
    })
  else tell({ tone: 'success', text: `${what} copied` })
  return copied
}

export function copyLink(): Promise<boolean> {
  return copyAddress(address => address, 'Link')
}

export function copyMarkdownLink(): Promise<boolean> {
  const { name } = appStore.getState().scenario
  return copyAddress(address => markdownLink(name, address), 'Markdown link')
}

/** A file's name without its ending, after the scenario. */
export function fileStem(): string {
  const { name } = appStore.getState().scenario
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'scenario'
}

export function downloadYaml(): void {
  downloadText(`${fileStem()}.yaml`, joinFiles(appStore.getState().scenario))
}
