import { matchesSelector } from '../../model/labels.ts'
import type { Cluster } from '../../model/cluster.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import { compareBytes } from '../../model/order.ts'
import type { NetworkPolicy } from '../../model/networkPolicy.ts'
import type { SideEffect } from '../../model/suggestion.ts'
import { subtractTraffic, unionTraffic, type TrafficSet } from '../../model/traffic.ts'
import { endpointsOf, podEndpointId } from '../endpoints/endpoints.ts'
import { isPolicedPod } from '../connectivity.ts'
import { isPortless, withoutPortZero } from './suggestPorts.ts'
import { distinctionsOf } from './suggestReduction.ts'
import { areKin } from './suggestSelectors.ts'
import type { Answers } from './suggestWorld.ts'

/** The two ends of the flow that was asked about. */
export interface AskedPair {
  readonly src: Endpoint
  readonly dst: Endpoint
  /** Ids of the endpoints that are replicas of each, itself included. */
  readonly srcKin: ReadonlySet<string>
  readonly dstKin: ReadonlySet<string>
  /** Ids of the endpoints that were there before the edit. */
  readonly known: ReadonlySet<string>
}

export function askedPair(src: Endpoint, dst: Endpoint, endpoints: readonly Endpoint[]): AskedPair {
  const kinOf = (end: Endpoint): ReadonlySet<string> =>
    new Set(endpoints.filter(endpoint => areKin(endpoint, end)).map(({ id }) => id))
  return { src, dst, srcKin: kinOf(src), dstKin: kinOf(dst), known: new Set(endpoints.map(({ id }) => id)) }
}

/** Endpoints that both sides treat alike, replicas of an asked end apart from others. */
interface Group {
  readonly members: Endpoint[]
  readonly affected: boolean
}

/**
 * What a change opens and closes by one engine's answers, the asked flow first, the others in order of their ids.
 * Only flows of the pods that the changed policies select can change, so only those are looked at. Replicas of the
 * asked ends count as asked. Port 0 is left out.
 */
export function effectsOf(
  before: Answers,
  after: Answers,
  endpoints: readonly Endpoint[],
  isAffected: (endpoint: Endpoint) => boolean,
  ends: AskedPair,
): readonly SideEffect[] {
  const asked: AskedPair = {
    ...ends,
    src: endpoints.find(({ id }) => id === ends.src.id) ?? ends.src,
    dst: endpoints.find(({ id }) => id === ends.dst.id) ?? ends.dst,
  }
  const groups = groupsOf(before, after, endpoints, isAffected, asked)
  const affected = groups.filter(group => group.affected)
  const rest = groups.filter(group => !group.affected)
  const found: SideEffect[] = []
  const look = (from: Group, to: Group): void => {
    const pair = pairOf(from, to, asked)
    if (pair === undefined) return
    const was = before.traffic(pair.src, pair.dst)
    const is = after.traffic(pair.src, pair.dst)
    const opened = withoutPortZero(subtractTraffic(is, was))
    const closed = withoutPortZero(subtractTraffic(was, is))
    if (opened.length === 0 && closed.length === 0) return
    found.push({
      src: pair.src.id,
      dst: pair.dst.id,
      sources: from.members.length,
      destinations: to.members.length,
      opened,
      closed,
      asked: from.members.includes(asked.src) && to.members.includes(asked.dst),
    })
  }
  for (const one of affected) {
    for (const other of affected) look(one, other)
    for (const other of rest) {
      look(one, other)
      look(other, one)
    }
  }
  return found.sort(
    (a, b) => Number(b.asked) - Number(a.asked) || compareBytes(`${a.src} ${a.dst}`, `${b.src} ${b.dst}`),
  )
}

/** Two different endpoints that stand for the groups: the asked ones where they are in them. */
function pairOf(from: Group, to: Group, asked: AskedPair): Pick<AskedPair, 'src' | 'dst'> | undefined {
  if (from.members.includes(asked.src) && to.members.includes(asked.dst)) return asked
  const src = from.members[0]
  const dst = to.members.find(endpoint => endpoint !== src)
  return src === undefined || dst === undefined || !(isPolicedPod(src) || isPolicedPod(dst))
    ? undefined
    : { src, dst }
}

function groupsOf(
  before: Answers,
  after: Answers,
  endpoints: readonly Endpoint[],
  isAffected: (endpoint: Endpoint) => boolean,
  { srcKin, dstKin, known }: AskedPair,
): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const endpoint of endpoints) {
    const affected = isAffected(endpoint)
    const key = [
      endpoint.kind,
      known.has(endpoint.id),
      isPolicedPod(endpoint),
      affected,
      srcKin.has(endpoint.id),
      dstKin.has(endpoint.id),
      before.signatureOf(endpoint),
      after.signatureOf(endpoint),
    ].join('|')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { members: [endpoint], affected })
    else group.members.push(endpoint)
  }
  return [...groups.values()]
}

/** Ids of the pods that some of these policies select. */
export function selectedBy(policies: readonly NetworkPolicy[], { pods }: Cluster): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { namespace, spec } of policies)
    for (const pod of pods)
      if (pod.namespace === namespace && matchesSelector(pod.labels, spec.podSelector ?? {}))
        ids.add(podEndpointId(pod.namespace, pod.name))
  return ids
}

/**
 * The endpoints to compare: those that were there, and the blocks that only the changed policies name. Ids stay; the
 * address that stands for a block is one that lies in no block of either side.
 */
export function comparedEndpoints(
  known: readonly Endpoint[],
  cluster: Cluster,
  changed: readonly NetworkPolicy[],
): readonly Endpoint[] {
  const named = distinctionsOf(cluster.policies).blocks
  if ([...distinctionsOf(changed).blocks].every(text => named.has(text))) return known
  const all = endpointsOf(
    {
      ...cluster,
      // Two versions of a policy are two policies here; a name cannot hold a blank.
      policies: [
        ...cluster.policies,
        ...changed.map(policy => ({ ...policy, name: `${policy.name} after` })),
      ],
    },
    () => false,
  ).filter(({ kind }) => kind !== 'pod')
  const byId = new Map(all.map(endpoint => [endpoint.id, endpoint]))
  const ids = new Set(known.map(({ id }) => id))
  const everything = byId.get('cidr:0.0.0.0/0')
  const kept = known.map(endpoint => {
    const now = byId.get(endpoint.id) ?? (endpoint.kind === 'outside' ? everything : undefined)
    return endpoint.kind === 'pod' || now === undefined ? endpoint : { ...endpoint, address: now.address }
  })
  const isNew = ({ id }: Endpoint): boolean => !ids.has(id) && !(id === everything?.id && ids.has('outside'))
  return [...kept, ...all.filter(isNew)]
}

/** A pair for which only protocols without ports change counts for so much: enough to break ties. */
const PORTLESS_PAIR = 1e-6
/** A block that only the edit names is a part of an endpoint that else would count as a whole. */
const PART = 0.5

/** Pairs that open or close besides what was asked about, and asked traffic that opens or closes beyond it. */
export function sideCount(
  effects: readonly SideEffect[],
  traffic: TrafficSet,
  want: 'allowed' | 'blocked',
  known: ReadonlySet<string>,
): number {
  return effects.reduce((sum, effect) => {
    const { src, dst, opened, closed, asked, sources, destinations } = effect
    const [meant, other] = want === 'allowed' ? [opened, closed] : [closed, opened]
    const beside = unionTraffic(asked ? subtractTraffic(meant, traffic) : meant, other)
    const pair = beside.length === 0 ? 0 : isPortless(beside) ? PORTLESS_PAIR : 1
    const part = known.has(src) && known.has(dst) ? 1 : PART
    return sum + pair * part * (asked ? 1 : sources * destinations)
  }, 0)
}
