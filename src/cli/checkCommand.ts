import { analyze } from '../analysis/analyze.ts'
import { findings } from '../analysis/findings.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { WholeAnalysis } from '../model/protocol.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { CHECK_FORMATS, type CheckReport } from './checkFormats.ts'
import {
  DONE,
  INPUT_ERROR,
  profileOf,
  PROFILES,
  textOption,
  usageError,
  type Call,
  type Command,
} from './command.ts'
import { readInputFiles } from './inputFiles.ts'
import type { CliIo } from './io.ts'

export const CHECK: Command = {
  usage: `check [--profile ${PROFILES.join('|')}] [--expect FILE|FOLDER] [--output ${Object.keys(CHECK_FORMATS).join('|')}] FILE…`,
  summary:
    'print what is wrong in the input, and what the data plane does not do as promised; check the expectations in it (--expect: in more files), and fail when one does not hold',
  options: { profile: PROFILES, expect: undefined, output: Object.keys(CHECK_FORMATS) },
  operands: 0,
  files: 'needed',
  run: check,
}

async function check({ files, options }: Call, io: CliIo): Promise<number> {
  const expect = textOption(options, 'expect')
  const more = expect === undefined ? undefined : await readInputFiles([expect], io)
  if (more?.ok === false) return await usageError(more.error, io)
  const all = withFiles(files, more?.value ?? [])
  const { analysis } = analyze({ name: '', files: all, profile: profileOf(options) })
  const report: CheckReport = {
    files: all,
    diagnostics: reported(analysis),
    policies: analysis.policies.length,
    expectations: analysis.expectations,
  }
  const format = CHECK_FORMATS[textOption(options, 'output') ?? 'text']
  if (format !== undefined) await io.stdout(format(report))
  await io.stderr(summaryLine(report))
  const failed = analysis.expectations.some(({ outcome }) => outcome !== 'pass')
  return failed || countOf(report, 'error') > 0 ? INPUT_ERROR : DONE
}

/** A file that is named twice is read once. */
function withFiles(files: readonly ScenarioFile[], more: readonly ScenarioFile[]): readonly ScenarioFile[] {
  const known = new Set(files.map(({ name }) => name))
  return [...files, ...more.filter(({ name }) => !known.has(name))]
}

/** What there is to say about the input: its mistakes, what the engines found, what takes no part. */
function reported(analysis: WholeAnalysis): readonly Diagnostic[] {
  const found = findings(analysis.failures, analysis.deviations, analysis.sources)
  const notUsed = analysis.unused.map(({ kind, name, file, range }): Diagnostic => ({
    code: 'not-used',
    severity: 'info',
    args: { kind, name },
    message: `${kind} ${name}`.trim() + ' takes no part in network policy and is not used.',
    file,
    range,
  }))
  return [...analysis.diagnostics, ...found, ...notUsed]
}

function countOf({ diagnostics }: CheckReport, severity: Diagnostic['severity']): number {
  return diagnostics.filter(diagnostic => diagnostic.severity === severity).length
}

function summaryLine(report: CheckReport): string {
  const { policies, expectations } = report
  const passed = expectations.filter(({ outcome }) => outcome === 'pass').length
  const held =
    expectations.length === 0 ? '' : `; ${passed} of ${counted(expectations.length, 'expectation')} hold`
  const [errors, warnings, notes] = [
    countOf(report, 'error'),
    countOf(report, 'warning'),
    countOf(report, 'info'),
  ]
  return `${counted(policies, 'policy', 'policies')}: ${counted(errors, 'error')}, ${counted(warnings, 'warning')}, ${counted(notes, 'note')}${held}\n`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
