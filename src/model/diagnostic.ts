import type { TextRange } from './origin.ts'
import type { ScenarioFile } from './scenario.ts'

export type Severity = 'error' | 'warning' | 'info'

/** Characters of a message that a person is shown; the value it quotes may be megabytes long. */
const SHOWN_LENGTH = 1000

/** The message without the middle of a very long one. */
export function shownMessage(message: string): string {
  if (message.length <= SHOWN_LENGTH) return message
  return `${message.slice(0, SHOWN_LENGTH * 0.7)} … ${message.slice(-SHOWN_LENGTH * 0.3)}`
}

/** Something to tell about the input. The sentence is made from `code` and `args` in `parse/messages.ts`. */
export interface Diagnostic {
  /** `kebab-case`, listed in `parse/messages.ts`. */
  readonly code: string
  readonly severity: Severity
  readonly args: Readonly<Record<string, string | number>>
  /** The finished sentence. */
  readonly message: string
  readonly file: string
  readonly range: TextRange
  /** `ns/name` or `name` of the object it is about, where there is one. */
  readonly resource?: string
  /** Kubernetes field path, `spec.ingress[0].ports[0].port`. */
  readonly path?: string
}

/** By file in the order given, and by place; what stands in none of the files comes last. */
export function diagnosticsInOrder(
  diagnostics: readonly Diagnostic[],
  files: readonly ScenarioFile[],
): readonly Diagnostic[] {
  const order = new Map(files.map(({ name }, i) => [name, i]))
  const placeOf = ({ file }: Diagnostic): number => order.get(file) ?? files.length
  return diagnostics.toSorted((a, b) => placeOf(a) - placeOf(b) || a.range.start - b.range.start)
}
