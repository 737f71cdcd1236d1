import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { METADATA_NAME_LABEL } from '../../model/labels.ts'
import type { EgressRule, IngressRule, NetworkPolicy, PolicyPort } from '../../model/networkPolicy.ts'
import type { PrintedLine } from '../../model/protocol.ts'
import type { Cluster } from '../../model/cluster.ts'
import { podKey } from '../../model/cluster.ts'
import { policyKey } from '../../model/networkPolicy.ts'
import { compareBytes } from '../../model/order.ts'
import type { ProfileId } from '../../model/scenario.ts'
import type { RawObject } from '../../testing/rawObjects.ts'
import { rawNamespace, rawPod, rawPolicy } from '../../testing/rawObjects.ts'
import type { AgentEvent } from './agent.ts'
import { createAgent, handleEvent } from './agent.ts'
import type { Command } from './agentState.ts'
import { rulesetOf } from './agentRuleset.ts'
import { compile } from './compile.ts'
import { profileOf } from './profiles.ts'
import { ipsetRestoreFromNothing, iptablesRestoreFromNothing } from './restoreText.ts'
import { EMPTY_NODE, startCommands } from './start.ts'

const dumps: readonly (readonly [string, ProfileId])[] = [
  ['instance-metadata-legacy', 'v1.4.45'],
  ['instance-metadata-head', 'head'],
  ['base-legacy', 'v1.8.11'],
  ['base-head', 'head'],
  ['deny-and-open', 'head'],
  ['namespace-not-in', 'v1.4.45'],
  ['ports-and-protocols', 'head'],
  ['shop', 'head'],
]

function fileOf(dump: string, name: string): string {
  return readFileSync(join(import.meta.dirname, '../../testing/vectors/npm-v2/dumps', dump, name), 'utf8')
}

function withDefaults(policy: NetworkPolicy): NetworkPolicy {
  const { spec } = policy
  const ports = <R extends IngressRule | EgressRule>(rule: R): R => ({
    ...rule,
    ...(rule.ports && { ports: rule.ports.map((port): PolicyPort => ({ protocol: 'TCP', ...port })) }),
  })
  const types = ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])]
  return {
    ...policy,
    spec: {
      ...spec,
      policyTypes: spec.policyTypes ?? types,
      ...(spec.ingress && { ingress: spec.ingress.map(ports) }),
      ...(spec.egress && { egress: spec.egress.map(ports) }),
    },
  }
}

function clusterOf(dump: string): Cluster {
  const objects = parseAllDocuments(fileOf(dump, 'manifests.yaml')).map(
    document => document.toJS() as RawObject,
  )
  const of = (kind: string): readonly RawObject[] => objects.filter(object => object.kind === kind)
  return {
    namespaces: of('Namespace').map(object => {
      const { name, labels } = rawNamespace(object)
      return { name, labels: { ...labels, [METADATA_NAME_LABEL]: name } }
    }),
    pods: of('Pod').map(rawPod),
    policies: of('NetworkPolicy').map(object => withDefaults(rawPolicy(object))),
  }
}

function textOf(lines: readonly PrintedLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('')
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

function eventsOf(cluster: Cluster): readonly (readonly [string, AgentEvent])[] {
  const sorted = (events: readonly (readonly [string, AgentEvent])[]) =>
    [...events].sort(([a], [b]) => compareBytes(a, b))
  const action = 'apply'
  return [
    ...sorted(cluster.namespaces.map(object => [object.name, { kind: 'Namespace', action, object }])),
    ...sorted(cluster.pods.map(object => [podKey(object), { kind: 'Pod', action, object }])),
    ...sorted(cluster.policies.map(object => [policyKey(object), { kind: 'NetworkPolicy', action, object }])),
  ]
}

describe.each(dumps)('real node %s (%s)', (dump, profile) => {
  const cluster = clusterOf(dump)
  const { ruleset, failures } = compile(cluster, profile)

  test('[N50] the ruleset prints as the text that builds the node from nothing', () => {
    expect(failures).toEqual([])
    expect(textOf(iptablesRestoreFromNothing(ruleset))).toBe(fileOf(dump, 'iptables-restore.txt'))
    expect(textOf(ipsetRestoreFromNothing(ruleset))).toBe(fileOf(dump, 'ipset-restore.txt'))
  })

  test('[N51] the agent runs the same commands', () => {
    const start = startCommands(profileOf(profile), EMPTY_NODE)
      // Removing the jump of NPM v1 fails on a fresh node and was not written down.
      .filter(({ line }) => line !== 'iptables -w 60 -D FORWARD -j AZURE-NPM')
      .map(({ line, stdin = '' }) => `$ ${line}\n${stdin}`)
    const agent = createAgent(profile)
    const events = eventsOf(cluster).map(
      ([name, event]) =>
        `# ${event.kind} ${name}\n${handleEvent(agent, event).commands.map(commandText).join('')}`,
    )
    expect(`# what the agent runs at start\n${start.join('')}${events.join('')}`).toBe(
      fileOf(dump, 'commands.txt'),
    )
    expect(rulesetOf(agent)).toEqual(ruleset)
  })

  test('[N52] sets are in the order of their creation, members of lists in the order of their arrival', () => {
    const saved = fileOf(dump, 'ipset-save.nft.txt').split('\n')
    const isList = (name: string): boolean => saved.some(line => line.startsWith(`create ${name} list:set`))
    const lists = ruleset.sets.filter(({ type }) => type === 'list:set')
    // ipset prints lists last, since they name other sets.
    const expected = [...ruleset.sets.filter(({ type }) => type !== 'list:set'), ...lists].map(
      ({ name, type, maxelem }) => [name, type, maxelem],
    )
    const created = saved.flatMap(line => {
      const [, name, type, size] = /^create (\S+) (\S+)(?: .*)? (?:maxelem|size) (\d+)/.exec(line) ?? []
      return name === undefined ? [] : [[name, type, Number(size)]]
    })
    expect(created).toEqual(expected)
    const members = saved.flatMap(line => {
      const [verb, set = '', member] = line.split(' ')
      return verb === 'add' && isList(set) ? [[set, member]] : []
    })
    expect(members).toEqual(
      lists.flatMap(({ name, entries }) =>
        entries.map(entry => [name, entry.kind === 'set' ? entry.set : undefined]),
      ),
    )
  })
})
