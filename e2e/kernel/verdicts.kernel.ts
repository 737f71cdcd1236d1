import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { answerAnalyze } from '../../src/analysis/headless.ts'
import { print, textOf } from '../../src/analysis/print.ts'
import { compile } from '../../src/engine/azure-npm/compile.ts'
import { required } from '../../src/model/assert.ts'
import type { Cluster } from '../../src/model/cluster.ts'
import { formatIpv4, parseIpv4, type Ipv4 } from '../../src/model/ip.ts'
import { PROFILE_IDS } from '../../src/model/scenario.ts'
import { OUTSIDE_ADDRESSES, PROBE_PORTS, smallWorld } from '../../src/testing/arbitraries.ts'
import { BACKENDS } from './abilities.ts'
import { expectAgreement, textOfProbe, walkedVerdicts } from './agreement.ts'
import { openLab, type Lab, type Probe } from './lab.ts'
import { manifestScenarios, translate, type TranslatedScenario } from './scenarios.ts'
import { randomSeed, sizeOf } from './seed.ts'
import { findToolFacts, type ToolFacts } from './steady.ts'

const { backends } = inject('abilities')

const SEED = randomSeed()
const WORLDS = sizeOf('KERNEL_WORLDS', 12)
/** Addresses of the pods that `smallWorld` makes, whether or not a world has all of them. */
const WORLD_PODS = [1, 2, 3, 4, 5].flatMap(number => parseIpv4(`10.1.0.${number}`) ?? [])
const WORLD_ADDRESSES = [...WORLD_PODS, ...OUTSIDE_ADDRESSES]
const PORTS_OF_A_WORLD = 4

const scenarios = manifestScenarios()

/** Every ordered pair of addresses, both protocols, all ports. */
function allProbes(addresses: readonly Ipv4[], ports: readonly number[]): readonly Probe[] {
  return addresses.flatMap(src =>
    addresses
      .filter(dst => dst !== src)
      .flatMap(dst =>
        ports.flatMap(port => (['TCP', 'UDP'] as const).map(protocol => ({ protocol, src, dst, port }))),
      ),
  )
}

function addressesOf({ cluster }: TranslatedScenario, outside: readonly Ipv4[]): readonly Ipv4[] {
  return [...new Set([...cluster.pods.flatMap(({ ip }) => parseIpv4(ip) ?? []), ...outside])]
}

/** Small worlds with ports that matter in them, spread over the profiles. The same for both back ends. */
const worlds = fc
  .sample(
    fc.record({
      cluster: smallWorld(),
      ports: fc.shuffledSubarray([...PROBE_PORTS], {
        minLength: PORTS_OF_A_WORLD,
        maxLength: PORTS_OF_A_WORLD,
      }),
    }),
    { seed: SEED, numRuns: WORLDS },
  )
  .map(({ cluster, ports }, i) => ({
    number: i + 1,
    seed: SEED,
    profile: required(PROFILE_IDS[i % PROFILE_IDS.length], 'a profile'),
    cluster,
    ports: portsOf(cluster, ports),
  }))

/** Ports that the policies and pods of a world name, then others, as many as are probed. */
function portsOf({ policies, pods }: Cluster, others: readonly number[]): readonly number[] {
  const named = [
    ...policies.flatMap(({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ ports = [] }) =>
        ports.flatMap(({ port, endPort }) => [port, endPort]),
      ),
    ),
    ...pods.flatMap(({ containerPorts }) =>
      containerPorts.flatMap(({ name, containerPort }) => (name === '' ? [] : [containerPort])),
    ),
  ].filter(port => typeof port === 'number')
  return [...new Set([...named, ...others])].slice(0, PORTS_OF_A_WORLD)
}

describe.each(BACKENDS)('iptables-%s', backend => {
  const works = backends.includes(backend)
  let lab: Lab
  let facts: ToolFacts
  let translated: readonly TranslatedScenario[]

  beforeAll(async () => {
    if (!works) return
    translated = await Promise.all(scenarios.map(translate))
    const counts = scenarios.map((scenario, i) => {
      const one = required(translated[i], scenario.name)
      return addressesOf(one, scenario.outside).length
    })
    lab = await openLab({
      endpoints: Math.max(WORLD_ADDRESSES.length, ...counts),
      ports: [...new Set([...PROBE_PORTS, ...scenarios.flatMap(({ ports }) => ports)])],
    })
    facts = await findToolFacts(lab, backend)
  })

  afterAll(() => lab?.close())

  test.skipIf(!works).each(scenarios.map((scenario, i) => ({ ...scenario, i })))(
    'agrees on $name ($profile)',
    async ({ i, name, profile, files, outside, ports }) => {
      const scenario = required(translated[i], name)
      const addresses = addressesOf(scenario, outside)
      const probes = allProbes(addresses, ports)

      const answer = answerAnalyze({
        profile,
        manifests: [...files.values()].join('\n---\n'),
        probes: probes.map(({ src, dst, protocol, port }) => ({
          src: formatIpv4(src),
          dst: formatIpv4(dst),
          protocol,
          port,
        })),
      })
      expect(answer).toMatchObject({ ok: true, value: scenario.texts })
      const { verdicts } = (answer as { value: { verdicts: readonly { dataplane: string }[] } }).value
      expect(
        probes.map(
          (probe, at) =>
            `${textOfProbe(probe)}: ${verdicts[at]?.dataplane === 'allowed' ? 'ACCEPT' : 'DROP'}`,
        ),
      ).toEqual(walkedVerdicts(scenario.ruleset, probes))

      await lab.setAddresses(addresses)
      await expectAgreement(lab, { backend, facts }, scenario, probes)
    },
  )

  test.skipIf(!works).each(worlds)(
    'agrees on small world $number as $profile (KERNEL_SEED=$seed)',
    async ({ cluster, profile, ports }) => {
      const { ruleset } = compile(cluster, profile)
      const texts = {
        ipset: textOf(print(ruleset, 'ipset-restore')),
        iptables: textOf(print(ruleset, 'iptables-restore')),
      }
      await lab.setAddresses(WORLD_ADDRESSES)
      await expectAgreement(lab, { backend, facts }, { ruleset, texts }, allProbes(WORLD_ADDRESSES, ports))
    },
  )
})
