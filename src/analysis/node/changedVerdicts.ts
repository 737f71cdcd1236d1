import { forwardTraffic, prepareReach, signatureOf } from '../../engine/netfilter/reach.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { ChangedVerdict } from '../../model/nodeReport.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { intersectTraffic, PORT_TRAFFIC, subtractTraffic, unionTraffic } from '../../model/traffic.ts'
import { isPolicedPod } from '../connectivity.ts'

/** Pairs of classes that are compared; more take too long for a report that is looked at. */
const MAX_PAIRS = 160_000
const MAX_LISTED = 500

export interface ChangedVerdicts {
  readonly changed: readonly ChangedVerdict[]
  readonly limit?: string
}

/**
 * For each pair of endpoints, by classes that both rulesets treat alike: the ports of TCP, UDP and SCTP whose new
 * connections one lets through and the other does not. What the node's rules leave open is counted and told, and is no
 * change.
 */
export function changedVerdicts(
  expected: Ruleset,
  node: Ruleset,
  endpoints: readonly Endpoint[],
): ChangedVerdicts {
  const [wanted, actual] = [prepareReach(expected), prepareReach(node)]
  const classes = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) {
    const { address } = endpoint
    const key = `${isPolicedPod(endpoint)} ${signatureOf(wanted, address)}|${signatureOf(actual, address)}`
    const same = classes.get(key)
    if (same === undefined) classes.set(key, [endpoint])
    else same.push(endpoint)
  }
  const groups = [...classes.values()]
  const changed: ChangedVerdict[] = []
  let open = 0
  let pairs = 0
  for (const sources of groups)
    for (const destinations of groups) {
      const [src] = sources
      const dst = sources === destinations ? destinations[1] : destinations[0]
      if (src === undefined || dst === undefined || (!isPolicedPod(src) && !isPolicedPod(dst))) continue
      if (++pairs > MAX_PAIRS) break
      const before = forwardTraffic(wanted, src.address, dst.address)
      const now = forwardTraffic(actual, src.address, dst.address)
      const unknown = intersectTraffic(unionTraffic(now.unknown, before.unknown), PORT_TRAFFIC)
      const sure = (traffic: typeof unknown) =>
        intersectTraffic(subtractTraffic(traffic, unknown), PORT_TRAFFIC)
      const opened = sure(subtractTraffic(now.accepted, before.accepted))
      const closed = sure(subtractTraffic(before.accepted, now.accepted))
      if (unknown.length > 0) open++
      if (opened.length === 0 && closed.length === 0) continue
      const one = { sources: sources.length, destinations: destinations.length }
      changed.push({ src: src.id, dst: dst.id, ...one, opened, closed, unknown })
    }
  const limits = [
    ...(pairs > MAX_PAIRS
      ? [`only the first ${MAX_PAIRS} pairs of endpoints that differ were compared`]
      : []),
    ...(changed.length > MAX_LISTED
      ? [`${changed.length - MAX_LISTED} more changed verdicts are not listed`]
      : []),
    ...(open === 0
      ? []
      : [
          `for ${open} of ${Math.min(pairs, MAX_PAIRS)} pairs some traffic hangs on what the dump does not tell`,
        ]),
  ]
  return {
    changed: changed
      .toSorted((a, b) => b.sources * b.destinations - a.sources * a.destinations)
      .slice(0, MAX_LISTED),
    ...(limits.length === 0 ? {} : { limit: limits.join('; ') }),
  }
}
