import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createAgent, handleEvent, type Agent, type AgentEvent } from '../../src/engine/azure-npm/agent.ts'
import { rulesetOf } from '../../src/engine/azure-npm/agentRuleset.ts'
import { prepareRuleset } from '../../src/engine/netfilter/preparedRuleset.ts'
import { verdictOf } from '../../src/engine/netfilter/walk.ts'
import { required } from '../../src/model/assert.ts'
import { formatIpv4, parseIpv4 } from '../../src/model/ip.ts'
import type { CtState } from '../../src/model/packet.ts'
import { PROFILE_IDS, type ProfileId } from '../../src/model/scenario.ts'
import { namespace, pod, policy } from '../../src/testing/builders.ts'
import { BACKENDS, type Backend } from './abilities.ts'
import { packetOf } from './agreement.ts'
import { runAgentCommand, runStart } from './agentRun.ts'
import { openLab, PATIENCE_MS, type Lab, type Probe } from './lab.ts'
import { clear } from './steady.ts'

const { backends } = inject('abilities')

const server = required(parseIpv4('10.1.0.1'), 'an address')
const client = required(parseIpv4('10.1.0.2'), 'an address')
const TCP_PORT = 80
const UDP_PORT = 53
const probe: Probe = { protocol: 'TCP', src: client, dst: server, port: TCP_PORT }

const pods: readonly AgentEvent[] = [
  { kind: 'Namespace', action: 'apply', object: namespace('x') },
  { kind: 'Namespace', action: 'apply', object: namespace('y') },
  { kind: 'Pod', action: 'apply', object: pod('x/server', { ip: formatIpv4(server) }) },
  { kind: 'Pod', action: 'apply', object: pod('y/client', { ip: formatIpv4(client) }) },
]
const deny: AgentEvent = { kind: 'NetworkPolicy', action: 'apply', object: policy('x/p') }
/** The same policy, which now lets somebody else in. */
const edit: AgentEvent = {
  kind: 'NetworkPolicy',
  action: 'apply',
  object: policy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] }),
}

describe.each(BACKENDS)('iptables-%s', backend => {
  const works = backends.includes(backend)
  let lab: Lab

  beforeAll(async () => {
    if (!works) return
    lab = await openLab({ endpoints: 2, ports: [TCP_PORT, UDP_PORT] })
    await lab.setAddresses([server, client])
  })

  afterAll(() => lab?.close())

  async function apply(agent: Agent, events: readonly AgentEvent[]): Promise<void> {
    for (const event of events)
      for (const command of handleEvent(agent, event).commands) await run(backend, command)
  }

  async function run(on: Backend, command: Parameters<typeof runAgentCommand>[2]): Promise<void> {
    expect(await runAgentCommand(lab, on, command)).toBeUndefined()
  }

  async function start(profile: ProfileId): Promise<Agent> {
    await clear(lab, backend)
    await runStart(lab, backend, profile)
    const agent = createAgent(profile)
    await apply(agent, pods)
    return agent
  }

  /** Whether a new connection comes about. */
  async function connects(): Promise<boolean> {
    return (await lab.probe([probe])).through[0] === true
  }

  async function open(name: string): Promise<void> {
    const answer = await lab.prober(client).ask('open', {
      name,
      from: formatIpv4(client),
      localPort: lab.freshPort(client),
      address: formatIpv4(server),
      port: TCP_PORT,
      patience: PATIENCE_MS,
    })
    expect(answer).toEqual({ connected: true })
  }

  /** What comes back on an open connection. */
  async function echo(name: string, text: string): Promise<string> {
    return ((await lab.prober(client).ask('say', { name, text })) as { readonly echo: string }).echo
  }

  /** Whether a datagram of a flow arrives. The server answers unless the text begins with `!`. */
  async function arrives(flow: { readonly name: string; readonly localPort: number }, text: string) {
    await lab.prober(client).ask('shout', {
      ...flow,
      from: formatIpv4(client),
      address: formatIpv4(server),
      port: UDP_PORT,
      text,
    })
    const { arrived } = (await lab.prober(server).ask('report')) as { readonly arrived: readonly string[] }
    return arrived.includes(text)
  }

  function verdict(agent: Agent, ctState: CtState): string {
    return verdictOf(prepareRuleset(rulesetOf(agent)), { ...packetOf(probe), ctState })
  }

  test.skipIf(!works).each(PROFILE_IDS)(
    'D5 (%s): what is established lives on, new is blocked',
    async profile => {
      const agent = await start(profile)
      const oneWay = { name: `one way ${profile}`, localPort: lab.freshPort(client) }
      const talk = { name: `talk ${profile}`, localPort: lab.freshPort(client) }
      await open(profile)
      expect(await echo(profile, 'before')).toBe('before')
      expect(await connects()).toBe(true)
      expect([await arrives(oneWay, '!1'), await arrives(talk, '1')]).toEqual([true, true])
      expect([verdict(agent, 'NEW'), verdict(agent, 'ESTABLISHED')]).toEqual(['ACCEPT', 'ACCEPT'])

      await apply(agent, [deny])
      expect(await echo(profile, 'after')).toBe('after')
      expect(await connects()).toBe(false)
      // Without an answer a flow of datagrams stays NEW, and is cut at once.
      expect([await arrives(oneWay, '!2'), await arrives(talk, '2')]).toEqual([false, true])
      expect([verdict(agent, 'NEW'), verdict(agent, 'ESTABLISHED')]).toEqual(['DROP', 'ACCEPT'])
      for (const name of [profile, oneWay.name, talk.name]) await lab.prober(client).ask('close', { name })
    },
  )

  test.skipIf(!works).each(PROFILE_IDS)('the gap of an edit (%s): between remove and add', async profile => {
    const agent = await start(profile)
    await apply(agent, [deny])
    expect(await connects()).toBe(false)
    const { commands } = handleEvent(agent, edit)
    const tools = commands.map(({ tool }) => tool)
    expect(tools).toEqual(['iptables', 'iptables-restore', 'ipset', 'iptables-restore'])
    const opened: boolean[] = []
    for (const command of commands) {
      await run(backend, command)
      opened.push(await connects())
    }
    expect(opened).toEqual([true, true, true, false])
  })
})
