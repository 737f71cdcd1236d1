import { diagnosticsInOrder, type Diagnostic } from '../model/diagnostic.ts'
import { positionOf } from '../model/origin.ts'
import { DEFAULT_PROFILE, PROFILE_IDS, type ProfileId, type ScenarioFile } from '../model/scenario.ts'
import type { CliIo } from './io.ts'

/** Done; a check found something, or an error in the input; wrong usage; a bug of ours (sysexits.h's EX_SOFTWARE). */
export const DONE = 0
export const INPUT_ERROR = 1
export const USAGE_ERROR = 2
export const OUR_BUG = 70

export type Options = Readonly<Record<string, string | boolean | undefined>>

/** What stands behind the command's name, read. */
export interface Call {
  /** The words before the files: `SRC DST PORT/PROTO`. */
  readonly operands: readonly string[]
  readonly files: readonly ScenarioFile[]
  readonly options: Options
}

export interface Command {
  readonly usage: string
  readonly summary: string
  /** Option → the values it may have; `undefined` for any text. */
  readonly options: Readonly<Record<string, readonly string[] | undefined>>
  /** Options without a value. */
  readonly flags?: readonly string[]
  /** How many words it wants before the files. */
  readonly operands: number
  readonly files: 'needed' | 'allowed' | 'none'
  readonly run: (call: Call, io: CliIo) => Promise<number>
}

export const PROFILES: readonly string[] = PROFILE_IDS

export function profileOf(options: Options): ProfileId {
  return PROFILE_IDS.find(id => id === options['profile']) ?? DEFAULT_PROFILE
}

/** The text of an option; undefined when it is not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  return value === undefined ? undefined : String(value)
}

export async function usageError(message: string, io: CliIo): Promise<number> {
  await io.stderr(`netpol-flow: ${message}\nTry netpol-flow --help.\n`)
  return USAGE_ERROR
}

export function errorsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === 'error')
}

/** Tells the errors in the input. Gives the exit code that they make: what else there is to say is said all the same. */
export async function tellErrors(
  diagnostics: readonly Diagnostic[],
  files: readonly ScenarioFile[],
  io: CliIo,
): Promise<number> {
  const errors = errorsOf(diagnostics)
  await io.stderr(formatDiagnostics(errors, files))
  return errors.length > 0 ? INPUT_ERROR : DONE
}

/** `file:line:column: severity: sentence [code]`, as compilers print. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly ScenarioFile[],
): string {
  const texts = new Map(files.map(({ name, text }) => [name, text]))
  return diagnosticsInOrder(diagnostics, files)
    .map(({ file, range, severity, message, code }) => {
      const text = texts.get(file)
      const { line, column } = positionOf(text ?? '', range.start)
      return `${text === undefined ? '' : `${file}:${line}:${column}: `}${severity}: ${message} [${code}]\n`
    })
    .join('')
}
