#!/usr/bin/env node
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { encodingOf } from '../model/encoding.ts'
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
  readFile: async path => {
    const bytes = await readFile(path)
    return new TextDecoder(encodingOf(bytes)).decode(bytes)
  },
  listFiles: async path => {
    if (!(await stat(path)).isDirectory()) return undefined
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  },
})
