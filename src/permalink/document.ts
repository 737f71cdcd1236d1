import * as v from 'valibot'
import { failed, ok } from '../model/result.ts'
import type { Result } from '../model/result.ts'
import type { SharedScenario } from '../model/scenario.ts'
import { linkProblem } from './linkProblem.ts'
import type { LinkProblem } from './linkProblem.ts'

/**
 * What a v1 link says besides the files' texts: one line of JSON that leads the document, the texts following it one
 * after the other. Every field is optional and has its default for ever; what later versions add is ignored here.
 */
const headerShape = v.object({
  /** The scenario's name; `''`. */
  name: v.optional(v.string(), ''),
  /** A `ProfileId`; `head`. */
  profile: v.optional(v.string(), 'head'),
  /** The files in order; one named `policies.yaml`. `length` counts UTF-16 units; the last file takes the rest. */
  files: v.optional(
    v.array(
      v.object({
        name: v.string(),
        length: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
      }),
    ),
  ),
  /** A `SharedView`; none. Anything that is none is passed over: the scenario itself is worth opening. */
  view: v.optional(v.unknown()),
})

const viewShape = v.record(v.string(), v.unknown())

const DEFAULT_FILE = 'policies.yaml'
const PROFILES_OF_V1 = ['v1.4.45', 'v1.8.11', 'head'] as const

/** The document of a scenario: deterministic, defaults left out. */
export function printDocument(scenario: SharedScenario): string {
  const { name, profile, files, view = {} } = scenario
  const usualFile = files.length === 1 && files[0]?.name === DEFAULT_FILE
  const header = {
    ...(name !== '' && { name }),
    ...(profile !== 'head' && { profile }),
    ...(!usualFile && {
      files: files.map((file, i) =>
        i === files.length - 1 ? { name: file.name } : { name: file.name, length: file.text.length },
      ),
    }),
    ...(Object.keys(view).length > 0 && { view }),
  }
  return `${JSON.stringify(header)}\n${files.map(file => file.text).join('')}`
}

/** Reads what `printDocument` wrote. */
export function parseDocument(text: string): Result<SharedScenario, LinkProblem> {
  const lineEnd = text.indexOf('\n')
  const header = v.safeParse(headerShape, lineEnd < 0 ? undefined : parseJson(text.slice(0, lineEnd)))
  if (!header.success) return failed(linkProblem('invalid'))
  const { name, files: entries = [{ name: DEFAULT_FILE }] } = header.output
  const profile = PROFILES_OF_V1.find(id => id === header.output.profile)
  if (profile === undefined) return failed(linkProblem('newer-version'))
  if (new Set(entries.map(entry => entry.name)).size !== entries.length) return failed(linkProblem('invalid'))

  let at = lineEnd + 1
  const files = entries.map((entry, i) => {
    const end = at + (i === entries.length - 1 ? Math.max(0, text.length - at) : (entry.length ?? 0))
    const file = { name: entry.name, text: text.slice(at, end) }
    at = end
    return file
  })
  if (at !== text.length) return failed(linkProblem('invalid'))
  const view = v.safeParse(viewShape, header.output.view)
  return ok({ name, profile, files, ...(view.success && { view: view.output }) })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
