import type { Endpoint } from '../model/connectivity.ts'
import { matchesSelector } from '../model/labels.ts'
import { policyKey } from '../model/networkPolicy.ts'
import type { Analysis } from '../model/protocol.ts'
import type { GraphModel } from '../model/picture.ts'

/** What the panes may point at, as far as the graph can show it; other kinds light nothing. */
export type GraphTarget =
  | { readonly kind: 'endpoint'; readonly id: string }
  | { readonly kind: 'flow'; readonly src: string; readonly dst: string }
  | { readonly kind: 'policy'; readonly key: string }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'origin'; readonly resource: string; readonly path: string }
  | { readonly kind: 'chain' | 'rule' | 'set' }

/** What is needed besides the picture to know what belongs to a selection. */
export type HighlightInput = Pick<Analysis, 'endpoints' | 'policies'>

export interface Highlight {
  /** The nodes and groups that are meant; the others only belong to them. */
  readonly chosen: ReadonlySet<string>
  readonly nodes: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
}

export const NO_HIGHLIGHT: Highlight = {
  chosen: new Set(),
  nodes: new Set(),
  edges: new Set(),
  groups: new Set(),
}

/** The nodes and edges that a selection is about. `via` gives the resources that a chain, rule or set stems from. */
export function highlightOf(
  model: GraphModel,
  input: HighlightInput,
  target: GraphTarget | undefined,
  via: readonly string[] = [],
): Highlight {
  if (target === undefined) return NO_HIGHLIGHT
  switch (target.kind) {
    case 'endpoint':
      return aroundNodes(model, nodesHolding(model, input, new Set([target.id])))
    case 'flow':
      return flowHighlight(model, input, target.src, target.dst)
    case 'namespace':
      return namespaceHighlight(model, target.name)
    case 'policy':
      return policiesHighlight(model, input, new Set([target.key]))
    case 'origin':
      return resourcesHighlight(model, input, [target.resource])
    case 'chain':
    case 'rule':
    case 'set':
      return resourcesHighlight(model, input, via)
  }
}

function nodesHolding(
  model: GraphModel,
  input: HighlightInput,
  ids: ReadonlySet<string>,
): ReadonlySet<string> {
  const { endpoints } = input
  const held = model.nodes.filter(node => node.endpoints.some(index => ids.has(endpoints[index]?.id ?? '')))
  return new Set(held.map(node => node.id))
}

/** Nodes with their edges and what these lead to. */
function aroundNodes(model: GraphModel, nodes: ReadonlySet<string>): Highlight {
  const edges = model.edges.filter(edge => nodes.has(edge.source) || nodes.has(edge.target))
  return {
    chosen: nodes,
    nodes: new Set([...nodes, ...edges.flatMap(edge => [edge.source, edge.target])]),
    edges: new Set(edges.map(edge => edge.id)),
    groups: new Set(),
  }
}

function flowHighlight(model: GraphModel, input: HighlightInput, src: string, dst: string): Highlight {
  const sources = nodesHolding(model, input, new Set([src]))
  const targets = nodesHolding(model, input, new Set([dst]))
  const edges = model.edges.filter(edge =>
    edge.flows.some(flow => sources.has(flow.source) && targets.has(flow.target)),
  )
  return {
    chosen: new Set([...sources, ...targets]),
    nodes: new Set([...sources, ...targets]),
    edges: new Set(edges.map(edge => edge.id)),
    groups: new Set(),
  }
}

function namespaceHighlight(model: GraphModel, name: string): Highlight {
  const own = new Set(model.nodes.filter(node => node.namespace === name).map(node => node.id))
  const groups = model.groups.filter(group => group.namespace === name).map(group => group.id)
  const around = aroundNodes(model, own)
  return { ...around, groups: new Set(groups), ...(groups.length > 0 && { chosen: new Set(groups) }) }
}

/** The pods that the policies select, and the governed edges at the ends that they govern. */
function policiesHighlight(model: GraphModel, input: HighlightInput, keys: ReadonlySet<string>): Highlight {
  const policies = input.policies.filter(policy => keys.has(policyKey(policy)))
  const selects = (endpoint: Endpoint | undefined, type: 'Ingress' | 'Egress' | undefined): boolean =>
    endpoint?.kind === 'pod' &&
    policies.some(
      policy =>
        policy.namespace === endpoint.namespace &&
        (type === undefined || policy.spec.policyTypes?.includes(type) === true) &&
        matchesSelector(endpoint.labels, policy.spec.podSelector ?? {}),
    )
  const holding = (type: 'Ingress' | 'Egress' | undefined): ReadonlySet<string> =>
    new Set(
      model.nodes
        .filter(node => node.endpoints.some(index => selects(input.endpoints[index], type)))
        .map(node => node.id),
    )
  const egress = holding('Egress')
  const ingress = holding('Ingress')
  const edges = model.edges.filter(edge =>
    edge.flows.some(flow => flow.kind.governed && (egress.has(flow.source) || ingress.has(flow.target))),
  )
  const named = model.nodes.filter(node => [...node.namedBy, ...node.exceptOf].some(key => keys.has(key)))
  const selected = holding(undefined)
  return {
    chosen: selected,
    nodes: new Set([
      ...selected,
      ...named.map(node => node.id),
      ...edges.flatMap(edge => [edge.source, edge.target]),
    ]),
    edges: new Set(edges.map(edge => edge.id)),
    groups: new Set(),
  }
}

/** Resources by key, `NetworkPolicy/default/web`: policies, pods, workloads, namespaces. */
function resourcesHighlight(
  model: GraphModel,
  input: HighlightInput,
  resources: readonly string[],
): Highlight {
  const policies = new Set<string>()
  const pods = new Set<string>()
  const namespaces = new Set<string>()
  for (const resource of resources) {
    const slash = resource.indexOf('/')
    const kind = resource.slice(0, slash)
    const name = resource.slice(slash + 1)
    if (kind === 'NetworkPolicy') policies.add(name)
    else if (kind === 'Namespace') namespaces.add(name)
    else if (kind === 'Pod') pods.add(`pod:${name}`)
    else
      for (const endpoint of input.endpoints)
        if (endpoint.kind === 'pod' && endpoint.workload === resource) pods.add(endpoint.id)
  }
  const parts = [
    ...(policies.size > 0 ? [policiesHighlight(model, input, policies)] : []),
    ...(pods.size > 0 ? [aroundNodes(model, nodesHolding(model, input, pods))] : []),
    ...[...namespaces].map(name => namespaceHighlight(model, name)),
  ]
  return {
    chosen: new Set(parts.flatMap(part => [...part.chosen])),
    nodes: new Set(parts.flatMap(part => [...part.nodes])),
    edges: new Set(parts.flatMap(part => [...part.edges])),
    groups: new Set(parts.flatMap(part => [...part.groups])),
  }
}
