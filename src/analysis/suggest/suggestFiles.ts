import { policyResource } from '../../model/networkPolicy.ts'
import type { ResourceSource } from '../../model/origin.ts'
import type { WholeAnalysis } from '../../model/protocol.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import type { TextEdit } from '../../model/suggestion.ts'
import { appendManifest, editManifest } from '../../parse/editManifest.ts'
import { replaceIn } from '../../parse/editText.ts'
import type { PolicyChange } from './suggestProposal.ts'
import { textEdits } from './textEdits.ts'

/** The files after some text edits. */
export function editedFiles(
  files: readonly ScenarioFile[],
  edits: readonly TextEdit[],
): readonly ScenarioFile[] {
  return files.map(file => {
    const own = edits.filter(edit => edit.file === file.name)
    return own.length === 0 ? file : { name: file.name, text: replaceIn(file.text, own) }
  })
}

/** Changes of policies as edits of the text; undefined where the text does not allow one of them. */
export function editsOf(
  changes: readonly PolicyChange[],
  files: readonly ScenarioFile[],
  sources: WholeAnalysis['sources'],
): readonly TextEdit[] | undefined {
  const texts = new Map(files.map(({ name, text }) => [name, text]))
  const sourceOf = (key: string): ResourceSource | undefined =>
    Object.hasOwn(sources, key) ? sources[key] : undefined
  // New documents come behind everything that has a place, and edits from the end of the text to its beginning: so
  // the places of the rest stay what they are.
  for (const change of changes) {
    if (change.kind !== 'new') continue
    const beside = change.beside === undefined ? undefined : sourceOf(change.beside)
    const file = beside?.file ?? files[0]?.name
    const text = file === undefined ? undefined : texts.get(file)
    const after = text === undefined ? undefined : appendManifest(text, beside?.range, change.object)
    if (file === undefined || after === undefined) return undefined
    texts.set(file, after)
  }
  const edits = changes
    .flatMap(change =>
      change.kind === 'edit' ? [{ ...change, source: sourceOf(policyResource(change.policy)) }] : [],
    )
    .sort((a, b) => (b.source?.range.start ?? 0) - (a.source?.range.start ?? 0))
  for (const { source, edits: fields } of edits) {
    const text = source === undefined ? undefined : texts.get(source.file)
    const after =
      source === undefined || text === undefined ? undefined : editManifest(text, source.range, fields)
    if (source === undefined || after === undefined) return undefined
    texts.set(source.file, after)
  }
  return files.flatMap(({ name, text }) => {
    const after = texts.get(name) ?? text
    return after === text ? [] : textEdits(text, after).map(edit => ({ file: name, ...edit }))
  })
}
