import type { DumpPlace } from '../../model/nodeReport.ts'
import { appStore } from '../../store/appStore.ts'
import { lineRange } from '../../store/nodeFiles.ts'

/** Shows a line of a dump in the editor; quietly where the reader stays in another pane. */
export function showPlace({ file, line }: DumpPlace, quiet = false): void {
  const { scenario, revealRange } = appStore.getState()
  const text = scenario.files.find(own => own.name === file)?.text
  if (text === undefined) return
  const { start, end } = lineRange(text, line)
  revealRange(file, start, end, quiet)
}
