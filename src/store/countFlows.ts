import type { Connectivity } from '../model/connectivity.ts'
import { PORT_TRAFFIC, intersectTraffic, sameTraffic } from '../model/traffic.ts'

export interface FlowCounts {
  /** Ordered pairs of different endpoints of which at least one is a pod. */
  readonly all: number
  /** Pairs for which the data plane does not let all ports through. */
  readonly restricted: number
  /** Pairs whose two verdicts differ. */
  readonly differing: number
}

/** Counted by classes, so that it is quick for any number of pods. */
export function countFlows(connectivity: Connectivity): FlowCounts {
  const { classes, traffic, kubernetes, dataplane } = connectivity
  const open = traffic.map(set => sameTraffic(intersectTraffic(set, PORT_TRAFFIC), PORT_TRAFFIC))
  const ports = traffic.map(set => intersectTraffic(set, PORT_TRAFFIC))
  const n = classes.length
  let all = 0
  let restricted = 0
  let differing = 0
  for (let s = 0; s < n; s++)
    for (let d = 0; d < n; d++) {
      const enforced = dataplane[s * n + d] ?? -1
      const promised = kubernetes[s * n + d] ?? -1
      if (enforced < 0) continue
      const sources = classes[s]?.endpoints.length ?? 0
      const pairs = sources * ((classes[d]?.endpoints.length ?? 0) - (s === d ? 1 : 0))
      all += pairs
      if (open[enforced] !== true) restricted += pairs
      if (enforced !== promised && !sameTraffic(ports[enforced] ?? [], ports[promised] ?? []))
        differing += pairs
    }
  return { all, restricted, differing }
}
