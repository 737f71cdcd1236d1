import { portIntervals, type TrafficSet } from '../model/traffic.ts'

/** A packet of the traffic, as a question names it: `5432/TCP`, `ICMP`; port 80 where it is among many. */
export function firstPacket(traffic: TrafficSet): string {
  const first = portIntervals(traffic).ports[0]
  if (first === undefined) return 'ICMP'
  const { from, to, protocol } = first
  return `${from <= 80 && to >= 80 ? 80 : Math.max(Math.min(1, to), from)}/${protocol}`
}
