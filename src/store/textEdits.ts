import type { ScenarioFile } from '../model/scenario.ts'
import type { TextEdit } from '../model/suggestion.ts'

/** The files with the edits in them. An edit in a file that does not exist makes it, after the others. */
export function withEdits(
  files: readonly ScenarioFile[],
  edits: readonly TextEdit[],
): readonly ScenarioFile[] {
  const known = new Set(files.map(file => file.name))
  const created = [...new Set(edits.map(edit => edit.file))]
    .filter(name => !known.has(name))
    .map(name => ({ name, text: '' }))
  return [...files, ...created].map(file => {
    // From the end, so that the offsets of the others still hold.
    const own = edits.filter(edit => edit.file === file.name).toSorted((a, b) => b.start - a.start)
    if (own.length === 0) return file
    const text = own.reduce(
      (before, edit) => before.slice(0, edit.start) + edit.text + before.slice(edit.end),
      file.text,
    )
    return { name: file.name, text }
  })
}
