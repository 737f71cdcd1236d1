import type { NamedPorts } from '../../engine/kubernetes/policyPorts.ts'
import { demandOf, resolveDemand } from '../../engine/kubernetes/policyPorts.ts'
import type { PolicyPort } from '../../model/networkPolicy.ts'
import {
  ALL_TRAFFIC,
  intersectTraffic,
  OTHER_PROTOCOLS,
  portIntervals,
  PORT_TRAFFIC,
  portTraffic,
  PROTOCOLS,
  protocolTraffic,
  sameTraffic,
  subtractTraffic,
  type TrafficSet,
} from '../../model/traffic.ts'

/** The highest port number. */
const LAST_PORT = 65535

/**
 * What of some traffic a policy can speak about: the protocols without ports only together with everything else, port
 * 0 only as part of its whole protocol.
 */
export function speakable(traffic: TrafficSet): TrafficSet {
  return sameTraffic(traffic, ALL_TRAFFIC)
    ? traffic
    : withoutPortZero(intersectTraffic(traffic, PORT_TRAFFIC))
}

/** Without port 0, on which nothing can listen and which no policy can name, but as part of a whole protocol. */
export function withoutPortZero(traffic: TrafficSet): TrafficSet {
  return PROTOCOLS.reduce((rest, protocol) => {
    const zero = portTraffic(protocol, 0, 0)
    if (intersectTraffic(rest, zero).length === 0) return rest
    return subtractTraffic(protocolTraffic(protocol), traffic).length === 0
      ? rest
      : subtractTraffic(rest, zero)
  }, traffic)
}

/**
 * Entries of `ports` for exactly this traffic, port 0 aside; undefined for everything, which is said by no `ports` at
 * all. No traffic gives no entries, which must not be written: an empty list means everything, too.
 */
export function portEntries(traffic: TrafficSet): readonly PolicyPort[] | undefined {
  if (sameTraffic(traffic, ALL_TRAFFIC)) return undefined
  return portIntervals(traffic).ports.flatMap(({ protocol, from, to }) => {
    if (from === 0 && to === LAST_PORT) return [{ protocol }]
    const port = Math.max(1, from)
    if (port > to) return []
    return [{ protocol, port, ...(to > port && { endPort: to }) }]
  })
}

/** What an entry, or all of a rule's `ports`, lets through to this receiver. */
export function portsTraffic(ports: readonly PolicyPort[] | undefined, receiver: NamedPorts): TrafficSet {
  return resolveDemand(demandOf(ports), receiver)
}

/** Whether the traffic holds only protocols without ports. */
export function isPortless(traffic: TrafficSet): boolean {
  return traffic.length > 0 && (traffic[0] ?? 0) >= OTHER_PROTOCOLS
}
