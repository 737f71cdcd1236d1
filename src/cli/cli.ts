import { parseArgs } from 'node:util'
import { analyze } from '../analysis/analyze.ts'
import { print, textOf } from '../analysis/print.ts'
import type { PrintForm } from '../model/protocol.ts'
import { LINK_BYTES_MAX } from '../permalink/codec.ts'
import { CHECK } from './checkCommand.ts'
import {
  DONE,
  INPUT_ERROR,
  OUR_BUG,
  profileOf,
  PROFILES,
  tellErrors,
  textOption,
  USAGE_ERROR,
  usageError,
  type Call,
  type Command,
  type Options,
} from './command.ts'
import { DIFF } from './diffCommand.ts'
import { FIX } from './fixCommand.ts'
import { DRIFT } from './driftCommand.ts'
import { FLOWS } from './flowsCommand.ts'
import { GRAPH } from './graphCommand.ts'
import { readInputFiles } from './inputFiles.ts'
import type { CliIo } from './io.ts'
import { jsonl } from './jsonl.ts'
import { LOCAL_APP, linkTo } from './linkTo.ts'
import { SIMULATE } from './simulateCommand.ts'
import { TRACE } from './traceCommand.ts'

const FILES_HELP = 'FILE is a file, a folder (read recursively: .yaml .yml .json), or - for standard input.'

const COMMANDS: Readonly<Record<string, Command>> = {
  translate: {
    usage: `translate [--profile ${PROFILES.join('|')}] [--node N] [--only ipset|iptables] [--as restore|save|list] FILE…`,
    summary:
      'print the ipsets and the iptables rules that azure-npm programs for these objects, on the node N as on every node: each gets the rules of all policies and the addresses of all pods',
    options: {
      profile: PROFILES,
      node: undefined,
      only: ['ipset', 'iptables'],
      as: ['restore', 'save', 'list'],
    },
    operands: 0,
    files: 'needed',
    run: translate,
  },
  flows: FLOWS,
  graph: GRAPH,
  trace: TRACE,
  diff: DIFF,
  fix: FIX,
  check: CHECK,
  link: {
    usage: `link [--profile ${PROFILES.join('|')}] [--name NAME] [--base URL] FILE…`,
    summary: `print the address that opens these files in the app (at ${LOCAL_APP} unless --base says where)`,
    options: { profile: PROFILES, name: undefined, base: undefined },
    operands: 0,
    files: 'needed',
    run: link,
  },
  simulate: SIMULATE,
  drift: DRIFT,
  jsonl: {
    usage: 'jsonl',
    summary: 'answer one JSON request a line on standard input, for programs',
    options: {},
    operands: 0,
    files: 'none',
    run: async (_call, io) => {
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
  const { options, words } = parsed
  if (options['help'] === true) {
    const files = command.files === 'none' ? '' : `${FILES_HELP}\n`
    await io.stdout(`netpol-flow ${command.usage}\n\n${command.summary}\n${files}`)
    return DONE
  }
  const operands = words.slice(0, command.operands)
  const paths = words.slice(command.operands)
  const problem = wordsProblem(command, operands, paths)
  if (problem !== undefined) return await usageError(`${problem}\nusage: netpol-flow ${command.usage}`, io)
  const files = await readInputFiles(paths, io)
  return files.ok
    ? await command.run({ operands, files: files.value, options }, io)
    : await usageError(files.error, io)
}

/** What is wrong with the words behind the options. */
function wordsProblem(
  command: Command,
  operands: readonly string[],
  paths: readonly string[],
): string | undefined {
  if (operands.length < command.operands) return `something is missing behind ${operands.at(-1) ?? 'it'}`
  if (command.files === 'needed' && paths.length === 0) return 'name at least one FILE'
  if (command.files === 'none' && paths.length > 0) return `unexpected argument ${paths[0] ?? ''}`
  return undefined
}

/** The options and operands, or what is wrong with them. */
function parse(
  command: Command,
  args: readonly string[],
): { readonly options: Options; readonly words: readonly string[] } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(
          Object.keys(command.options).map(key => [
            key,
            { type: 'string' as const, ...(key === 'output' && { short: 'o' }) },
          ]),
        ),
        ...Object.fromEntries((command.flags ?? []).map(key => [key, { type: 'boolean' as const }])),
        help: { type: 'boolean', short: 'h' },
      },
    })
    const options = values as Options
    for (const [key, allowed] of Object.entries(command.options)) {
      const value = options[key]
      if (value !== undefined && allowed !== undefined && !allowed.includes(String(value)))
        return `--${key} must be one of ${allowed.join(', ')}`
    }
    return { options, words: positionals }
  } catch (error) {
    // parseArgs throws a TypeError with a sentence made for the user.
    if (!(error instanceof TypeError && 'code' in error)) throw error
    return error.message
  }
}

function overview(): string {
  const commands = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage}\n      ${summary}\n`)
  return [
    'netpol-flow: what Kubernetes NetworkPolicies become in iptables and ipsets\n\n',
    ...commands,
    `  --help, --version\n\n${FILES_HELP}\n`,
    'Exit codes: 0 done, 1 an error in the input or what a check was asked to fail on, 2 wrong usage, 70 a bug of netpol-flow.\n',
  ].join('')
}

/** azure-npm (v2, Linux) reads no pod's node (azure-npm-v2-linux §1.1, §4.8), so that `--node` changes nothing. */
async function translate({ files, options }: Call, io: CliIo): Promise<number> {
  if (options['node'] === '') return await usageError('--node: a node has a name', io)
  const { analysis, given } = analyze({ name: '', files, profile: profileOf(options) })
  const code = await tellErrors(analysis.diagnostics, files, io)
  const as = options['as'] ?? 'restore'
  const forms = (['ipset', 'iptables'] as const).filter(tool => tool === (options['only'] ?? tool))
  for (const tool of forms) await io.stdout(textOf(print(given(), `${tool}-${as}` as PrintForm)))
  return code
}

async function link({ files, options }: Call, io: CliIo): Promise<number> {
  const address = linkTo(
    { name: textOption(options, 'name') ?? '', files, profile: profileOf(options) },
    textOption(options, 'base') ?? LOCAL_APP,
  )
  if (address === undefined) {
    await io.stderr(`netpol-flow: a link holds at most ${LINK_BYTES_MAX} bytes of text; share the files\n`)
    return INPUT_ERROR
  }
  await io.stdout(`${address}\n`)
  return DONE
}
