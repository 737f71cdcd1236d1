import {
  PORT_TRAFFIC,
  portTraffic,
  PROTOCOLS,
  protocolTraffic,
  type Protocol,
  type TrafficSet,
} from '../model/traffic.ts'

/** What the `port` of an expectation asks about. */
export interface ExpectedTraffic {
  /** As it is kept: `5432/TCP`, `8000-8010/UDP`, `http/TCP`, `TCP`; `''` for all. */
  readonly text: string
  /** Absent for a name, which each destination has its own port for. */
  readonly traffic?: TrafficSet
  /** The name of a port. */
  readonly name?: string
  readonly protocol?: Protocol
}

const SHAPE = /^([A-Za-z0-9-]+)(?:\/([A-Za-z]+))?$/
const NUMBERS = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/
/** Kubernetes' port names (IANA service names): up to 15 characters, a letter among them. */
const NAME = /^(?=[-a-z0-9]{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/

/**
 * `80`, `80/TCP`, `8000-8010/TCP`, `http/TCP`, `TCP`, or `''` for every port of TCP, UDP and SCTP. TCP where no protocol
 * is named. Undefined for other text.
 */
export function parseExpectedTraffic(text: string): ExpectedTraffic | undefined {
  if (text === '') return { text, traffic: PORT_TRAFFIC }
  const [, what = '', named] = SHAPE.exec(text) ?? []
  const alone = named === undefined ? protocolOf(what) : undefined
  if (alone !== undefined) return { text: alone, traffic: protocolTraffic(alone), protocol: alone }
  const protocol = protocolOf(named ?? 'TCP')
  if (what === '' || protocol === undefined) return undefined
  const numbers = NUMBERS.exec(what)
  if (numbers !== null) {
    const from = Number(numbers[1])
    const to = Number(numbers[2] ?? numbers[1])
    if (from > to || to > 65535) return undefined
    const range = from === to ? `${from}` : `${from}-${to}`
    return { text: `${range}/${protocol}`, traffic: portTraffic(protocol, from, to), protocol }
  }
  return NAME.test(what) ? { text: `${what}/${protocol}`, name: what, protocol } : undefined
}

function protocolOf(text: string): Protocol | undefined {
  return PROTOCOLS.find(known => known === text.toUpperCase())
}
