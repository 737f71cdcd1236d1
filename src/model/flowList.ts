import type { FlowChangeKind, FlowVerdict, NodeStatus } from './picture.ts'

export type FlowColumn =
  'source' | 'destination' | 'verdict' | 'enforced' | 'promised' | 'governedBy' | 'change'

export type SortOrder = 'ascending' | 'descending'

/** A flow in words, for the list that tells the same as the picture. */
export interface FlowRow {
  readonly id: string
  readonly source: string
  readonly destination: string
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  /** Ids of the deviations that explain it: `D7`. */
  readonly deviations: readonly string[]
  /** What the data plane lets through. */
  readonly enforced: string
  /** What Kubernetes promises. */
  readonly promised: string
  /** Policies that have a say, `egress default/a; ingress shop/b`. */
  readonly governedBy: string
  /** Who blocks what does not pass, at which end and why; `''` where everything passes. */
  readonly reason: string
  readonly change: FlowChangeKind
  /** Endpoint ids to select. */
  readonly src: string
  readonly dst: string
  /** Pairs of endpoints that it stands for. */
  readonly pairs: number
}

/** A part of the list; `total` rows in all. */
export interface FlowList {
  readonly total: number
  readonly offset: number
  readonly rows: readonly FlowRow[]
  /** Namespaces that are one row name each because there are too many pods. */
  readonly closedNamespaces: number
  /** As in `Picture`. */
  readonly summed: number
}

/** A row and a column of the matrix. */
export interface MatrixPeer {
  readonly id: string
  /** `shop/web`, `shop`, `10.0.0.0/8`. */
  readonly name: string
  readonly namespace: string | undefined
  /** How many endpoints it stands for. */
  readonly endpoints: number
  /** As of the picture's nodes. */
  readonly status?: NodeStatus
}

/** Who opens connections (rows) to whom (columns). */
export interface MatrixCell {
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  readonly change: FlowChangeKind
  /** `all ports`, `TCP 80`, `3 of 40 blocked`. */
  readonly label: string
  readonly pairs: number
  /** Endpoint ids of a pair to select: the worst of those that the cell stands for. */
  readonly src: string
  readonly dst: string
}

export interface FlowMatrix {
  readonly peers: readonly MatrixPeer[]
  /** `cells[source * peers.length + destination]`; undefined where no policy speaks, or the filter leaves it out. */
  readonly cells: readonly (MatrixCell | undefined)[]
  /** As in `Picture`. */
  readonly summed: number
}
