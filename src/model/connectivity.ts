import type { Labels } from './labels.ts'
import type { Ipv4 } from './ip.ts'
import type { Direction } from './networkPolicy.ts'
import type { ResourceKey } from './origin.ts'
import type { RuleAddress } from './ruleset.ts'
import type { Trace } from './trace.ts'
import type { TrafficSet } from './traffic.ts'

/** An end of a flow. `index` is its place in `Connectivity.endpoints`. */
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
 * Who can open a connection to whom, for all endpoints. `kubernetes[s * n + d]` and `dataplane[s * n + d]` are
 * indexes into `traffic` for a source of class s and another endpoint of class d, n classes in all. A pair in
 * which neither end is a pod is -1: no policy speaks about it. A pod always reaches itself.
 */
export interface Connectivity {
  readonly endpoints: readonly Endpoint[]
  readonly classes: readonly EndpointClass[]
  readonly traffic: readonly TrafficSet[]
  readonly kubernetes: Int32Array
  readonly dataplane: Int32Array
  /** Whether some policy isolates the source for egress or the destination for ingress: 1 or 0, by pair. */
  readonly governed: Uint8Array
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
