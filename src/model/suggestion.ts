import type { TextRange } from './origin.ts'
import type { TrafficSet } from './traffic.ts'

/** A replacement in one file; several of one suggestion do not overlap and all hold for the text before. */
export interface TextEdit extends TextRange {
  readonly file: string
  readonly text: string
}

/** Traffic between two ends that an edit would open or close. */
export interface SideEffect {
  /** Endpoint ids of one pair that stands for `sources` times `destinations`. */
  readonly src: string
  readonly dst: string
  readonly sources: number
  readonly destinations: number
  readonly opened: TrafficSet
  readonly closed: TrafficSet
  /** Whether it is (part of) the flow that was asked about. */
  readonly asked: boolean
}

/** A smallest edit that gives a flow the verdict that was asked for. */
export interface Suggestion {
  /** `Let shop/frontend in: one peer more in default/db` */
  readonly title: string
  readonly edits: readonly TextEdit[]
  /** What changes in the data plane once it is applied, the flow that was asked about first. */
  readonly effects: readonly SideEffect[]
  /** Whether nothing but what was asked about changes. */
  readonly exact: boolean
}

export interface SuggestionQuestion {
  /** Endpoint ids. */
  readonly src: string
  readonly dst: string
  /** What shall be allowed or blocked; intersected with what is not so yet. */
  readonly traffic: TrafficSet
  readonly want: 'allowed' | 'blocked'
}
