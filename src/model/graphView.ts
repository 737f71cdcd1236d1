import type { FlowVerdict } from './picture.ts'

/**
 * What is shown. `overview`, `focus` and `policy` are pictures (op `graph`), `matrix` and `list` tables (ops `matrix`
 * and `flows`).
 */
export type GraphMode = 'overview' | 'focus' | 'policy' | 'matrix' | 'list'

/** What a focus or a policy view is about. */
export interface GraphSubject {
  readonly kind: 'pod' | 'workload' | 'namespace' | 'cidr' | 'outside' | 'policy'
  /** `shop/web-1`; `Deployment/shop/web`; `shop`; `10.0.0.0/8`; `''`; `shop/deny-all`. */
  readonly name: string
}

/** Which flows are shown: those that meet every part. Plain JSON, because links hold it; see `parseFlowFilter`. */
export interface FlowFilter {
  /** Words; each must occur in the namespace, the name, a `key=value` label or the CIDR of one end. */
  readonly text: string
  /** One end is in one of them; all when empty. */
  readonly namespaces: readonly string[]
  /** `app=web`, `app`: a pod that has all of them is at one end. */
  readonly labels: readonly string[]
  /** `80/TCP`, `8000-8080/TCP`, `UDP`: verdicts are about this traffic alone; about all when `''`. */
  readonly traffic: string
  /** All when empty. */
  readonly verdicts: readonly FlowVerdict[]
  /** Only where the data plane does other than Kubernetes promises. */
  readonly deviating: boolean
  /** Only what is other than in the base (op `base`). */
  readonly changed: boolean
  /** Without the pods of the namespaces that a cluster brings along. */
  readonly hideSystem: boolean
  /** Without the pods of these namespaces. */
  readonly hideNamespaces: readonly string[]
}

/** By what the peers of a matrix, and of a focus, are put together. */
export type GraphGrouping = 'namespace' | 'workload' | 'pod'

/** How the reader wants to see it; nothing here changes a verdict. */
export interface GraphView {
  readonly mode: GraphMode
  readonly subject: GraphSubject | undefined
  readonly filter: FlowFilter
  /** `auto` draws flows that no policy governs where a pair has no other flow, as long as the picture stays small. */
  readonly unrestricted: 'auto' | 'show' | 'hide'
  /** Ids of folded nodes to show pod by pod. */
  readonly unfolded: readonly string[]
  /** Names of namespaces, or ids of nodes that stand for several, to show in full, the newest last. */
  readonly opened: readonly string[]
  /** Endpoint ids whose blocked flows are drawn even where there are too many to draw all. */
  readonly focus: readonly string[]
  readonly layout: 'lanes' | 'layered'
  readonly groupBy: GraphGrouping
}
