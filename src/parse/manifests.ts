import type { Diagnostic } from '../model/diagnostic.ts'
import { dumpKindOf } from '../model/dumpText.ts'
import type { ScenarioFile } from '../model/scenario.ts'
import { clusterOf, newReading, takeIn } from './collect.ts'
import { isSyntaxProblem, MAX_DOCUMENTS, readDocuments } from './documents.ts'
import type { ParseCache } from './parseCache.ts'
import { cachedReader, createParseCache } from './parseCache.ts'
import type { ParsedScenario } from './parsedScenario.ts'
import { diagnostic } from './readObjects.ts'

/** More would slow the page down and help nobody. */
const MAX_DIAGNOSTICS = 2000

/**
 * Reads everything the user wrote, as `kubectl apply -f` would: YAML and JSON, several documents, lists, defaults and
 * validation of Kubernetes 1.36 (kubernetes-admission sections 1–4). An object that Kubernetes would refuse is told
 * and left out; documents of kinds that take no part are `unused`. Unlike kubectl, text that cannot be read does not
 * stop the file: later documents are read all the same. Of objects with the same name the last counts. Pods have
 * the address of their status, or none. Dumps of a node's rules and sets are passed over. Never throws. With the cache
 * of the reading before, only text that changed is read; the result is the same.
 */
export function parseManifests(
  files: readonly ScenarioFile[],
  cache: ParseCache = createParseCache(),
): ParsedScenario {
  const reading = newReading()
  const { read, keep } = cachedReader(cache)
  let usable = true
  let budget = MAX_DOCUMENTS
  for (const file of files) {
    if (dumpKindOf(file.text) !== 'none') continue
    const before = reading.diagnostics.length
    const { documents, problems } = readDocuments(file, read, budget)
    budget -= documents.length
    usable &&= !problems.some(({ code }) => isSyntaxProblem(code))
    for (const { code, args, range } of problems)
      reading.diagnostics.push(diagnostic(code, args, file.name, range))
    for (const { document, offset } of documents) takeIn(reading, file.name, document, offset)
    const own = reading.diagnostics.splice(before)
    // One by one: there may be more than a call takes arguments.
    for (const found of own.sort((a, b) => a.range.start - b.range.start)) reading.diagnostics.push(found)
  }
  keep()
  return {
    usable,
    cluster: clusterOf(reading),
    sources: Object.fromEntries(reading.sources),
    diagnostics: limited(reading.diagnostics),
    unused: reading.unused,
    expectations: reading.expectations,
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
