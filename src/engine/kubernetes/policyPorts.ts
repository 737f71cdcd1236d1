import type { Pod } from '../../model/cluster.ts'
import type { PolicyPort } from '../../model/networkPolicy.ts'
import type { Protocol, TrafficSet } from '../../model/traffic.ts'
import {
  ALL_TRAFFIC,
  NO_TRAFFIC,
  portTraffic,
  PROTOCOLS,
  protocolTraffic,
  unionTraffic,
} from '../../model/traffic.ts'

/** What a rule's `ports` ask for: fixed traffic, and names to be looked up on the pod that receives (K18). */
export interface PortDemand {
  readonly traffic: TrafficSet
  /** `TCP/http`, each once. */
  readonly names: readonly string[]
}

/** The traffic of a pod's named ports, by `TCP/http`. */
export type NamedPorts = ReadonlyMap<string, TrafficSet>

export const NO_NAMED_PORTS: NamedPorts = new Map()

/** K15: TCP when not given. Undefined for text that is no protocol of the API: such an entry matches nothing. */
export function readProtocol(text: string | undefined): Protocol | undefined {
  const wanted = text === undefined || text === '' ? 'TCP' : text
  return PROTOCOLS.find(protocol => protocol === wanted)
}

/** K12, K15 to K18. */
export function demandOf(ports: readonly PolicyPort[] | undefined): PortDemand {
  if (ports === undefined || ports.length === 0) return { traffic: ALL_TRAFFIC, names: [] }
  let traffic = NO_TRAFFIC
  const names = new Set<string>()
  for (const { protocol: text, port, endPort } of ports) {
    const protocol = readProtocol(text)
    if (protocol === undefined) continue
    if (typeof port === 'string') names.add(`${protocol}/${port}`)
    else
      traffic = unionTraffic(
        traffic,
        port === undefined ? protocolTraffic(protocol) : portTraffic(protocol, port, endPort ?? port),
      )
  }
  return { traffic, names: [...names] }
}

/** Only the names in `wanted`. A name that several containers have means all their ports: the API leaves it open. */
export function namedPortsOf(pod: Pod, wanted: ReadonlySet<string>): NamedPorts {
  const named = new Map<string, TrafficSet>()
  for (const { name, protocol: text, containerPort } of pod.containerPorts) {
    const protocol = readProtocol(text)
    if (name === '' || protocol === undefined) continue
    const key = `${protocol}/${name}`
    if (!wanted.has(key)) continue
    named.set(
      key,
      unionTraffic(named.get(key) ?? NO_TRAFFIC, portTraffic(protocol, containerPort, containerPort)),
    )
  }
  return named
}

/** The demand as one receiver meets it. */
export function resolveDemand(demand: PortDemand, receiver: NamedPorts): TrafficSet {
  if (demand.names.length === 0) return demand.traffic
  return demand.names.reduce(
    (traffic, name) => unionTraffic(traffic, receiver.get(name) ?? NO_TRAFFIC),
    demand.traffic,
  )
}

export function uniteDemands(demands: readonly PortDemand[]): PortDemand {
  return {
    traffic: demands.reduce((all, { traffic }) => unionTraffic(all, traffic), NO_TRAFFIC),
    names: [...new Set(demands.flatMap(({ names }) => names))],
  }
}
