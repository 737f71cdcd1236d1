import {
  compareScenarios,
  isChange,
  type FlowDifference,
  type ScenarioDifference,
} from '../analysis/compareScenarios.ts'
import type { FlowEngine } from '../analysis/flows/flowTable.ts'
import {
  DONE,
  errorsOf,
  formatDiagnostics,
  INPUT_ERROR,
  profileOf,
  PROFILES,
  textOption,
  usageError,
  type Call,
  type Command,
} from './command.ts'
import { DIFF_FORMATS, type DiffView } from './diffFormats.ts'
import { readSide } from './inputFiles.ts'
import type { CliIo } from './io.ts'
import { linkTo } from './linkTo.ts'

export const DIFF: Command = {
  usage: `diff [--profile ${PROFILES.join('|')}] [--engine kubernetes|dataplane|both] [--output text|markdown|json] [--fail-on opened|closed|any] [--base URL] BASE HEAD`,
  summary:
    'print the flows that open and close from one file or folder to another, and the policies responsible; git:REVISION:PATH is a folder in a revision',
  options: {
    profile: PROFILES,
    engine: ['kubernetes', 'dataplane', 'both'],
    output: Object.keys(DIFF_FORMATS),
    'fail-on': ['opened', 'closed', 'any'],
    base: undefined,
  },
  operands: 2,
  files: 'none',
  run: diff,
}

async function diff({ operands, options }: Call, io: CliIo): Promise<number> {
  const [basePath = '', headPath = ''] = operands
  if (basePath === '-' && headPath === '-') return await usageError('standard input cannot be both sides', io)
  const base = await readSide(basePath, io)
  if (!base.ok) return await usageError(base.error, io)
  const head = await readSide(headPath, io)
  if (!head.ok) return await usageError(head.error, io)

  const profile = profileOf(options)
  const difference = compareScenarios(base.value, head.value, profile)
  const errors = {
    base: errorsOf(difference.diagnostics.base),
    head: errorsOf(difference.diagnostics.head),
  }
  await io.stderr(formatDiagnostics(errors.base, base.value) + formatDiagnostics(errors.head, head.value))

  const engines = enginesOf(textOption(options, 'engine'))
  const address = textOption(options, 'base')
  const link = address === undefined ? undefined : linkTo({ name: '', files: head.value, profile }, address)
  const view: DiffView = {
    difference: withEngines(difference, engines),
    engines,
    profile,
    errors: errors.base.length + errors.head.length,
    ...(link === undefined ? {} : { link }),
  }
  await io.stdout(DIFF_FORMATS[textOption(options, 'output') ?? 'text']?.(view) ?? '')
  const failsOn = textOption(options, 'fail-on')
  const failed = failsOn !== undefined && view.difference.flows.some(flow => isAsked(flow, engines, failsOn))
  return failed || view.errors > 0 ? INPUT_ERROR : DONE
}

function enginesOf(text: string | undefined): readonly FlowEngine[] {
  if (text === 'kubernetes' || text === 'dataplane') return [text]
  return ['kubernetes', 'dataplane']
}

/** Only what changes for the engines asked about. */
function withEngines(difference: ScenarioDifference, engines: readonly FlowEngine[]): ScenarioDifference {
  const flows = difference.flows.filter(flow => engines.some(engine => isChange(flow[engine])))
  return { ...difference, flows }
}

function isAsked(flow: FlowDifference, engines: readonly FlowEngine[], failsOn: string): boolean {
  return engines.some(
    engine =>
      (failsOn !== 'closed' && flow[engine].opened.length > 0) ||
      (failsOn !== 'opened' && flow[engine].closed.length > 0),
  )
}
