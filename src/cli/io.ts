import type { ScenarioFile } from '../model/scenario.ts'

/** All that the command needs of the world around it, so that it runs in a test as it runs in a shell. */
export interface CliIo {
  readonly version: string
  /** Standard input as UTF-8 text, piece by piece. */
  readonly stdin: AsyncIterable<string>
  /** Resolves when more may be written: whoever waits for it never fills memory faster than the reader reads. */
  readonly stdout: (text: string) => Promise<void>
  readonly stderr: (text: string) => Promise<void>
  /** The text of a file; rejects with the system's error. */
  readonly readFile: (path: string) => Promise<string>
  /** The files in a folder and below it as paths that `readFile` takes; undefined when the path is no folder. */
  readonly listFiles: (path: string) => Promise<readonly string[] | undefined>
  /** The manifests of a folder (or one file) as they were in a revision of the repository around; as above. */
  readonly readRevision: (revision: string, path: string) => Promise<readonly ScenarioFile[]>
}
