#!/usr/bin/env node
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { encodingOf } from '../model/encoding.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { cli } from './cli.ts'

/** Relative to the built file, `dist-cli/netpol-flow.js`. */
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

async function* standardInput(): AsyncGenerator<string> {
  process.stdin.setEncoding('utf8')
  for await (const piece of process.stdin) yield piece as string
}

/** Waits when the pipe is full: what is written but not yet read stays within its buffer. */
function writerTo(stream: Writable): (text: string) => Promise<void> {
  return async text => {
    if (!stream.write(text)) await once(stream, 'drain')
  }
}

/** UTF-8, or the UTF-16 that PowerShell writes. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

const GIT_OUTPUT_MAX = 1024 * 1024 * 1024

/** What git prints. An error has git's own words and, as those of the file system, the name of the call. */
async function git(...args: readonly string[]): Promise<Buffer> {
  try {
    const options = { encoding: 'buffer', maxBuffer: GIT_OUTPUT_MAX } as const
    return (await promisify(execFile)('git', [...args], options)).stdout
  } catch (error) {
    const { stderr = '', message } = error as { readonly stderr?: Buffer | string; readonly message: string }
    throw Object.assign(new Error(String(stderr).trim() || message), { syscall: 'git' })
  }
}

/** Paths are relative to the working directory, as everywhere on the command line. */
async function readRevision(revision: string, path: string): Promise<readonly ScenarioFile[]> {
  if (revision.startsWith('-')) throw Object.assign(new Error(`no revision: ${revision}`), { syscall: 'git' })
  const listed = String(await git('ls-tree', '-r', '-z', '--name-only', revision, '--', path))
  const names = listed.split('\0').filter(name => /\.(?:ya?ml|json)$/i.test(name) || name === path)
  const files: ScenarioFile[] = []
  for (const name of names) files.push({ name, text: decoded(await git('show', `${revision}:./${name}`)) })
  return files
}

/** A reader that stops early (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await cli(process.argv.slice(2), {
  version: manifest.version,
  stdin: standardInput(),
  stdout: writerTo(process.stdout),
  stderr: writerTo(process.stderr),
  readFile: async path => decoded(await readFile(path)),
  readRevision,
  listFiles: async path => {
    if (!(await stat(path)).isDirectory()) return undefined
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  },
})
