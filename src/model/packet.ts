import type { Ipv4 } from './ip.ts'

/** Connection states as the `conntrack` match names them. */
export type CtState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED'

/** IP protocol numbers of the names that iptables prints. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  sctp: 132,
  udplite: 136,
}

export interface Packet {
  /** IP protocol number: 6 TCP, 17 UDP, 132 SCTP, 1 ICMP. */
  readonly protocol: number
  readonly src: Ipv4
  readonly dst: Ipv4
  /** 0 where the protocol has no ports. */
  readonly srcPort: number
  readonly dstPort: number
  readonly ctState: CtState
  /** The mark it carries when it enters, 0 unless another agent set one. */
  readonly mark?: number
  readonly inInterface?: string
  readonly outInterface?: string
}
