import type { Namespace, Pod } from '../model/cluster.ts'
import { namespaceResource } from '../model/cluster.ts'
import type { NetworkPolicy } from '../model/networkPolicy.ts'
import type { ResourceKey } from '../model/origin.ts'
import { namespaceOf, storedNamespace, storedNetworkPolicy, storedPod, storedStatus } from './defaults.ts'
import { severityOf } from './messages.ts'
import { API_VERSIONS, podManifest, workloadManifests } from './podShape.ts'
import type { Manifest, ObjectMeta } from './policyShape.ts'
import { namespaceManifest, networkPolicyManifest } from './policyShape.ts'
import { isReadAsMeant } from './shapes.ts'
import type { Issue, Shape } from './shapes.ts'
import type { Tree } from './tree.ts'
import { validateNamespace, validateNetworkPolicy, validatePod, validateWorkload } from './validate.ts'
import { MAX_REPLICAS, workloadPods } from './workloads.ts'

/** What an object brings into the cluster. */
export interface Stored {
  readonly resource: ResourceKey
  readonly namespace?: Namespace
  readonly policy?: NetworkPolicy
  /** One for a Pod, any number for a workload. */
  readonly pods?: readonly Pod[]
  /** Of a workload: where its pods' fields stand. */
  readonly templatePath?: string
}

export interface Admission {
  readonly kind: string
  /** `ns/name`, or `name` where there is no namespace; `''` when the object has no name. */
  readonly name: string
  readonly issues: readonly Issue[]
  /** Absent when the object is refused, or takes no part. */
  readonly stored?: Stored
  /** A kind that is not modelled. */
  readonly unused: boolean
}

/** What the items of a typed list may leave out (R13). */
export interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

/** Groups of Kubernetes itself: a modelled kind in another version of them is a slip, elsewhere another thing. */
const OWN_GROUPS = /^(?:v[0-9][0-9a-z]*|(?:apps|batch|extensions|networking\.k8s\.io)\/.*)$/

/** Reads, defaults and validates one object as `kubectl apply` would have it (kubernetes-admission sections 1–4). */
export function admit(tree: Tree, inherited?: TypeMeta): Admission {
  const refused = (issues: readonly Issue[], kind = ''): Admission => ({
    kind,
    name: nameIn(tree),
    issues,
    unused: false,
  })
  if (tree.kind !== 'map') return refused([{ code: 'not-an-object', path: '', args: {} }])
  const types = readTypes(tree, inherited)
  if (!('kind' in types)) return refused(types)
  const { apiVersion, kind } = types
  const known = [...API_VERSIONS].find(([name]) => name.toLowerCase() === kind.toLowerCase())
  if (known === undefined || (known[1] !== apiVersion && !OWN_GROUPS.test(apiVersion)))
    return { kind, name: nameIn(tree), issues: [], unused: true }
  const [wantedKind, wanted] = known
  if (wantedKind !== kind || wanted !== apiVersion)
    return refused([
      {
        code: 'unknown-version',
        path: wantedKind === kind ? 'apiVersion' : 'kind',
        args: { kind, apiVersion, wanted, wantedKind },
      },
    ])
  return admitKind(tree, kind)
}

function readTypes(tree: Tree & { readonly kind: 'map' }, inherited?: TypeMeta): TypeMeta | readonly Issue[] {
  const issues: Issue[] = []
  const read = (field: 'apiVersion' | 'kind', missing: 'api-version-not-set' | 'kind-not-set'): string => {
    const value = tree.entries.get(field)?.value
    if (value?.kind === 'string' && value.value !== '') return value.value
    if (value === undefined && inherited !== undefined) return inherited[field]
    const absent = value === undefined || value.kind === 'null' || value.kind === 'string'
    issues.push({ code: absent ? missing : 'not-string-type', path: field, args: {} })
    return ''
  }
  const types = { apiVersion: read('apiVersion', 'api-version-not-set'), kind: read('kind', 'kind-not-set') }
  return issues.length > 0 ? issues : types
}

/** For messages about objects that cannot be read as such. */
export function nameIn(tree: Tree): string {
  const metadata = tree.kind === 'map' ? tree.entries.get('metadata')?.value : undefined
  const read = (field: string): string => {
    const value = metadata?.kind === 'map' ? metadata.entries.get(field)?.value : undefined
    return value?.kind === 'string' ? value.value : ''
  }
  const kind = tree.kind === 'map' ? tree.entries.get('kind')?.value : undefined
  const known = kind?.kind === 'string' && API_VERSIONS.has(kind.value)
  const namespace = read('namespace')
  // Of a kind that is not modelled nobody here knows whether it lives in a namespace.
  const namespaced = known ? kind.value !== 'Namespace' : namespace !== ''
  return qualified({ name: read('name'), namespace }, namespaced)
}

function qualified(meta: ObjectMeta, namespaced: boolean): string {
  const { name = '' } = meta
  return name === '' || !namespaced ? name : `${namespaceOf(meta)}/${name}`
}

function admitKind(tree: Tree, kind: string): Admission {
  switch (kind) {
    case 'NetworkPolicy':
      return finish(tree, kind, networkPolicyManifest, true, ({ spec = {} }, meta) => ({
        issues: validateNetworkPolicy(meta, spec),
        stored: { policy: storedNetworkPolicy(meta, spec) },
      }))
    case 'Namespace':
      return finish(tree, kind, namespaceManifest, false, (_, meta) => ({
        issues: validateNamespace(meta),
        stored: { namespace: storedNamespace(meta) },
      }))
    case 'Pod':
      return finish(tree, kind, podManifest, true, ({ spec = {}, status }, meta) => ({
        issues: validatePod(meta, spec),
        stored: { pods: [storedPod(meta, spec, storedStatus(status))] },
      }))
  }
  const shape = workloadManifests.get(kind)
  if (shape === undefined) return { kind, name: nameIn(tree), issues: [], unused: true }
  return finish(tree, kind, shape, true, ({ spec = {} }, meta) => {
    const { pods, template, templatePath, wanted } = workloadPods(kind, meta, spec)
    return {
      issues: [
        ...validateWorkload(meta, templatePath, template),
        ...replicaHints(`${kind} ${meta.name ?? ''}`, wanted),
      ],
      stored: { pods, templatePath },
    }
  })
}

function replicaHints(name: string, wanted: number): readonly Issue[] {
  if (wanted === 0) return [{ code: 'no-replicas', path: 'spec.replicas', args: { name } }]
  if (wanted <= MAX_REPLICAS) return []
  return [{ code: 'replicas-shown', path: 'spec.replicas', args: { name, shown: MAX_REPLICAS, wanted } }]
}

type Outcome = Omit<Stored, 'resource'>

function finish<M extends Manifest<unknown>>(
  tree: Tree,
  kind: string,
  shape: Shape<M>,
  namespaced: boolean,
  examine: (manifest: M, meta: ObjectMeta) => { readonly issues: readonly Issue[]; readonly stored: Outcome },
): Admission {
  const found: Issue[] = []
  const manifest = shape.read(tree, { path: '', struct: kind, field: '' }, found) ?? shape.zero
  const decoding = found.filter(issue => !isPrintedStatus(issue, tree))
  const meta = manifest.metadata ?? {}
  const name = qualified(meta, namespaced)
  // What cannot be decoded is not validated: half of it is missing.
  if (!decoding.every(isReadAsMeant)) return { kind, name, issues: decoding, unused: false }
  const { issues: invalid, stored } = examine(manifest, meta)
  const issues = [...decoding, ...invalid]
  if (invalid.some(({ code }) => severityOf(code) === 'error')) return { kind, name, issues, unused: false }
  const resource = kind === 'Namespace' ? namespaceResource(meta.name ?? '') : `${kind}/${name}`
  return { kind, name, issues, unused: false, stored: { resource, ...stored } }
}

/**
 * Servers before 1.28 print a `status` for every NetworkPolicy, which is no field of it any more. In what a server has
 * printed it is no slip; in what somebody wrote it is.
 */
function isPrintedStatus({ code, path }: Issue, tree: Tree): boolean {
  if (code !== 'unknown-field' || path !== 'status' || tree.kind !== 'map') return false
  const metadata = tree.entries.get('metadata')?.value
  return metadata?.kind === 'map' && (metadata.entries.has('uid') || metadata.entries.has('resourceVersion'))
}

/** One object of a document: the document itself, or an element of its list. */
export interface DocumentObject {
  readonly tree: Tree
  readonly inherited?: TypeMeta
}

/** R13: an object whose kind ends in `List` and that has `items` is those; one level deep. */
export function objectsOf(tree: Tree): {
  readonly objects: readonly DocumentObject[]
  readonly issues: readonly { readonly tree: Tree; readonly issue: Issue }[]
} {
  const types = listTypes(tree)
  if (types === undefined || tree.kind !== 'map') return { objects: [{ tree }], issues: [] }
  const items = tree.entries.get('items')?.value
  if (items?.kind !== 'list')
    return { objects: [], issues: [{ tree, issue: { code: 'list-without-items', path: 'kind', args: {} } }] }
  const nested = items.items.filter(item => listTypes(item)?.kind === 'List')
  const inherited =
    types.kind === 'List'
      ? undefined
      : { apiVersion: types.apiVersion, kind: types.kind.slice(0, -'List'.length) }
  return {
    objects: items.items
      .filter(item => !nested.includes(item))
      .map(item => ({ tree: item, ...(inherited && { inherited }) })),
    issues: nested.map(item => ({ tree: item, issue: { code: 'list-in-list', path: 'kind', args: {} } })),
  }
}

/** The type of a list; `undefined` for anything else. A kind such as `AccessList` without items is an object. */
function listTypes(tree: Tree): TypeMeta | undefined {
  if (tree.kind !== 'map') return undefined
  const kind = tree.entries.get('kind')?.value
  const apiVersion = tree.entries.get('apiVersion')?.value
  if (kind?.kind !== 'string' || !kind.value.endsWith('List')) return undefined
  const known = kind.value === 'List' || API_VERSIONS.has(kind.value.slice(0, -'List'.length))
  if (!known && !tree.entries.has('items')) return undefined
  return { kind: kind.value, apiVersion: apiVersion?.kind === 'string' ? apiVersion.value : '' }
}
