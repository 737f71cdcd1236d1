import { selectingPolicies } from '../../graph/selectingPolicies.ts'
import type { Endpoint } from '../../model/connectivity.ts'
import type { GraphSubject, GraphView } from '../../model/graphView.ts'
import { DIRECTIONS } from '../../model/networkPolicy.ts'
import type { Analysis } from '../../model/protocol.ts'
import { subjectOf } from '../../store/graphSubject.ts'
import type { FlowThing } from './flowThing.ts'

/** What there is to know of a thing whose menu is opened. */
export interface ThingAbout {
  readonly thing: FlowThing
  readonly analysis: Analysis
  readonly view: GraphView
  /** Of a node the first that it stands for; of a flow both. */
  readonly ends: readonly Endpoint[]
  /** Those that have a say. */
  readonly policies: readonly string[]
  /** The one that it is, or lies in. */
  readonly namespace: string | undefined
  readonly subjects: readonly GraphSubject[]
}

export function aboutThing(thing: FlowThing, analysis: Analysis, view: GraphView): ThingAbout {
  const { endpoints } = analysis
  const byId = (id: string): readonly Endpoint[] => endpoints.filter(endpoint => endpoint.id === id)
  const selecting = selectingPolicies(analysis.policies)
  const base = { thing, analysis, view }
  const subjectsOf = (ends: readonly Endpoint[]): readonly GraphSubject[] =>
    ends.flatMap(({ id }) => subjectOf('focus', { kind: 'endpoint', id }, analysis) ?? [])
  switch (thing.kind) {
    case 'picture':
      return { ...base, ends: [], policies: [], namespace: undefined, subjects: [] }
    case 'group': {
      const { kind, namespace } = thing.group
      if (kind === 'lane') return { ...base, ends: [], policies: [], namespace: undefined, subjects: [] }
      return {
        ...base,
        ends: [],
        policies: [],
        namespace,
        subjects: [{ kind: 'namespace', name: namespace }],
      }
    }
    case 'flow': {
      const [source, target] = [byId(thing.src), byId(thing.dst)]
      const ends = [...source, ...target]
      const policies = [
        ...source.flatMap(end => selecting(end, 'egress')),
        ...target.flatMap(end => selecting(end, 'ingress')),
      ]
      return {
        ...base,
        ends,
        policies: [...new Set(policies)],
        namespace: undefined,
        subjects: subjectsOf(ends),
      }
    }
    case 'node': {
      const { node } = thing
      const namespace = node.kind === 'namespace' ? (node.namespaces[0] ?? node.title) : node.namespace
      const own = node.endpoints.flatMap(index => endpoints[index] ?? [])
      const isOne = node.kind === 'pods' || node.kind === 'cidr' || node.kind === 'outside'
      const ends = isOne ? own.slice(0, 1) : []
      const policies = [
        ...DIRECTIONS.flatMap(direction => node.policies[direction]),
        ...node.namedBy,
        ...node.exceptOf,
      ]
      const subjects: readonly GraphSubject[] =
        node.kind === 'namespace' && namespace !== undefined
          ? [{ kind: 'namespace', name: namespace }]
          : (workloadOf(own) ?? subjectsOf(ends))
      return { ...base, ends, policies: [...new Set(policies)], namespace, subjects }
    }
  }
}

/** Several pods of one workload are that workload. */
function workloadOf(own: readonly Endpoint[]): readonly GraphSubject[] | undefined {
  const [first] = own
  if (own.length < 2 || first?.kind !== 'pod' || first.workload === undefined) return undefined
  const name = first.workload
  return own.every(end => end.kind === 'pod' && end.workload === name)
    ? [{ kind: 'workload', name }]
    : undefined
}
