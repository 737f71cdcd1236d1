import type { ScenarioFile } from '../model/scenario.ts'
import { isDump } from './fileKind.ts'
import { mergeFiles } from './files.ts'
import { describeDump, withDumps } from './nodeFiles.ts'

/** What becomes of the scenario when files are opened into it. */
export interface Dropped {
  readonly files: readonly ScenarioFile[]
  /** Name of the file to show. */
  readonly active: string
  /** The manifests took the place of an example that nobody had touched. */
  readonly replaces: boolean
  /** Whether a node's rules are among them. */
  readonly dumps: boolean
  /** What to tell. */
  readonly said: string
}

/**
 * An example that nobody has touched makes room for manifests; own work is added to. Dumps of a node are about the
 * policies that are there, so they always come beside them. `undefined` when there is nothing to open.
 */
export function droppedFiles(
  present: readonly ScenarioFile[],
  incoming: readonly ScenarioFile[],
  isExample: boolean,
): Dropped | undefined {
  const dumps = incoming.filter(isDump)
  const manifests = incoming.filter(file => !dumps.includes(file))
  const replaces = isExample && manifests.length > 0
  const merged = manifests.length === 0 ? present : mergeFiles(replaces ? [] : present, manifests)
  const { files, added } = withDumps(merged, dumps)
  const active = manifests[0]?.name ?? added[0]?.name
  if (active === undefined) return undefined
  const opened = manifests.length === 0 ? [] : [manifests.length === 1 ? active : `${manifests.length} files`]
  return {
    files,
    active,
    replaces,
    dumps: dumps.length > 0,
    said: [...(opened.length > 0 ? [`Opened ${opened.join()}`] : []), ...added.map(describeDump)].join('. '),
  }
}
