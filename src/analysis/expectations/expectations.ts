import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import { demandOf, namedPortsOf, NO_NAMED_PORTS, resolveDemand } from '../../engine/kubernetes/policyPorts.ts'
import { required } from '../../model/assert.ts'
import { formatIpv4, type Ipv4Prefix } from '../../model/ip.ts'
import type { Connectivity, ConnectivityPair, ConnectivityRow, Endpoint } from '../../model/connectivity.ts'
import type { Deviation } from '../../model/deviation.ts'
import type { Expectation, ExpectationResult } from '../../model/expectation.ts'
import { failed, ok, type Result } from '../../model/result.ts'
import {
  ALL_TRAFFIC,
  formatTraffic,
  intersectTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from '../../model/traffic.ts'
import { parseExpectedTraffic, type ExpectedTraffic } from '../../parse/expectationsTraffic.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import { isPolicedPod } from '../connectivity.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'
import { endpointName } from '../endpoints/endpointNames.ts'
import { parseEndpointQuery, selectEndpoints } from '../endpoints/endpointQuery.ts'
import { packetEnd } from '../packet/packetEnds.ts'

/** Members of one class that an expectation names, by index. */
type Members = readonly number[]

/** Pairs of endpoints that fare alike, and the traffic between them that an expectation asks about. */
interface AskedPairs {
  readonly sources: Members
  readonly destinations: Members
  readonly asked: TrafficSet
}

/** What the pairs are found to do that they should not. */
interface Finding {
  readonly kubernetes: TrafficSet
  readonly dataplane: TrafficSet
}

/**
 * How each expectation fares: it passes when for all pairs of its ends all of its traffic is as expected, by Kubernetes'
 * promise and on the data plane. A pod's way to itself is left out; of a CIDR the addresses count that are no pod's. The
 * work grows with the number of different endpoints.
 */
export function evaluateExpectations(
  assessment: Assessment,
  deviations: readonly Deviation[],
  expectations: readonly Expectation[],
): readonly ExpectationResult[] {
  const ends = new Map<string, Result<Members, string>>()
  const endOf = (text: string): Result<Members, string> => {
    const known = ends.get(text) ?? membersOf(assessment, text)
    ends.set(text, known)
    return known
  }
  return expectations.map(expectation => {
    const unchecked = (message: string): ExpectationResult => ({
      expectation,
      outcome: 'error',
      pairs: 0,
      failing: 0,
      kubernetes: 'fail',
      dataplane: 'fail',
      message,
    })
    const from = endOf(expectation.from)
    if (!from.ok) return unchecked(from.error)
    const to = endOf(expectation.to)
    if (!to.ok) return unchecked(to.error)
    const traffic = parseExpectedTraffic(expectation.traffic)
    if (traffic === undefined) return unchecked(`${expectation.traffic} is no port`)
    const receivers = byTraffic(assessment, to.value, traffic)
    if (receivers.length === 0)
      return unchecked(
        `nothing in ${expectation.to} has a ${traffic.protocol ?? ''} port named ${traffic.name ?? ''}`,
      )
    return resultOf(assessment, deviations, expectation, from.value, receivers)
  })
}

/** The endpoints that a text names, or why there is none. */
function membersOf({ connectivity, cluster }: Assessment, text: string): Result<Members, string> {
  const { endpoints } = connectivity
  const query = parseEndpointQuery(text)
  if (query === undefined)
    return failed(
      `${text} is none of NAMESPACE/POD, NAMESPACE/WORKLOAD, NAMESPACE, an IPv4 address, a CIDR, outside`,
    )
  const chosen = [...selectEndpoints(endpoints, query)]
  const at = (index: number): Endpoint => required(endpoints[index], 'endpoint')
  const members = query.kind === 'cidr' ? withAddress(query.prefix, chosen, at) : chosen
  if (members.length > 0) return ok(members)
  if (query.kind === 'namespace') return failed(`there is no pod in namespace ${query.namespace}`)
  const end = packetEnd(text, cluster)
  return failed(end.ok ? `nothing in the input is ${text}` : end.error)
}

/** Of a network what is no pod, of a single address the pod that has it. */
function withAddress({ length }: Ipv4Prefix, chosen: Members, at: (index: number) => Endpoint): Members {
  const pods = length === 32 ? chosen.filter(index => isPolicedPod(at(index))) : []
  return pods.length > 0 ? pods : chosen.filter(index => !isPolicedPod(at(index)))
}

/** The destinations, together where the expectation asks about the same traffic: a port's name is theirs to resolve. */
function byTraffic(
  { connectivity, pods }: Assessment,
  destinations: Members,
  { traffic, name, protocol }: ExpectedTraffic,
): readonly { readonly asked: TrafficSet; readonly destinations: Members }[] {
  if (traffic !== undefined) return [{ asked: traffic, destinations }]
  const demand = demandOf([{ port: name ?? '', protocol: protocol ?? 'TCP' }])
  const wanted = new Set(demand.names)
  const groups = new Map<string, { readonly asked: TrafficSet; readonly destinations: number[] }>()
  for (const index of destinations) {
    const pod = pods.get(connectivity.endpoints[index]?.id ?? '')
    const asked = resolveDemand(demand, pod === undefined ? NO_NAMED_PORTS : namedPortsOf(pod, wanted))
    if (asked.length === 0) continue
    const group = groups.get(asked.join())
    if (group === undefined) groups.set(asked.join(), { asked, destinations: [index] })
    else group.destinations.push(index)
  }
  return [...groups.values()]
}

/** A class, with those of its members that are meant. */
type ClassMembers = readonly [number, Members]

interface Target {
  readonly dstClass: number
  readonly ofDst: Members
  readonly asked: TrafficSet
}

function byClass({ connectivity }: Assessment, members: Members): readonly ClassMembers[] {
  const classes = new Map<number, number[]>()
  for (const index of members) {
    const own = connectivity.classOf[index] ?? -1
    const same = classes.get(own)
    if (same === undefined) classes.set(own, [index])
    else same.push(index)
  }
  return [...classes]
}

function resultOf(
  assessment: Assessment,
  deviations: readonly Deviation[],
  expectation: Expectation,
  from: Members,
  receivers: readonly { readonly asked: TrafficSet; readonly destinations: Members }[],
): ExpectationResult {
  const sources = byClass(assessment, from)
  const targets = receivers.flatMap(({ asked, destinations }) =>
    byClass(assessment, destinations).map(([dstClass, ofDst]) => ({ dstClass, ofDst, asked })),
  )
  const read = pairReader(assessment.connectivity, sources.length, targets.length)
  let [pairs, failing, kubernetes, dataplane] = [0, 0, 0, 0]
  let first: AskedPairs | undefined
  let worst: { readonly at: AskedPairs; readonly found: Finding } | undefined
  const check = ([srcClass, ofSrc]: ClassMembers, { dstClass, ofDst, asked }: Target): void => {
    const at = { sources: ofSrc, destinations: ofDst, asked }
    const count = ofSrc.length * ofDst.length - (srcClass === dstClass ? inBoth(ofSrc, ofDst) : 0)
    if (count === 0) return
    first ??= at
    pairs += count
    const found = findingOf(assessment, expectation, read(srcClass, dstClass), asked)
    if (found.kubernetes.length > 0) kubernetes += count
    if (found.dataplane.length > 0) dataplane += count
    if (found.kubernetes.length === 0 && found.dataplane.length === 0) return
    failing += count
    worst ??= { at, found }
  }
  for (const source of sources) for (const target of targets) check(source, target)
  const sample = worst?.at ?? first
  const ids = sample === undefined ? undefined : samplePair(assessment, sample)
  return {
    expectation,
    outcome: ids === undefined ? 'error' : failing === 0 ? 'pass' : 'fail',
    pairs,
    failing,
    kubernetes: kubernetes === 0 && pairs > 0 ? 'pass' : 'fail',
    dataplane: dataplane === 0 && pairs > 0 ? 'pass' : 'fail',
    ...(ids === undefined ? {} : { src: ids.src.id, dst: ids.dst.id }),
    message:
      ids === undefined
        ? 'both ends are the same pod, which always reaches itself'
        : worst === undefined
          ? ''
          : failureWords(assessment, deviations, expectation, { ...ids, ...worst.found, pairs, failing }),
  }
}

/** From as many on, a whole row or column costs less than its pairs one by one. */
const MANY = 32

/** Reads the answers between two classes; sources are gone through one after the other. */
function pairReader(
  { row, column, pair }: Connectivity,
  sources: number,
  targets: number,
): (source: number, destination: number) => Pick<ConnectivityPair, 'kubernetes' | 'dataplane'> {
  const cell = ({ kubernetes, dataplane }: ConnectivityRow, index: number) => ({
    kubernetes: kubernetes[index] ?? -1,
    dataplane: dataplane[index] ?? -1,
  })
  if (targets >= MANY) return (source, destination) => cell(row(source), destination)
  if (sources >= MANY) return (source, destination) => cell(column(destination), source)
  return pair
}

function inBoth(a: Members, b: Members): number {
  const set = new Set(a)
  return b.reduce((count, index) => count + (set.has(index) ? 1 : 0), 0)
}

/** Two different members. */
function samplePair(
  { connectivity }: Assessment,
  { sources, destinations }: AskedPairs,
): { readonly src: Endpoint; readonly dst: Endpoint } | undefined {
  for (const src of sources.slice(0, 2))
    for (const dst of destinations.slice(0, 2))
      if (src !== dst)
        return {
          src: required(connectivity.endpoints[src], 'source'),
          dst: required(connectivity.endpoints[dst], 'destination'),
        }
  return undefined
}

/** The asked traffic that is let through although it should not be, or the other way round. */
function findingOf(
  { connectivity }: Assessment,
  { verdict }: Expectation,
  pair: Pick<ConnectivityPair, 'kubernetes' | 'dataplane'>,
  asked: TrafficSet,
): Finding {
  const { traffic } = connectivity
  const wrong = (index: number): TrafficSet => {
    // -1: no policy speaks about the pair.
    const open = index < 0 ? ALL_TRAFFIC : (traffic[index] ?? NO_TRAFFIC)
    return verdict === 'blocked' ? intersectTraffic(open, asked) : subtractTraffic(asked, open)
  }
  const dataplane = wrong(pair.dataplane)
  return { kubernetes: pair.kubernetes === pair.dataplane ? dataplane : wrong(pair.kubernetes), dataplane }
}

/** Why an expectation fails, by one pair. */
function failureWords(
  assessment: Assessment,
  deviations: readonly Deviation[],
  { verdict }: Expectation,
  {
    src,
    dst,
    kubernetes,
    dataplane,
    pairs,
    failing,
  }: Finding & {
    readonly src: Endpoint
    readonly dst: Endpoint
    readonly pairs: number
    readonly failing: number
  },
): string {
  const words = formatTraffic(unionTraffic(kubernetes, dataplane))
  const on = words === 'all' ? 'on every port' : `on ${words}`
  const [from, to] = [nameOf(src), nameOf(dst)]
  const happens = verdict === 'blocked' ? `${from} reaches ${to} ${on}` : `${from} does not reach ${to} ${on}`
  const many = failing === 1 && pairs === 1 ? '' : ` (${failing} of ${pairs} pairs fail)`
  const neither = !isPolicedPod(src) && !isPolicedPod(dst)
  if (neither)
    return `${happens}: neither is a pod with a network of its own, so that no policy can stop it${many}`
  if (kubernetes.length > 0 && dataplane.length > 0) return `${happens}${many}`
  const ids = deviationIds(assessment, deviations, src, dst)
  const why = ids === '' ? '' : `, because of ${ids}`
  return dataplane.length > 0
    ? `${happens} on the data plane, although Kubernetes promises otherwise${why}${many}`
    : `${happens} by Kubernetes’ promise; the data plane does otherwise${why}${many}`
}

function nameOf(endpoint: Endpoint): string {
  return endpoint.kind === 'outside' ? `outside (${formatIpv4(endpoint.address)})` : endpointName(endpoint)
}

function deviationIds(
  { kubernetes, pods }: Assessment,
  deviations: readonly Deviation[],
  src: Endpoint,
  dst: Endpoint,
): string {
  const [source, destination] = [asKubernetes(src, pods), asKubernetes(dst, pods)]
  const found = deviationsOfFlow(
    deviations,
    explainEnd(kubernetes, 'egress', source, destination),
    explainEnd(kubernetes, 'ingress', destination, source),
  )
  return [...new Set(found.map(({ id, name }) => `${id} (${name})`))].join(', ')
}
