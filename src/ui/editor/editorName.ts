import type { ScenarioFile } from '../../model/scenario.ts'
import { FILE_KIND_NAMES, fileKindOf, isDump } from '../../store/fileKind.ts'

/** What a screen reader calls the field with the file's text. */
export function editorName(file: ScenarioFile | undefined): string {
  return file !== undefined && isDump(file) ? FILE_KIND_NAMES[fileKindOf(file)] : 'Policies, YAML'
}
