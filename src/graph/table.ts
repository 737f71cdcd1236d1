import { compareBytes } from '../model/order.ts'
import { spokenName } from './edges.ts'
import { plural } from './formatNumber.ts'
import type { FlowVerdict, GraphModel, GraphNode } from './graphModel.ts'

/** A flow in words, for the list that tells the same as the picture. */
export interface FlowRow {
  readonly id: string
  readonly source: string
  readonly destination: string
  readonly verdict: FlowVerdict
  readonly deviates: boolean
  /** What the data plane lets through. */
  readonly enforced: string
  /** What Kubernetes promises. */
  readonly promised: string
  /** Policies that have a say, `egress default/a; ingress shop/b`. */
  readonly governedBy: string
  /** Endpoint ids to select. */
  readonly src: string
  readonly dst: string
}

export type FlowColumn = 'source' | 'destination' | 'verdict' | 'enforced' | 'promised' | 'governedBy'

export const FLOW_COLUMNS: readonly FlowColumn[] = [
  'source',
  'destination',
  'verdict',
  'enforced',
  'promised',
  'governedBy',
]

/** `unrestricted` flows are in the list only when asked for; `blockedOnly` leaves blocked and deviating ones. */
export function flowRows(
  model: GraphModel,
  options: { readonly unrestricted: boolean; readonly blockedOnly: boolean },
): readonly FlowRow[] {
  const nodes = new Map(model.known.map(node => [node.id, node]))
  return model.flows
    .filter(flow => options.unrestricted || flow.verdict !== 'unrestricted' || flow.deviates)
    .filter(flow => !options.blockedOnly || flow.verdict === 'blocked' || flow.deviates)
    .map(flow => {
      const source = nodes.get(flow.source)
      const target = nodes.get(flow.target)
      const mixed = flow.unlike > 0 ? `mixed: ${plural(flow.pairs, 'flow')}, some ` : ''
      return {
        id: `${flow.source} > ${flow.target}`,
        source: spokenName(source),
        destination: spokenName(target),
        verdict: flow.verdict,
        deviates: flow.deviates,
        enforced: mixed + flow.kind.enforcedText,
        promised: mixed + flow.kind.promisedText,
        governedBy: governedBy(source, target),
        src: flow.src,
        dst: flow.dst,
      }
    })
}

function governedBy(source: GraphNode | undefined, target: GraphNode | undefined): string {
  const egress = source?.policies.egress ?? []
  const ingress = target?.policies.ingress ?? []
  return [
    ...(egress.length > 0 ? [`egress ${egress.join(', ')}`] : []),
    ...(ingress.length > 0 ? [`ingress ${ingress.join(', ')}`] : []),
  ].join('; ')
}

const WORST_FIRST: Readonly<Record<FlowVerdict, string>> = {
  blocked: '0',
  partial: '1',
  allowed: '2',
  unrestricted: '3',
}

/** Stable; verdicts from worst to best, all else by bytes. */
export function sortRows(
  rows: readonly FlowRow[],
  column: FlowColumn,
  order: 'ascending' | 'descending',
): readonly FlowRow[] {
  const sign = order === 'ascending' ? 1 : -1
  const key = (row: FlowRow): string =>
    column === 'verdict' ? `${row.deviates ? '0' : '1'}${WORST_FIRST[row.verdict]}` : row[column]
  return [...rows].sort((a, b) => sign * compareBytes(key(a), key(b)))
}
