import type { TrafficSet } from '../../model/traffic.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import { transportOf } from '../packet/packetEnds.ts'
import type { FlowQuestion } from './flowTable.ts'

/**
 * The flows to a port that is asked for by name, `http/TCP`: one question for each number that the name stands for at
 * some destination (K18), in the numbers' order, with the destinations where it does. Ends that have no port of that
 * name are in none; empty where nobody has one.
 */
export function flowsToName(
  { connectivity: { endpoints }, pods }: Pick<Assessment, 'connectivity' | 'pods'>,
  asked: Omit<FlowQuestion, 'traffic'>,
  port: string,
): readonly FlowQuestion[] {
  const byPoint = new Map<number, Set<number>>()
  endpoints.forEach((endpoint, index) => {
    if (asked.to?.has(index) === false) return
    const transport = transportOf(port, asKubernetes(endpoint, pods))
    if (!transport.ok) return
    const { point } = transport.value
    byPoint.set(point, (byPoint.get(point) ?? new Set()).add(index))
  })
  return [...byPoint]
    .toSorted(([a], [b]) => a - b)
    .map(([point, to]): FlowQuestion => {
      const traffic: TrafficSet = [point, point + 1]
      return { ...asked, to, traffic }
    })
}
