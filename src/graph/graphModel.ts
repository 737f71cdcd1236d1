import type { Connectivity, FlowEnd } from '../model/connectivity.ts'
import type { GraphView } from '../model/graphView.ts'
import type { FlowVerdict, GraphFlow, GraphModel, GraphNode } from '../model/picture.ts'
import type { Analysis } from '../model/protocol.ts'
import type { GraphBase } from './answers.ts'
import { NO_FLOW_FILTER } from './flowFilter.ts'

/** Why a flow is as it is, at both ends. */
export interface FlowReasons {
  readonly egress: FlowEnd
  readonly ingress: FlowEnd
  /** Ids of the deviations, where the two answers differ. */
  readonly deviations: readonly string[]
}

/** What a picture is made from. */
export interface GraphInput extends Pick<Analysis, 'policies' | 'namespaces'> {
  readonly connectivity: Connectivity
  /** What "changed" is measured against. */
  readonly base?: GraphBase
  /** By endpoint indexes; without it reasons are not told. */
  readonly explain?: (source: number, destination: number) => FlowReasons
}

/** A picture with what its layout needs besides. */
export interface BuiltGraph extends GraphModel {
  /** `nodes` and those that the filter hides: all that `flows` speak of. */
  readonly known: readonly GraphNode[]
  /** All flows that the filter leaves, drawn or not. */
  readonly flows: readonly GraphFlow[]
}

export const DEFAULT_GRAPH_VIEW: GraphView = {
  mode: 'overview',
  subject: undefined,
  filter: NO_FLOW_FILTER,
  unrestricted: 'auto',
  unfolded: [],
  opened: [],
  focus: [],
  layout: 'lanes',
  groupBy: 'workload',
}

/** Worst first. */
export const FLOW_VERDICTS: readonly FlowVerdict[] = ['blocked', 'partial', 'allowed', 'unrestricted']

export function groupId(namespace: string): string {
  return `ns:${namespace}`
}
