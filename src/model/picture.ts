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

/** `unrestricted`: everything passes and no policy has a say in it. */
export type FlowVerdict = 'allowed' | 'partial' | 'blocked' | 'unrestricted'

/** What the data plane does other than in the base, for new connections: it lets through more, less, or other ports. */
export type FlowChangeKind = 'opened' | 'closed' | 'changed' | 'none'

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
  readonly change: FlowChangeKind
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
  /** `changed` for a mixture. */
  readonly change: FlowChangeKind
  /** How many pairs of endpoints; `unlike` of them are of another kind than `kind`. */
  readonly pairs: number
  readonly unlike: number
  /** Endpoint ids of a pair that `kind` holds for. */
  readonly src: string
  readonly dst: string
}

export interface GraphGroup {
  /** `ns:default`; `lane:allowed-in` */
  readonly id: string
  /** A namespace, or a part of a focus or policy view: then `namespace` is its title, `May come in`. */
  readonly kind: 'namespace' | 'lane'
  readonly namespace: string
  readonly labels: Labels
  readonly pods: number
  readonly assumed: boolean
  /** Of a lane, why all in it is blocked, as far as that is one reason: `not let in by deny-all`. */
  readonly reason?: string
}

/** What all flows of a node come to. */
export interface NodeStatus {
  /** What it looks like: its worst verdict, `deviates` being worse than any. */
  readonly look: FlowVerdict | 'deviates'
  /** `nobody reaches it`, `some blocked`. */
  readonly text: string
  /** `isolated by default-deny`; `''` where that is not one policy's doing. */
  readonly reason: string
}

export interface GraphNode {
  readonly id: string
  /**
   * `namespaces`: several, too many to be a node each. `more`: the rest of a lane, "and 23 more". `pending`: a peer of a
   * policy that nothing matches yet.
   */
  readonly kind: 'pods' | 'cidr' | 'outside' | 'namespace' | 'namespaces' | 'more' | 'pending'
  /** The group or, for a block inside another block, that block's node. */
  readonly parent: string | undefined
  readonly namespace: string | undefined
  /** Indexes into `Analysis.endpoints`, ascending; none for `pending`. */
  readonly endpoints: readonly number[]
  /** Those that a node of the kind `namespaces` stands for. */
  readonly namespaces: readonly string[]
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
  /** Of closed namespaces always, of pods where nothing comes in or nothing goes out; absent until that is summed. */
  readonly status?: NodeStatus
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
  readonly change: FlowChangeKind
  /** A sentence: who blocks what does not pass, at which end, and why; `''` where everything passes. */
  readonly reason: string
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
  /** Other than in the base. */
  readonly changed: number
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

/** Pods that have something in common. */
export interface SomePods {
  readonly count: number
  /** Endpoint ids of the first few. */
  readonly first: readonly string[]
  /** The traffic that it holds for, `80/TCP`; `''` for all. */
  readonly traffic: string
}

/** What is drawn. */
export interface GraphModel {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly counts: VerdictCounts
  readonly omitted: GraphOmissions
  /** The pods, of those that the filter asks for, that nobody reaches; absent when there are none or it is not summed. */
  readonly unreached?: SomePods
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
  /** False while this is only the quick layout, for the first paint: op `arrange` answers with the one that was asked for. */
  readonly arranged: boolean
  /**
   * How much of the flows between closed namespaces is summed, from 0 to 1: they are drawn, and `counts` are of all, when
   * it is 1. Each further question about the same view goes on with it.
   */
  readonly summed: number
}
