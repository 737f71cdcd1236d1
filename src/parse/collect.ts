import type { Cluster, Namespace, Pod } from '../model/cluster.ts'
import { podResource } from '../model/cluster.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import type { ResourceKey, ResourceSource, TextRange } from '../model/origin.ts'
import type { UnusedResource } from '../model/protocol.ts'
import type { Admission, Stored } from './admission.ts'
import { admit, nameIn, objectsOf } from './admission.ts'
import { shifted } from './documents.ts'
import type { FieldRanges } from './fieldRanges.ts'
import { fieldRanges, resourceSource, templateSource, underline } from './fieldRanges.ts'
import type { MessageArgs, MessageCode } from './messages.ts'
import { messageOf, severityOf } from './messages.ts'
import type { Issue } from './shapes.ts'
import type { Tree } from './tree.ts'

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

/** Takes in one document: its objects, what is wrong with them, and where they stand. */
export function readDocument(reading: Reading, file: string, document: Tree, offset: number): void {
  const { objects, issues } = objectsOf(document)
  for (const { tree, issue } of issues)
    reading.diagnostics.push(issueDiagnostic(issue, '', file, fieldRanges(tree, offset)))
  for (const { tree, inherited } of objects) {
    const admission = admit(tree, inherited)
    if (admission.unused) {
      const { kind, name } = admission
      reading.unused.push({ kind, name, file, range: shifted(tree.range, offset) })
      continue
    }
    const fields = fieldRanges(tree, offset)
    for (const issue of admission.issues)
      reading.diagnostics.push(issueDiagnostic(issue, admission.name || nameIn(tree), file, fields))
    if (admission.stored !== undefined) store(reading, admission, admission.stored, file, fields)
  }
}

function store(
  reading: Reading,
  { kind, name }: Admission,
  stored: Stored,
  file: string,
  fields: FieldRanges,
): void {
  const nameRange = underline(fields, 'metadata.name', 'value')
  const source = resourceSource(file, fields)
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
  const podSource = stored.templatePath === undefined ? source : templateSource(source, stored.templatePath)
  for (const pod of stored.pods ?? []) {
    place(reading.pods, podResource(pod), pod, 'Pod', `${pod.namespace}/${pod.name}`)
    reading.sources.set(podResource(pod), podSource)
  }
}

export function diagnostic(code: MessageCode, args: MessageArgs, file: string, range: TextRange): Diagnostic {
  return { code, severity: severityOf(code), args, message: messageOf(code, args), file, range }
}

function issueDiagnostic(issue: Issue, resource: string, file: string, fields: FieldRanges): Diagnostic {
  const part = issue.code === 'unknown-field' ? 'key' : 'value'
  const range = underline(fields, issue.at ?? issue.path, part)
  return {
    ...diagnostic(issue.code, { path: issue.path, ...issue.args }, file, range),
    ...(resource !== '' && { resource }),
    path: issue.path,
  }
}
