import type { Connectivity } from '../model/connectivity.ts'
import type { FlowVerdict, GraphView } from '../model/picture.ts'
import type { Analysis } from '../model/protocol.ts'

export type {
  VerdictCounts,
  FlowKind,
  FlowVerdict,
  GraphEdge,
  GraphFlow,
  GraphGroup,
  GraphModel,
  GraphNode,
  GraphOmissions,
  GraphView,
} from '../model/picture.ts'

/** What a picture is made from. */
export interface GraphInput extends Pick<Analysis, 'policies' | 'namespaces'> {
  readonly connectivity: Connectivity
}

export const DEFAULT_GRAPH_VIEW: GraphView = {
  filter: '',
  unrestricted: 'auto',
  blockedOnly: false,
  unfolded: [],
  opened: [],
  focus: [],
}

/** Worst first. */
export const FLOW_VERDICTS: readonly FlowVerdict[] = ['blocked', 'partial', 'allowed', 'unrestricted']

export function groupId(namespace: string): string {
  return `ns:${namespace}`
}
