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
