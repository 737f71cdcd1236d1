import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { required } from '../../model/assert.ts'
import type { Connectivity, Endpoint, FlowEnd } from '../../model/connectivity.ts'
import {
  differingTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'
import type { Analyzed } from '../analyze.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'

/** Whose answer counts: what Kubernetes promises, what azure-npm enforces. */
export type FlowEngine = 'kubernetes' | 'dataplane'

export type FlowVerdict = 'allowed' | 'blocked' | 'partly'

/** One source class and one destination class: all that is true for one pair of members is true for all of them. */
export interface FlowRow {
  readonly src: readonly Endpoint[]
  readonly dst: readonly Endpoint[]
  /** The traffic that was asked about; the two answers are within it. */
  readonly asked: TrafficSet
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
  /** Whether a policy isolates one of the ends for it. */
  readonly governed: boolean
  readonly egress: FlowEnd
  readonly ingress: FlowEnd
  readonly differs: boolean
  /** Ids of the deviations that explain a difference. */
  readonly deviations: readonly string[]
}

export interface FlowQuestion {
  /** Indexes into `Connectivity.endpoints`; absent for all. */
  readonly from?: ReadonlySet<number>
  readonly to?: ReadonlySet<number>
  readonly traffic: TrafficSet
}

/**
 * The flows between the ends asked about, one row a pair of classes, in the classes' order: their number grows with the
 * square of the number of different endpoints, not of endpoints. Pairs that no policy can speak about (neither end is
 * a pod) and a pod's way to itself are left out.
 */
export function* flowRows(
  analyzed: Assessment & Pick<Analyzed, 'analysis'>,
  { from, to, traffic }: FlowQuestion,
): Generator<FlowRow> {
  const { connectivity } = analyzed
  const sources = membersOf(connectivity, from)
  const destinations = membersOf(connectivity, to)
  for (const [s, src] of sources) {
    const answers = destinations.length > FEW ? connectivity.row(s) : undefined
    for (const [d, dst] of destinations) {
      const pair =
        answers === undefined
          ? connectivity.pair(s, d)
          : {
              kubernetes: answers.kubernetes[d] ?? -1,
              dataplane: answers.dataplane[d] ?? -1,
              governed: answers.governed[d] === 1,
            }
      const promised = connectivity.traffic[pair.kubernetes]
      const enforced = connectivity.traffic[pair.dataplane]
      if (promised === undefined || enforced === undefined) continue
      const one = src[0]
      const other = dst.find(endpoint => endpoint !== one)
      const otherSource = other === undefined ? src.find(endpoint => endpoint !== dst[0]) : one
      const sample = other === undefined ? dst[0] : other
      if (otherSource === undefined || sample === undefined) continue
      yield rowOf(analyzed, {
        src,
        dst,
        sample: [otherSource, sample],
        asked: traffic,
        kubernetes: intersectTraffic(promised, traffic),
        dataplane: intersectTraffic(enforced, traffic),
        governed: pair.governed,
      })
    }
  }
}

/** For so few destinations a row of answers for all would be wasted. */
const FEW = 16

/** The members of each class that were asked for, by class. Classes without one are left out. */
function membersOf(
  { classes, endpoints }: Connectivity,
  wanted: ReadonlySet<number> | undefined,
): readonly (readonly [number, readonly Endpoint[]])[] {
  return classes.flatMap(({ endpoints: members }, number) => {
    const chosen = wanted === undefined ? members : members.filter(index => wanted.has(index))
    return chosen.length === 0
      ? []
      : [[number, chosen.map(index => required(endpoints[index], 'endpoint'))] as const]
  })
}

function rowOf(
  { pods, kubernetes: index, analysis }: Assessment & Pick<Analyzed, 'analysis'>,
  {
    sample: [src, dst],
    ...flow
  }: Omit<FlowRow, 'egress' | 'ingress' | 'differs' | 'deviations'> & {
    readonly sample: readonly [Endpoint, Endpoint]
  },
): FlowRow {
  const source = asKubernetes(src, pods)
  const destination = asKubernetes(dst, pods)
  const egress = explainEnd(index, 'egress', source, destination)
  const ingress = explainEnd(index, 'ingress', destination, source)
  const differs = differingTraffic(flow.kubernetes, flow.dataplane).length > 0
  const deviations = differs ? deviationsOfFlow(analysis.deviations, egress, ingress) : []
  return { ...flow, egress, ingress, differs, deviations: [...new Set(deviations.map(({ id }) => id))] }
}

/** How much of what was asked about passes. Protocols without ports count only where nothing else was asked about. */
export function verdictOf(allowed: TrafficSet, asked: TrafficSet): FlowVerdict {
  const ported = intersectTraffic(asked, PORT_TRAFFIC)
  const wanted = ported.length === 0 ? asked : ported
  if (intersectTraffic(allowed, wanted).length === 0) return 'blocked'
  return subtractTraffic(wanted, allowed).length === 0 ? 'allowed' : 'partly'
}
