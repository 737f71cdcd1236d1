import type { Packet } from '../../model/packet.ts'
import type { Counters, Ruleset } from '../../model/ruleset.ts'
import type { Hook } from './builtInChains.ts'
import { prepareRuleset } from './preparedRuleset.ts'
import { walkWith } from './walk.ts'

export interface CountedPacket {
  readonly packet: Packet
  /** Total length of the IP packet. */
  readonly bytes: number
  /** FORWARD where absent. */
  readonly hook?: Hook
}

function sum(before: Counters | undefined, packets: number, bytes: number): Counters {
  return { packets: (before?.packets ?? 0) + packets, bytes: (before?.bytes ?? 0) + bytes }
}

/**
 * The same ruleset with the counters that it has after some packets: a rule counts what matched it, a built-in
 * chain what its default decided (user chains have no counters). A packet whose way is unknown counts as far as it
 * is known. The nft back end leaves a built-in chain's counters at 0 unless a restore text has named the chain.
 */
export function countPackets(ruleset: Ruleset, packets: readonly CountedPacket[]): Ruleset {
  const prepared = prepareRuleset(ruleset)
  const rules = { packets: new Float64Array(prepared.ruleCount), bytes: new Float64Array(prepared.ruleCount) }
  const chains = {
    packets: new Float64Array(prepared.chainCount),
    bytes: new Float64Array(prepared.chainCount),
  }
  const count = (to: typeof rules, id: number, bytes: number) => {
    to.packets[id] = (to.packets[id] ?? 0) + 1
    to.bytes[id] = (to.bytes[id] ?? 0) + bytes
  }
  for (const { packet, bytes, hook = 'FORWARD' } of packets)
    walkWith(prepared, packet, hook, {
      matched(rule) {
        count(rules, rule.id, bytes)
      },
      defaulted(chain) {
        count(chains, chain.id, bytes)
      },
    })
  let ruleId = 0
  let chainId = 0
  const tables = ruleset.tables.map(table => ({
    ...table,
    chains: table.chains.map(chain => {
      const id = chainId++
      const counted = chain.rules.map(rule => {
        const at = ruleId++
        return { ...rule, counters: sum(rule.counters, rules.packets[at] ?? 0, rules.bytes[at] ?? 0) }
      })
      if (chain.defaultVerdict === undefined) return { ...chain, rules: counted }
      const counters = sum(chain.counters, chains.packets[id] ?? 0, chains.bytes[id] ?? 0)
      return { ...chain, counters, rules: counted }
    }),
  }))
  return { tables, sets: ruleset.sets }
}
