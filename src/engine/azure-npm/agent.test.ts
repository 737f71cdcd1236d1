import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { NetworkPolicySpec } from '../../model/networkPolicy.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { containerPort, pod, policy } from '../../testing/builders.ts'
import type { Agent, AgentEvent } from './agent.ts'
import { createAgent, handleEvent } from './agent.ts'
import { rulesetOf } from './agentRuleset.ts'
import type { Command } from './agentState.ts'
import { kernelSetName } from './names.ts'
import { reconcile } from './reconcile.ts'

const examples = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testing/vectors/npm-v2/worked-examples.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>

function applyNamespace(name: string, labels: Readonly<Record<string, string>> = {}): AgentEvent {
  return { kind: 'Namespace', action: 'apply', object: { name, labels } }
}

function applyPod(...args: Parameters<typeof pod>): AgentEvent {
  return { kind: 'Pod', action: 'apply', object: pod(...args) }
}

function deletePod(key: string): AgentEvent {
  return { kind: 'Pod', action: 'delete', object: pod(key) }
}

function applyPolicy(key: string, spec: Partial<NetworkPolicySpec> = {}): AgentEvent {
  return { kind: 'NetworkPolicy', action: 'apply', object: policy(key, spec) }
}

function deletePolicy(key: string): AgentEvent {
  return { kind: 'NetworkPolicy', action: 'delete', object: policy(key) }
}

function commandText(command: Command): string {
  switch (command.tool) {
    case 'ipset':
      return `$ ipset restore\n${command.stdin}`
    case 'iptables':
      return `$ iptables -w 60 ${command.args}\n`
    case 'iptables-restore':
      return `$ iptables-restore -w 60 -T filter --noflush\n${command.stdin}`
  }
}

function run(agent: Agent, ...events: readonly AgentEvent[]): string {
  return events.flatMap(event => handleEvent(agent, event).commands.map(commandText)).join('')
}

function withoutHeadings(text: string | undefined): string {
  return (text ?? '').replace(/^# .*\n/gm, '')
}

const pods = (label: string, ip: string) =>
  applyPod('x/a', { labels: { pod: label }, ip, containerPorts: [containerPort('serve-80', 80)] })

const base: Partial<NetworkPolicySpec> = {
  podSelector: { matchLabels: { pod: 'a' } },
  policyTypes: ['Ingress', 'Egress'],
  ingress: [
    {
      from: [
        {
          namespaceSelector: { matchLabels: { ns: 'y' } },
          podSelector: { matchExpressions: [{ key: 'pod', operator: 'In', values: ['b', 'c'] }] },
        },
        { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '128.0.0.0/1'] } },
      ],
      ports: [{ port: 80 }, { port: 'serve-81', protocol: 'UDP' }],
    },
  ],
  egress: [{ ports: [{ port: 53, endPort: 60, protocol: 'UDP' }] }],
}

describe('[N30] worked examples of the specification', () => {
  test('8.1 and 8.2: namespace and pod events', () => {
    const first = [applyNamespace('x', { ns: 'x' }), pods('a', '10.1.0.5')]
    const events = [
      ...first,
      pods('c', '10.1.0.5'),
      pods('c', '10.1.0.6'),
      applyNamespace('x', { ns: 'x2', team: '' }),
      deletePod('x/a'),
    ]
    expect(run(createAgent('head'), ...events)).toBe(withoutHeadings(examples['8.1']?.[0]))
    expect(run(createAgent('v1.4.45'), ...first)).toBe(withoutHeadings(examples['8.2']?.[0]))
  })

  test.each<[ProfileId, number]>([
    ['head', 0],
    ['v1.8.11', 1],
  ])('8.3: x/base (%s)', (profile, example) => {
    const agent = createAgent(profile)
    handleEvent(agent, applyNamespace('x', { ns: 'x' }))
    expect(run(agent, applyPolicy('x/base', base))).toBe(examples['8.3']?.[example])
  })

  test('[N31] 8.4: two policies come and go', () => {
    const events = [
      applyPolicy('x/deny', { policyTypes: ['Ingress', 'Egress'] }),
      applyPolicy('x/open', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{}] }),
      deletePolicy('x/deny'),
      deletePolicy('x/open'),
    ]
    expect(run(createAgent('head'), ...events)).toBe(withoutHeadings(examples['8.4']?.[0]))
  })

  test('8.5: flattening and negation', () => {
    const namespaceSelector = {
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'k1', operator: 'In', values: ['p', 'q'] },
        { key: 'e', operator: 'Exists' },
        { key: 'k2', operator: 'NotIn', values: ['r', 's'] },
      ],
    } as const
    const flat = applyPolicy('x/flat', { ingress: [{ from: [{ namespaceSelector }] }] })
    expect(run(createAgent('head'), flat)).toBe(examples['8.5']?.[0])
    const negative = applyPolicy('x/neg', {
      podSelector: {
        matchExpressions: [
          { key: 'role', operator: 'NotIn', values: ['db', 'cache'] },
          { key: 'env', operator: 'Exists' },
        ],
      },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            { podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
            { namespaceSelector: {} },
          ],
          ports: [{ port: 3868, protocol: 'SCTP' }, { port: 'web' }, { protocol: 'UDP' }],
        },
      ],
    })
    expect(run(createAgent('head'), negative)).toBe(examples['8.5']?.[1])
  })
})

/** The texts of a set's members in the kernel, by the set's readable name. */
function membersOf(agent: Agent, prefixed: string): readonly string[] {
  const set = agent.kernel.sets.get(kernelSetName(agent.profile, prefixed))
  return [...(set?.entries.values() ?? [])].map(({ record }) => record.text)
}

describe('[N40] pods', () => {
  test('an address that another pod took over stays in the sets of both (D27)', () => {
    const agent = createAgent('head')
    run(agent, applyPod('x/a', { ip: '10.0.0.1', labels: { k: 'a' } }))
    run(agent, applyPod('x/b', { ip: '10.0.0.1', labels: { k: 'b' } }), deletePod('x/a'))
    expect(membersOf(agent, 'ns-x')).toEqual(['10.0.0.1'])
    expect(membersOf(agent, 'podlabel-k')).toEqual(['10.0.0.1'])
    expect(membersOf(agent, 'podlabel-k:a')).toEqual([])
    expect(membersOf(agent, 'podlabel-k:b')).toEqual(['10.0.0.1'])
  })

  test.each<[string, Parameters<typeof pod>[1], readonly string[]]>([
    ['without an address', { ip: '' }, []],
    ['of the host network', { ip: '10.0.0.1', hostNetwork: true }, []],
    ['that has ended', { ip: '10.0.0.1', phase: 'Succeeded' }, []],
    [
      'that is being deleted but runs',
      { ip: '10.0.0.1', deletionTimestamp: 't', deletionGracePeriodSeconds: 30 },
      ['10.0.0.1'],
    ],
    ['that is deleted', { ip: '10.0.0.1', deletionTimestamp: 't', deletionGracePeriodSeconds: 0 }, []],
    ['with IPv6', { ip: 'fd00::1' }, []],
    ['that is pending', { ip: '10.0.0.1', phase: 'Pending' }, ['10.0.0.1']],
  ])('a new pod %s', (_trap, more, members) => {
    const agent = createAgent('head')
    run(agent, applyPod('x/a', more))
    expect(membersOf(agent, 'ns-x')).toEqual(members)
  })

  test('an end that loses its address in the same update is not seen (D28)', () => {
    const agent = createAgent('head')
    run(agent, applyPod('x/a', { ip: '10.0.0.1' }), applyPod('x/a', { ip: '', phase: 'Failed' }))
    expect(membersOf(agent, 'ns-x')).toEqual(['10.0.0.1'])
    run(agent, applyPod('x/a', { ip: '10.0.0.1', phase: 'Failed' }))
    expect(membersOf(agent, 'ns-x')).toEqual([])
  })
})

test('[N41] a namespace that is being deleted leaves its lists; a pod brings it back to one (D18)', () => {
  const agent = createAgent('head')
  run(agent, applyNamespace('y', { ns: 'y' }), applyPod('y/a', { ip: '10.0.0.1' }))
  const y = kernelSetName(agent.profile, 'ns-y')
  expect(membersOf(agent, 'nslabel-ns:y')).toEqual([y])
  run(agent, {
    kind: 'Namespace',
    action: 'apply',
    object: { name: 'y', labels: { ns: 'y' }, deletionTimestamp: 't' },
  })
  expect([membersOf(agent, 'nslabel-ns:y'), membersOf(agent, 'nslabel-all-namespaces')]).toEqual([[], []])
  run(agent, applyPod('y/a', { ip: '10.0.0.1', labels: { new: '' } }))
  expect([membersOf(agent, 'nslabel-ns:y'), membersOf(agent, 'nslabel-all-namespaces')]).toEqual([[], [y]])
})

test('[N41] a label called all-namespaces is the list of all namespaces (D17)', () => {
  const agent = createAgent('head')
  run(agent, applyNamespace('x', { 'all-namespaces': '' }), applyNamespace('x'))
  expect(membersOf(agent, 'nslabel-all-namespaces')).toEqual([])
})

describe('[N42] policies that fail', () => {
  const bad = { ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/8' } }] }] }
  const refused = { ingress: [{ ports: [{ port: 90, endPort: 80 }] }] }

  test('class T leaves the version that is in force, and reverting does nothing (D7)', () => {
    const agent = createAgent('head')
    run(agent, applyPolicy('x/p'))
    const { failure, commands } = handleEvent(agent, applyPolicy('x/p', bad))
    expect([failure?.class, commands]).toEqual(['T', []])
    expect(run(agent, applyPolicy('x/p'))).toBe('')
    expect(agent.applied.has('x/p')).toBe(true)
  })

  test('class V takes the old version out of force, and reverting does not bring it back (D15)', () => {
    const agent = createAgent('head')
    run(agent, applyPolicy('x/p'))
    const { failure } = handleEvent(agent, applyPolicy('x/p', refused))
    expect([failure?.class, agent.applied.size, agent.kernel.active]).toEqual(['V', 0, false])
    expect(run(agent, applyPolicy('x/p'))).toBe('')
    expect(agent.applied.size).toBe(0)
  })

  test('class V leaves its sets for ever (D35)', () => {
    const agent = createAgent('head')
    run(agent, applyPolicy('x/p', refused), deletePolicy('x/p'))
    reconcile(agent)
    expect([...agent.ipSets.sets.keys()]).toEqual(['ns-x'])
  })

  test('class N is a success without rules; removing it kills v1.4.45 (D32)', () => {
    for (const profile of ['v1.4.45', 'v1.8.11', 'head'] as const) {
      const agent = createAgent(profile)
      const { failure, commands } = handleEvent(agent, applyPolicy('x/p', { policyTypes: [] }))
      expect([failure?.class, commands.map(({ tool }) => tool)]).toEqual(['N', ['ipset']])
      expect(handleEvent(agent, deletePolicy('x/p'))).toEqual(
        profile === 'v1.4.45' ? { commands: [], crashed: true } : { commands: [] },
      )
    }
  })

  test('iptables that refuses a text is asked twice', () => {
    const agent = createAgent('head', { tools: 'kernel' })
    const { commands, failure } = handleEvent(
      agent,
      applyPolicy('x/p', { ingress: [{ ports: [{ port: 70000 }] }] }),
    )
    expect(failure?.class).toBe('V')
    expect(commands.map(({ tool }) => tool)).toEqual(['ipset', 'iptables-restore', 'iptables-restore'])
    expect(commands[1]).toEqual(commands[2])
  })
})

test('[N43] a set that goes is only emptied and destroyed; made again, it is filled anew', () => {
  const agent = createAgent('head')
  run(agent, applyPolicy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }))
  const text = run(
    agent,
    applyPolicy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80 }] }] }),
  )
  const name = kernelSetName(agent.profile, 'cidr-p:in-ns:x-0-0IN')
  expect(text.split('\n').filter(line => line.includes(name) && !line.startsWith('-A AZURE'))).toEqual([
    `-F ${name}`,
    `-X ${name}`,
    `-N ${name} --exist nethash maxelem 4294967295`,
    `-A ${name} 10.0.0.0/8`,
  ])
})

test('[N44] every five minutes empty chains and unused sets go', () => {
  const agent = createAgent('head')
  run(
    agent,
    applyPod('x/a', { ip: '10.0.0.1', labels: { k: 'v' } }),
    applyPolicy('x/p'),
    deletePod('x/a'),
    deletePolicy('x/p'),
  )
  expect(agent.kernel.chains.size).toBe(1)
  const [chain = ''] = agent.kernel.chains.keys()
  expect(reconcile(agent).commands).toEqual([{ tool: 'iptables', args: `-X ${chain}` }])
  expect(agent.kernel.chains.size).toBe(0)
  // ns-x is a member of the list of all namespaces and stays.
  expect([...agent.ipSets.sets.keys()]).toEqual(['ns-x', 'nslabel-all-namespaces'])
  // Their destruction waits for the next flush.
  expect(run(agent, applyNamespace('z')).match(/^-X /gm)).toHaveLength(2)
})

test('[N45] only newer agents delete an exception without its nomatch (D33)', () => {
  // Two legacy policies share one ip-block set by name; it loses a member without being destroyed.
  const block = (except: string) => ({
    ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: [except] } }] }],
  })
  const events = [
    applyPolicy('b-in-ns-c/a', block('10.1.0.0/16')),
    applyPolicy('c/a-in-ns-b', block('10.2.0.0/16')),
    deletePolicy('b-in-ns-c/a'),
  ]
  const deleted = (profile: ProfileId) =>
    run(createAgent(profile), ...events)
      .match(/^-D azure-npm-\d+ 10\.1.*/gm)
      ?.map(line => line.split(' ').slice(2).join(' '))
  expect(deleted('v1.4.45')).toEqual(['10.1.0.0/16 nomatch'])
  expect(deleted('v1.8.11')).toEqual(['10.1.0.0/16'])
})

test('[N46] what ipset refuses is missing, the rest of the policy is in force', () => {
  const agent = createAgent('head', { tools: 'kernel' })
  const blocks = ['0.0.0.0/00', '10.0.0.0/8'].map(cidr => ({ ipBlock: { cidr } }))
  const { failure } = handleEvent(agent, applyPolicy('x/p', { ingress: [{ from: blocks }] }))
  expect(failure).toBeUndefined()
  expect(membersOf(agent, 'cidr-p:in-ns:x-0-0IN')).toEqual([])
  expect(membersOf(agent, 'cidr-p:in-ns:x-0-1IN')).toEqual(['10.0.0.0/8'])
})

test('[N46] the fifth refused line of a flush blocks it and all later ones (D20)', () => {
  const agent = createAgent('head', { tools: 'kernel' })
  const blocks = Array.from({ length: 5 }, () => ({ ipBlock: { cidr: '0.0.0.0/00' } }))
  expect(handleEvent(agent, applyPolicy('x/p', { ingress: [{ from: blocks }] })).failure?.class).toBe('V')
  handleEvent(agent, applyPod('x/a', { ip: '10.0.0.1', labels: { k: 'v' } }))
  expect(membersOf(agent, 'podlabel-k')).toEqual([])
})

test('[N46] two spellings of one network are one element, the later line wins (D10)', () => {
  const agent = createAgent('head')
  run(
    agent,
    applyPolicy('x/p', { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['0.0.0.1/1'] } }] }] }),
  )
  expect(membersOf(agent, 'cidr-p:in-ns:x-0-0IN')).toEqual(['0.0.0.1/1 nomatch', '128.0.0.0/1'])
})

test('[N5] sets whose legacy names collide are one in the kernel', () => {
  const agent = createAgent('v1.4.45')
  run(
    agent,
    applyPod('msobb-target/a', { ip: '10.0.0.1' }),
    applyPod('y/b', { ip: '10.0.0.2', labels: { x: 'YMaaIZ' } }),
  )
  const set = rulesetOf(agent).sets.find(({ name }) => name === 'azure-npm-2900316864')
  expect(set?.prefixedNames).toEqual(['ns-msobb-target', 'podlabel-x:YMaaIZ'])
  expect(set?.entries.map(({ origin }) => origin?.resource)).toEqual(['Pod/msobb-target/a', 'Pod/y/b'])
})

test('[N5] policies whose legacy chains collide share one, and the second removal opens the first (D21)', () => {
  const agent = createAgent('v1.4.45')
  run(agent, applyPolicy('x/bogkyy'), applyPolicy('x/zpsqqx', { ingress: [{}] }))
  const chainRules = () =>
    rulesetOf(agent).tables[0]?.chains.find(({ name }) => name === 'AZURE-NPM-INGRESS-1382864007')?.rules
      .length
  expect(agent.kernel.ingressJumps).toHaveLength(2)
  expect(chainRules()).toBe(1)
  run(agent, deletePolicy('x/zpsqqx'))
  expect([agent.kernel.ingressJumps.length, chainRules()]).toEqual([1, 0])
})
