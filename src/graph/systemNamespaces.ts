/** Namespaces that Kubernetes, AKS and common add-ons bring along; a trailing `*` stands for any rest. */
const SYSTEM_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'aks-*',
  'app-routing-system',
  'azure-*',
  'calico-*',
  'cert-manager',
  'dapr-system',
  'flux-system',
  'gatekeeper-system',
  'istio-system',
  'keda',
  'local-path-storage',
  'tigera-operator',
]

/** Whether a cluster brings the namespace along, rather than its users. */
export function isSystemNamespace(name: string): boolean {
  return SYSTEM_NAMESPACES.some(known =>
    known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known,
  )
}
