import { createAgent, handleEvent, type Agent, type AgentEvent } from '../engine/azure-npm/agent.ts'
import type { AgentStep } from '../engine/azure-npm/agentState.ts'
import { compile } from '../engine/azure-npm/compile.ts'
import { processBatch } from '../engine/azure-npm/policyBatch.ts'
import { reconcile } from '../engine/azure-npm/reconcile.ts'
import { translateAnswer } from '../engine/azure-npm/translateAnswer.ts'
import type { KubernetesEndpoint } from '../engine/kubernetes/endpoint.ts'
import { allowedTraffic } from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes } from '../engine/kubernetes/select.ts'
import { decideWay } from '../engine/netfilter/decide.ts'
import { printRule } from '../engine/netfilter/printIptables.ts'
import { prepareRuleset } from '../engine/netfilter/preparedRuleset.ts'
import { walk } from '../engine/netfilter/walk.ts'
import { isCompletedPod, podKey, type Cluster, type Pod } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { parseIpv4, type Ipv4 } from '../model/ip.ts'
import { positionOf, type ResourceKey, type ResourceSource } from '../model/origin.ts'
import { PROTOCOL_NUMBERS, type CtState, type Packet } from '../model/packet.ts'
import { failed, ok, type Result } from '../model/result.ts'
import type { Rule } from '../model/ruleset.ts'
import { DEFAULT_PROFILE, PROFILE_IDS, type ProfileId } from '../model/scenario.ts'
import { OTHER_PROTOCOLS, PROTOCOLS, trafficContains, trafficPoint } from '../model/traffic.ts'
import { parseManifests } from '../parse/manifests.ts'
import { rawCluster, readRawManifests } from '../parse/rawManifests.ts'
import { admitObjects, readRawObject } from '../parse/rawObjects.ts'
import { withAddresses } from './assumed/addresses.ts'
import { withAssumedNamespaces } from './assumed/assumedPods.ts'
import { findDeviations } from './deviations/deviations.ts'
import { findings } from './findings.ts'
import { readNode } from './node/nodeDump.ts'
import { print, textOf } from './print.ts'
import { doubtOf } from './node/simulate.ts'

/** A request that makes no sense; the stream goes on. */
export interface BadRequest {
  readonly code: 'bad-request'
  readonly message: string
}

export type Answer = Result<unknown, BadRequest>

type Json = Readonly<Record<string, unknown>>

/** A probe's transport: TCP, UDP, SCTP with a port, or another protocol by name or number. */
interface Transport {
  readonly protocol: number
  readonly port: number
  /** Its place in a TrafficSet. */
  readonly point: number
}

const CT_STATES: readonly CtState[] = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']
/** An unprivileged port, as a client would have; no rule of azure-npm looks at it. */
const CLIENT_PORT = 40000

/** The operations of `netpol-flow jsonl`: the request without its `id` in, the answer without its `id` out. */
export const OPERATIONS: Readonly<Record<string, (request: Json) => Answer>> = {
  translate: answerTranslate,
  session: answerSession,
  analyze: answerAnalyze,
  walk: answerWalk,
}

function bad(message: string): { readonly ok: false; readonly error: BadRequest } {
  return failed({ code: 'bad-request', message })
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function profileOf(request: Json): Result<ProfileId, BadRequest> {
  const wanted = request['profile'] ?? DEFAULT_PROFILE
  const profile = PROFILE_IDS.find(id => id === wanted)
  return profile === undefined ? bad(`profile must be one of ${PROFILE_IDS.join(', ')}`) : ok(profile)
}

/** A field that is true, false or absent; null counts as absent, as for every field. */
function flagOf(request: Json, name: string, otherwise: boolean): Result<boolean, BadRequest> {
  const flag = request[name] ?? otherwise
  return typeof flag === 'boolean' ? ok(flag) : bad(`${name} must be true or false`)
}

export function answerTranslate(request: Json): Answer {
  const profile = profileOf(request)
  if (!profile.ok) return profile
  const first = flagOf(request, 'first', true)
  if (!first.ok) return first
  const { policy } = request
  const raw =
    isJson(policy) && (policy['kind'] ?? 'NetworkPolicy') === 'NetworkPolicy'
      ? readRawObject(policy, 'NetworkPolicy')
      : undefined
  if (raw?.kind !== 'NetworkPolicy') return bad('policy must be a NetworkPolicy object')
  return ok(translateAnswer(raw.object, profile.value, first.value))
}

/** `Tick`: the 500 ms after which waiting policies are added. `Reconcile`: the five minutes after which leftovers go. */
type SessionEvent = AgentEvent | { readonly kind: 'Tick' | 'Reconcile' }

/** Policies are added one by one, or with `"batching": true` when a hundred wait or an event `Tick` comes. */
export function answerSession(request: Json): Answer {
  const profile = profileOf(request)
  if (!profile.ok) return profile
  const batching = flagOf(request, 'batching', false)
  if (!batching.ok) return batching
  const { events } = request
  if (!Array.isArray(events)) return bad('events must be a list')
  const read: SessionEvent[] = []
  for (const [index, event] of (events as unknown[]).entries()) {
    const sessionEvent = readEvent(event)
    if (sessionEvent === undefined)
      return bad(
        `events[${index}] must have kind Namespace, Pod or NetworkPolicy, action apply or delete, and an object, ` +
          'or kind Tick or Reconcile',
      )
    read.push(sessionEvent)
  }
  const agent = createAgent(profile.value, { batching: batching.value })
  return ok({ steps: read.map(event => ({ commands: stepOf(agent, event).commands })) })
}

function stepOf(agent: Agent, event: SessionEvent): AgentStep {
  switch (event.kind) {
    case 'Tick':
      return processBatch(agent)
    case 'Reconcile':
      return reconcile(agent)
    default:
      return handleEvent(agent, event)
  }
}

function readEvent(event: unknown): SessionEvent | undefined {
  if (!isJson(event)) return undefined
  const { kind, action } = event
  if (kind === 'Tick' || kind === 'Reconcile') return { kind }
  if (!isJson(event['object'])) return undefined
  if (action !== 'apply' && action !== 'delete') return undefined
  const raw = readRawObject({ ...event['object'], kind })
  return raw === undefined ? undefined : { ...raw, action }
}

export function answerAnalyze(request: Json): Answer {
  const profile = profileOf(request)
  if (!profile.ok) return profile
  const input = readInput(request)
  if (!input.ok) return input
  const { cluster, diagnostics, sources, text } = input.value
  const { ruleset, failures } = compile(cluster, profile.value)
  const probes = readProbes(request['probes'], cluster)
  if (!probes.ok) return probes

  const kubernetes = prepareKubernetes(cluster)
  const prepared = prepareRuleset(ruleset)
  const verdicts = probes.value.map(({ src, dst, transport }) => {
    const promised =
      isSamePod(src, dst) ||
      trafficContains(allowedTraffic(kubernetes, src.endpoint, dst.endpoint), transport.point)
    const enforced =
      isSamePod(src, dst) ||
      walk(prepared, newPacket(src.address, dst.address, transport)).verdict === 'ACCEPT'
    return {
      kubernetes: promised ? 'allowed' : 'blocked',
      dataplane: enforced ? 'allowed' : 'blocked',
    }
  })
  const found = findings(failures, findDeviations(cluster, profile.value), sources)
  return ok({
    diagnostics: [...diagnostics, ...found].map(diagnostic => diagnosticAnswer(diagnostic, text)),
    verdicts,
    ipset: textOf(print(ruleset, 'ipset-restore')),
    iptables: textOf(print(ruleset, 'iptables-restore')),
  })
}

interface Input {
  readonly cluster: Cluster
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: Readonly<Record<ResourceKey, ResourceSource>>
  /** The manifests, for line and column; `''` for objects. */
  readonly text: string
}

/**
 * `resources` are taken to the letter. `manifests` are a person's text: pods without an address get one, and the
 * namespaces that objects live in are there.
 */
function readInput(request: Json): Result<Input, BadRequest> {
  const admission = flagOf(request, 'admission', true)
  if (!admission.ok) return admission
  const { resources, manifests } = request
  if (typeof manifests === 'string') {
    if (!admission.value) return ok({ ...readRawManifests(manifests), sources: {}, text: manifests })
    const parsed = parseManifests([{ name: 'manifests', text: manifests }])
    const cluster = withAddresses(withAssumedNamespaces(parsed.cluster))
    return ok({ ...parsed, cluster, text: manifests })
  }
  if (!Array.isArray(resources)) return bad('resources must be a list of objects, or manifests a text')
  if (!admission.value)
    return ok({ cluster: rawCluster(resources as unknown[]), diagnostics: [], sources: {}, text: '' })
  return ok({ ...admitObjects(resources as unknown[]), sources: {}, text: '' })
}

function diagnosticAnswer(diagnostic: Diagnostic, text: string): Json {
  const { code, severity, message, resource } = diagnostic
  const position = text === '' ? {} : positionOf(text, diagnostic.range.start)
  return { code, severity, message, ...position, ...(resource !== undefined && { resource }) }
}

interface ProbeEnd {
  readonly endpoint: KubernetesEndpoint
  readonly address: Ipv4
}

interface Probe {
  readonly src: ProbeEnd
  readonly dst: ProbeEnd
  readonly transport: Transport
}

function isSamePod(src: ProbeEnd, dst: ProbeEnd): boolean {
  return src.endpoint.kind === 'pod' && dst.endpoint.kind === 'pod' && src.endpoint.pod === dst.endpoint.pod
}

function readProbes(probes: unknown, cluster: Cluster): Result<readonly Probe[], BadRequest> {
  if (!Array.isArray(probes ?? [])) return bad('probes must be a list')
  const byKey = new Map(cluster.pods.map(pod => [podKey(pod), pod]))
  const byAddress = new Map(
    cluster.pods.filter(pod => !isCompletedPod(pod) && !pod.hostNetwork).map(pod => [pod.ip, pod]),
  )
  // The first pod of a workload stands for all of them.
  const byWorkload = new Map<string, Pod>(
    cluster.pods
      .toReversed()
      .flatMap(pod =>
        pod.workload === undefined
          ? []
          : [[`${pod.namespace}/${pod.workload.split('/').at(-1) ?? ''}`, pod] as const],
      ),
  )
  const endOf = (value: unknown): ProbeEnd | undefined => {
    if (typeof value !== 'string') return undefined
    const pod: Pod | undefined = byKey.get(value) ?? byAddress.get(value) ?? byWorkload.get(value)
    const address = parseIpv4(pod?.ip ?? value)
    if (address === undefined) return undefined
    return { endpoint: pod === undefined ? { kind: 'address', address } : { kind: 'pod', pod }, address }
  }
  const read: Probe[] = []
  for (const [index, probe] of ((probes ?? []) as unknown[]).entries()) {
    if (!isJson(probe)) return bad(`probes[${index}] must be an object`)
    const src = endOf(probe['src'])
    const dst = endOf(probe['dst'])
    const transport = transportOf(probe)
    if (src === undefined || dst === undefined)
      return bad(
        `probes[${index}]: src and dst must be ns/name of a pod or workload with an IPv4 address, or such an address`,
      )
    if (transport === undefined) return bad(`probes[${index}]: protocol or port makes no sense`)
    read.push({ src, dst, transport })
  }
  return ok(read)
}

function transportOf(probe: Json): Transport | undefined {
  const { protocol: name = 'TCP', port = 0 } = probe
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65535) return undefined
  const upper = String(name).toUpperCase()
  const number = PROTOCOL_NUMBERS[upper.toLowerCase()] ?? (typeof name === 'number' ? name : undefined)
  if (number === undefined || number < 0 || number > 255) return undefined
  const ported = PROTOCOLS.find(protocol => protocol === upper)
  return {
    protocol: number,
    port,
    point: ported === undefined ? OTHER_PROTOCOLS : trafficPoint(ported, port),
  }
}

function newPacket(src: Ipv4, dst: Ipv4, { protocol, port }: Transport): Packet {
  return { protocol, src, dst, srcPort: CLIENT_PORT, dstPort: port, ctState: 'NEW' }
}

export function answerWalk(request: Json): Answer {
  const { iptables, probes } = request
  const ipset = request['ipset'] ?? undefined
  if (typeof iptables !== 'string' || (ipset !== undefined && typeof ipset !== 'string'))
    return bad('iptables and ipset must be texts')
  if (!Array.isArray(probes)) return bad('probes must be a list')
  const node = readNode([
    { name: 'iptables', text: iptables, assume: 'iptables' },
    ...(ipset === undefined ? [] : [{ name: 'ipset', text: ipset, assume: 'ipset' as const }]),
  ])
  const { ruleset } = node
  // A text without rules is a node without rules.
  const spoilt = { ...node, problems: node.problems.filter(({ code }) => code !== 'no-filter-table') }
  const packets: Packet[] = []
  for (const [index, probe] of (probes as unknown[]).entries()) {
    const packet = isJson(probe) ? packetOf(probe) : undefined
    if (packet === undefined)
      return bad(`probes[${index}]: src and dst must be IPv4 addresses, protocol, port and state known ones`)
    packets.push(packet)
  }
  const prepared = prepareRuleset(ruleset)
  const rules = new Map<string, readonly Rule[]>()
  for (const { name, chains } of ruleset.tables)
    for (const chain of chains) rules.set(`${name} ${chain.name}`, chain.rules)
  const traces = packets.map(packet => decideWay(prepared, packet, 'FORWARD'))
  return ok({
    verdicts: traces.map(({ verdict }) => (doubtOf(spoilt, verdict) === undefined ? verdict : 'UNKNOWN')),
    traces: traces.map(trace =>
      trace.steps.map(({ table, chain, number, matched, mark }) => {
        const rule = rules.get(`${table} ${chain}`)?.[number - 1]
        const text = rule === undefined ? '' : printRule(chain, rule)
        return { table, chain, rule: number, text, matched, mark: `0x${mark.toString(16)}` }
      }),
    ),
  })
}

function packetOf(probe: Json): Packet | undefined {
  const { state = 'NEW' } = probe
  const src = parseIpv4(String(probe['src']))
  const dst = parseIpv4(String(probe['dst']))
  const transport = transportOf(probe)
  const ctState = CT_STATES.find(known => known === state)
  if (src === undefined || dst === undefined || transport === undefined || ctState === undefined)
    return undefined
  const { sport = CLIENT_PORT } = probe
  if (typeof sport !== 'number' || !Number.isInteger(sport) || sport < 0 || sport > 65535) return undefined
  return { ...newPacket(src, dst, transport), srcPort: sport, ctState }
}
