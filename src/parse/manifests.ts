import type { Diagnostic } from '../model/diagnostic.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { clusterOf, diagnostic, newReading, readDocument } from './collect.ts'
import { isSyntaxProblem, MAX_DOCUMENTS, readDocuments } from './documents.ts'
import type { ParsedScenario } from './parsedScenario.ts'

/** More would slow the page down and help nobody. */
const MAX_DIAGNOSTICS = 2000

/**
 * Reads everything the user wrote, as `kubectl apply -f` would: YAML and JSON, several documents, lists, defaults and
 * validation of Kubernetes 1.36 (kubernetes-admission sections 1–4). An object that Kubernetes would refuse is told
 * and left out; documents of kinds that take no part are `unused`. Unlike kubectl, text that cannot be read does not
 * stop the file: later documents are read all the same. Of objects with the same name the last counts. Pods have
 * the address of their status, or none. Never throws.
 */
export function parseManifests(files: readonly ScenarioFile[]): ParsedScenario {
  const reading = newReading()
  let usable = true
  let budget = MAX_DOCUMENTS
  for (const file of files) {
    const before = reading.diagnostics.length
    const { documents, problems } = readDocuments(file, budget)
    budget -= documents.length
    usable &&= !problems.some(({ code }) => isSyntaxProblem(code))
    for (const { code, args, range } of problems)
      reading.diagnostics.push(diagnostic(code, args, file.name, range))
    for (const { tree, offset } of documents) readDocument(reading, file.name, tree, offset)
    const own = reading.diagnostics.splice(before)
    reading.diagnostics.push(...own.toSorted((a, b) => a.range.start - b.range.start))
  }
  return {
    usable,
    cluster: clusterOf(reading),
    sources: Object.fromEntries(reading.sources),
    diagnostics: limited(reading.diagnostics),
    unused: reading.unused,
  }
}

function limited(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const first = diagnostics[MAX_DIAGNOSTICS]
  if (first === undefined) return diagnostics
  const count = diagnostics.length - MAX_DIAGNOSTICS
  return [
    ...diagnostics.slice(0, MAX_DIAGNOSTICS),
    diagnostic('more-problems', { count }, first.file, first.range),
  ]
}
