import type { Labels, LabelSelector } from '../model/labels.ts'
import { labelKeys } from '../model/labels.ts'
import type { NetworkPolicySpec, Peer, PolicyPort } from '../model/networkPolicy.ts'
import { labelPath } from '../model/origin.ts'
import type { Cidr } from './cidr.ts'
import { formatCidr6, isStrictSubset, parseCidr, strictCidrError } from './cidr.ts'
import type { MessageCode } from './messages.ts'
import { quoteGo, quoteJson } from './messages.ts'
import {
  byteLength,
  dnsLabelErrors,
  generateNameErrors,
  labelKeyErrors,
  labelValueErrors,
  portNameErrors,
  subdomainErrors,
} from './names.ts'
import type { ContainerSpec, PodSpec, PortSpec } from './podShape.ts'
import type { ObjectMeta } from './policyShape.ts'
import type { Issue } from './shapes.ts'

function issue(code: MessageCode, path: string, value?: string | number, at?: string): Issue {
  return { code, path, ...(at !== undefined && { at }), args: value === undefined ? {} : { value } }
}

function each(codes: readonly MessageCode[], path: string, value: string, at?: string): readonly Issue[] {
  return codes.map(code => issue(code, path, quoteGo(value), at))
}

/** The order in which errors are told is Kubernetes' (J1). Texts of equal errors are told once by kubectl, not here. */
export function validateNetworkPolicy(meta: ObjectMeta, spec: NetworkPolicySpec): readonly Issue[] {
  const rules = [
    ...(spec.ingress ?? []).map((rule, i) =>
      validateRule(`spec.ingress[${i}]`, rule.ports, 'from', rule.from),
    ),
    ...(spec.egress ?? []).map((rule, i) => validateRule(`spec.egress[${i}]`, rule.ports, 'to', rule.to)),
  ]
  return [
    ...validateMeta(meta, subdomainErrors, 'namespaced'),
    ...validateSelector(spec.podSelector, 'spec.podSelector'),
    ...rules.flat(),
    ...validatePolicyTypes(spec.policyTypes ?? []),
  ]
}

/** N1. The name is also the value of the automatic label and is checked as such. */
export function validateNamespace(meta: ObjectMeta): readonly Issue[] {
  return [
    ...validateMeta(meta, dnsLabelErrors, 'cluster'),
    ...(byteLength(meta.name ?? '') > 63
      ? [issue('label-value-over-63', 'metadata.labels', quoteGo(meta.name ?? ''), 'metadata.name')]
      : []),
  ]
}

/** N2 */
export function validatePod(meta: ObjectMeta, spec: PodSpec): readonly Issue[] {
  return [...validateMeta(meta, subdomainErrors, 'namespaced'), ...validatePodSpec(spec, 'spec')]
}

/** A workload's own metadata and the template of its pods at `path` (`spec.template`). */
export function validateWorkload(
  meta: ObjectMeta,
  path: string,
  template: { readonly metadata?: ObjectMeta; readonly spec?: PodSpec },
): readonly Issue[] {
  return [
    ...validateMeta(meta, subdomainErrors, 'namespaced'),
    ...validateLabels(template.metadata?.labels, `${path}.metadata.labels`),
    ...validateAnnotations(template.metadata?.annotations, `${path}.metadata.annotations`),
    ...validatePodSpec(template.spec ?? {}, `${path}.spec`),
  ]
}

function validateMeta(
  meta: ObjectMeta,
  nameErrors: (name: string) => readonly MessageCode[],
  scope: 'namespaced' | 'cluster',
): readonly Issue[] {
  const { name = '', generateName = '', namespace = '' } = meta
  const issues: Issue[] = []
  if (generateName !== '')
    issues.push(...each(generateNameErrors(generateName), 'metadata.generateName', generateName))
  if (name !== '') issues.push(...each(nameErrors(name), 'metadata.name', name))
  else if (generateName === '') issues.push(issue('name-required', 'metadata.name'))
  else issues.push({ code: 'generate-name', path: 'metadata.generateName', args: { name: generateName } })
  if (scope === 'namespaced' && namespace !== '')
    issues.push(...each(dnsLabelErrors(namespace), 'metadata.namespace', namespace))
  return [
    ...issues,
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
  ]
}

/** By sorted key: Kubernetes walks the map in random order. */
function validateLabels(labels: Labels | undefined, path: string): readonly Issue[] {
  if (labels === undefined) return []
  return labelKeys(labels).flatMap(key => {
    const at = labelPath(path, key)
    return [
      ...each(labelKeyErrors(key), path, key, at),
      ...each(labelValueErrors(labels[key] ?? ''), path, labels[key] ?? '', at),
    ]
  })
}

const MAX_ANNOTATIONS = 262144

/** M4: keys are compared in lower case, values may be anything. */
function validateAnnotations(annotations: Labels | undefined, path: string): readonly Issue[] {
  if (annotations === undefined) return []
  const keys = labelKeys(annotations)
  const size = keys.reduce((sum, key) => sum + byteLength(key) + byteLength(annotations[key] ?? ''), 0)
  return [
    ...keys.flatMap(key => each(labelKeyErrors(key.toLowerCase()), path, key, labelPath(path, key))),
    ...(size > MAX_ANNOTATIONS ? [issue('annotations-too-long', path)] : []),
  ]
}

/** S1, S2 */
function validateSelector(selector: LabelSelector | undefined, path: string): readonly Issue[] {
  if (selector === undefined) return []
  const expressions = (selector.matchExpressions ?? []).flatMap(
    ({ key = '', operator = '', values = [] }, i) => {
      const at = `${path}.matchExpressions[${i}]`
      const issues: Issue[] = []
      switch (operator) {
        case 'In':
        case 'NotIn':
          if (values.length === 0) issues.push(issue('values-required', `${at}.values`))
          break
        case 'Exists':
        case 'DoesNotExist':
          if (values.length > 0) issues.push(issue('values-forbidden', `${at}.values`))
          break
        default:
          issues.push(issue('selector-operator', `${at}.operator`, quoteJson(operator)))
      }
      return [
        ...issues,
        ...each(labelKeyErrors(key), `${at}.key`, key),
        ...values.flatMap((value, j) => each(labelValueErrors(value), `${at}.values[${j}]`, value)),
      ]
    },
  )
  return [...validateLabels(selector.matchLabels, `${path}.matchLabels`), ...expressions]
}

function validateRule(
  path: string,
  ports: readonly PolicyPort[] = [],
  peersField: 'from' | 'to',
  peers: readonly Peer[] = [],
): readonly Issue[] {
  return [
    ...ports.flatMap((port, i) => validatePort(port, `${path}.ports[${i}]`)),
    ...peers.flatMap((peer, i) => validatePeer(peer, `${path}.${peersField}[${i}]`)),
  ]
}

const PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'SCTP']

function isPortNumber(port: number): boolean {
  return port >= 1 && port <= 65535
}

/** P1–P6 */
function validatePort({ protocol, port, endPort }: PolicyPort, path: string): readonly Issue[] {
  const issues: Issue[] = []
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    issues.push(issue('policy-protocol', `${path}.protocol`, quoteJson(protocol)))
  const end = `${path}.endPort`
  if (typeof port === 'number') {
    if (!isPortNumber(port)) issues.push(issue('port-range', `${path}.port`, port))
    if (endPort !== undefined && endPort < port) issues.push(issue('end-port-below-port', end, endPort))
    if (endPort !== undefined && !isPortNumber(endPort)) issues.push(issue('port-range', end, endPort))
  } else if (port !== undefined) {
    if (endPort !== undefined) issues.push(issue('end-port-with-name', end, endPort))
    issues.push(...each(portNameErrors(port), `${path}.port`, port))
  } else if (endPort !== undefined) issues.push(issue('end-port-without-port', end, endPort))
  return issues
}

/** Q1–Q5 */
function validatePeer(peer: Peer, path: string): readonly Issue[] {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const issues = [
    ...validateSelector(podSelector, `${path}.podSelector`),
    ...validateSelector(namespaceSelector, `${path}.namespaceSelector`),
  ]
  const selectors = podSelector !== undefined || namespaceSelector !== undefined
  if (ipBlock === undefined) return selectors ? issues : [issue('peer-required', path)]
  issues.push(...validateIpBlock(ipBlock.cidr ?? '', ipBlock.except ?? [], `${path}.ipBlock`))
  return selectors ? [...issues, issue('peer-with-ip-block', path)] : issues
}

/** Q2–Q4, W1 */
function validateIpBlock(cidr: string, excepts: readonly string[], path: string): readonly Issue[] {
  const at = `${path}.cidr`
  if (cidr === '') return [issue('cidr-required', at)]
  const block = parseCidr(cidr)
  if (block === undefined) return [issue('cidr-syntax', at, quoteGo(cidr))]
  return [
    ...cidrSpelling(cidr, block, at),
    ...excepts.flatMap((except, i) => {
      const exceptPath = `${path}.except[${i}]`
      const hole = parseCidr(except)
      if (hole === undefined) return [issue('cidr-syntax', exceptPath, quoteGo(except))]
      return [
        ...cidrSpelling(except, hole, exceptPath),
        ...(isStrictSubset(hole, block) ? [] : [issue('except-outside-cidr', exceptPath, quoteGo(except))]),
      ]
    }),
  ]
}

function cidrSpelling(text: string, cidr: Cidr, path: string): readonly Issue[] {
  const error = strictCidrError(cidr)
  if (error !== undefined) return [issue(error, path, quoteGo(text))]
  if (cidr.bytes.length === 4) return []
  const canonical = formatCidr6(cidr)
  if (canonical === text) return []
  return [{ code: 'cidr-not-canonical', path, args: { value: quoteGo(text), canonical: quoteGo(canonical) } }]
}

/** T1, T2 */
function validatePolicyTypes(types: readonly string[]): readonly Issue[] {
  if (types.length > 2) return [issue('policy-types-over-two', 'spec.policyTypes', quoteJson(types))]
  return types.flatMap((type, i) =>
    type === 'Ingress' || type === 'Egress'
      ? []
      : [issue('policy-type', `spec.policyTypes[${i}]`, quoteJson(type))],
  )
}

function validatePodSpec(spec: PodSpec, path: string): readonly Issue[] {
  const containers = spec.containers ?? []
  return [
    ...(containers.length === 0 ? [issue('containers-required', `${path}.containers`)] : []),
    ...validateContainers(containers, `${path}.containers`),
    ...validateContainers(spec.initContainers ?? [], `${path}.initContainers`),
    ...namesInTwoContainers(containers, `${path}.containers`),
  ]
}

function validateContainers(containers: readonly ContainerSpec[], path: string): readonly Issue[] {
  return containers.flatMap(({ ports = [] }, i) => {
    const seen = new Set<string>()
    return ports.flatMap((port, j) => {
      const at = `${path}[${i}].ports[${j}]`
      const { name = '' } = port
      const issues = validateContainerPort(port, at)
      if (name === '') return issues
      const errors = portNameErrors(name)
      if (errors.length > 0) return [...each(errors, `${at}.name`, name), ...issues]
      if (seen.has(name)) return [issue('port-name-twice', `${at}.name`, quoteGo(name)), ...issues]
      seen.add(name)
      return issues
    })
  })
}

function validateContainerPort(port: PortSpec, path: string): readonly Issue[] {
  const { containerPort = 0, hostPort = 0, protocol } = port
  const issues: Issue[] = []
  if (containerPort === 0) issues.push(issue('container-port-required', `${path}.containerPort`))
  else if (!isPortNumber(containerPort))
    issues.push(issue('port-range', `${path}.containerPort`, containerPort))
  if (hostPort !== 0 && !isPortNumber(hostPort))
    issues.push(issue('port-range', `${path}.hostPort`, hostPort))
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    issues.push(issue('container-protocol', `${path}.protocol`, quoteJson(protocol)))
  return issues
}

function namesInTwoContainers(containers: readonly ContainerSpec[], path: string): readonly Issue[] {
  const firsts = new Map<string, { readonly container: number; readonly at: string }>()
  return containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ name = '' }, j): readonly Issue[] => {
      const at = `${path}[${i}].ports[${j}]`
      const first = firsts.get(name)
      if (name === '' || first?.container === i) return []
      if (first === undefined) {
        firsts.set(name, { container: i, at })
        return []
      }
      const args = { value: quoteGo(name), first: first.at }
      return [{ code: 'port-name-in-two-containers', path: at, at: `${at}.name`, args }]
    }),
  )
}
