import {
  ALL_NAMESPACES,
  namedPortSet,
  namespaceKeySet,
  namespaceLabelSet,
  namespaceSet,
  podKeySet,
  podLabelSet,
  type SetId,
} from '../../engine/azure-npm/names.ts'
import { METADATA_NAME_LABEL } from '../../model/labels.ts'

/** Namespaces that clusters have without anybody's asking, or that many add-ons bring along. */
const NAMESPACES =
  'default kube-system kube-public kube-node-lease gatekeeper-system calico-system tigera-operator calico-apiserver cert-manager ingress-nginx ingress-basic istio-system aks-istio-system aks-istio-ingress aks-command app-routing-system azure-arc dapr-system external-secrets flux-system keda linkerd monitoring prometheus argocd velero dev test staging prod production web frontend backend'

/** Label keys of pods, with the values that are usual for them. */
const POD_LABELS: Readonly<Record<string, string>> = {
  'k8s-app':
    'kube-dns kube-dns-autoscaler coredns coredns-autoscaler metrics-server konnectivity-agent konnectivity-agent-autoscaler azure-npm azure-cns kube-proxy cloud-node-manager azure-ip-masq-agent kubernetes-dashboard calico-node calico-kube-controllers calico-typha node-local-dns',
  app: 'web frontend backend api db database redis nginx mysql postgres mongodb busybox konnectivity-agent csi-azuredisk-node csi-azurefile-node secrets-store-csi-driver secrets-store-provider-azure ama-logs ama-logs-rs omsagent cert-manager prometheus grafana istiod istio-ingressgateway client server test',
  name: 'web frontend backend api db',
  component: 'kube-proxy tunnel ama-logs-agent web api webhook controller server cainjector',
  tier: 'node frontend backend cache db database web api control-plane',
  role: 'frontend backend db web api client server master slave leader follower',
  env: 'dev test staging prod production qa',
  environment: 'dev test staging prod production qa',
  team: 'a b',
  version: 'v1 v2 v3 v20',
  pod: 'a b c',
  run: 'nginx busybox web',
  'kubernetes.azure.com/managedby': 'aks',
  'kubernetes.io/cluster-service': 'true',
  'addonmanager.kubernetes.io/mode': 'Reconcile EnsureExists',
  'app.kubernetes.io/name':
    'ingress-nginx cert-manager prometheus grafana external-secrets keda-operator redis postgresql nginx',
  'app.kubernetes.io/component': 'controller webhook server database frontend backend',
  'app.kubernetes.io/instance': 'ingress-nginx cert-manager',
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/part-of': 'ingress-nginx',
  'app.kubernetes.io/version': '',
  'pod-template-generation': '1 2 3 4 5 6 7 8 9 10',
  'pod-template-hash': '',
  'controller-revision-hash': '',
  'statefulset.kubernetes.io/pod-name': '',
  'apps.kubernetes.io/pod-index': '0 1 2',
  'job-name': '',
  'batch.kubernetes.io/job-name': '',
  'batch.kubernetes.io/controller-uid': '',
  'controller-uid': '',
  rsName: 'ama-logs-rs omsagent-rs',
  dsName: 'ama-logs-ds omsagent-ds',
  'helm.sh/chart': '',
}

const NAMESPACE_LABELS: Readonly<Record<string, string>> = {
  'kubernetes.azure.com/managedby': 'aks',
  'kubernetes.io/cluster-service': 'true',
  'addonmanager.kubernetes.io/mode': 'Reconcile EnsureExists',
  'control-plane': 'true controller-manager',
  'pod-security.kubernetes.io/enforce': 'privileged baseline restricted',
  'pod-security.kubernetes.io/warn': 'privileged baseline restricted',
  'pod-security.kubernetes.io/audit': 'privileged baseline restricted',
  'istio-injection': 'enabled disabled',
  'istio.io/rev': '',
  'admission.gatekeeper.sh/ignore': 'no-self-managing',
  name: NAMESPACES,
  ns: 'x y z a b',
  project: '',
  purpose: 'production test',
  env: 'dev test staging prod production qa',
  environment: 'dev test staging prod production qa',
  team: 'a b',
}

const PORT_NAMES =
  'http https web api grpc metrics http-metrics dns dns-tcp health healthz liveness-probe probe admin webhook https-webhook redis mysql postgres postgresql mongodb serve-80-tcp serve-80 serve-81-tcp serve-81 serve-80-udp serve-81-udp'

const words = (text: string): readonly string[] => text.split(' ').filter(word => word !== '')

/** Sets of the names that clusters usually have: tried by their hashes, never taken for granted. */
export function usualSets(): readonly SetId[] {
  return [
    namespaceKeySet(ALL_NAMESPACES),
    namespaceKeySet(METADATA_NAME_LABEL),
    ...words(NAMESPACES).flatMap(setsOfNamespace),
    ...Object.entries(POD_LABELS).flatMap(([key, values]) => [
      podKeySet(key),
      ...words(values).map(value => podLabelSet(key, value)),
    ]),
    ...Object.entries(NAMESPACE_LABELS).flatMap(([key, values]) => [
      namespaceKeySet(key),
      ...words(values).map(value => namespaceLabelSet(key, value)),
    ]),
    ...words(PORT_NAMES).map(namedPortSet),
  ]
}

/** The sets that every namespace has. */
export function setsOfNamespace(name: string): readonly SetId[] {
  return [namespaceSet(name), namespaceLabelSet(METADATA_NAME_LABEL, name)]
}
