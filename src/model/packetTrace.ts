import type { Deviation } from './deviation.ts'
import type { Ipv4 } from './ip.ts'
import type { Direction } from './networkPolicy.ts'
import type { DumpPlace } from './nodeReport.ts'
import type { Origin } from './origin.ts'
import type { CtState } from './packet.ts'
import type { Result } from './result.ts'
import type { RuleAddress, Verdict } from './ruleset.ts'

/** Where a packet meets the node's rules. */
export type WalkedHook = 'FORWARD' | 'INPUT' | 'OUTPUT'

/** A packet as a person describes it. */
export interface PacketQuestion {
  /** `ns/pod`, `ns/workload`, an address, a CIDR, `outside`. */
  readonly from: string
  readonly to: string
  /** `80/TCP`, `http/TCP`, `ICMP` */
  readonly traffic: string
  readonly srcPort: number
  readonly state: CtState
  /** Whose rules it walks through: those that the policies give, or those of the dump of a real node. */
  readonly rules: 'policies' | 'node'
  /** Of a real node; the policies' rules are all at FORWARD. */
  readonly hook: WalkedHook
}

/** Which part of the question cannot be answered, and why, in a sentence for the user. */
export interface PacketProblem {
  readonly field: 'from' | 'to' | 'traffic' | 'rules'
  readonly message: string
}

/** One end of a packet. */
export interface TracedEnd {
  /** `shop/web-1`, or the address. */
  readonly name: string
  readonly address: Ipv4
  /** The end in the picture: an `Endpoint.id`; absent where the picture has none for this address. */
  readonly endpoint?: string
}

export interface TracedPacket {
  readonly src: TracedEnd
  readonly dst: TracedEnd
  /** IP protocol number. */
  readonly protocol: number
  /** `TCP 80`, `ICMP` */
  readonly label: string
  /** Whether the protocol has ports. */
  readonly ported: boolean
  /** 0 where the protocol has none. */
  readonly srcPort: number
  readonly dstPort: number
  readonly state: CtState
}

/** A reason, with the field that it is about. */
export interface Reason {
  readonly text: string
  readonly origin?: Origin
  /** Finer reasons: the policy's rules. */
  readonly parts?: readonly Reason[]
}

export type Answer = 'allowed' | 'blocked' | 'undefined' | 'unknown'

/** One of the two answers about a packet. */
export interface ExplainedAnswer {
  /** `undefined`: Kubernetes leaves it open. `unknown`: it hangs on what is not modelled. */
  readonly answer: Answer
  readonly reasons: readonly Reason[]
}

/** One match, tested, in words. */
export interface TestedMatch {
  readonly outcome: 'holds' | 'fails' | 'unknown'
  /** `destination in ns-default (azure-npm-784554818)` */
  readonly text: string
  /** What the packet has instead, which entry decided, why nobody can tell. */
  readonly detail: string
}

/** One rule that the packet met, in words. */
export interface WalkedRule extends RuleAddress {
  /** How many jumps deep, 0 in the built-in chain. */
  readonly depth: number
  /** As `iptables-save` prints it. */
  readonly text: string
  readonly matched: boolean
  /** Up to and with the first that does not hold. Comments are left out. */
  readonly matches: readonly TestedMatch[]
  /** What a rule that matched does: `drop`, `jump to AZURE-NPM`; `''` for one that did not. */
  readonly action: string
  readonly markBefore: number
  readonly markAfter: number
  readonly origin?: Origin
  /** Of a real node's rule: its line in the dump. */
  readonly place?: DumpPlace
}

/** One packet: both answers with their reasons, and its way through the node's rules. */
export interface PacketTrace {
  readonly packet: TracedPacket
  /** Absent for a real node whose cluster is not known. */
  readonly kubernetes?: ExplainedAnswer
  readonly dataplane: ExplainedAnswer & {
    readonly decidedAt?: RuleAddress
    /** Of a blocked one: whose policies stop it, those of the source (egress) or of the destination. */
    readonly stoppedBy?: Direction
  }
  /**
   * What becomes of it and by whose doing, in one plain sentence; absent where the reasons are all there is to say.
   */
  readonly summary?: string
  /** Why the two differ; empty where they agree. */
  readonly deviations: readonly Deviation[]
  /** What to know about the way that such a packet takes. */
  readonly notes: readonly string[]
  readonly hook: WalkedHook
  /** Every rule met; empty where the packet never comes to the hook. */
  readonly steps: readonly WalkedRule[]
  /** At the end. */
  readonly mark: number
  /** How the walk ended; absent where there was none. */
  readonly verdict?: Verdict | 'UNKNOWN'
}

export type PacketAnswer = Result<PacketTrace, PacketProblem>
