import type { Origin } from './origin.ts'

/** A place where azure-npm is known not to do what Kubernetes promises; ids as in the engine's SPEC.md. */
export interface Deviation {
  /** `D1`, `D2`, … */
  readonly id: string
  /** A few words: `multi-value NotIn in a namespaceSelector`. */
  readonly name: string
  /** One or two sentences: what happens and what to write instead. */
  readonly message: string
  readonly policy: string
  readonly direction?: 'ingress' | 'egress'
  readonly origin: Origin
}
