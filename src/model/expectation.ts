import type { TextRange } from './origin.ts'

/** A named test of packets, from an `Expectations` document of the scenario. */
export interface Expectation {
  readonly name: string
  /** `ns/pod`, `ns/workload`, `ns`, an address, a CIDR, `outside`. */
  readonly from: string
  readonly to: string
  /** `5432/TCP`, `http/TCP`, `TCP`; `''` for all ports. */
  readonly traffic: string
  readonly verdict: 'allowed' | 'blocked'
  readonly file: string
  /** Of its item in the file. */
  readonly range: TextRange
}

/** One that is in no file yet; an empty name is made from the rest. */
export type NewExpectation = Pick<Expectation, 'name' | 'from' | 'to' | 'traffic' | 'verdict'>

/** How an expectation fares. It passes when all pairs, all traffic and both answers are as expected. */
export interface ExpectationResult {
  readonly expectation: Expectation
  /** `error`: it cannot be checked, because an end does not exist. */
  readonly outcome: 'pass' | 'fail' | 'error'
  /** Pairs of endpoints that it speaks about, and those that fail it. */
  readonly pairs: number
  readonly failing: number
  /** Which answers fail. */
  readonly kubernetes: 'pass' | 'fail'
  readonly dataplane: 'pass' | 'fail'
  /** A pair that fails, or the first: endpoint ids. */
  readonly src?: string
  readonly dst?: string
  /** One sentence: why it fails or cannot be checked; `''` when it passes. */
  readonly message: string
}
