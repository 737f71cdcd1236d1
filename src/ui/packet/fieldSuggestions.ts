import { compareBytes } from '../../model/order.ts'
import { formatIpv4, parseIpv4Prefix } from '../../model/ip.ts'
import { knownBlock } from '../../model/knownBlocks.ts'
import type { ContainerPort } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { rulesOf, DIRECTIONS, type NetworkPolicy } from '../../model/networkPolicy.ts'
import type { Analysis } from '../../model/protocol.ts'
import { endpointText } from '../../store/packet.ts'

/** Something to put into a field, with what it is. */
export interface FieldSuggestion {
  readonly value: string
  readonly about: string
}

/** Ends to choose from: pods, the workloads that make several, blocks, the outside; in the order of the picture. */
export function endSuggestions({ endpoints }: Pick<Analysis, 'endpoints'>): readonly FieldSuggestion[] {
  const replicas = new Map<string, number>()
  for (const endpoint of endpoints) {
    const workload = workloadText(endpoint)
    if (workload !== undefined) replicas.set(workload, (replicas.get(workload) ?? 0) + 1)
  }
  const names = new Set(endpoints.map(endpointText))
  const workloads = [...replicas].filter(([name, count]) => count > 1 && !names.has(name))
  return [
    ...workloads
      .map(([value, count]) => ({ value, about: `workload, ${count} pods` }))
      .toSorted((a, b) => compareBytes(a.value, b.value)),
    ...endpoints.map(endpoint => ({ value: endpointText(endpoint), about: aboutEnd(endpoint) })),
  ]
}

/** Whether the text is one of them or an address, and not on the way to it. */
export function isWholeEnd({ endpoints }: Pick<Analysis, 'endpoints'>, text: string): boolean {
  return (
    text === 'outside' ||
    parseIpv4Prefix(text) !== undefined ||
    endpoints.some(endpoint => endpointText(endpoint) === text || workloadText(endpoint) === text)
  )
}

function workloadText(endpoint: Endpoint): string | undefined {
  if (endpoint.kind !== 'pod' || endpoint.workload === undefined) return undefined
  return `${endpoint.namespace}/${endpoint.workload.slice(endpoint.workload.lastIndexOf('/') + 1)}`
}

function aboutEnd(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod': {
      const remarks = [endpoint.hostNetwork ? 'host network' : '', endpoint.assumed ? 'assumed' : '']
      return ['pod', formatIpv4(endpoint.address), ...remarks].filter(word => word !== '').join(', ')
    }
    case 'cidr': {
      const block = knownBlock(endpoint.cidr) ?? 'block'
      return endpoint.holes.length === 0 ? block : `${block} without ${endpoint.holes.join(', ')}`
    }
    case 'outside':
      return 'every other address'
  }
}

/** The ports of the pod that an end's text names, or of the first of the workload of that name. */
function portsOf(
  { endpoints, ports }: Pick<Analysis, 'endpoints' | 'ports'>,
  text: string,
): readonly ContainerPort[] {
  const [namespace = '', name = ''] = text.split('/')
  let found = -1
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind !== 'pod' || endpoint.namespace !== namespace) continue
    if (endpoint.name === name) return ports.lists[ports.listOf[index] ?? -1] ?? []
    if (found < 0 && endpoint.workload?.split('/').at(-1) === name) found = index
  }
  return ports.lists[ports.listOf[found] ?? -1] ?? []
}

/** What a packet to that end may carry: the pod's ports, the ports that policies name, and the usual. */
export function trafficSuggestions(
  analysis: Pick<Analysis, 'endpoints' | 'ports' | 'policies'>,
  to: string,
): readonly FieldSuggestion[] {
  const found = new Map<string, string>()
  const add = (value: string, about: string): void => {
    if (!found.has(value)) found.set(value, about)
  }
  for (const { name, protocol, containerPort } of portsOf(analysis, to)) {
    const word = protocol === '' ? 'TCP' : protocol
    add(`${containerPort}/${word}`, name === '' ? `port of ${to}` : `port ${name} of ${to}`)
  }
  for (const policy of analysis.policies)
    for (const { value, about } of policyPorts(policy)) add(value, about)
  add('80/TCP', 'HTTP')
  add('443/TCP', 'HTTPS')
  add('53/UDP', 'DNS')
  add('ICMP', 'ping: no port')
  return [...found].map(([value, about]) => ({ value, about }))
}

function policyPorts(policy: NetworkPolicy): readonly FieldSuggestion[] {
  return DIRECTIONS.flatMap(direction =>
    rulesOf(policy, direction).flatMap(({ ports = [] }) =>
      ports.flatMap(({ port, protocol = 'TCP' }) =>
        typeof port === 'number'
          ? [{ value: `${port}/${protocol}`, about: `in ${policy.namespace}/${policy.name}` }]
          : [],
      ),
    ),
  )
}

/**
 * Those that hold all words of the text, the ones that begin with it first; all of them for `''`. It looks no further
 * than for as many as are wanted: of a large cluster's ends there are very many.
 */
export function matchingSuggestions(
  all: readonly FieldSuggestion[],
  text: string,
  most: number,
): readonly FieldSuggestion[] {
  const wanted = text.trim().toLowerCase()
  const found: FieldSuggestion[] = []
  const take = (fits: (suggestion: FieldSuggestion) => boolean): void => {
    for (const suggestion of all) {
      if (found.length >= most) return
      if (fits(suggestion)) found.push(suggestion)
    }
  }
  const begins = ({ value }: FieldSuggestion): boolean => value.toLowerCase().startsWith(wanted)
  const words = wanted.split(/\s+/)
  take(begins)
  take(suggestion => {
    const own = `${suggestion.value} ${suggestion.about}`.toLowerCase()
    return words.every(word => own.includes(word)) && !begins(suggestion)
  })
  return found
}
