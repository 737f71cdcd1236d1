import { manifest, objectMeta } from './policyShape.ts'
import type { Manifest, ObjectMeta } from './policyShape.ts'
import { anything, bool, integer, list, struct, text } from './shapes.ts'
import type { Shape } from './shapes.ts'

export interface PortSpec {
  readonly name?: string
  readonly protocol?: string
  readonly containerPort?: number
  readonly hostPort?: number
}

export interface ContainerSpec {
  readonly name?: string
  readonly ports?: readonly PortSpec[]
}

export interface PodSpec {
  readonly hostNetwork?: boolean
  readonly containers?: readonly ContainerSpec[]
  readonly initContainers?: readonly ContainerSpec[]
}

export interface PodStatus {
  readonly phase?: string
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip?: string }[]
}

export interface PodManifest extends Manifest<PodSpec> {
  readonly status?: PodStatus
}

const portSpec = struct<PortSpec>(
  'ContainerPort',
  {
    name: text(),
    protocol: text('v1.Protocol'),
    containerPort: integer('int32'),
    hostPort: integer('int32'),
  },
  ['hostIP'],
)

const container = struct<ContainerSpec>(
  'Container',
  { name: text(), ports: list(portSpec) },
  (
    'image command args workingDir envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts ' +
    'volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath ' +
    'terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty'
  ).split(' '),
)

const podSpec: Shape<PodSpec> = struct<PodSpec>(
  'PodSpec',
  { hostNetwork: bool(), containers: list(container), initContainers: list(container) },
  (
    'volumes ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy ' +
    'nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostPID hostIPC ' +
    'shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations ' +
    'hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks ' +
    'preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates ' +
    'resourceClaims resources hostnameOverride workloadRef schedulingGroup'
  ).split(' '),
)

const podStatus: Shape<PodStatus> = struct<PodStatus>(
  'PodStatus',
  {
    phase: text('v1.PodPhase'),
    podIP: text(),
    podIPs: list(struct<{ readonly ip?: string }>('PodIP', { ip: text() }, [])),
  },
  (
    'observedGeneration conditions message reason nominatedNodeName hostIP hostIPs startTime ' +
    'initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses resize ' +
    'resourceClaimStatuses extendedResourceClaimStatus allocatedResources resources'
  ).split(' '),
)

export const podManifest: Shape<PodManifest> = struct<PodManifest>('Pod', {
  apiVersion: text(),
  kind: text(),
  metadata: objectMeta,
  spec: podSpec,
  status: podStatus,
})

export interface PodTemplate {
  readonly metadata?: ObjectMeta
  readonly spec?: PodSpec
}

const podTemplate: Shape<PodTemplate> = struct<PodTemplate>('PodTemplateSpec', {
  metadata: objectMeta,
  spec: podSpec,
})

/** What the workload kinds have in common with a Job's own counting and a StatefulSet's first number. */
export interface WorkloadSpec {
  readonly replicas?: number
  readonly template?: PodTemplate
  readonly parallelism?: number
  readonly completions?: number
  readonly suspend?: boolean
  readonly ordinals?: { readonly start?: number }
  /** CronJob only. */
  readonly jobTemplate?: { readonly spec?: WorkloadSpec }
}

export type WorkloadManifest = Manifest<WorkloadSpec>

type WorkloadField = keyof WorkloadSpec

const workloadFields: { readonly [K in WorkloadField]-?: Shape<WorkloadSpec[K]> } = {
  replicas: integer('int32'),
  template: podTemplate,
  parallelism: integer('int32'),
  completions: integer('int32'),
  suspend: bool(),
  ordinals: struct<{ readonly start?: number }>('StatefulSetOrdinals', { start: integer('int32') }),
  jobTemplate: anything(),
}

function workloadSpec(
  name: string,
  used: readonly WorkloadField[],
  ignored: string,
  more: Partial<typeof workloadFields> = {},
): Shape<WorkloadSpec> {
  const fields = Object.fromEntries(used.map(field => [field, more[field] ?? workloadFields[field]]))
  return struct<WorkloadSpec>(name, fields as never, ignored.split(' '))
}

const jobSpec = workloadSpec(
  'JobSpec',
  ['template', 'parallelism', 'completions', 'suspend'],
  'activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector ' +
    'manualSelector ttlSecondsAfterFinished completionMode podReplacementPolicy managedBy scheduling',
)

const jobTemplate = struct<{ readonly spec?: WorkloadSpec }>('JobTemplateSpec', { spec: jobSpec }, [
  'metadata',
])

/** By kind. Other fields than those that make pods are known by name only. */
export const workloadManifests: ReadonlyMap<string, Shape<WorkloadManifest>> = new Map(
  [
    [
      'Deployment',
      workloadSpec(
        'DeploymentSpec',
        ['replicas', 'template'],
        'selector strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds',
      ),
    ] as const,
    [
      'StatefulSet',
      workloadSpec(
        'StatefulSetSpec',
        ['replicas', 'template', 'ordinals'],
        'selector volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit ' +
          'minReadySeconds persistentVolumeClaimRetentionPolicy',
      ),
    ] as const,
    [
      'DaemonSet',
      workloadSpec(
        'DaemonSetSpec',
        ['template'],
        'selector updateStrategy minReadySeconds revisionHistoryLimit',
      ),
    ] as const,
    [
      'ReplicaSet',
      workloadSpec('ReplicaSetSpec', ['replicas', 'template'], 'selector minReadySeconds'),
    ] as const,
    [
      'ReplicationController',
      workloadSpec('ReplicationControllerSpec', ['replicas', 'template'], 'selector minReadySeconds'),
    ] as const,
    ['Job', jobSpec] as const,
    [
      'CronJob',
      workloadSpec(
        'CronJobSpec',
        ['jobTemplate', 'suspend'],
        'schedule timeZone startingDeadlineSeconds concurrencyPolicy successfulJobsHistoryLimit failedJobsHistoryLimit',
        { jobTemplate },
      ),
    ] as const,
  ].map(([kind, spec]) => [kind, manifest<WorkloadSpec>(kind, spec, ['status'])] as const),
)

/** The API version that each modelled kind is read in. */
export const API_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['NetworkPolicy', 'networking.k8s.io/v1'],
  ['Namespace', 'v1'],
  ['Pod', 'v1'],
  ['ReplicationController', 'v1'],
  ['Deployment', 'apps/v1'],
  ['StatefulSet', 'apps/v1'],
  ['DaemonSet', 'apps/v1'],
  ['ReplicaSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
])
