import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import { podResource } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Expectation } from '../model/expectation.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import type { ResourceKey, ResourceSource, TextRange } from '../model/origin.ts'
import type { UnusedResource } from '../model/protocol.ts'
import { shifted } from './documents.ts'
import type { ReadObject, StoredObject } from './readObjects.ts'
import { diagnostic } from './readObjects.ts'

/** Where an object's name stands, to tell of another with the same name. */
interface Placed<T> {
  readonly object: T
  readonly file: string
  readonly nameRange: TextRange
}

/** What has been read so far. */
export interface Reading {
  readonly namespaces: Map<string, Placed<Namespace>>
  readonly pods: Map<string, Placed<Pod>>
  readonly policies: Map<string, Placed<NetworkPolicy>>
  /** By resource; their pods stand among the pods. */
  readonly workloads: Map<string, Placed<readonly ResourceKey[]>>
  readonly sources: Map<ResourceKey, ResourceSource>
  readonly diagnostics: Diagnostic[]
  readonly unused: UnusedResource[]
  readonly expectations: Expectation[]
}

export function newReading(): Reading {
  return {
    namespaces: new Map(),
    pods: new Map(),
    policies: new Map(),
    workloads: new Map(),
    sources: new Map(),
    diagnostics: [],
    unused: [],
    expectations: [],
  }
}

/** In the order of the text; of objects with the same name the last. */
export function clusterOf(reading: Reading): Cluster {
  return {
    namespaces: [...reading.namespaces.values()].map(({ object }) => object),
    pods: [...reading.pods.values()].map(({ object }) => object),
    policies: [...reading.policies.values()].map(({ object }) => object),
  }
}

/** Takes in the objects of a document that begins at `offset` of the file: what they are, what is wrong, where they stand. */
export function takeIn(reading: Reading, file: string, objects: readonly ReadObject[], offset: number): void {
  for (const { diagnostics, unused, stored, expectations = [] } of objects) {
    for (const told of diagnostics)
      reading.diagnostics.push({ ...told, file, range: shifted(told.range, offset) })
    if (unused !== undefined) reading.unused.push({ ...unused, file, range: shifted(unused.range, offset) })
    for (const expectation of expectations)
      reading.expectations.push({ ...expectation, file, range: shifted(expectation.range, offset) })
    if (stored !== undefined) store(reading, stored, file, offset)
  }
}

function store(reading: Reading, stored: StoredObject, file: string, offset: number): void {
  const { kind, name } = stored
  const nameRange = shifted(stored.nameRange, offset)
  const placed = (source: ResourceSource): ResourceSource => ({
    ...source,
    file,
    range: shifted(source.range, offset),
  })
  const place = <T>(
    map: Map<string, Placed<T>>,
    key: ResourceKey,
    object: T,
    called: string,
    label: string,
  ) => {
    const earlier = map.get(key)
    if (earlier !== undefined) {
      const twice = diagnostic(
        'same-name-twice',
        { kind: called, name: label },
        earlier.file,
        earlier.nameRange,
      )
      reading.diagnostics.push({ ...twice, resource: label })
    }
    map.set(key, { object, file, nameRange })
  }
  const source = placed(stored.source)
  reading.sources.set(stored.resource, source)
  if (stored.namespace) place(reading.namespaces, stored.resource, stored.namespace, kind, name)
  if (stored.policy) place(reading.policies, stored.resource, stored.policy, kind, name)
  if (stored.templatePath !== undefined) {
    // The pods of an earlier workload of that name go with it: it may have had more of them.
    for (const pod of reading.workloads.get(stored.resource)?.object ?? []) {
      reading.pods.delete(pod)
      reading.sources.delete(pod)
    }
    const pods = (stored.pods ?? []).map(podResource)
    place(reading.workloads, stored.resource, pods, kind, name)
  }
  const podSource = stored.podSource === stored.source ? source : placed(stored.podSource)
  for (const pod of stored.pods ?? []) {
    place(reading.pods, podResource(pod), pod, 'Pod', `${pod.namespace}/${pod.name}`)
    reading.sources.set(podResource(pod), podSource)
  }
}
