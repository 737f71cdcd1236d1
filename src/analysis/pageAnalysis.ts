import type { ContainerPort, Pod } from '../model/cluster.ts'
import type { Endpoint } from '../model/connectivity.ts'
import { listRuleset } from '../model/listedSets.ts'
import { packSources } from '../model/packedSources.ts'
import type { Analysis, EndpointPorts, WholeAnalysis } from '../model/protocol.ts'
import { podEndpointId } from './endpoints/endpoints.ts'

/** What the page gets of an analysis: as little as it shows, in a form that is quick to read. */
export function pageAnalysis({ pods, sources, ruleset, ...rest }: WholeAnalysis): Analysis {
  return {
    ...rest,
    podCount: { all: pods.length, assumed: pods.filter(pod => pod.assumed === true).length },
    ports: endpointPorts(rest.endpoints, pods),
    sources: packSources(sources),
    ruleset: listRuleset(ruleset),
  }
}

function endpointPorts(endpoints: readonly Endpoint[], pods: readonly Pod[]): EndpointPorts {
  const lists = new Map<string, readonly ContainerPort[]>()
  const numbers = new Map<string, number>()
  const listOf = new Map<string, number>()
  for (const { namespace, name, containerPorts } of pods) {
    if (containerPorts.length === 0) continue
    const key = JSON.stringify(containerPorts)
    if (!lists.has(key)) {
      numbers.set(key, lists.size)
      lists.set(key, containerPorts)
    }
    listOf.set(podEndpointId(namespace, name), numbers.get(key) ?? -1)
  }
  return {
    lists: [...lists.values()],
    listOf: Int32Array.from(endpoints, ({ id }) => listOf.get(id) ?? -1),
  }
}
