import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import { clusterOf, newReading, takeIn } from './collect.ts'
import { deletionOf, storedPod } from './defaults.ts'
import type { KnownPaths } from './fieldRanges.ts'
import { podManifest } from './podShape.ts'
import { namespaceManifest, networkPolicyManifest } from './policyShape.ts'
import { readObjects } from './readObjects.ts'
import type { Issue, Shape } from './shapes.ts'
import { treeOf } from './tree.ts'

export type RawObject =
  | { readonly kind: 'NetworkPolicy'; readonly object: NetworkPolicy }
  | { readonly kind: 'Namespace'; readonly object: Namespace }
  | { readonly kind: 'Pod'; readonly object: Pod }

/**
 * An API object as a controller gets it, without any defaulting: `null` reads as absent, empty lists stay, a missing
 * namespace or protocol is `''`, namespaces have the labels that are given. Unknown fields are passed over.
 * `undefined` for other kinds and where a field has the wrong type; `kind` stands in for one that the object lacks.
 */
export function readRawObject(value: unknown, kind: string = kindOf(value)): RawObject | undefined {
  switch (kind) {
    case 'NetworkPolicy': {
      const object = readRawNetworkPolicy(value)
      return object && { kind, object }
    }
    case 'Namespace': {
      const object = readRawNamespace(value)
      return object && { kind, object }
    }
    case 'Pod': {
      const object = readRawPod(value)
      return object && { kind, object }
    }
    default:
      return undefined
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return ''
  return typeof value.kind === 'string' ? value.kind : ''
}

export function readRawNetworkPolicy(value: unknown): NetworkPolicy | undefined {
  const manifest = decode(networkPolicyManifest, value)
  if (manifest === undefined) return undefined
  const { metadata = {}, spec = {} } = manifest
  const { namespace = '', name = '' } = metadata
  return { namespace, name, spec, ...deletionOf(metadata) }
}

export function readRawNamespace(value: unknown): Namespace | undefined {
  const manifest = decode(namespaceManifest, value)
  if (manifest === undefined) return undefined
  const { metadata = {} } = manifest
  return { name: metadata.name ?? '', labels: metadata.labels ?? {}, ...deletionOf(metadata) }
}

export function readRawPod(value: unknown): Pod | undefined {
  const manifest = decode(podManifest, value)
  if (manifest === undefined) return undefined
  const { metadata = {}, spec = {}, status = {} } = manifest
  const containers = (spec.containers ?? []).map(({ ports = [] }) => ({
    ports: ports.map(port => ({ ...port, protocol: port.protocol ?? '' })),
  }))
  const pod = storedPod(metadata, { ...spec, containers }, status)
  return { ...pod, namespace: metadata.namespace ?? '' }
}

function decode<T>(shape: Shape<T>, value: unknown): T | undefined {
  const issues: Issue[] = []
  const object = shape.read(treeOf(value), { path: '', struct: '', field: '' }, issues)
  return issues.some(({ code }) => code !== 'unknown-field') ? undefined : object
}

/**
 * API objects as the API server takes them: defaults and validation of kubernetes-admission sections 2–4, lists and
 * workloads included. Refused objects are told and left out, kinds that take no part are passed over. Diagnostics
 * have no file and stand at 0, as there is no text.
 */
export function admitObjects(objects: readonly unknown[]): {
  readonly cluster: Cluster
  readonly diagnostics: readonly Diagnostic[]
} {
  const reading = newReading()
  const known: KnownPaths = new Map()
  for (const object of objects) takeIn(reading, '', readObjects(treeOf(object), known), 0)
  return { cluster: clusterOf(reading), diagnostics: reading.diagnostics }
}
