import type { TextRange } from '../model/origin.ts'
import type { MessageCode } from './messages.ts'

/** Something wrong with the text itself, before it is an object. Ranges count from the piece that was read. */
export interface Problem {
  readonly code: MessageCode
  readonly args: Readonly<Record<string, string | number>>
  readonly range: TextRange
}

/** Deeper nesting is refused: no Kubernetes object needs it, and readers recurse. */
export const MAX_DEPTH = 500
