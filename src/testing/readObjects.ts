import type { Cluster } from '../model/cluster.ts'
import type { Labels } from '../model/labels.ts'
import type { NetworkPolicySpec } from '../model/networkPolicy.ts'

/** What vectors hold of a Kubernetes object, as far as tests look at it. */
export interface VectorObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels }
  readonly spec?: NetworkPolicySpec & {
    readonly hostNetwork?: boolean
    readonly containers?: readonly {
      readonly ports?: readonly {
        readonly name?: string
        readonly protocol?: string
        readonly containerPort: number
      }[]
    }[]
  }
  readonly status?: { readonly podIP?: string; readonly phase?: string }
}

/** Objects of a vector in the form in which the API server keeps them, as a cluster. */
export function clusterOfObjects(objects: readonly VectorObject[]): Cluster {
  const ofKind = (kind: string) => objects.filter(object => object.kind === kind)
  return {
    namespaces: ofKind('Namespace').map(({ metadata: { name, labels = {} } }) => ({ name, labels })),
    pods: ofKind('Pod').map(({ metadata, spec, status }) => ({
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
      labels: metadata.labels ?? {},
      ip: status?.podIP ?? '',
      hostNetwork: spec?.hostNetwork ?? false,
      phase: status?.phase ?? '',
      containerPorts: (spec?.containers ?? []).flatMap(({ ports = [] }) =>
        ports.map(({ name = '', protocol = 'TCP', containerPort }) => ({ name, protocol, containerPort })),
      ),
    })),
    policies: ofKind('NetworkPolicy').map(({ metadata, spec }) => ({
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
      spec: spec ?? {},
    })),
  }
}
