import { xmlText } from '../graph/xmlText.ts'
import { diagnosticsInOrder, shownMessage, type Diagnostic } from '../model/diagnostic.ts'
import type { ExpectationResult } from '../model/expectation.ts'
import { positionOf } from '../model/origin.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { formatDiagnostics } from './command.ts'
import type { Place } from './places.ts'

/** What `check` has found. */
export interface CheckReport {
  readonly files: readonly ScenarioFile[]
  /** Those of failing expectations included. */
  readonly diagnostics: readonly Diagnostic[]
  readonly policies: number
  readonly expectations: readonly ExpectationResult[]
}

/** The values of `check --output`. */
export const CHECK_FORMATS: Readonly<Record<string, (report: CheckReport) => string>> = {
  text: ({ diagnostics, files }) => formatDiagnostics(diagnostics, files),
  json: jsonReport,
  junit: junitReport,
  github: githubReport,
}

/** Finds offsets in the files; undefined where a diagnostic stands in none. */
function placesIn(files: readonly ScenarioFile[]): (file: string, offset: number) => Place | undefined {
  const texts = new Map(files.map(({ name, text }) => [name, text]))
  return (file, offset) => {
    const text = texts.get(file)
    return text === undefined ? undefined : { file, ...positionOf(text, offset) }
  }
}

function jsonReport({ files, diagnostics, expectations, policies }: CheckReport): string {
  const placeOf = placesIn(files)
  const report = {
    policies,
    diagnostics: diagnosticsInOrder(diagnostics, files).map(
      ({ code, severity, message, resource, path, file, range }) => ({
        code,
        severity,
        message,
        ...placeOf(file, range.start),
        ...(resource === undefined ? {} : { resource }),
        ...(path === undefined ? {} : { path }),
      }),
    ),
    expectations: expectations.map(({ expectation, ...result }) => {
      const { name, from, to, traffic, verdict, file, range } = expectation
      return { name, from, to, traffic, verdict, ...placeOf(file, range.start), ...result }
    }),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

/**
 * JUnit's XML as build servers read it: a suite for each file with expectations, a test case for each, and a suite
 * `manifests` whose one case per file fails with that file's errors.
 */
function junitReport({ files, diagnostics, expectations }: CheckReport): string {
  const placeOf = placesIn(files)
  const suites = [manifestSuite(files, diagnostics), ...expectationSuites(expectations, placeOf)]
  const sum = (of: (suite: Suite) => number): number => suites.reduce((all, suite) => all + of(suite), 0)
  const counts = countAttributes({ tests: sum(testsOf), failures: sum(failuresOf), errors: sum(errorsIn) })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="netpol-flow"${counts}>\n`,
    ...suites.map(suiteXml),
    '</testsuites>\n',
  ].join('')
}

interface TestCase {
  readonly name: string
  readonly place?: Place
  /** Absent where it passes. */
  readonly problem?: { readonly kind: 'failure' | 'error'; readonly message: string; readonly detail: string }
}

interface Suite {
  readonly name: string
  readonly cases: readonly TestCase[]
}

function testsOf({ cases }: Suite): number {
  return cases.length
}

function failuresOf({ cases }: Suite): number {
  return cases.filter(({ problem }) => problem?.kind === 'failure').length
}

function errorsIn({ cases }: Suite): number {
  return cases.filter(({ problem }) => problem?.kind === 'error').length
}

function manifestSuite(files: readonly ScenarioFile[], diagnostics: readonly Diagnostic[]): Suite {
  return {
    name: 'manifests',
    cases: files.map(({ name }): TestCase => {
      const errors = diagnostics.filter(({ file, severity }) => file === name && severity === 'error')
      const [first] = errors
      if (first === undefined) return { name }
      const message = `${errors.length === 1 ? 'one error' : `${errors.length} errors`} in the input`
      return { name, problem: { kind: 'error', message, detail: errorLines(errors, files) } }
    }),
  }
}

/** Errors of a file that are told one by one. */
const LISTED = 100

function errorLines(errors: readonly Diagnostic[], files: readonly ScenarioFile[]): string {
  const listed = errors.slice(0, LISTED).map(error => ({ ...error, message: shownMessage(error.message) }))
  const more = errors.length - listed.length
  return `${formatDiagnostics(listed, files)}${more > 0 ? `and ${more} more\n` : ''}`
}

function expectationSuites(
  expectations: readonly ExpectationResult[],
  placeOf: (file: string, offset: number) => Place | undefined,
): readonly Suite[] {
  const byFile = new Map<string, TestCase[]>()
  for (const { expectation, outcome, message, pairs, failing } of expectations) {
    const { name, file, range, from, to, traffic, verdict } = expectation
    const place = placeOf(file, range.start)
    const asked = `${from} → ${to}${traffic === '' ? '' : ` ${traffic}`}: expected ${verdict}`
    const testCase: TestCase = {
      name,
      ...(place === undefined ? {} : { place }),
      ...(outcome === 'pass'
        ? {}
        : {
            problem: {
              kind: outcome === 'fail' ? 'failure' : 'error',
              message,
              detail: `${asked}\n${failing} of ${pairs} pairs fail\n`,
            },
          }),
    }
    const own = byFile.get(file)
    if (own === undefined) byFile.set(file, [testCase])
    else own.push(testCase)
  }
  return [...byFile].map(([name, cases]) => ({ name, cases }))
}

function suiteXml(suite: Suite): string {
  const counts = countAttributes({
    tests: testsOf(suite),
    failures: failuresOf(suite),
    errors: errorsIn(suite),
  })
  const cases = suite.cases.map(({ name, place, problem }) => {
    const at = place === undefined ? '' : ` file="${xmlAttribute(place.file)}" line="${place.line}"`
    const head = `    <testcase name="${xmlAttribute(name)}" classname="${xmlAttribute(suite.name)}"${at} time="0"`
    if (problem === undefined) return `${head}/>\n`
    const { kind, message, detail } = problem
    return `${head}>\n      <${kind} message="${xmlAttribute(shownMessage(message))}" type="${kind}">${xmlText(detail)}</${kind}>\n    </testcase>\n`
  })
  return `  <testsuite name="${xmlAttribute(suite.name)}"${counts} skipped="0" time="0">\n${cases.join('')}  </testsuite>\n`
}

function countAttributes(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([key, count]) => ` ${key}="${count}"`)
    .join('')
}

function xmlAttribute(text: string): string {
  return xmlText(text).replace(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)
}

/** GitHub's names of the severities. */
const COMMANDS: Readonly<Record<Diagnostic['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
}

/** Workflow commands, one for each diagnostic; an expectation that does not hold is an error. */
function githubReport({ files, diagnostics }: CheckReport): string {
  const placeOf = placesIn(files)
  return diagnosticsInOrder(diagnostics, files)
    .map(({ code, severity, message, args, file, range }) => {
      const failed = code === 'expectation-failed' || code === 'expectation-unchecked'
      const place = placeOf(file, range.start)
      const end = placeOf(file, range.end)
      const properties = [
        ...(place === undefined
          ? []
          : [
              `file=${githubProperty(place.file)}`,
              `line=${place.line}`,
              `col=${place.column}`,
              // A column range is for one line alone.
              end?.line === place.line ? `endColumn=${end.column}` : `endLine=${end?.line ?? place.line}`,
            ]),
        `title=${githubProperty(failed ? String(args['name']) : code)}`,
      ]
      const command = failed ? 'error' : COMMANDS[severity]
      return `::${command} ${properties.join(',')}::${githubData(shownMessage(failed ? String(args['reason']) : message))}\n`
    })
    .join('')
}

/** The escapes of GitHub's toolkit for the message of a workflow command. */
function githubData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** And for its properties. */
function githubProperty(text: string): string {
  return githubData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
