import type { TextRange } from './origin.ts'

export type Severity = 'error' | 'warning' | 'info'

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
