import type { NewExpectation } from '../../model/expectation.ts'
import type { ScenarioFile } from '../../model/scenario.ts'
import type { TextEdit } from '../../model/suggestion.ts'
import { appendManifest, editManifest } from '../../parse/editManifest.ts'
import type { PlainValue } from '../../parse/editPath.ts'
import { parseExpectedTraffic } from '../../parse/expectationsTraffic.ts'
import {
  EXPECTATIONS_KIND,
  EXPECTATIONS_VERSION,
  expectationName,
  findExpectations,
} from '../../parse/expectations.ts'

/** Whether an expectation can be about that port; an edit with another would only be an error in the text. */
export function canExpect({ traffic }: Pick<NewExpectation, 'traffic'>): boolean {
  return parseExpectedTraffic(traffic) !== undefined
}

/**
 * The edit that writes an expectation into the scenario: one item more in the first `Expectations` document that can be
 * edited, with its comments and in its style; where there is none, a file of its own, `expectations.yaml`. A name that
 * says no more than the rest is left out.
 */
export function appendExpectation(files: readonly ScenarioFile[], expectation: NewExpectation): TextEdit {
  const item = itemOf(expectation)
  for (const file of files) {
    const document = findExpectations(file)
    if (document === undefined) continue
    const text = editManifest(file.text, document, [{ kind: 'append', path: ['expectations'], value: item }])
    if (text !== undefined) return { file: file.name, ...changed(file.text, text) }
  }
  const document = { apiVersion: EXPECTATIONS_VERSION, kind: EXPECTATIONS_KIND, expectations: [item] }
  const text = appendManifest('', undefined, document) ?? `${JSON.stringify(document, null, 2)}\n`
  return { file: freeName(files), start: 0, end: 0, text }
}

function itemOf(expectation: NewExpectation): Readonly<Record<string, PlainValue>> {
  const { name, from, to, traffic, verdict } = expectation
  return {
    ...(name === '' || name === expectationName(expectation) ? {} : { name }),
    from,
    to,
    ...(traffic === '' ? {} : { port: traffic }),
    verdict,
  }
}

/** `expectations.yaml`, `expectations-2.yaml`, … */
function freeName(files: readonly ScenarioFile[]): string {
  const taken = new Set(files.map(({ name }) => name))
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'expectations.yaml' : `expectations-${number}.yaml`
    if (!taken.has(name)) return name
  }
}

/** The stretch between what is the same at both ends. */
function changed(before: string, after: string): Pick<TextEdit, 'start' | 'end' | 'text'> {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return { start: head, end: before.length - tail, text: after.slice(head, after.length - tail) }
}
