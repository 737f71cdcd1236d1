import { encodingOf } from '../model/encoding.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { appStore } from '../store/appStore.ts'

const ACCEPTED = /\.(?:ya?ml|json)$/i

/** Bytes; a larger file would freeze the page before it could say so. */
const LARGEST = 20 * 1024 * 1024

/** Opens what can be read and says what was left out. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const fitting = files.filter(file => ACCEPTED.test(file.name) && file.size <= LARGEST)
  const read = await Promise.allSettled(
    fitting.map(async (file): Promise<ScenarioFile> => {
      const bytes = new Uint8Array(await file.arrayBuffer())
      return { name: file.name, text: new TextDecoder(encodingOf(bytes)).decode(bytes) }
    }),
  )
  const opened = read.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  if (opened.length > 0) appStore.getState().dropFiles(opened)
  const left = files.length - opened.length
  if (left > 0)
    appStore.getState().tell({
      tone: 'problem',
      text: `${left === 1 ? (files.find(f => !fitting.includes(f))?.name ?? 'One file') : `${left} files`} left out: only .yaml, .yml and .json up to 20 MB are opened.`,
    })
}

/** The browser's file picker. */
export function pickFiles(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.accept = '.yaml,.yml,.json,application/json,application/yaml'
  input.addEventListener('change', () => void openFiles([...(input.files ?? [])]))
  input.click()
}
