import type { Endpoint } from '../model/connectivity.ts'
import type { FlowFilter } from '../model/graphView.ts'
import { labelValue } from '../model/labels.ts'
import type { FlowKind, FlowVerdict } from '../model/picture.ts'
import { portTraffic, PROTOCOLS, protocolTraffic, unionTraffic, type TrafficSet } from '../model/traffic.ts'
import { isSystemNamespace } from './systemNamespaces.ts'

export const NO_FLOW_FILTER: FlowFilter = {
  text: '',
  namespaces: [],
  labels: [],
  traffic: '',
  verdicts: [],
  deviating: false,
  changed: false,
  hideSystem: false,
  hideNamespaces: [],
}

const VERDICTS: readonly FlowVerdict[] = ['blocked', 'partial', 'allowed', 'unrestricted']
/** A link may hold anything; more than this is nobody's filter. */
const LONGEST = 300
const MOST = 100

/** A filter from a link: what is missing or makes no sense is as if nothing were said about it. */
export function parseFlowFilter(value: unknown): FlowFilter {
  const read = (name: keyof FlowFilter): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined
  const traffic = textOf(read('traffic'))
  const asked = textsOf(read('verdicts'))
  return {
    text: textOf(read('text')),
    namespaces: textsOf(read('namespaces')),
    labels: textsOf(read('labels')),
    traffic: trafficOf(traffic) === undefined ? '' : traffic,
    verdicts: VERDICTS.filter(verdict => asked.includes(verdict)),
    deviating: read('deviating') === true,
    changed: read('changed') === true,
    hideSystem: read('hideSystem') === true,
    hideNamespaces: textsOf(read('hideNamespaces')),
  }
}

/** A text of a link, `''` for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : ''
}

/** The texts of a list in a link, without what is none. */
export function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return (value as readonly unknown[])
    .filter(item => typeof item === 'string' && item !== '')
    .map(textOf)
    .slice(0, MOST)
}

/**
 * `80/TCP`, `8000-8080/TCP`, `TCP`, `80` (any protocol), several with commas; case does not matter. Undefined when it
 * says none of these, `''` included.
 */
export function trafficOf(text: string): TrafficSet | undefined {
  const parts = text.split(',').map(part => part.trim().toUpperCase())
  let all: TrafficSet = []
  for (const part of parts) {
    const [, from, to, word] = /^(?:([0-9]{1,5})(?:[-–]([0-9]{1,5}))?)?\/?([A-Z]*)$/.exec(part) ?? []
    const protocols = word === '' ? PROTOCOLS : PROTOCOLS.filter(protocol => protocol === word)
    if (part === '' || part === '/' || protocols.length === 0) return undefined
    const [first, last] = [Number(from ?? 0), Number(to ?? from ?? 0)]
    if (first > 65535 || last > 65535 || first > last) return undefined
    for (const protocol of protocols)
      all = unionTraffic(
        all,
        from === undefined ? protocolTraffic(protocol) : portTraffic(protocol, first, last),
      )
  }
  return all
}

/** Whether the filter leaves flows out by who is at their ends. */
export function filtersEnds({ text, namespaces, labels }: FlowFilter): boolean {
  return text.trim() !== '' || namespaces.length > 0 || labels.length > 0
}

/** Whether an endpoint takes no part at all. */
export function isHidden(endpoint: Endpoint, filter: FlowFilter): boolean {
  return endpoint.kind === 'pod' && isHiddenNamespace(endpoint.namespace, filter)
}

export function isHiddenNamespace(
  name: string,
  { hideSystem, hideNamespaces }: Pick<FlowFilter, 'hideSystem' | 'hideNamespaces'>,
): boolean {
  return (hideSystem && isSystemNamespace(name)) || hideNamespaces.includes(name)
}

/** What changes of a filter when a namespace is hidden, which then cannot be asked for, or shown again. */
export function hiding(
  { namespaces, hideNamespaces }: FlowFilter,
  name: string,
  hide = true,
): Pick<FlowFilter, 'namespaces' | 'hideNamespaces'> {
  const others = hideNamespaces.filter(one => one !== name)
  return hide
    ? { namespaces: namespaces.filter(one => one !== name), hideNamespaces: [...others, name] }
    : { namespaces, hideNamespaces: others }
}

/** Whether an endpoint is one that the filter asks for. Made once a filter, asked once an endpoint. */
export function endMatcher({ text, namespaces, labels }: FlowFilter): (endpoint: Endpoint) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const wanted = labels.map(label => {
    const equals = label.indexOf('=')
    return equals < 0
      ? { key: label, value: undefined }
      : { key: label.slice(0, equals), value: label.slice(equals + 1) }
  })
  return endpoint => {
    if (namespaces.length > 0 && !(endpoint.kind === 'pod' && namespaces.includes(endpoint.namespace)))
      return false
    if (
      !wanted.every(({ key, value }) => {
        const own = endpoint.kind === 'pod' ? labelValue(endpoint.labels, key) : undefined
        return own !== undefined && (value === undefined || own === value)
      })
    )
      return false
    return words.length === 0 || hasWords(endpoint, words)
  }
}

function hasWords(endpoint: Endpoint, words: readonly string[]): boolean {
  const name =
    endpoint.kind === 'pod'
      ? `${endpoint.namespace}/${endpoint.name} ${endpoint.workload ?? ''}`
      : endpoint.kind === 'outside'
        ? 'outside everything else'
        : endpoint.cidr
  const plain = name.toLowerCase()
  const missing = words.filter(word => !plain.includes(word))
  if (missing.length === 0 || endpoint.kind !== 'pod') return missing.length === 0
  const labels = Object.entries(endpoint.labels).map(([key, value]) => `${key}=${value}`.toLowerCase())
  return missing.every(word => labels.some(label => label.includes(word)))
}

/** Whether flows of that kind are shown. */
export function kindMatcher({ verdicts, deviating, changed }: FlowFilter): (kind: FlowKind) => boolean {
  return kind =>
    (verdicts.length === 0 || verdicts.includes(kind.verdict)) &&
    (!deviating || kind.deviates) &&
    (!changed || kind.change !== 'none')
}
