import type { Connectivity } from '../../model/connectivity.ts'
import type { FlowChange } from '../../model/protocol.ts'
import { compareBytes } from '../../model/order.ts'
import { NO_TRAFFIC, subtractTraffic, type TrafficSet } from '../../model/traffic.ts'

/** Endpoints that both pictures treat alike. */
interface Group {
  readonly before: number | undefined
  readonly after: number | undefined
  readonly members: readonly string[]
}

/**
 * What became open and what became closed for new connections on the data plane, from one picture of a node to the
 * next. Endpoints that both treat alike are told once. Pairs with an endpoint that only one of them has are left out:
 * they did not change, they came or went.
 */
export function flowChanges(before: Connectivity, after: Connectivity): readonly FlowChange[] {
  const groups = groupsOf(before, after)
  const found: FlowChange[] = []
  for (const src of groups)
    for (const dst of groups) {
      const was = enforced(before, src.before, dst.before)
      const is = enforced(after, src.after, dst.after)
      if (was === undefined || is === undefined || (src === dst && src.members.length < 2)) continue
      const opened = subtractTraffic(is, was)
      const closed = subtractTraffic(was, is)
      if (opened.length === 0 && closed.length === 0) continue
      const source = src.members[0]
      const destination = dst.members[src === dst ? 1 : 0]
      if (source === undefined || destination === undefined) continue
      found.push({
        src: source,
        dst: destination,
        sources: src.members.length,
        destinations: dst.members.length,
        opened: opened.length === 0 ? NO_TRAFFIC : opened,
        closed,
      })
    }
  return found.sort((a, b) => compareBytes(`${a.src} ${a.dst}`, `${b.src} ${b.dst}`))
}

function groupsOf(before: Connectivity, after: Connectivity): readonly Group[] {
  const then = classByEndpoint(before)
  const now = classByEndpoint(after)
  const groups = new Map<string, { before: number; after: number; members: string[] }>()
  for (const [id, own] of now) {
    const earlier = then.get(id)
    if (earlier === undefined) continue
    const key = `${earlier} ${own}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { before: earlier, after: own, members: [id] })
    else group.members.push(id)
  }
  return [...groups.values()]
}

function classByEndpoint({ endpoints, classOf }: Connectivity): ReadonlyMap<string, number> {
  return new Map(endpoints.map(({ id }, i) => [id, classOf[i] ?? -1]))
}

function enforced(
  { pair, traffic }: Connectivity,
  src: number | undefined,
  dst: number | undefined,
): TrafficSet | undefined {
  if (src === undefined || dst === undefined) return undefined
  return traffic[pair(src, dst).dataplane]
}
