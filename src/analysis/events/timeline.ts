import { createAgent, handleEvent, type Agent } from '../../engine/azure-npm/agent.ts'
import { rulesetOf } from '../../engine/azure-npm/agentRuleset.ts'
import type { AgentStep, Command } from '../../engine/azure-npm/agentState.ts'
import { lineOrigins, setLineOrigins } from '../../engine/azure-npm/lineOrigins.ts'
import { required } from '../../model/assert.ts'
import { namespaceResource, podResource, type Cluster } from '../../model/cluster.ts'
import { policyKey, policyResource } from '../../model/networkPolicy.ts'
import type { Origin } from '../../model/origin.ts'
import type {
  AgentCommand,
  WholeAnalysis,
  WholeMoment,
  PolicyFailure,
  Timeline,
  TimelineStep,
} from '../../model/protocol.ts'
import type { Ruleset } from '../../model/ruleset.ts'
import { assess } from '../assess.ts'
import { countFlows } from '../countFlows.ts'
import { findDeviations } from '../deviations/deviations.ts'
import { evaluateExpectations } from '../expectations/expectations.ts'
import { flowChanges } from './flowChanges.ts'
import { eventsBetween, type ClusterEvent, type History } from './history.ts'

/** More objects than this at the start are not listed one by one. */
const LISTED_AT_START = 300

/** One event of a replay, with the agent right after it. */
interface Replayed {
  readonly revision: number
  readonly event: ClusterEvent
  /** The cluster as the API server has it while the agent handles the event. */
  readonly cluster: () => Cluster
  /** Where the lines of its commands come from, those about the version before the event included. */
  readonly origins: ReadonlyMap<string, Origin>
  readonly outcome: AgentStep
  /** Whether the agent enforces some version of the policy after the event. */
  readonly inForce: boolean
}

/** Every event since the agent started, with what it took. Runs the whole history anew. */
export function timelineOf(history: History): Timeline {
  const steps: TimelineStep[] = []
  const unlisted = unlistedAtStart(history)
  replay(history, startAgent(history), replayed => void steps.push(...stepsOf(replayed)))
  return { steps, unlisted }
}

/**
 * The node right after a step of `timelineOf`: its commands, what they opened and closed for new connections, and the
 * whole picture at that time. `newest` gives what a moment has not: where resources stand in the text.
 */
export function momentOf(history: History, step: number, newest: WholeAnalysis): WholeMoment | undefined {
  const agent = startAgent(history)
  const failures = new Map<string, PolicyFailure>()
  let next = 0
  let moment: WholeMoment | undefined
  replay(history, agent, (replayed, before) => {
    const own = stepsOf(replayed)
    if (replayed.event.event.kind === 'NetworkPolicy') failures.delete(nameOf(replayed.event))
    for (const found of own)
      if (found.failure !== undefined) failures.set(found.failure.policy, found.failure)
    const at = own[step - next]
    next += own.length
    if (at === undefined) return true
    const { outcome, event } = replayed
    const cluster = replayed.cluster()
    const earlier = before()
    const origins = new Map([
      ...setLineOrigins(earlier, event.resource),
      ...setLineOrigins(agent, event.resource),
      ...replayed.origins,
    ])
    const removal = outcome.removal ?? 0
    const gap = (): ReturnType<typeof rulesetOf> => rulesetOf(withoutPolicy(before(), event))
    const ruleset = at.phase === 'remove' ? gap() : rulesetOf(agent)
    const was = at.phase === 'add' ? gap() : rulesetOf(earlier)
    const commands = {
      whole: outcome.commands,
      remove: outcome.commands.slice(0, removal),
      add: outcome.commands.slice(removal),
    }[at.phase]
    const now = assess(cluster, ruleset)
    const deviations = findDeviations(cluster, history.profile)
    const expected = newest.expectations.map(({ expectation }) => expectation)
    moment = {
      step,
      commands: commands.map(command => commandText(command, origins, event)),
      changes: flowChanges(assess(cluster, was).connectivity, now.connectivity),
      gone: withoutThoseOf(was, ruleset),
      analysis: {
        ...newest,
        namespaces: cluster.namespaces,
        pods: cluster.pods,
        policies: cluster.policies,
        ruleset,
        failures: [...failures.values()],
        deviations,
        expectations: evaluateExpectations(now, deviations, expected),
        endpoints: now.connectivity.endpoints,
        flowCounts: countFlows(now.connectivity),
      },
    }
    return false
  })
  return moment
}

function startAgent({ profile }: History): Agent {
  return createAgent(profile, { tools: 'kernel', recording: true })
}

function unlistedAtStart({ revisions }: History): number {
  const first = revisions[0]
  if (first === undefined) return 0
  const objects = first.namespaces.length + first.pods.length + first.policies.length
  return objects > LISTED_AT_START ? objects : 0
}

/**
 * Feeds the agent one event after the other. `visit` sees each listed one when it has been handled, and may ask for an
 * agent as it was before; it ends the replay with `false`.
 */
function replay(
  history: History,
  agent: Agent,
  visit: (replayed: Replayed, before: () => Agent) => boolean | void,
): void {
  const handled: ClusterEvent[] = []
  const before = (): Agent => {
    const earlier = createAgent(history.profile, { tools: 'kernel', recording: false })
    for (const { event } of handled.slice(0, -1)) handleEvent(earlier, event)
    return earlier
  }
  const unlisted = unlistedAtStart(history)
  let cluster: Cluster | undefined
  for (const [revision, after] of history.revisions.entries()) {
    const then = cluster
    const events = eventsBetween(then, after)
    for (const [index, event] of events.entries()) {
      const old = linesOf(agent, event)
      const outcome = handleEvent(agent, event.event)
      handled.push(event)
      if (revision === 0 && unlisted > 0) continue
      const origins = new Map([...old, ...linesOf(agent, event)])
      // At the start the cluster is there before the agent; a change reaches all watchers at once.
      const visible = (): Cluster =>
        then === undefined ? after : withEvents(then, events.slice(0, index + 1))
      const inForce = event.event.kind === 'NetworkPolicy' && agent.applied.has(policyKey(event.event.object))
      if (visit({ revision, event, cluster: visible, origins, outcome, inForce }, before) === false) return
    }
    cluster = after
  }
}

function withEvents(cluster: Cluster, events: readonly ClusterEvent[]): Cluster {
  const namespaces = new Map(cluster.namespaces.map(object => [namespaceResource(object.name), object]))
  const pods = new Map(cluster.pods.map(object => [podResource(object), object]))
  const policies = new Map(cluster.policies.map(object => [policyResource(object), object]))
  const put = <T>(objects: Map<string, T>, key: string, object: T, action: 'apply' | 'delete'): void => {
    if (action === 'delete') objects.delete(key)
    else objects.set(key, object)
  }
  for (const { resource, event } of events)
    switch (event.kind) {
      case 'Namespace':
        put(namespaces, resource, event.object, event.action)
        break
      case 'Pod':
        put(pods, resource, event.object, event.action)
        break
      case 'NetworkPolicy':
        put(policies, resource, event.object, event.action)
    }
  return {
    namespaces: [...namespaces.values()],
    pods: [...pods.values()],
    policies: [...policies.values()],
  }
}

function withoutPolicy(agent: Agent, { event }: ClusterEvent): Agent {
  handleEvent(agent, { ...event, action: 'delete' })
  return agent
}

/** The names in `before` that `after` has no more, with their meanings. */
function withoutThoseOf(before: Ruleset, after: Ruleset): Ruleset {
  const chains = new Set(after.tables.flatMap(table => table.chains.map(({ name }) => name)))
  const sets = new Set(after.sets.map(({ name }) => name))
  return {
    tables: before.tables.map(table => ({
      ...table,
      chains: table.chains.filter(({ name }) => !chains.has(name)).map(chain => ({ ...chain, rules: [] })),
    })),
    sets: before.sets.filter(({ name }) => !sets.has(name)).map(set => ({ ...set, entries: [] })),
  }
}

/** An edit that took the old version away first is two steps. */
function stepsOf({ revision, event, outcome, inForce }: Replayed): readonly TimelineStep[] {
  const { resource, change } = event
  const { commands, failure, removal, crashed } = outcome
  const base = { revision, kind: event.event.kind, action: change, resource }
  const ended = {
    ...(failure !== undefined && {
      failure: { policy: nameOf(event), ...failure },
      oldInForce: failure.class === 'T' && inForce,
    }),
    ...(crashed === true && { crashed }),
  }
  if (removal === undefined) return [{ ...base, phase: 'whole', commands: commands.length, ...ended }]
  return [
    { ...base, phase: 'remove', commands: removal },
    { ...base, phase: 'add', commands: commands.length - removal, ...ended },
  ]
}

function nameOf({ event }: ClusterEvent): string {
  return event.kind === 'NetworkPolicy' ? policyKey(event.object) : event.object.name
}

function linesOf(agent: Agent, { event }: ClusterEvent): ReadonlyMap<string, Origin> {
  const applied = event.kind === 'NetworkPolicy' ? agent.applied.get(policyKey(event.object)) : undefined
  return applied === undefined ? new Map<string, Origin>() : lineOrigins(applied.rules)
}

const TOOL_LINES: Readonly<Record<Exclude<Command['tool'], 'iptables'>, string>> = {
  ipset: 'ipset restore',
  'iptables-restore': 'iptables-restore -w 60 -T filter --noflush',
}

function commandText(
  command: Command,
  origins: ReadonlyMap<string, Origin>,
  { resource }: ClusterEvent,
): AgentCommand {
  const whole: Origin = { resource, path: '' }
  if (command.tool === 'iptables')
    return {
      tool: command.tool,
      command: `iptables -w 60 ${command.args}`,
      lines: [],
      origin: origins.get(command.args) ?? whole,
    }
  const lines = command.stdin.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return {
    tool: command.tool,
    command: required(TOOL_LINES[command.tool], command.tool),
    lines: lines.map(text => ({ text, origin: origins.get(text) ?? whole })),
    origin: whole,
  }
}
