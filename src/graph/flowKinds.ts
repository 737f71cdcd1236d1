import type { FlowChangeKind, FlowKind, FlowVerdict } from '../model/picture.ts'
import {
  ALL_TRAFFIC,
  differingTraffic,
  formatTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
} from '../model/traffic.ts'

/**
 * Policies speak about TCP, UDP and SCTP, so verdict, deviation and change are about their ports, and with `asked` about
 * that traffic alone. `before` is what the base enforces, where there is one.
 */
export function flowKind(
  promised: TrafficSet,
  enforced: TrafficSet,
  governed: boolean,
  {
    asked = ALL_TRAFFIC,
    before,
  }: { readonly asked?: TrafficSet; readonly before?: TrafficSet | undefined } = {},
): FlowKind {
  const promise = intersectTraffic(promised, asked)
  const passes = intersectTraffic(enforced, asked)
  return {
    verdict: verdictOf(passes, intersectTraffic(asked, PORT_TRAFFIC), governed),
    deviates: differingTraffic(promise, passes).length > 0,
    governed,
    enforced: passes,
    promised: promise,
    enforcedText: formatTraffic(passes),
    promisedText: formatTraffic(promise),
    change: before === undefined ? 'none' : changeOf(intersectTraffic(before, asked), passes),
  }
}

function verdictOf(passes: TrafficSet, wanted: TrafficSet, governed: boolean): FlowVerdict {
  if (intersectTraffic(passes, wanted).length === 0) return 'blocked'
  if (subtractTraffic(wanted, passes).length > 0) return 'partial'
  return governed ? 'allowed' : 'unrestricted'
}

function changeOf(before: TrafficSet, after: TrafficSet): FlowChangeKind {
  const opened = intersectTraffic(subtractTraffic(after, before), PORT_TRAFFIC).length > 0
  const closed = intersectTraffic(subtractTraffic(before, after), PORT_TRAFFIC).length > 0
  if (opened && closed) return 'changed'
  return opened ? 'opened' : closed ? 'closed' : 'none'
}

/** How much a kind is to be told before another: deviations first, then by verdict. */
export function severityOf(kind: FlowKind): number {
  const worst = { blocked: 4, partial: 3, allowed: 2, unrestricted: 1 }[kind.verdict]
  return (kind.deviates ? 10 : 0) + worst
}
