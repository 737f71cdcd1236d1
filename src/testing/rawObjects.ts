import type { Namespace, Pod } from '../model/cluster.ts'
import type { Labels } from '../model/labels.ts'
import type { NetworkPolicy, NetworkPolicySpec } from '../model/networkPolicy.ts'

/** An API object as it stands in a vector: no defaults applied. */
export interface RawObject {
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Labels | null
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
  }
  readonly spec?: unknown
  readonly status?: { readonly phase?: string; readonly podIP?: string }
}

interface RawPodSpec {
  readonly hostNetwork?: boolean
  readonly containers?: readonly {
    readonly ports?:
      | readonly {
          readonly name?: string
          readonly protocol?: string | null
          readonly containerPort: number
        }[]
      | null
  }[]
}

/** A copy without the fields that are null, at any depth: the model has no null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)]),
  )
}

function deletion(object: RawObject): Pick<Pod, 'deletionTimestamp' | 'deletionGracePeriodSeconds'> {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata
  return {
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  }
}

export function rawNamespace(object: RawObject): Namespace {
  return { name: object.metadata.name, labels: object.metadata.labels ?? {}, ...deletion(object) }
}

export function rawPod(object: RawObject): Pod {
  const spec = (object.spec ?? {}) as RawPodSpec
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    labels: object.metadata.labels ?? {},
    ip: object.status?.podIP ?? '',
    hostNetwork: spec.hostNetwork ?? false,
    phase: object.status?.phase ?? '',
    containerPorts: (spec.containers ?? []).flatMap(container =>
      (container.ports ?? []).map(port => ({
        name: port.name ?? '',
        protocol: port.protocol ?? '',
        containerPort: port.containerPort,
      })),
    ),
    ...deletion(object),
  }
}

export function rawPolicy(object: RawObject): NetworkPolicy {
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    spec: withoutNulls(object.spec ?? {}) as NetworkPolicySpec,
    ...deletion(object),
  }
}
