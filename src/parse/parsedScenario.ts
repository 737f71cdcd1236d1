import type { Cluster } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Expectation } from '../model/expectation.ts'
import type { ResourceKey, ResourceSource } from '../model/origin.ts'
import type { UnusedResource } from '../model/protocol.ts'

/** What the user's files say. */
export interface ParsedScenario {
  /**
   * False when some file holds text that cannot be read at all: a YAML or JSON syntax error, a malformed document
   * separator, an unknown anchor, a document over a limit. The rest of the text is read nevertheless, so `cluster`
   * holds what stands in the other documents; a picture of the text before the slip is better than one of that.
   * Objects that are read but refused (an invalid port, an unknown field) leave it true. Text without objects is
   * usable and gives an empty cluster.
   */
  readonly usable: boolean
  /** Valid objects, defaults applied, in the order of the text; pods of workloads included. */
  readonly cluster: Cluster
  /** By resource, workloads included. */
  readonly sources: Readonly<Record<ResourceKey, ResourceSource>>
  /** By file, then by place. */
  readonly diagnostics: readonly Diagnostic[]
  readonly unused: readonly UnusedResource[]
  /** Of all `Expectations` documents, in the order of the text. */
  readonly expectations: readonly Expectation[]
}
