import type { Labels } from './labels.ts'
import type { Direction } from './networkPolicy.ts'
import type { TrafficSet } from './traffic.ts'

/** Lengths in pixels at zoom 1; y grows downwards. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Rect extends Point {
  readonly width: number
  readonly height: number
}

/** How the reader wants to see it; nothing here changes a verdict. */
export interface GraphView {
  /** Words; each must occur in the namespace, the name, a `key=value` label or the CIDR. `''` shows all. */
  readonly filter: string
  /** `auto` draws them where a pair has no other flow, as long as the picture stays small. */
  readonly unrestricted: 'auto' | 'show' | 'hide'
  readonly blockedOnly: boolean
  /** Ids of folded nodes to show pod by pod. */
  readonly unfolded: readonly string[]
  /** Names of namespaces to show in full although the picture is large, the newest last. */
  readonly opened: readonly string[]
  /** Endpoint ids whose blocked flows are drawn even where there are too many to draw all. */
  readonly focus: readonly string[]
}

/** `unrestricted`: everything passes and no policy has a say in it. */
export type FlowVerdict = 'allowed' | 'partial' | 'blocked' | 'unrestricted'

/** What is to be said about all flows that share both answers. */
export interface FlowKind {
  readonly verdict: FlowVerdict
  /** Kubernetes' promise and the data plane differ. */
  readonly deviates: boolean
  readonly governed: boolean
  readonly enforced: TrafficSet
  readonly promised: TrafficSet
  /** What the data plane lets through, `formatTraffic`. */
  readonly enforcedText: string
  readonly promisedText: string
}

/** A direction between two nodes of the picture. */
export interface GraphFlow {
  /** Node ids. */
  readonly source: string
  readonly target: string
  /** The only kind, or the worst of several when a node stands for unlike pods. */
  readonly kind: FlowKind
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  /** How many pairs of endpoints; `unlike` of them are of another kind than `kind`. */
  readonly pairs: number
  readonly unlike: number
  /** Endpoint ids of a pair that `kind` holds for. */
  readonly src: string
  readonly dst: string
}

export interface GraphGroup {
  /** `ns:default` */
  readonly id: string
  readonly namespace: string
  readonly labels: Labels
  readonly pods: number
  readonly assumed: boolean
}

export interface GraphNode {
  readonly id: string
  readonly kind: 'pods' | 'cidr' | 'outside' | 'namespace'
  /** The group or, for a block inside another block, that block's node. */
  readonly parent: string | undefined
  readonly namespace: string | undefined
  /** Indexes into `Analysis.endpoints`, ascending, at least one. */
  readonly endpoints: readonly number[]
  readonly title: string
  readonly detail: string
  readonly assumed: boolean
  readonly hostNetwork: boolean
  readonly isolated: Readonly<Record<Direction, boolean>>
  /** The policies that select it, `ns/name`; for a CIDR block none. */
  readonly policies: Readonly<Record<Direction, readonly string[]>>
  /** Policies that cut this block out of a larger one. */
  readonly exceptOf: readonly string[]
  /** Policies that name this block. */
  readonly namedBy: readonly string[]
  /** Set on a folded node, of pods or of blocks: unfolding adds it to `GraphView.unfolded`. */
  readonly canUnfold: boolean
  /** The folded node that this pod or block was unfolded from. */
  readonly fold: string | undefined
  /** What the pods of a folded node may do among themselves. */
  readonly within: FlowKind | undefined
}

export interface GraphEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  /** The way back when this edge tells it too: the same verdict, free of any policy, or closed while this way is open. */
  readonly back: 'none' | 'same' | 'unrestricted' | 'blocked'
  /** Short text on the line. */
  readonly label: string
  /** A second line: the promise where it differs, or who blocks. */
  readonly note: string
  /** One or two. */
  readonly flows: readonly GraphFlow[]
  /** For a screen reader: who to whom, and what. */
  readonly name: string
}

/** Ordered pairs of different endpoints. */
export interface VerdictCounts {
  readonly allowed: number
  readonly partial: number
  readonly blocked: number
  readonly unrestricted: number
  readonly deviates: number
}

/** What the picture leaves out, so that the page can say so. */
export interface GraphOmissions {
  /** Namespaces shown as one node because there are too many pods. */
  readonly closedNamespaces: number
  /** Flows between endpoints, as `VerdictCounts` counts them. */
  readonly blockedFlows: number
  readonly unrestrictedFlows: number
  /** Those of the edges beyond the most that can be drawn. */
  readonly excessFlows: number
}

export interface GraphModel {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** `nodes` and those that the filter hides: all that `flows` speak of. */
  readonly known: readonly GraphNode[]
  /** All flows that the filter leaves, drawn or not. */
  readonly flows: readonly GraphFlow[]
  readonly counts: VerdictCounts
  readonly omitted: GraphOmissions
}

/** Where everything stands, by node and group id. Boxes hold what is in them. */
export type GraphLayout = ReadonlyMap<string, Rect>

/** The box of a label; `lines` from top to bottom. */
export interface PlacedLabel extends Rect {
  readonly lines: readonly string[]
}

/** The curve of an edge. */
export interface Route {
  /** SVG path data, from the source's border to the target's. */
  readonly path: string
  /** Along the path, both ends included. */
  readonly points: readonly Point[]
  /** Degrees in which the line leaves, and arrives; 0 is to the right, 90 down. */
  readonly startAngle: number
  readonly endAngle: number
  readonly label: PlacedLabel | undefined
}

/** All that the page draws: what there is, where it stands, and the lines, by edge id. */
export interface Picture {
  readonly model: GraphModel
  readonly layout: GraphLayout
  readonly routes: ReadonlyMap<string, Route>
}
