import { existsSync, readdirSync } from 'node:fs'
import process from 'node:process'
import { commandOutput, runCommandNow } from './command.ts'

/** Where `ip netns` keeps its names. */
const NAMES_FOLDER = '/run/netns'
const NAME = /^npf-([0-9]+)-[a-z0-9-]+$/

const open = new Set<string>()
let made = 0
let guarded = false

/** Network namespaces `npf-<pid>-…` of this process. They go with `removeNamespaces`, or when the process ends. */
export async function makeNamespaces(count: number): Promise<readonly string[]> {
  guard()
  const names = Array.from({ length: count }, () => `npf-${process.pid}-${made++}`)
  for (const name of names) open.add(name)
  await commandOutput(['ip', '-batch', '-'], names.map(name => `netns add ${name}\n`).join(''))
  return names
}

/** Takes the veth pairs, rules and sets in them along. */
export async function removeNamespaces(names: readonly string[]): Promise<void> {
  await commandOutput(['ip', '-batch', '-'], names.map(name => `netns del ${name}\n`).join(''))
  for (const name of names) open.delete(name)
}

/** Removes what runs left behind that were killed: only names of processes that are no more. */
export function removeLeftovers(): void {
  if (!existsSync(NAMES_FOLDER)) return
  for (const name of readdirSync(NAMES_FOLDER)) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) runCommandNow(['ip', 'netns', 'del', name])
  }
}

function guard(): void {
  if (guarded) return
  guarded = true
  process.on('exit', removeAllNow)
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const)
    process.once(signal, () => process.exit(128 + number))
}

function removeAllNow(): void {
  for (const name of open) runCommandNow(['ip', 'netns', 'del', name])
  open.clear()
}
