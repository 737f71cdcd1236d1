/**
 * A set of destination ports of all protocols, as sorted disjoint half-open intervals of one line:
 * TCP port p is p, UDP port p is 65536 + p, SCTP port p is 131072 + p, and every other protocol together is the
 * single point 196608. Flat `[start, end, start, end, …]`; equal sets have equal arrays.
 */
export type TrafficSet = readonly number[]

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP']

const SPAN = 65536
/** The point that stands for ICMP and all other protocols without ports. */
export const OTHER_PROTOCOLS = 3 * SPAN

export const NO_TRAFFIC: TrafficSet = []
export const ALL_TRAFFIC: TrafficSet = [0, OTHER_PROTOCOLS + 1]
/** TCP, UDP and SCTP: what Kubernetes policies speak about. */
export const PORT_TRAFFIC: TrafficSet = [0, OTHER_PROTOCOLS]

export function trafficPoint(protocol: Protocol, port: number): number {
  return PROTOCOLS.indexOf(protocol) * SPAN + port
}

/** Ports `from`…`to`, both included, clipped to 0–65535. */
export function portTraffic(protocol: Protocol, from: number, to: number): TrafficSet {
  const base = PROTOCOLS.indexOf(protocol) * SPAN
  const start = Math.max(0, from)
  const end = Math.min(SPAN - 1, to)
  return start > end ? NO_TRAFFIC : [base + start, base + end + 1]
}

export function protocolTraffic(protocol: Protocol): TrafficSet {
  return portTraffic(protocol, 0, SPAN - 1)
}

/** Walks two sets at once and keeps the stretches where `keep` holds. */
function combine(a: TrafficSet, b: TrafficSet, keep: (inA: boolean, inB: boolean) => boolean): TrafficSet {
  const result: number[] = []
  let i = 0
  let j = 0
  let open = false
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    if (a[i] === at) i++
    if (b[j] === at) j++
    const inside = keep(i % 2 === 1, j % 2 === 1)
    if (inside !== open) {
      result.push(at)
      open = inside
    }
  }
  return result
}

export function unionTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a.length === 0 || a === b) return b
  if (b.length === 0) return a
  return combine(a, b, (inA, inB) => inA || inB)
}

export function intersectTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a.length === 0 || b.length === 0) return NO_TRAFFIC
  if (a === b || b === ALL_TRAFFIC) return a
  if (a === ALL_TRAFFIC) return b
  return combine(a, b, (inA, inB) => inA && inB)
}

export function subtractTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a.length === 0 || b.length === 0) return a
  if (a === b || b === ALL_TRAFFIC) return NO_TRAFFIC
  return combine(a, b, (inA, inB) => inA && !inB)
}

export function sameTraffic(a: TrafficSet, b: TrafficSet): boolean {
  return a.length === b.length && a.every((edge, i) => edge === b[i])
}

export function trafficContains(set: TrafficSet, point: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (point < (set[i] ?? 0)) return false
    if (point < (set[i + 1] ?? 0)) return true
  }
  return false
}

/** A stretch of ports of one protocol, both ends included. */
export interface PortInterval {
  readonly protocol: Protocol
  readonly from: number
  readonly to: number
}

/** The set cut at protocol borders, in order TCP, UDP, SCTP; `other` tells whether it holds the other protocols. */
export function portIntervals(set: TrafficSet): {
  readonly ports: readonly PortInterval[]
  readonly other: boolean
} {
  const ports: PortInterval[] = []
  PROTOCOLS.forEach((protocol, index) => {
    const within = intersectTraffic(set, [index * SPAN, (index + 1) * SPAN])
    for (let i = 0; i < within.length; i += 2)
      ports.push({
        protocol,
        from: (within[i] ?? 0) - index * SPAN,
        to: (within[i + 1] ?? 0) - 1 - index * SPAN,
      })
  })
  return { ports, other: trafficContains(set, OTHER_PROTOCOLS) }
}

/** `all`, `none`, `TCP 80, 443; UDP 53`, `all but TCP 443`: short enough for the label of an edge. */
export function formatTraffic(set: TrafficSet): string {
  const portsOnly = intersectTraffic(set, PORT_TRAFFIC)
  if (portsOnly.length === 0) return trafficContains(set, OTHER_PROTOCOLS) ? 'other protocols' : 'none'
  if (sameTraffic(portsOnly, PORT_TRAFFIC)) return 'all'
  const missing = subtractTraffic(PORT_TRAFFIC, portsOnly)
  const listed = listPorts(portsOnly)
  const excluded = `all but ${listPorts(missing)}`
  return excluded.length < listed.length ? excluded : listed
}

function listPorts(set: TrafficSet): string {
  const { ports } = portIntervals(set)
  return PROTOCOLS.flatMap(protocol => {
    const own = ports.filter(interval => interval.protocol === protocol)
    if (own.length === 0) return []
    const only = own[0]
    if (own.length === 1 && only?.from === 0 && only.to === SPAN - 1) return [protocol]
    return [
      `${protocol} ${own.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')}`,
    ]
  }).join('; ')
}

/**
 * The traffic about which promise and data plane disagree. The point for other protocols does not count: the API
 * leaves them undefined (semantics K19).
 */
export function differingTraffic(kubernetes: TrafficSet, dataplane: TrafficSet): TrafficSet {
  return intersectTraffic(
    combine(kubernetes, dataplane, (promised, enforced) => promised !== enforced),
    PORT_TRAFFIC,
  )
}

/** `UDP 53`, `udp/53` and `53 udp` as `53/UDP`: a port's name holds neither blanks nor colons. */
export function usualPort(text: string): string {
  const [, before, after] = /^(tcp|udp|sctp)[\s/:]+(\S+)$/i.exec(text) ?? []
  if (before !== undefined && after !== undefined) return `${after}/${before.toUpperCase()}`
  const [, port, protocol] = /^(\S+)\s+(tcp|udp|sctp)$/i.exec(text) ?? []
  return port === undefined || protocol === undefined ? text : `${port}/${protocol.toUpperCase()}`
}
