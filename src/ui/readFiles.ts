import { encodingOf } from '../model/encoding.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { appStore } from '../store/appStore.ts'
import { isDump } from '../store/fileKind.ts'

const MANIFEST_NAME = /\.(?:ya?ml|json)$/i
const MANIFEST_FIELD = /^(?:apiVersion|kind)\s*:/m

/** Bytes. A character takes one at least, and no more characters of a file are read than that. */
const LARGEST_MB = 64
const LARGEST = LARGEST_MB * 1024 * 1024

/** Opens what can be read and says what was left out, and why. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const opened: ScenarioFile[] = []
  const left: string[] = []
  for (const file of files) {
    const read = await readFile(file)
    if (typeof read === 'string') left.push(`${file.name} left out: ${read}`)
    else opened.push(read)
  }
  if (opened.length > 0) appStore.getState().dropFiles(opened)
  const [first] = left
  if (first !== undefined)
    appStore.getState().tell({
      tone: 'problem',
      text: left.length === 1 ? first : `${first} And ${left.length - 1} more.`,
    })
}

/** The file, or why it cannot be opened. */
async function readFile(file: File): Promise<ScenarioFile | string> {
  if (file.size > LARGEST) return `it is larger than ${LARGEST_MB} MB. Split it into several files.`
  let text: string
  try {
    const bytes = new Uint8Array(await file.arrayBuffer())
    text = new TextDecoder(encodingOf(bytes)).decode(bytes)
  } catch {
    return 'the browser could not read it; a folder cannot be opened.'
  }
  if (text.includes('\0')) return 'it is no text.'
  const read = { name: file.name, text }
  if (text.trim() === '') return 'it is empty.'
  if (MANIFEST_NAME.test(file.name) || isDump(read) || MANIFEST_FIELD.test(text)) return read
  return 'it is neither YAML or JSON, nor the output of iptables-save, iptables -nvL, ipset save or ipset list.'
}

/** The browser's file picker. Dumps of a node may have any name. */
export function pickFiles(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.addEventListener('change', () => void openFiles([...(input.files ?? [])]))
  input.click()
}
