import { diagnosticsInOrder, type Diagnostic } from '../../model/diagnostic.ts'
import type { ExpectationResult } from '../../model/expectation.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import { diagnostic } from '../../parse/readObjects.ts'

/** The diagnostics of the input with those of expectations that fail or cannot be checked, by file and by place. */
export function withExpectationFindings(
  diagnostics: readonly Diagnostic[],
  results: readonly ExpectationResult[],
  files: readonly ScenarioFile[],
): readonly Diagnostic[] {
  const found = results
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ expectation: { name, file, range }, outcome, message }) =>
      diagnostic(
        outcome === 'fail' ? 'expectation-failed' : 'expectation-unchecked',
        { name, reason: message },
        file,
        range,
      ),
    )
  return found.length === 0 ? diagnostics : diagnosticsInOrder([...diagnostics, ...found], files)
}
