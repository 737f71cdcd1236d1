import { failed, ok, type Result } from '../model/result.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { textOption, type Options } from './command.ts'
import { readText } from './inputFiles.ts'
import type { CliIo } from './io.ts'

/** A node's dumps, by what they are about, or by the programs that scripts call for them. */
export const DUMP_OPTIONS = {
  iptables: undefined,
  ipset: undefined,
  'iptables-save': undefined,
  'ipset-save': undefined,
} as const

export interface Dumps {
  readonly iptables: ScenarioFile
  /** Undefined also where the first has both. */
  readonly ipset: ScenarioFile | undefined
}

/** What the options name, read. The error is a line for the user. */
export async function readDumps(options: Options, io: CliIo): Promise<Result<Dumps, string>> {
  const [rules, sets] = (['iptables', 'ipset'] as const).map(
    tool => textOption(options, tool) ?? textOption(options, `${tool}-save`),
  )
  if (rules === undefined) return failed('--iptables names the node’s rules')
  if (rules === '-' && sets === '-') return failed('standard input cannot be both dumps')
  const iptables = await readDump(rules, io)
  if (!iptables.ok) return iptables
  const ipset = sets === undefined || sets === rules ? ok(undefined) : await readDump(sets, io)
  return ipset.ok ? ok({ iptables: iptables.value, ipset: ipset.value }) : ipset
}

async function readDump(name: string, io: CliIo): Promise<Result<ScenarioFile, string>> {
  const text = await readText(name, io)
  return text.ok ? ok({ name, text: text.value }) : text
}
