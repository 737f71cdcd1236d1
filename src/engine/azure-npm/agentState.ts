import type { ContainerPort } from '../../model/cluster.ts'
import type { Labels } from '../../model/labels.ts'
import type { NetworkPolicy, NetworkPolicySpec } from '../../model/networkPolicy.ts'
import type { Origin } from '../../model/origin.ts'
import type { PolicyFailure } from '../../model/protocol.ts'
import type { ProfileId } from '../../model/scenario.ts'
import { clearDirtySets, isClean, markFlushed, pendingFlush, type DirtySet } from './dirtySets.ts'
import { applyFlush, applyMore, flushText } from './ipSetFlush.ts'
import type { IpSetManager } from './ipSetManager.ts'
import { createIpSetManager } from './ipSetManager.ts'
import type { Kernel } from './kernel.ts'
import { emptyKernel } from './kernel.ts'
import type { PolicyRules } from './policyRules.ts'
import type { Profile } from './profiles.ts'
import { profileOf } from './profiles.ts'
import type { Translation } from './translation.ts'

/** One call of a tool. `-w 60` and the binaries' variants are left out. */
export type Command =
  | { readonly tool: 'ipset'; readonly stdin: string }
  | { readonly tool: 'iptables'; readonly args: string }
  | { readonly tool: 'iptables-restore'; readonly stdin: string }

/** Why a policy is not in force as it stands (§1.6). */
export interface StepFailure {
  readonly class: 'T' | 'V' | 'N'
  readonly message: string
  readonly origin: Origin
}

export interface AgentStep {
  readonly commands: readonly Command[]
  readonly failure?: StepFailure
  /** How many of the commands took the old version of an edited policy away; the others add the new one (D19). */
  readonly removal?: number
  /** The process died (D32). It forgets nothing here; a real one starts anew. */
  readonly crashed?: boolean
  /** The policies that a batch could not add, by key: they wait for the next one (§1.7). */
  readonly stillWaiting?: readonly PolicyFailure[]
}

export interface CachedPod {
  readonly ip: string
  readonly phase: string
  readonly labels: Labels
  readonly containerPorts: readonly ContainerPort[]
}

/** A policy in force. Its translation is made again when it is needed: kept for thousands, it is most of the memory. */
export interface AppliedPolicy {
  readonly policy: NetworkPolicy
  readonly rules: PolicyRules
}

/** Everything the agent remembers, and what its commands have made of the node. */
export interface AgentState {
  readonly profile: Profile
  readonly tools: 'succeed' | 'kernel'
  readonly recording: boolean
  /** Whether policies are added in batches (§1.7). */
  readonly batching: boolean
  /** Keys of the pods that the API server has, whether or not the agent took them up. */
  readonly knownPods: Set<string>
  readonly pods: Map<string, CachedPod>
  /** Labels by name; `{}` for a namespace that was first met through a pod. */
  readonly namespaces: Map<string, Labels>
  /** The last spec of each policy that got through, by key. */
  readonly specs: Map<string, NetworkPolicySpec>
  readonly applied: Map<string, AppliedPolicy>
  /** Policies that the next batch adds, by key; none of them is in `applied`. Empty without batching. */
  readonly waiting: Map<string, Translation>
  /** Chain suffix → policy key, for the guard against collisions. */
  readonly chainOwners: Map<string, string>
  /** Empty chains of removed policies, which the next reconciliation deletes. */
  readonly staleChains: Set<string>
  readonly ipSets: IpSetManager
  readonly kernel: Kernel
  /** The last flush gave up because this set was full. */
  fullSet: DirtySet | undefined
  /** The last removal of a policy could not flush its sets (§1.7). */
  removalPending: boolean
  /** Of the event that is being handled. */
  step: {
    commands: Command[]
    failure?: StepFailure
    removal?: number
    crashed?: boolean
    stillWaiting?: readonly PolicyFailure[]
  }
}

export function createAgentState(
  profileId: ProfileId,
  { tools, recording, batching }: Pick<AgentState, 'tools' | 'recording' | 'batching'>,
): AgentState {
  const profile = profileOf(profileId)
  return {
    profile,
    tools,
    recording,
    batching: batching && profile.policyBatching,
    knownPods: new Set(),
    pods: new Map(),
    namespaces: new Map(),
    specs: new Map(),
    applied: new Map(),
    waiting: new Map(),
    chainOwners: new Map(),
    staleChains: new Set(),
    ipSets: createIpSetManager(profile),
    kernel: emptyKernel(),
    fullSet: undefined,
    removalPending: false,
    step: { commands: [] },
  }
}

export function record(agent: AgentState, command: () => Command): void {
  if (agent.recording) agent.step.commands.push(command())
}

/** Ends an event: its outcome, and a fresh step for the next one. */
export function finishStep(agent: AgentState): AgentStep {
  const step = agent.step
  agent.step = { commands: [] }
  return step
}

/** `ipset restore` with all pending changes, if there are any. False when it failed; they then stay pending (§5.5). */
export function flushIpSets(agent: AgentState): boolean {
  const { dirty } = agent.ipSets
  if (isClean(dirty)) return true
  // Commands that nobody reads need not be written.
  if (!agent.recording && agent.fullSet !== undefined && applyMore(agent.kernel, dirty, agent.fullSet)) {
    markFlushed(dirty)
    return false
  }
  const flush = pendingFlush(dirty)
  record(agent, () => ({ tool: 'ipset', stdin: flushText(flush, agent.profile) }))
  const end = applyFlush(agent.kernel, flush, agent.profile, agent.tools)
  markFlushed(dirty)
  agent.fullSet = end === 'done' ? undefined : end.fullSet
  if (end !== 'done') return false
  clearDirtySets(dirty)
  return true
}
