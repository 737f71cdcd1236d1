import type { Connectivity, FlowCounts } from '../model/connectivity.ts'
import { differingTraffic, intersectTraffic, PORT_TRAFFIC, sameTraffic } from '../model/traffic.ts'

/** Of more classes, all pairs cost longer than anybody waits for a number. */
export const MOST_CLASSES = 1500

/** Counted by classes, so that it is quick for any number of pods alike; undefined for more than `MOST_CLASSES`. */
export function countFlows({ classes, traffic, row }: Connectivity): FlowCounts | undefined {
  if (classes.length > MOST_CLASSES) return undefined
  const sizes = classes.map(({ endpoints }) => endpoints.length)
  const open: boolean[] = []
  const isOpen = (index: number): boolean =>
    (open[index] ??= sameTraffic(intersectTraffic(traffic[index] ?? [], PORT_TRAFFIC), PORT_TRAFFIC))
  const differ = new Map<number, boolean>()
  const isDifferent = (promised: number, enforced: number): boolean => {
    if (promised === enforced) return false
    const key = promised * 2 ** 26 + enforced
    const known =
      differ.get(key) ?? differingTraffic(traffic[promised] ?? [], traffic[enforced] ?? []).length > 0
    differ.set(key, known)
    return known
  }
  const counts = { all: 0, restricted: 0, differing: 0 }
  sizes.forEach((sources, s) => {
    const { kubernetes, dataplane } = row(s)
    sizes.forEach((destinations, d) => {
      const enforced = dataplane[d] ?? -1
      if (enforced < 0) return
      const pairs = sources * (destinations - (s === d ? 1 : 0))
      counts.all += pairs
      if (!isOpen(enforced)) counts.restricted += pairs
      if (isDifferent(kubernetes[d] ?? -1, enforced)) counts.differing += pairs
    })
  })
  return counts
}
