import { compareBytes } from '../model/order.ts'
import { failed, ok, type Result } from '../model/result.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import type { CliIo } from './io.ts'

const MANIFEST = /\.(?:ya?ml|json)$/i

/**
 * The files that the arguments name: files as they are, the manifests in folders (sorted by path), and `-` for
 * standard input. A file named twice is read once. The error is a line for the user.
 */
export async function readInputFiles(
  paths: readonly string[],
  io: CliIo,
): Promise<Result<readonly ScenarioFile[], string>> {
  const files = new Map<string, string>()
  for (const path of paths) {
    try {
      if (path === '-') {
        files.set('stdin', files.get('stdin') ?? (await readAll(io.stdin)))
        continue
      }
      const inside = await io.listFiles(path)
      const wanted = inside?.filter(name => MANIFEST.test(name)).sort(compareBytes) ?? [path]
      if (wanted.length === 0) return failed(`${path}: no .yaml, .yml or .json file in this folder`)
      for (const name of wanted) if (!files.has(name)) files.set(name, await io.readFile(name))
    } catch (error) {
      if (!isSystemError(error)) throw error
      return failed(error.message)
    }
  }
  return ok([...files].map(([name, text]) => ({ name, text: text.replace(/^\ufeff/, '') })))
}

/** One text: a file, or `-` for standard input. The error is a line for the user. */
export async function readText(path: string, io: CliIo): Promise<Result<string, string>> {
  try {
    return ok((path === '-' ? await readAll(io.stdin) : await io.readFile(path)).replace(/^\ufeff/, ''))
  } catch (error) {
    if (!isSystemError(error)) throw error
    return failed(error.message)
  }
}

/** What `git:REVISION:PATH` names; undefined for another word. */
export function parseRevision(
  text: string,
): { readonly revision: string; readonly path: string } | undefined {
  const [, revision = '', path = ''] = /^git:([^:]+):(.*)$/.exec(text) ?? []
  return revision === '' ? undefined : { revision, path: path === '' ? '.' : path }
}

/** The files of one side of a comparison: a file, a folder, `-`, or a folder as it was in a revision. */
export async function readSide(path: string, io: CliIo): Promise<Result<readonly ScenarioFile[], string>> {
  const wanted = parseRevision(path)
  if (wanted === undefined) return await readInputFiles([path], io)
  try {
    const files = await io.readRevision(wanted.revision, wanted.path)
    const manifests = files.length === 1 ? files : files.filter(({ name }) => MANIFEST.test(name))
    if (manifests.length === 0) return failed(`${path}: no .yaml, .yml or .json file there`)
    return ok([...manifests].sort((a, b) => compareBytes(a.name, b.name)))
  } catch (error) {
    if (!isSystemError(error)) throw error
    return failed(error.message)
  }
}

/** The files under names without the folders that all of them lie in. */
export function withoutCommonFolder(files: readonly ScenarioFile[]): readonly ScenarioFile[] {
  const split = files.map(file => file.name.split(/[/\\]+/))
  const shortest = Math.min(...split.map(parts => parts.length))
  let common = 0
  while (common < shortest - 1 && split.every(parts => parts[common] === split[0]?.[common])) common++
  return files.map((file, i) => ({ name: split[i]?.slice(common).join('/') ?? file.name, text: file.text }))
}

async function readAll(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

/** Node's errors of the file system carry the name of the failed call. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
