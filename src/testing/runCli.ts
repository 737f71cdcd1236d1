import { cli } from '../cli/cli.ts'
import type { CliIo } from '../cli/io.ts'
import type { ScenarioFile } from '../model/scenario.ts'

/** Runs the command in a world made of strings. Folders are the paths that files lie below. */
export async function runCli(
  argv: readonly string[],
  world: {
    readonly files?: Readonly<Record<string, string>>
    readonly stdin?: readonly string[]
    /** By `REVISION:PATH`. */
    readonly revisions?: Readonly<Record<string, readonly ScenarioFile[]>>
  } = {},
) {
  const { files = {}, stdin = [], revisions = {} } = world
  const written = { stdout: '', stderr: '' }
  const io: CliIo = {
    version: '1.2.3',
    stdin: (async function* () {
      for (const piece of stdin) yield await Promise.resolve(piece)
    })(),
    stdout: text => Promise.resolve(void (written.stdout += text)),
    stderr: text => Promise.resolve(void (written.stderr += text)),
    readFile: path => Promise.resolve(files[path] ?? ''),
    readRevision: (revision, path) => Promise.resolve(revisions[`${revision}:${path}`] ?? []),
    listFiles: path => {
      if (Object.hasOwn(files, path)) return Promise.resolve(undefined)
      const inside = Object.keys(files).filter(name => name.startsWith(`${path}/`))
      if (inside.length > 0) return Promise.resolve(inside)
      return Promise.reject(
        Object.assign(new Error(`ENOENT: no such file, stat '${path}'`), { syscall: 'stat' }),
      )
    },
  }
  const code = await cli(argv, io)
  return { code, ...written }
}
