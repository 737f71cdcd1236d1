import { compile } from '../engine/azure-npm/compile.ts'
import { explainEnd, isIsolated } from '../engine/kubernetes/evaluate.ts'
import { prepareKubernetes, type KubernetesIndex } from '../engine/kubernetes/select.ts'
import { prepareReach } from '../engine/netfilter/reach.ts'
import { required } from '../model/assert.ts'
import { podKey, type Cluster, type Pod } from '../model/cluster.ts'
import type { Connectivity, Endpoint, FlowEnd } from '../model/connectivity.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Deviation } from '../model/deviation.ts'
import { policyKey, type Direction, type NetworkPolicy } from '../model/networkPolicy.ts'
import { compareBytes } from '../model/order.ts'
import type { ProfileId, ScenarioFile } from '../model/scenario.ts'
import {
  differingTraffic,
  intersectTraffic,
  PORT_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
} from '../model/traffic.ts'
import { parseManifests } from '../parse/manifests.ts'
import { withAddresses } from './assumed/addresses.ts'
import { asKubernetes, verdictsOf } from './assess.ts'
import { withAssumedNamespaces, withAssumedPods } from './assumed/assumedPods.ts'
import { connectivityOf } from './connectivity.ts'
import { deviationsOfFlow, findDeviations } from './deviations/deviations.ts'
import { endpointsOf, podEndpointId } from './endpoints/endpoints.ts'
import type { FlowEngine } from './flows/flowTable.ts'

/** What one engine says a change opens and closes, in ports of TCP, UDP and SCTP. */
export interface TrafficChange {
  readonly before: TrafficSet
  readonly after: TrafficSet
  readonly opened: TrafficSet
  readonly closed: TrafficSet
}

/** Why an end lets through more or less than before. */
export interface ChangeReason {
  readonly direction: Direction
  readonly change: 'opened' | 'closed'
  readonly kind: 'newly-isolated' | 'no-longer-isolated' | 'allowed' | 'no-longer-allowed'
  readonly policies: readonly string[]
}

/** One change, the same for all pairs of the two groups. */
export interface FlowDifference {
  readonly src: readonly Endpoint[]
  readonly dst: readonly Endpoint[]
  readonly kubernetes: TrafficChange
  readonly dataplane: TrafficChange
  readonly reasons: readonly ChangeReason[]
  /** Ids of the known reasons why one engine sees a change that the other does not. */
  readonly deviations: readonly string[]
}

export interface ScenarioDifference {
  readonly policies: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly changed: readonly string[]
  }
  /** Pods that only one side has: their flows came or went with them and are no changes. */
  readonly pods: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly flows: readonly FlowDifference[]
  /** Endpoints that were compared. */
  readonly compared: number
  readonly diagnostics: { readonly base: readonly Diagnostic[]; readonly head: readonly Diagnostic[] }
}

/** One side, read and with both answers for every pair of endpoints. */
interface Side {
  readonly cluster: Cluster
  readonly kubernetes: KubernetesIndex
  readonly pods: ReadonlyMap<string, Pod>
  readonly connectivity: Connectivity
  readonly deviations: readonly Deviation[]
}

/**
 * What opens and what closes between two versions of a scenario. Pods that no manifest gives are assumed for the
 * policies of both, and stand on both sides with one address, so that a policy that comes or goes is seen by them.
 */
export function compareScenarios(
  base: readonly ScenarioFile[],
  head: readonly ScenarioFile[],
  profile: ProfileId,
): ScenarioDifference {
  const before = parseManifests(base)
  const after = parseManifests(head)
  const world = commonWorld(before.cluster, after.cluster)
  const blocks = world.endpoints.filter(({ kind }) => kind !== 'pod')
  const was = assess(sideOf(before.cluster, world), blocks, profile)
  const is = assess(sideOf(after.cluster, world), blocks, profile)
  const groups = groupsOf(was.connectivity, is.connectivity)
  return {
    policies: changedPolicies(before.cluster.policies, after.cluster.policies),
    pods: {
      added: without(after.cluster.pods.map(podKey), before.cluster.pods.map(podKey)),
      removed: without(before.cluster.pods.map(podKey), after.cluster.pods.map(podKey)),
    },
    flows: differences(was, is, groups),
    compared: groups.reduce((sum, { members }) => sum + members.length, 0),
    diagnostics: { base: before.diagnostics, head: after.diagnostics },
  }
}

/** All objects of both sides, and what their policies speak about together. */
interface World {
  /** By `ns/name`: the address that a pod without one gets, on both sides. */
  readonly addresses: ReadonlyMap<string, string>
  readonly assumed: readonly Pod[]
  readonly assumedNamespaces: Cluster['namespaces']
  readonly endpoints: readonly Endpoint[]
}

function commonWorld(before: Cluster, after: Cluster): World {
  const later = new Map(after.pods.map(pod => [podKey(pod), pod]))
  // A pod that changed counts as both: what either side selects is not missing, and no block is represented by an
  // address that a pod has on one side. The name cannot be a pod's.
  const earlier = before.pods.flatMap(pod => {
    const now = later.get(podKey(pod))
    if (now === undefined) return [pod]
    return JSON.stringify(now) === JSON.stringify(pod) ? [] : [{ ...pod, name: `${pod.name} before` }]
  })
  const names = new Set(after.namespaces.map(({ name }) => name))
  const union: Cluster = {
    namespaces: [...after.namespaces, ...before.namespaces.filter(({ name }) => !names.has(name))],
    pods: [...after.pods, ...earlier],
    policies: [...after.policies, ...before.policies],
  }
  const complete = withAddresses(withAssumedPods(withAssumedNamespaces(union)))
  return {
    addresses: new Map(complete.pods.map(pod => [podKey(pod), pod.ip])),
    assumed: complete.pods.filter(({ assumed }) => assumed === true),
    assumedNamespaces: complete.namespaces.filter(({ assumed }) => assumed === true),
    endpoints: endpointsOf(complete, () => false),
  }
}

function sideOf(given: Cluster, world: World): Cluster {
  const names = new Set(given.namespaces.map(({ name }) => name))
  return withAssumedNamespaces({
    namespaces: [...given.namespaces, ...world.assumedNamespaces.filter(({ name }) => !names.has(name))],
    pods: [
      ...given.pods.map(pod =>
        pod.ip === '' ? { ...pod, ip: world.addresses.get(podKey(pod)) ?? '' } : pod,
      ),
      ...world.assumed,
    ],
    policies: given.policies,
  })
}

function assess(cluster: Cluster, blocks: readonly Endpoint[], profile: ProfileId): Side {
  const { ruleset } = compile(cluster, profile)
  const kubernetes = prepareKubernetes(cluster)
  const reach = prepareReach(ruleset)
  const pods = new Map(cluster.pods.map(pod => [podEndpointId(pod.namespace, pod.name), pod]))
  const own = endpointsOf(cluster, (pod, direction) => isIsolated(kubernetes, pod, direction))
  const endpoints = [...own.filter(({ kind }) => kind === 'pod'), ...blocks]
  const connectivity = connectivityOf(endpoints, verdictsOf(kubernetes, reach, pods))
  return { cluster, kubernetes, pods, connectivity, deviations: findDeviations(cluster, profile) }
}

/** Endpoints that both sides have and that each side treats alike. */
interface Group {
  readonly before: number
  readonly after: number
  /** As each side sees them. */
  readonly members: readonly { readonly before: Endpoint; readonly after: Endpoint }[]
}

function groupsOf(was: Connectivity, is: Connectivity): readonly Group[] {
  const then = classByEndpoint(was)
  const groups = new Map<string, Group & { readonly members: { before: Endpoint; after: Endpoint }[] }>()
  for (const [id, { endpoint, own }] of classByEndpoint(is)) {
    const earlier = then.get(id)
    if (earlier === undefined) continue
    const key = `${earlier.own} ${own}`
    const group = groups.get(key) ?? { before: earlier.own, after: own, members: [] }
    group.members.push({ before: earlier.endpoint, after: endpoint })
    groups.set(key, group)
  }
  return [...groups.values()]
}

function classByEndpoint({
  endpoints,
  classOf,
}: Connectivity): ReadonlyMap<string, { readonly endpoint: Endpoint; readonly own: number }> {
  return new Map(
    endpoints.map((endpoint, i) => [endpoint.id, { endpoint, own: required(classOf[i], 'class') }]),
  )
}

function differences(was: Side, is: Side, groups: readonly Group[]): readonly FlowDifference[] {
  const found: FlowDifference[] = []
  for (const src of groups)
    for (const dst of groups) {
      const kubernetes = changeOf('kubernetes', was.connectivity, is.connectivity, src, dst)
      const dataplane = changeOf('dataplane', was.connectivity, is.connectivity, src, dst)
      if (kubernetes === undefined || dataplane === undefined) continue
      if (!isChange(kubernetes) && !isChange(dataplane)) continue
      const sample = src.members[0]
      const other = dst.members[src === dst ? 1 : 0]
      if (sample === undefined || other === undefined) continue
      found.push({
        src: src.members.map(({ after }) => after),
        dst: dst.members.map(({ after }) => after),
        kubernetes,
        dataplane,
        ...explainChange(was, is, sample, other, kubernetes, dataplane),
      })
    }
  return found
}

export function isChange({ opened, closed }: TrafficChange): boolean {
  return opened.length > 0 || closed.length > 0
}

function changeOf(
  engine: FlowEngine,
  was: Connectivity,
  is: Connectivity,
  src: Group,
  dst: Group,
): TrafficChange | undefined {
  const before = trafficOf(engine, was, src.before, dst.before)
  const after = trafficOf(engine, is, src.after, dst.after)
  if (before === undefined || after === undefined) return undefined
  return {
    before,
    after,
    opened: intersectTraffic(subtractTraffic(after, before), PORT_TRAFFIC),
    closed: intersectTraffic(subtractTraffic(before, after), PORT_TRAFFIC),
  }
}

function trafficOf(
  engine: FlowEngine,
  connectivity: Connectivity,
  src: number,
  dst: number,
): TrafficSet | undefined {
  return connectivity.traffic[connectivity.pair(src, dst)[engine]]
}

function explainChange(
  was: Side,
  is: Side,
  src: Group['members'][number],
  dst: Group['members'][number],
  kubernetes: TrafficChange,
  dataplane: TrafficChange,
): Pick<FlowDifference, 'reasons' | 'deviations'> {
  const ends = ({ kubernetes: index, pods }: Side, from: Endpoint, to: Endpoint): readonly FlowEnd[] => {
    const source = asKubernetes(from, pods)
    const destination = asKubernetes(to, pods)
    return [
      explainEnd(index, 'egress', source, destination),
      explainEnd(index, 'ingress', destination, source),
    ]
  }
  const before = ends(was, src.before, dst.before)
  const after = ends(is, src.after, dst.after)
  const reasons = before.flatMap((end, i) => reasonsOf(end, required(after[i], 'end')))
  const ids = [
    [was, before, kubernetes.before, dataplane.before],
    [is, after, kubernetes.after, dataplane.after],
  ] as const
  const deviations = ids.flatMap(([side, [egress, ingress], promised, enforced]) =>
    egress === undefined || ingress === undefined || differingTraffic(promised, enforced).length === 0
      ? []
      : deviationsOfFlow(side.deviations, egress, ingress).map(({ id }) => id),
  )
  return { reasons, deviations: [...new Set(deviations)] }
}

/** Why one end lets through other traffic than before. */
function reasonsOf(before: FlowEnd, after: FlowEnd): readonly ChangeReason[] {
  const { direction } = before
  const closed = intersectTraffic(subtractTraffic(before.allowed, after.allowed), PORT_TRAFFIC)
  const opened = intersectTraffic(subtractTraffic(after.allowed, before.allowed), PORT_TRAFFIC)
  const all = ({ policies }: FlowEnd) => policies.map(({ policy }) => policy)
  const allowing = ({ policies }: FlowEnd, traffic: TrafficSet) =>
    policies.filter(({ allows }) => intersectTraffic(allows, traffic).length > 0).map(({ policy }) => policy)
  const reasons: ChangeReason[] = []
  if (opened.length > 0)
    reasons.push(
      after.isolated
        ? { direction, change: 'opened', kind: 'allowed', policies: allowing(after, opened) }
        : { direction, change: 'opened', kind: 'no-longer-isolated', policies: all(before) },
    )
  if (closed.length > 0)
    reasons.push(
      before.isolated
        ? { direction, change: 'closed', kind: 'no-longer-allowed', policies: allowing(before, closed) }
        : { direction, change: 'closed', kind: 'newly-isolated', policies: all(after) },
    )
  return reasons
}

function changedPolicies(
  before: readonly NetworkPolicy[],
  after: readonly NetworkPolicy[],
): ScenarioDifference['policies'] {
  const then = new Map(before.map(policy => [policyKey(policy), JSON.stringify(policy.spec)]))
  const now = new Map(after.map(policy => [policyKey(policy), JSON.stringify(policy.spec)]))
  return {
    added: without([...now.keys()], [...then.keys()]),
    removed: without([...then.keys()], [...now.keys()]),
    changed: [...now.keys()]
      .filter(key => then.has(key) && then.get(key) !== now.get(key))
      .sort(compareBytes),
  }
}

/** In byte order. */
function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return all.filter(key => !known.has(key)).sort(compareBytes)
}
