import type { AgentEvent } from '../engine/azure-npm/agent.ts'
import { required } from '../model/assert.ts'
import type { Namespace, Pod } from '../model/cluster.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import { readRawNamespace, readRawNetworkPolicy, readRawPod } from '../parse/rawObjects.ts'

/** An API object as it stands in a vector: no defaults applied. */
export interface RawObject {
  readonly kind?: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

export function rawNamespace(object: RawObject): Namespace {
  return required(readRawNamespace(object), 'a Namespace')
}

export function rawPod(object: RawObject): Pod {
  return required(readRawPod(object), 'a Pod')
}

export function rawPolicy(object: RawObject): NetworkPolicy {
  return required(readRawNetworkPolicy(object), 'a NetworkPolicy')
}

/** An event of `sessions.json`. */
export interface RawEvent {
  readonly kind: AgentEvent['kind']
  readonly action: AgentEvent['action']
  readonly object: RawObject
}

export function agentEvent({ kind, action, object }: RawEvent): AgentEvent {
  switch (kind) {
    case 'Namespace':
      return { kind, action, object: rawNamespace(object) }
    case 'Pod':
      return { kind, action, object: rawPod(object) }
    case 'NetworkPolicy':
      return { kind, action, object: rawPolicy(object) }
  }
}
