import type { GraphEdge, GraphGroup, GraphModel, GraphNode } from '../model/picture.ts'

export function nodeFixture(more: Partial<GraphNode> & Pick<GraphNode, 'id'>): GraphNode {
  return {
    kind: 'pods',
    parent: undefined,
    namespace: undefined,
    endpoints: [0],
    namespaces: [],
    title: '',
    detail: '',
    assumed: false,
    hostNetwork: false,
    isolated: { ingress: false, egress: false },
    policies: { ingress: [], egress: [] },
    exceptOf: [],
    namedBy: [],
    canUnfold: false,
    fold: undefined,
    within: undefined,
    ...more,
  }
}

export function groupFixture(more: Partial<GraphGroup> & Pick<GraphGroup, 'namespace'>): GraphGroup {
  return { id: `ns:${more.namespace}`, kind: 'namespace', labels: {}, pods: 1, assumed: false, ...more }
}

/** From `pod:a/web` to `pod:a/db`. */
export function edgeFixture(more: Partial<GraphEdge>): GraphEdge {
  return {
    id: 'pod:a/web > pod:a/db',
    source: 'pod:a/web',
    target: 'pod:a/db',
    verdict: 'allowed',
    deviates: false,
    back: 'none',
    label: '',
    note: '',
    flows: [],
    change: 'none',
    reason: '',
    name: '',
    ...more,
  }
}

export function modelFixture(more: Partial<GraphModel>): GraphModel {
  return {
    groups: [],
    nodes: [],
    edges: [],
    counts: { allowed: 0, partial: 0, blocked: 0, unrestricted: 0, deviates: 0, changed: 0 },
    omitted: { closedNamespaces: 0, blockedFlows: 0, unrestrictedFlows: 0, excessFlows: 0 },
    ...more,
  }
}
