import type { GraphMode, GraphSubject, GraphView } from '../model/graphView.ts'
import { policyKey } from '../model/networkPolicy.ts'
import { compareBytes } from '../model/order.ts'
import type { Analysis } from '../model/protocol.ts'
import type { Selection } from './selection.ts'

/** What a focus or policy view may be about, as a person names it. */
export interface NamedSubject {
  readonly subject: GraphSubject
  /** `shop/web` */
  readonly text: string
  /** `workload, 3 pods` */
  readonly about: string
}

/** Everything that a view of that mode may be about, the most telling first. */
export function subjectsFor(
  mode: GraphMode,
  { endpoints, policies }: Pick<Analysis, 'endpoints' | 'policies'>,
): readonly NamedSubject[] {
  if (mode === 'policy')
    return policies
      .map(policy => ({
        subject: { kind: 'policy' as const, name: policyKey(policy) },
        text: policyKey(policy),
        about: (policy.spec.policyTypes ?? []).join(', '),
      }))
      .toSorted((a, b) => compareBytes(a.text, b.text))
  const workloads = new Map<string, number>()
  const namespaces = new Map<string, number>()
  for (const endpoint of endpoints) {
    if (endpoint.kind !== 'pod') continue
    namespaces.set(endpoint.namespace, (namespaces.get(endpoint.namespace) ?? 0) + 1)
    const { workload } = endpoint
    if (workload !== undefined) workloads.set(workload, (workloads.get(workload) ?? 0) + 1)
  }
  return [
    ...[...workloads].map(([name, pods]) => ({
      subject: { kind: 'workload' as const, name },
      text: name.slice(name.indexOf('/') + 1),
      about: `${name.slice(0, name.indexOf('/'))}, ${countOfPods(pods)}`,
    })),
    ...endpoints.flatMap(endpoint => subjectOfEndpoint(endpoint)),
    ...[...namespaces].map(([name, pods]) => ({
      subject: { kind: 'namespace' as const, name },
      text: name,
      about: `namespace, ${countOfPods(pods)}`,
    })),
  ]
}

function countOfPods(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`
}

function subjectOfEndpoint(endpoint: Analysis['endpoints'][number]): readonly NamedSubject[] {
  switch (endpoint.kind) {
    case 'pod': {
      const name = `${endpoint.namespace}/${endpoint.name}`
      return [{ subject: { kind: 'pod', name }, text: name, about: 'pod' }]
    }
    case 'cidr':
      return [{ subject: { kind: 'cidr', name: endpoint.cidr }, text: endpoint.cidr, about: 'block' }]
    case 'outside':
      return [{ subject: { kind: 'outside', name: '' }, text: 'outside', about: 'every other address' }]
  }
}

/** What a view of that mode would be about while something is selected; undefined when that says nothing about it. */
export function subjectOf(
  mode: GraphMode,
  selection: Selection | undefined,
  analysis: Pick<Analysis, 'endpoints' | 'policies'>,
): GraphSubject | undefined {
  if (mode === 'policy') {
    if (selection?.kind === 'policy') return { kind: 'policy', name: selection.key }
    const key = selection?.kind === 'origin' ? policyOfResource(selection.resource) : undefined
    return key === undefined ? undefined : { kind: 'policy', name: key }
  }
  if (mode !== 'focus') return undefined
  if (selection?.kind === 'namespace') return { kind: 'namespace', name: selection.name }
  const id =
    selection?.kind === 'endpoint' ? selection.id : selection?.kind === 'flow' ? selection.dst : undefined
  const endpoint = analysis.endpoints.find(one => one.id === id)
  return endpoint && subjectOfEndpoint(endpoint)[0]?.subject
}

function policyOfResource(resource: string): string | undefined {
  const prefix = 'NetworkPolicy/'
  return resource.startsWith(prefix) ? resource.slice(prefix.length) : undefined
}

/** The view in another mode: about what is selected, else about what it was about, else about the first there is. */
export function inMode(
  view: GraphView,
  mode: GraphMode,
  selection: Selection | undefined,
  analysis: Pick<Analysis, 'endpoints' | 'policies'> | undefined,
): Pick<GraphView, 'mode' | 'subject'> {
  if ((mode !== 'focus' && mode !== 'policy') || analysis === undefined)
    return { mode, subject: view.subject }
  const before =
    view.subject !== undefined && (view.subject.kind === 'policy') === (mode === 'policy')
      ? view.subject
      : undefined
  const subject = subjectOf(mode, selection, analysis) ?? before ?? subjectsFor(mode, analysis)[0]?.subject
  return { mode, subject }
}

/** As a person names it. */
export function subjectText({ kind, name }: GraphSubject): string {
  if (kind === 'outside') return 'outside'
  return kind === 'workload' ? name.slice(name.indexOf('/') + 1) : name
}
