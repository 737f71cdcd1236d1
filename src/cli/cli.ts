import { parseArgs } from 'node:util'
import { analyze } from '../analysis/analyze.ts'
import { findings } from '../analysis/findings.ts'
import { print, textOf } from '../analysis/print.ts'
import { positionOf } from '../model/origin.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { PrintForm } from '../model/protocol.ts'
import { DEFAULT_PROFILE, PROFILE_IDS, type ProfileId, type ScenarioFile } from '../model/scenario.ts'
import { LINK_BYTES_MAX, encodeScenario } from '../permalink/codec.ts'
import { readInputFiles, withoutCommonFolder } from './inputFiles.ts'
import type { CliIo } from './io.ts'
import { jsonl } from './jsonl.ts'

/** Done; an error in the input; wrong usage; a bug of ours (sysexits.h's EX_SOFTWARE). */
const DONE = 0
const INPUT_ERROR = 1
const USAGE_ERROR = 2
const OUR_BUG = 70

type Options = Readonly<Record<string, string | boolean | undefined>>

interface Command {
  readonly usage: string
  readonly summary: string
  /** Option → the values it may have; `undefined` for any text. */
  readonly options: Readonly<Record<string, readonly string[] | undefined>>
  /** Whether it wants files. */
  readonly files: boolean
  readonly run: (files: readonly ScenarioFile[], options: Options, io: CliIo) => Promise<number>
}

const PROFILES: readonly string[] = PROFILE_IDS
const FILES_HELP = 'FILE is a file, a folder (read recursively: .yaml .yml .json), or - for standard input.'
/** Where `npm start` serves the app. */
const LOCAL_APP = 'http://127.0.0.1:4173/'

const COMMANDS: Readonly<Record<string, Command>> = {
  translate: {
    usage: `translate [--profile ${PROFILES.join('|')}] [--only ipset|iptables] [--as restore|save|list] FILE…`,
    summary: 'print the ipsets and the iptables rules that azure-npm programs for these objects',
    options: { profile: PROFILES, only: ['ipset', 'iptables'], as: ['restore', 'save', 'list'] },
    files: true,
    run: translate,
  },
  check: {
    usage: `check [--profile ${PROFILES.join('|')}] FILE…`,
    summary: 'print what is wrong in the input, and what the data plane does not do as promised',
    options: { profile: PROFILES },
    files: true,
    run: check,
  },
  link: {
    usage: `link [--profile ${PROFILES.join('|')}] [--name NAME] [--base URL] FILE…`,
    summary: `print the address that opens these files in the app (at ${LOCAL_APP} unless --base says where)`,
    options: { profile: PROFILES, name: undefined, base: undefined },
    files: true,
    run: link,
  },
  jsonl: {
    usage: 'jsonl',
    summary: 'answer one JSON request a line on standard input, for programs',
    options: {},
    files: false,
    run: async (_files, _options, io) => {
      await jsonl(io)
      return DONE
    },
  },
}

/** Runs the command line and returns the exit code. Never throws: a bug of ours is one line on stderr and code 70. */
export async function cli(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await run(argv, io)
  } catch (error) {
    const place = error instanceof Error ? (/\n\s+at (.*)/.exec(error.stack ?? '')?.[1] ?? '') : ''
    const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
    await io.stderr(`netpol-flow ${io.version}: this is a bug of netpol-flow: ${message} (${place})\n`)
    return OUR_BUG
  }
}

async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = argv
  if (name === '--version') {
    await io.stdout(`${io.version}\n`)
    return DONE
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    await io.stdout(overview())
    return DONE
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name))
    return await usageError(name === undefined ? 'no command given' : `unknown command ${name}`, io)
  const command = COMMANDS[name]
  if (command === undefined) return USAGE_ERROR

  const parsed = parse(command, rest)
  if (typeof parsed === 'string')
    return await usageError(`${parsed}\nusage: netpol-flow ${command.usage}`, io)
  const { options, paths } = parsed
  if (options['help'] === true) {
    await io.stdout(
      `netpol-flow ${command.usage}\n\n${command.summary}\n${command.files ? `${FILES_HELP}\n` : ''}`,
    )
    return DONE
  }
  if (command.files === (paths.length === 0)) {
    const problem = command.files ? 'name at least one FILE' : `unexpected argument ${paths[0] ?? ''}`
    return await usageError(`${problem}\nusage: netpol-flow ${command.usage}`, io)
  }
  const files = await readInputFiles(paths, io)
  return files.ok ? await command.run(files.value, options, io) : await usageError(files.error, io)
}

/** The options and operands, or what is wrong with them. */
function parse(
  command: Command,
  args: readonly string[],
): { readonly options: Options; readonly paths: readonly string[] } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(Object.keys(command.options).map(key => [key, { type: 'string' as const }])),
        help: { type: 'boolean', short: 'h' },
      },
    })
    const options = values as Options
    for (const [key, allowed] of Object.entries(command.options)) {
      const value = options[key]
      if (value !== undefined && allowed !== undefined && !allowed.includes(String(value)))
        return `--${key} must be one of ${allowed.join(', ')}`
    }
    return { options, paths: positionals }
  } catch (error) {
    // parseArgs throws a TypeError with a sentence made for the user.
    if (!(error instanceof TypeError && 'code' in error)) throw error
    return error.message
  }
}

async function usageError(message: string, io: CliIo): Promise<number> {
  await io.stderr(`netpol-flow: ${message}\nTry netpol-flow --help.\n`)
  return USAGE_ERROR
}

function overview(): string {
  const commands = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage}\n      ${summary}\n`)
  return [
    'netpol-flow: what Kubernetes NetworkPolicies become in iptables and ipsets\n\n',
    ...commands,
    `  --help, --version\n\n${FILES_HELP}\n`,
    'Exit codes: 0 done, 1 an error in the input, 2 wrong usage, 70 a bug of netpol-flow.\n',
  ].join('')
}

function profileOf(options: Options): ProfileId {
  return PROFILE_IDS.find(id => id === options['profile']) ?? DEFAULT_PROFILE
}

async function translate(files: readonly ScenarioFile[], options: Options, io: CliIo): Promise<number> {
  const { analysis, given } = analyze({ name: '', files, profile: profileOf(options) })
  const errors = analysis.diagnostics.filter(diagnostic => diagnostic.severity === 'error')
  await io.stderr(formatDiagnostics(errors, files))
  const as = options['as'] ?? 'restore'
  const forms = (['ipset', 'iptables'] as const).filter(tool => tool === (options['only'] ?? tool))
  for (const tool of forms) await io.stdout(textOf(print(given(), `${tool}-${as}` as PrintForm)))
  return errors.length > 0 ? INPUT_ERROR : DONE
}

async function check(files: readonly ScenarioFile[], options: Options, io: CliIo): Promise<number> {
  const { analysis } = analyze({ name: '', files, profile: profileOf(options) })
  const found = findings(analysis.failures, analysis.deviations, analysis.sources)
  const diagnostics = [...analysis.diagnostics, ...found]
  await io.stdout(formatDiagnostics(diagnostics, files))
  const count = (severity: string) =>
    diagnostics.filter(diagnostic => diagnostic.severity === severity).length
  await io.stderr(
    `${analysis.policies.length} policies: ${count('error')} errors, ${count('warning')} warnings, ${count('info')} notes\n`,
  )
  return count('error') > 0 ? INPUT_ERROR : DONE
}

/** `file:line:column: severity: sentence [code]`, as compilers print, by file in the order given and by place. */
function formatDiagnostics(diagnostics: readonly Diagnostic[], files: readonly ScenarioFile[]): string {
  const order = new Map(files.map(({ name }, i) => [name, i]))
  const texts = new Map(files.map(({ name, text }) => [name, text]))
  return [...diagnostics]
    .sort(
      (a, b) =>
        (order.get(a.file) ?? files.length) - (order.get(b.file) ?? files.length) ||
        a.range.start - b.range.start,
    )
    .map(({ file, range, severity, message, code }) => {
      const text = texts.get(file)
      const { line, column } = positionOf(text ?? '', range.start)
      return `${text === undefined ? '' : `${file}:${line}:${column}: `}${severity}: ${message} [${code}]\n`
    })
    .join('')
}

async function link(files: readonly ScenarioFile[], options: Options, io: CliIo): Promise<number> {
  const { base = LOCAL_APP, name = '' } = options
  const fragment = encodeScenario({
    name: String(name),
    files: withoutCommonFolder(files),
    profile: profileOf(options),
  })
  if (fragment === '') {
    await io.stderr(`netpol-flow: a link holds at most ${LINK_BYTES_MAX} bytes of text; share the files\n`)
    return INPUT_ERROR
  }
  await io.stdout(`${String(base).replace(/#.*$/, '')}#${fragment}\n`)
  return DONE
}
