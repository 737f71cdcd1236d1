import { stringify } from 'yaml'
import type { Cluster } from '../src/model/cluster.ts'

/** The cluster as a person would keep it: one YAML document an object. */
export function manifestsOf(cluster: Cluster): string {
  const objects = [
    ...cluster.namespaces.map(({ name, labels }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...cluster.pods.map(({ namespace, name, labels, ip, phase, containerPorts }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { containers: [{ name: 'main', image: 'app', ports: containerPorts }] },
      status: { phase, podIP: ip },
    })),
    ...cluster.policies.map(({ namespace, name, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec,
    })),
  ]
  return objects.map(object => stringify(object, { aliasDuplicateObjects: false })).join('---\n')
}
