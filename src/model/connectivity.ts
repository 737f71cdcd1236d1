import type { Labels } from './labels.ts'
import type { Ipv4 } from './ip.ts'
import type { Direction } from './networkPolicy.ts'
import type { ResourceKey } from './origin.ts'
import type { RuleAddress } from './ruleset.ts'
import type { Trace } from './trace.ts'
import type { TrafficSet } from './traffic.ts'

/** An end of a flow. */
export type Endpoint =
  | {
      readonly kind: 'pod'
      /** `pod:ns/name` */
      readonly id: string
      readonly namespace: string
      readonly name: string
      readonly labels: Labels
      readonly address: Ipv4
      readonly hostNetwork: boolean
      readonly assumed: boolean
      readonly workload?: ResourceKey
      /** The pod is selected by some policy for that direction (Kubernetes' reading). */
      readonly isolated: Readonly<Record<Direction, boolean>>
    }
  | {
      /** The addresses of a CIDR block that policies name, less the smaller blocks they name and less pods. */
      readonly kind: 'cidr'
      /** `cidr:10.0.0.0/8` */
      readonly id: string
      readonly cidr: string
      /** One address that stands for all. */
      readonly address: Ipv4
      /** Blocks named inside this one, by text. */
      readonly holes: readonly string[]
      /** Policies that name it as `cidr`, and those that name it as `except`. */
      readonly namedBy: readonly string[]
      readonly exceptOf: readonly string[]
    }
  /** Every other address outside the cluster. */
  | { readonly kind: 'outside'; readonly id: 'outside'; readonly address: Ipv4 }

/** Endpoints that every rule and every policy treats alike, so that one stands for all. */
export interface EndpointClass {
  /** Indexes into `endpoints`, ascending. */
  readonly endpoints: readonly number[]
}

/**
 * What Kubernetes promises and what the data plane enforces between one class and each other one, by that other class:
 * indexes into `Connectivity.traffic`, -1 where no policy speaks because neither end is a pod with an address of its
 * own. The answer between a class and itself is that of two different members; a single member only meets itself,
 * which is always allowed.
 */
export interface ConnectivityRow {
  readonly kubernetes: Int32Array
  readonly dataplane: Int32Array
  /** Whether some policy isolates the source for egress or the destination for ingress: 1 or 0. */
  readonly governed: Uint8Array
}

/**
 * Who can open a connection to whom, for all endpoints. Answers are made when they are asked for, so it stays on the
 * side that computed it: what the page needs of it is asked of the worker.
 */
export interface Connectivity {
  readonly endpoints: readonly Endpoint[]
  readonly classes: readonly EndpointClass[]
  /** The class of each endpoint. */
  readonly classOf: Int32Array
  /** Interned: equal sets have one index. Grows as answers are asked for. */
  readonly traffic: readonly TrafficSet[]
  /** From a source class to every class. */
  readonly row: (source: number) => ConnectivityRow
  /** From every class to a destination class. */
  readonly column: (destination: number) => ConnectivityRow
  /** A row (the class is the source, `'src'`) or a column for once, in arrays that the next look writes over. */
  readonly look: (fixed: number, side: 'src' | 'dst') => ConnectivityRow
  readonly pair: (source: number, destination: number) => ConnectivityPair
}

/** One field of a `ConnectivityRow`. */
export interface ConnectivityPair {
  readonly kubernetes: number
  readonly dataplane: number
  readonly governed: boolean
}

/** What the status line counts, in ordered pairs of different endpoints of which at least one is a pod. */
export interface FlowCounts {
  readonly all: number
  /** Pairs for which the data plane does not let all ports through. */
  readonly restricted: number
  /** Pairs whose two verdicts differ. */
  readonly differing: number
}

/** A policy's share in a flow, at one end. */
export interface PolicyShare {
  /** `ns/name` */
  readonly policy: string
  readonly allows: TrafficSet
  /** The rules that allow something, by field path. */
  readonly rules: readonly { readonly path: string; readonly allows: TrafficSet }[]
}

/** What Kubernetes promises at one end of a flow. */
export interface FlowEnd {
  readonly direction: Direction
  readonly isolated: boolean
  readonly allowed: TrafficSet
  readonly policies: readonly PolicyShare[]
}

/** One packet of the flow, walked through the node's rules. */
export interface SampleWalk {
  /** `TCP 80` */
  readonly label: string
  readonly trace: Trace
  /** Texts of the rules that matched, in order. */
  readonly path: readonly (RuleAddress & { readonly text: string })[]
}

/** Everything there is to say about one flow; asked for when the user clicks an edge. */
export interface FlowExplanation {
  readonly src: string
  readonly dst: string
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
  readonly egress: FlowEnd
  readonly ingress: FlowEnd
  /** Ids of the deviations that the policies of this flow show, where the two verdicts differ. */
  readonly deviations: readonly string[]
  /** At most two: one packet that gets through and one that does not. */
  readonly samples: readonly SampleWalk[]
}
