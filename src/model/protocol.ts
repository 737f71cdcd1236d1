import type { Namespace, Pod } from './cluster.ts'
import type { Connectivity, FlowExplanation } from './connectivity.ts'
import type { Deviation } from './deviation.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { NetworkPolicy } from './networkPolicy.ts'
import type { Origin, ResourceKey, ResourceSource, TextRange } from './origin.ts'
import type { Ruleset } from './ruleset.ts'
import type { Scenario } from './scenario.ts'

/** A document that was read but takes no part: a Service, a CRD. */
export interface UnusedResource {
  readonly kind: string
  readonly name: string
  readonly file: string
  readonly range: TextRange
}

/** A policy that is not in force in the data plane as written. */
export interface PolicyFailure {
  readonly policy: string
  /** §1.6 of the engine's specification: T translation, V data plane, N no ACLs. */
  readonly class: 'T' | 'V' | 'N'
  readonly message: string
  readonly origin: Origin
}

export interface Analysis {
  /** False when no document could be read; the rest is then empty and the last good picture may stay. */
  readonly usable: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly namespaces: readonly Namespace[]
  readonly pods: readonly Pod[]
  readonly policies: readonly NetworkPolicy[]
  readonly unused: readonly UnusedResource[]
  readonly sources: Readonly<Record<ResourceKey, ResourceSource>>
  readonly ruleset: Ruleset
  readonly failures: readonly PolicyFailure[]
  readonly deviations: readonly Deviation[]
  readonly connectivity: Connectivity
}

/** The ways to print what the node holds. */
export type PrintForm =
  'iptables-restore' | 'iptables-save' | 'iptables-list' | 'ipset-restore' | 'ipset-save' | 'ipset-list'

/** One line of a printed text, with what it is about, so that panes can be linked without reading it. */
export interface PrintedLine {
  readonly text: string
  /** The chain the line belongs to. */
  readonly chain?: string
  /** The rule's number in its chain, from 1. */
  readonly rule?: number
  /** The set the line belongs to. */
  readonly set?: string
  readonly origin?: Origin
}

/** What the page asks of the worker. `id` is echoed; answers to older `analyze` requests are dropped. */
export type WorkerRequest =
  | { readonly op: 'analyze'; readonly id: number; readonly scenario: Scenario }
  /** The two below are about the newest analysis. */
  | {
      readonly op: 'print'
      readonly id: number
      readonly form: PrintForm
      /** With the pods that were made for selectors, or only what the user gave: what a real node would hold. */
      readonly assumedPods: boolean
    }
  | { readonly op: 'explain'; readonly id: number; readonly src: string; readonly dst: string }

export type WorkerResponse =
  | {
      readonly op: 'analyze'
      readonly id: number
      readonly analysis: Analysis
      readonly milliseconds: number
    }
  | { readonly op: 'print'; readonly id: number; readonly lines: readonly PrintedLine[] }
  | { readonly op: 'explain'; readonly id: number; readonly explanation: FlowExplanation | undefined }
  /** A bug of ours: the message and stack, to be reported. */
  | { readonly op: 'failure'; readonly id: number; readonly message: string; readonly stack: string }
