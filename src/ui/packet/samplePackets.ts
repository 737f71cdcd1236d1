import { PROTOCOL_NUMBERS } from '../../model/packet.ts'
import { firstPacket } from '../../store/firstPacket.ts'
import {
  differingTraffic,
  intersectTraffic,
  OTHER_PROTOCOLS,
  PORT_TRAFFIC,
  PROTOCOLS,
  portIntervals,
  subtractTraffic,
  trafficContains,
  trafficPoint,
  type TrafficSet,
} from '../../model/traffic.ts'

/** `80/TCP` as a point of a TrafficSet; `undefined` for names and protocols without ports. */
export function pointOf(traffic: string): number | undefined {
  const [port = '', word = 'TCP'] = traffic.split('/')
  const protocol = PROTOCOLS.find(name => name === word.toUpperCase())
  if (protocol === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65535) return undefined
  return trafficPoint(protocol, Number(port))
}

interface Verdicts {
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
}

/**
 * The fewest packets that show all there is to see about a flow: one about which promise and data plane differ, one
 * that is stopped, one that gets through. `likely` are taken first, in their order.
 */
export function samplePackets(
  { kubernetes, dataplane }: Verdicts,
  likely: readonly string[],
): readonly string[] {
  const agree = subtractTraffic(PORT_TRAFFIC, differingTraffic(kubernetes, dataplane))
  const wanted = [
    differingTraffic(kubernetes, dataplane),
    subtractTraffic(agree, dataplane),
    intersectTraffic(agree, dataplane),
  ]
  return wanted.flatMap(set => {
    const found = likely.find(text => {
      const point = pointOf(text)
      return point !== undefined && trafficContains(set, point)
    })
    return found ?? (portIntervals(set).ports.length === 0 ? [] : firstPacket(set))
  })
}

/** The traffic of one packet, as edits are asked for. */
export function packetTraffic({
  protocol,
  ported,
  dstPort,
}: {
  readonly protocol: number
  readonly ported: boolean
  readonly dstPort: number
}): TrafficSet {
  const name = ported ? PROTOCOLS.find(one => PROTOCOL_NUMBERS[one.toLowerCase()] === protocol) : undefined
  const point = name === undefined ? OTHER_PROTOCOLS : trafficPoint(name, dstPort)
  return [point, point + 1]
}
