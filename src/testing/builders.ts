import type { Cluster, ContainerPort, Namespace, Pod } from '../model/cluster.ts'
import type { Labels } from '../model/labels.ts'
import { METADATA_NAME_LABEL } from '../model/labels.ts'
import type { NetworkPolicy, NetworkPolicySpec } from '../model/networkPolicy.ts'

/** A namespace as the API server keeps it, with the label of its name. */
export function namespace(name: string, labels: Labels = {}, more: Partial<Namespace> = {}): Namespace {
  return { name, labels: { ...labels, [METADATA_NAME_LABEL]: name }, ...more }
}

/** A running pod: `pod('x/a', { ip: '10.0.0.1', labels: { app: 'web' } })`. */
export function pod(key: string, more: Partial<Omit<Pod, 'namespace' | 'name'>> = {}): Pod {
  const { namespace, name } = splitKey(key)
  return {
    namespace,
    name,
    labels: {},
    ip: '',
    hostNetwork: false,
    phase: 'Running',
    containerPorts: [],
    ...more,
  }
}

export function containerPort(name: string, containerPort: number, protocol = 'TCP'): ContainerPort {
  return { name, protocol, containerPort }
}

/** A policy for all pods of its namespace, by default one that isolates for ingress. */
export function policy(
  key: string,
  spec: Partial<NetworkPolicySpec> = {},
  more: Partial<Omit<NetworkPolicy, 'namespace' | 'name' | 'spec'>> = {},
): NetworkPolicy {
  return { ...splitKey(key), spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec }, ...more }
}

/** Declares the namespaces that pods and policies live in and that are not given. */
export function cluster(parts: Partial<Cluster> = {}): Cluster {
  const { namespaces = [], pods = [], policies = [] } = parts
  const given = new Set(namespaces.map(({ name }) => name))
  const used = new Set([...pods, ...policies].map(({ namespace }) => namespace))
  return {
    namespaces: [...namespaces, ...[...used].filter(name => !given.has(name)).map(name => namespace(name))],
    pods,
    policies,
  }
}

function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const [namespace, name] = key.split('/')
  if (namespace === undefined || name === undefined) throw new Error(`not a namespace/name: ${key}`)
  return { namespace, name }
}
