import type { FlowEnd } from '../model/connectivity.ts'
import type { FlowKind } from '../model/picture.ts'
import {
  formatTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  sameTraffic,
  type TrafficSet,
} from '../model/traffic.ts'
import type { FlowReasons } from './graphModel.ts'

/** Policies named in a sentence. */
const NAMED = 3

/**
 * Why not everything passes: which policies isolate which end and what they allow there, and where the data plane does
 * other than that, with the deviations that are the cause. `''` where everything passes as promised.
 */
export function reasonOf(
  { verdict, deviates, promisedText, enforcedText }: FlowKind,
  { egress, ingress, deviations }: FlowReasons,
  source: string,
  target: string,
): string {
  const closed = verdict === 'blocked' || verdict === 'partial'
  const ends = [
    ...(restricts(egress.allowed) ? [endReason(egress, source, 'out')] : []),
    ...(restricts(ingress.allowed) ? [endReason(ingress, target, 'in')] : []),
  ]
  const differs = deviates
    ? [
        `Kubernetes promises ${promisedText}, the data plane lets through ${enforcedText}` +
          (deviations.length === 0 ? '' : ` (${deviations.join(', ')})`),
      ]
    : []
  return [...(closed ? ends : []), ...differs].join('; ')
}

/** Whether an end lets not everything through. */
export function restricts(allowed: TrafficSet): boolean {
  return !sameTraffic(intersectTraffic(allowed, PORT_TRAFFIC), PORT_TRAFFIC)
}

function endReason({ allowed, policies, direction }: FlowEnd, name: string, way: 'in' | 'out'): string {
  const all = policies.map(({ policy }) => policy)
  if (intersectTraffic(allowed, PORT_TRAFFIC).length === 0)
    return `${listed(all)} ${all.length === 1 ? 'isolates' : 'isolate'} ${name} for ${direction} and no rule lets this ${way}`
  const allowing = policies.filter(({ allows }) => intersectTraffic(allows, PORT_TRAFFIC).length > 0)
  return `${name} lets only ${formatTraffic(allowed)} ${way}, by ${listed(allowing.map(({ policy }) => policy))}`
}

/** The first few, and how many more. */
export function listed(names: readonly string[]): string {
  const more = names.length - NAMED
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ')
}
