import { expect, test } from 'vitest'
import { formatIpv4 } from '../../model/ip.ts'
import { DEFAULT_PROFILE } from '../../model/scenario.ts'
import { pod } from '../../testing/builders.ts'
import { createAgent, handleEvent, type Agent, type AgentEvent } from './agent.ts'
import { rulesetOf } from './agentRuleset.ts'

const CAPACITY = 65536

/** Pods of one label; two in three also have one that sorts before and one that sorts after it. */
function podAt(number: number): AgentEvent {
  const more = number % 3 === 0 ? {} : { aaa: 'x', zzz: 'x' }
  const labels = { label: `v${number % 7}`, ...more }
  const object = pod(`ns${number % 5}/p${number}`, { ip: formatIpv4(0x0a000000 + number), labels })
  return { kind: 'Pod', action: 'apply', object }
}

function fill(agent: Agent): Agent {
  for (let number = 0; number < CAPACITY; number++) handleEvent(agent, podAt(number))
  return agent
}

test(
  'an agent that writes no commands leaves the node as one that does when a set is full',
  { timeout: 120_000 },
  () => {
    const silent = fill(createAgent(DEFAULT_PROFILE, { tools: 'kernel', recording: false }))
    const recording = fill(createAgent(DEFAULT_PROFILE, { tools: 'kernel', recording: true }))
    const policy = (name: string): AgentEvent => ({
      kind: 'NetworkPolicy',
      action: 'apply',
      object: {
        namespace: 'ns1',
        name,
        spec: {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
        },
      },
    })
    const later: AgentEvent[] = [
      ...Array.from({ length: 12 }, (_, i) => podAt(CAPACITY + i)),
      { kind: 'Namespace', action: 'apply', object: { name: 'ns9', labels: { aaa: 'b', zone: 'c' } } },
      policy('first'),
      ...Array.from({ length: 4 }, (_, i) => podAt(CAPACITY + 20 + i)),
      // A place in the full set becomes free and is taken.
      { ...podAt(3), action: 'delete' },
      ...Array.from({ length: 4 }, (_, i) => podAt(CAPACITY + 30 + i)),
      policy('second'),
    ]
    for (const event of later) {
      const quiet = handleEvent(silent, event)
      const { failure } = handleEvent(recording, event)
      expect(quiet.failure).toEqual(failure)
    }
    const sets = (agent: Agent) =>
      rulesetOf(agent).sets.map(({ name, entries }) => [
        name,
        entries.length,
        JSON.stringify(entries.slice(-40)),
      ])
    expect(sets(silent)).toEqual(sets(recording))
    const sizes = rulesetOf(silent).sets.map(({ entries }) => entries.length)
    expect(Math.max(...sizes)).toBe(CAPACITY)
  },
)
