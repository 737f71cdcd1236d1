import type { Endpoint, FlowExplanation } from '../model/connectivity.ts'
import type { Expectation, ExpectationResult, NewExpectation } from '../model/expectation.ts'
import { formatIpv4, parseIpv4Prefix } from '../model/ip.ts'
import type { PacketQuestion, PacketTrace } from '../model/packetTrace.ts'
import type { Scenario } from '../model/scenario.ts'
import {
  intersectTraffic,
  PORT_TRAFFIC,
  portIntervals,
  sameTraffic,
  usualPort,
  type TrafficSet,
} from '../model/traffic.ts'
import { isDump } from './fileKind.ts'
import { shellWord } from './shellWord.ts'

export interface ExpectationCounts {
  readonly all: number
  readonly pass: number
  readonly fail: number
  /** An end does not exist. */
  readonly error: number
}

export const EMPTY_DRAFT: NewExpectation = { name: '', from: '', to: '', traffic: '', verdict: 'allowed' }

export function countExpectations(results: readonly ExpectationResult[]): ExpectationCounts {
  const of = (outcome: ExpectationResult['outcome']): number =>
    results.filter(result => result.outcome === outcome).length
  return { all: results.length, pass: of('pass'), fail: of('fail'), error: of('error') }
}

/** `4 of 5 expectations hold` */
export function expectationSentence({ all, pass }: ExpectationCounts): string {
  if (all === 1) return pass === 1 ? 'The expectation holds' : 'The expectation does not hold'
  return pass === all ? `All ${all} expectations hold` : `${pass} of ${all} expectations hold`
}

const RANK: Readonly<Record<ExpectationResult['outcome'], number>> = { fail: 0, error: 1, pass: 2 }

/** Those that fail first; otherwise as they stand in the files. */
export function failingFirst(results: readonly ExpectationResult[]): readonly ExpectationResult[] {
  return results.toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome])
}

/** Which expectation it is, also when the text around it moves. */
export function expectationKey({ file, name, from, to, traffic, verdict }: Expectation): string {
  return JSON.stringify([file, name, from, to, traffic, verdict])
}

/**
 * How an expectation names an end: pods of a workload by the workload, whose name does not change; a block that others
 * are cut out of by an address in none of them, since its text stands for those too.
 */
function expectedEnd(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'pod':
      return (endpoint.workload ?? `Pod/${endpoint.namespace}/${endpoint.name}`).split('/').slice(1).join('/')
    case 'cidr':
      if (endpoint.holes.length === 0) return endpoint.cidr
      return endpoint.cidr === '0.0.0.0/0' ? 'outside' : formatIpv4(endpoint.address)
    case 'outside':
      return 'outside'
  }
}

/**
 * The flow's present verdict as an expectation: for all ports where they fare alike, else for the first that is let
 * through, by Kubernetes and by the data plane. Where the two agree about none it is what Kubernetes promises. Without an
 * explanation the verdict is the writer's to choose.
 */
export function expectThis(
  src: Endpoint,
  dst: Endpoint,
  explanation: Pick<FlowExplanation, 'dataplane' | 'kubernetes'> | undefined,
): NewExpectation {
  const ends = { name: '', from: expectedEnd(src), to: expectedEnd(dst) }
  if (explanation === undefined) return { ...ends, traffic: '', verdict: 'allowed' }
  const promised = intersectTraffic(explanation.kubernetes, PORT_TRAFFIC)
  const open = intersectTraffic(explanation.dataplane, promised)
  const wanted = open.length > 0 ? open : promised
  return {
    ...ends,
    traffic: sameTraffic(wanted, PORT_TRAFFIC) ? '' : firstPort(wanted),
    verdict: wanted.length === 0 ? 'blocked' : 'allowed',
  }
}

/**
 * The verdict of a packet as an expectation: what Kubernetes promises where it promises anything. A block that the packet
 * was one address of is not named: others of its addresses may fare otherwise.
 */
export function expectPacket(
  { from, to, traffic }: Pick<PacketQuestion, 'from' | 'to' | 'traffic'>,
  { packet, kubernetes, dataplane }: Pick<PacketTrace, 'packet' | 'kubernetes' | 'dataplane'>,
): NewExpectation {
  const end = (text: string, { name }: PacketTrace['packet']['src']): string =>
    parseIpv4Prefix(text.trim()) === undefined ? text.trim() : name
  const promised = kubernetes?.answer === 'undefined' ? dataplane.answer : kubernetes?.answer
  return {
    name: '',
    from: end(from, packet.src),
    to: end(to, packet.dst),
    traffic: usualPort(traffic.trim()),
    verdict: (promised ?? dataplane.answer) === 'allowed' ? 'allowed' : 'blocked',
  }
}

/** `5432/TCP`, or `TCP` where all its ports are open; `''` for none. */
function firstPort(traffic: TrafficSet): string {
  const first = portIntervals(traffic).ports[0]
  if (first === undefined) return ''
  return first.from === 0 && first.to === 65535 ? first.protocol : `${first.from}/${first.protocol}`
}

/** `db → web, 5432/TCP: blocked` */
export function expectationTitle({ name, from, to, traffic, verdict }: NewExpectation): string {
  return name === '' ? `${from} → ${to}${traffic === '' ? '' : ` ${traffic}`}: ${verdict}` : name
}

/** What runs the same checks in a pipeline, on files of these names. A node's dumps have no part in them. */
export function checkCommand({ files, profile }: Scenario): string {
  const names = files.filter(file => !isDump(file)).map(({ name }) => shellWord(name))
  return ['netpol-flow', 'check', '--profile', profile, ...names].join(' ')
}

/** The form for a new expectation, open while there is a draft. */
export interface ExpectationState {
  readonly expectationDraft: NewExpectation | undefined
  readonly draftExpectation: (draft: NewExpectation | undefined) => void
}

export function expectationState(set: (change: Partial<ExpectationState>) => void): ExpectationState {
  return {
    expectationDraft: undefined,
    draftExpectation: expectationDraft => set({ expectationDraft }),
  }
}
