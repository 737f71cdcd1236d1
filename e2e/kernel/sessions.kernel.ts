import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { print, textOf } from '../../src/analysis/print.ts'
import { createAgent, handleEvent, type AgentEvent } from '../../src/engine/azure-npm/agent.ts'
import { isClean } from '../../src/engine/azure-npm/dirtySets.ts'
import { rulesetOf } from '../../src/engine/azure-npm/agentRuleset.ts'
import { readIpset } from '../../src/engine/netfilter/readIpset.ts'
import { required } from '../../src/model/assert.ts'
import type { Cluster } from '../../src/model/cluster.ts'
import type { NetworkPolicy } from '../../src/model/networkPolicy.ts'
import { PROFILE_IDS, type ProfileId } from '../../src/model/scenario.ts'
import { smallWorld } from '../../src/testing/arbitraries.ts'
import { namespace, pod, policy } from '../../src/testing/builders.ts'
import { agentEvent, type RawEvent } from '../../src/testing/rawObjects.ts'
import { BACKENDS, type Backend } from './abilities.ts'
import { runAgentCommand, runStart } from './agentRun.ts'
import { openLab, type Lab } from './lab.ts'
import { randomSeed, sizeOf } from './seed.ts'
import { clear, findToolFacts, load, printNode, readBack, steady, type ToolFacts } from './steady.ts'

const { backends } = inject('abilities')

const SEED = randomSeed()
const RECORDED = sizeOf('KERNEL_RECORDED_SESSIONS', 4)
const RANDOM = sizeOf('KERNEL_RANDOM_SESSIONS', 3)

interface Session {
  readonly name: string
  readonly profile: ProfileId
  readonly events: readonly AgentEvent[]
}

const vectors = join(import.meta.dirname, '../../src/testing/vectors/npm-v2/sessions.json')

function profileAt(i: number): ProfileId {
  return required(PROFILE_IDS[i % PROFILE_IDS.length], 'a profile')
}

/** Some of the recorded sessions, others in each run. */
function recordedSessions(): readonly Session[] {
  const recorded = JSON.parse(readFileSync(vectors, 'utf8')) as readonly {
    readonly events: readonly RawEvent[]
  }[]
  const places = fc.shuffledSubarray([...recorded.keys()], { minLength: RECORDED, maxLength: RECORDED })
  return required(fc.sample(places, { seed: SEED, numRuns: 1 })[0], 'a choice').map((place, i) => ({
    name: `recorded session ${place}`,
    profile: profileAt(i),
    events: required(recorded[place], 'a session').events.map(agentEvent),
  }))
}

function appliedEvents({ namespaces, pods, policies }: Cluster): readonly AgentEvent[] {
  const action = 'apply'
  return [
    ...namespaces.map(object => ({ kind: 'Namespace', action, object }) as const),
    ...pods.map(object => ({ kind: 'Pod', action, object }) as const),
    ...policies.map(object => ({ kind: 'NetworkPolicy', action, object }) as const),
  ]
}

/** A small world comes, in any order; another one takes its place, so that objects change; then most of it goes. */
function randomSessions(): readonly Session[] {
  const shuffled = (events: readonly AgentEvent[], minLength: number) =>
    fc.shuffledSubarray([...events], { minLength, maxLength: events.length })
  const session = fc.tuple(smallWorld(), smallWorld()).chain(([first, second]) => {
    const [before, after] = [appliedEvents(first), appliedEvents(second)]
    const gone = [...before, ...after].map(event => ({ ...event, action: 'delete' }) as const)
    return fc.tuple(shuffled(before, before.length), shuffled(after, 0), shuffled(gone, 0))
  })
  return fc.sample(session, { seed: SEED, numRuns: RANDOM }).map((parts, i) => ({
    name: `random session ${i + 1}`,
    profile: profileAt(i),
    events: parts.flat(),
  }))
}

/** What the tools refuse or two objects share, each of it undone again: in no other session but by chance. */
function trapSessions(): readonly Session[] {
  const apply = (object: NetworkPolicy): AgentEvent => ({ kind: 'NetworkPolicy', action: 'apply', object })
  const remove = (object: NetworkPolicy): AgentEvent => ({ kind: 'NetworkPolicy', action: 'delete', object })
  const fromBlock = (key: string, cidr: string, ...except: readonly string[]) =>
    policy(key, { ingress: [{ from: [{ ipBlock: { cidr, except } }] }] })
  const values = Array.from({ length: 60 }, (_none, i) => `a-rather-long-value-${i}`)
  const tooLong = policy('x/long', {
    ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'k', operator: 'In', values }] } }] }],
  })
  const halfRead = fromBlock('x/half', '0.0.0.0/00', '10.0.0.0/8')
  const shared = [policy('x/bogkyy'), policy('x/zpsqqx', { ingress: [{}] })]
  const sharedBlocks = [
    fromBlock('b-in-ns-c/a', '10.0.0.0/8', '10.1.0.0/16'),
    fromBlock('c/a-in-ns-b', '11.0.0.0/8', '11.1.0.0/16'),
  ]
  const pods: readonly AgentEvent[] = [
    { kind: 'Namespace', action: 'apply', object: namespace('msobb-target') },
    { kind: 'Pod', action: 'apply', object: pod('msobb-target/p', { ip: '10.0.0.1' }) },
    { kind: 'Pod', action: 'apply', object: pod('x/q', { ip: '10.0.0.2', labels: { x: 'YMaaIZ' } }) },
    { kind: 'Pod', action: 'delete', object: pod('msobb-target/p', { ip: '10.0.0.1' }) },
  ]
  const policies = [tooLong, halfRead, ...shared, ...sharedBlocks]
  const events = [
    ...pods,
    apply(policy('x/long')),
    ...policies.map(apply),
    ...policies.map(remove),
    apply(policy('x/last')),
  ]
  return PROFILE_IDS.map(profile => ({ name: 'session of traps', profile, events }))
}

const sessions = [...recordedSessions(), ...randomSessions(), ...trapSessions()]

/** Runs the session's commands step by step; after each the node must tell what the engine says it holds. */
async function replay(lab: Lab, backend: Backend, facts: ToolFacts, session: Session): Promise<void> {
  const options = { backend, facts } as const
  await clear(lab, backend)
  await runStart(lab, backend, session.profile)
  const agent = createAgent(session.profile, { tools: 'kernel' })
  let setCommands = ''
  for (const [i, event] of session.events.entries()) {
    const { commands, failure } = handleEvent(agent, event)
    const step = `step ${i + 1}: ${event.action} ${event.kind} ${event.object.name}`
    for (const command of commands) {
      const refused = await runAgentCommand(lab, backend, command)
      // Only what the engine too takes for refused: a policy that is not in force, sets that stay to be flushed.
      if (refused !== undefined)
        expect(failure?.class === 'V' || !isClean(agent.ipSets.dirty), `${step}: ${refused}`).toBe(true)
      // A text that ipset gives up on for its wording has no effect, the lines before the bad one included.
      else if (command.tool === 'ipset') setCommands += command.stdin
    }
    if (commands.length === 0 && i + 1 < session.events.length) continue
    const ruleset = rulesetOf(agent)
    const told = await readBack(lab, backend)
    expect(steady(told, { ...options, setOrder: 'sorted' }), step).toEqual(
      steady(printNode(ruleset, backend), { ...options, setOrder: 'sorted' }),
    )
    // A set that is destroyed leaves its place to the next that is made, which the reader of commands follows.
    const sets = readIpset(setCommands).sets
    expect(steady(told, { ...options, setOrder: 'kept' }), step).toEqual(
      steady(printNode({ tables: ruleset.tables, sets }, backend), { ...options, setOrder: 'kept' }),
    )
  }

  const after = await readBack(lab, backend)
  const ruleset = rulesetOf(agent)
  await clear(lab, backend)
  await load(lab, backend, {
    ipset: textOf(print(ruleset, 'ipset-restore')),
    iptables: textOf(print(ruleset, 'iptables-restore')),
  })
  const fromNothing = await readBack(lab, backend)
  expect(steady(fromNothing, { ...options, setOrder: 'sorted' })).toEqual(
    steady(after, { ...options, setOrder: 'sorted' }),
  )
}

describe.each(BACKENDS)('iptables-%s', backend => {
  const works = backends.includes(backend)
  let lab: Lab
  let facts: ToolFacts

  beforeAll(async () => {
    if (!works) return
    lab = await openLab({ endpoints: 0, ports: [] })
    facts = await findToolFacts(lab, backend)
  })

  afterAll(() => lab?.close())

  test.skipIf(!works).each(sessions.map(session => ({ ...session, seed: SEED })))(
    'holds after each step of $name as $profile what the engine says (KERNEL_SEED=$seed)',
    async session => {
      await replay(lab, backend, facts, session)
    },
  )
})
