import { expect } from 'vitest'
import { countPackets } from '../../src/engine/netfilter/counters.ts'
import { readIpset } from '../../src/engine/netfilter/readIpset.ts'
import { readIptables } from '../../src/engine/netfilter/readIptables.ts'
import { prepareRuleset } from '../../src/engine/netfilter/preparedRuleset.ts'
import { verdictOf } from '../../src/engine/netfilter/walk.ts'
import { formatIpv4 } from '../../src/model/ip.ts'
import { PROTOCOL_NUMBERS, type Packet } from '../../src/model/packet.ts'
import type { Ruleset } from '../../src/model/ruleset.ts'
import type { Backend } from './abilities.ts'
import { PROBE_BYTES, type Lab, type Probe } from './lab.ts'
import { clear, load, printNode, readBack, steady, type RestoreTexts, type ToolFacts } from './steady.ts'

/** How often probes are sent anew when the machine was held up for so long that SYNs went out twice. */
const ATTEMPTS = 3

/** A probe's one packet that is NEW. Source ports are of no matter to azure-npm's rules. */
export function packetOf({ protocol, src, dst, port }: Probe): Packet {
  const number = PROTOCOL_NUMBERS[protocol.toLowerCase()] ?? 0
  return { protocol: number, src, dst, srcPort: 40_000, dstPort: port, ctState: 'NEW' }
}

export function textOfProbe({ protocol, src, dst, port }: Probe): string {
  return `${formatIpv4(src)} → ${formatIpv4(dst)} ${protocol} ${port}`
}

/** `src → dst TCP 80: ACCEPT` for each probe, so that a difference reads by itself. */
function verdictLines(
  probes: readonly Probe[],
  accepted: (probe: Probe, i: number) => boolean,
): readonly string[] {
  return probes.map((probe, i) => `${textOfProbe(probe)}: ${accepted(probe, i) ? 'ACCEPT' : 'DROP'}`)
}

export function walkedVerdicts(ruleset: Ruleset, probes: readonly Probe[]): readonly string[] {
  const prepared = prepareRuleset(ruleset)
  return probes.map(probe => `${textOfProbe(probe)}: ${verdictOf(prepared, packetOf(probe))}`)
}

/**
 * Loads the texts on an empty node, sends every probe, and holds what the kernel did and then tells against the engine:
 * each verdict, the four texts with their counters, and the verdicts once more from the kernel's own texts.
 */
export async function expectAgreement(
  lab: Lab,
  { backend, facts }: { readonly backend: Backend; readonly facts: ToolFacts },
  { ruleset, texts }: { readonly ruleset: Ruleset; readonly texts: RestoreTexts },
  probes: readonly Probe[],
): Promise<void> {
  let through: readonly boolean[] = []
  for (let attempt = 1; ; attempt++) {
    await clear(lab, backend)
    await load(lab, backend, texts)
    const result = await lab.probe(probes)
    through = result.through
    if (result.retransmits === 0) break
    if (attempt === ATTEMPTS) throw new Error('the machine is too slow: SYNs are sent twice')
  }
  expect(verdictLines(probes, (_probe, i) => through[i] === true)).toEqual(walkedVerdicts(ruleset, probes))

  const counted = countPackets(
    ruleset,
    probes.map(probe => ({ packet: packetOf(probe), bytes: PROBE_BYTES })),
  )
  const told = await readBack(lab, backend)
  const options = { backend, facts, setOrder: 'kept' } as const
  // The text creates the sets by their readable names, the agent as they come up: the kernel keeps the former order.
  const ours = { tables: counted.tables, sets: readIpset(texts.ipset).sets }
  expect(steady(told, options)).toEqual(steady(printNode(ours, backend), options))
  const agents = { ...options, setOrder: 'sorted' } as const
  expect(steady(told, agents)).toEqual(steady(printNode(counted, backend), agents))

  const tables = readIptables(told.iptablesSave)
  expect(tables.problems).toEqual([])
  for (const text of [told.ipsetSave, told.ipsetList]) {
    const sets = readIpset(text)
    expect(sets.problems).toEqual([])
    expect(walkedVerdicts({ tables: tables.tables, sets: sets.sets }, probes)).toEqual(
      walkedVerdicts(ruleset, probes),
    )
  }
}
