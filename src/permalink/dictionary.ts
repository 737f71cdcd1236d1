/**
 * Preset dictionaries for deflate, by the id that stands in a link. A released text never changes, for every link made
 * with it needs these very bytes; a better one gets the next id. Deflate reaches back 32 KB and writes near matches
 * shorter, hence the order: rare things first, the usual beginning of a scenario last. ASCII only.
 */
const DICTIONARY_1 = `{"name":"","profile":"v1.8.11","files":[{"name":"namespaces.yaml","length":{"name":"pods.yaml","length":{"name":"deployments.yaml","length":
apiVersion: v1
items:
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
    creationTimestamp: "2026-01-01T00:00:00Z"
    generation: 1
    name: 
    namespace: 
    resourceVersion: "
    uid: 
  spec:
    podSelector:
      matchLabels:
    policyTypes:
    - Ingress
    - Egress
kind: List
metadata:
  resourceVersion: ""
---
apiVersion: batch/v1
kind: CronJob
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - name: 
---
apiVersion: apps/v1
kind: DaemonSet
---
apiVersion: apps/v1
kind: StatefulSet
spec:
  serviceName: 
---
apiVersion: v1
kind: Service
metadata:
  name: 
spec:
  type: ClusterIP
  selector:
    app: 
  ports:
    - name: http
      port: 80
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: 
  namespace: 
  labels:
    app.kubernetes.io/name: 
    app.kubernetes.io/instance: 
    app.kubernetes.io/component: 
    app.kubernetes.io/part-of: 
    app.kubernetes.io/managed-by: Helm
spec:
  replicas: 3
  selector:
    matchLabels:
      app: 
  template:
    metadata:
      labels:
        app: 
    spec:
      containers:
        - name: 
          image: nginx:latest
          ports:
            - name: http
              containerPort: 8080
              protocol: TCP
            - name: metrics
              containerPort: 9090
---
apiVersion: v1
kind: Pod
metadata:
  name: client
  namespace: default
spec:
  hostNetwork: true
  nodeName: aks-nodepool1-
---
apiVersion: v1
kind: Pod
metadata:
  name: 
  namespace: 
  labels:
    app: 
    role: 
    tier: 
spec:
  containers:
  - name: 
    image: 
    ports:
    - containerPort: 
      name: 
      protocol: TCP
status:
  phase: Running
  podIP: 10.
  hostIP: 10.240.0.
  podIPs:
  - ip: 10.244.
---
apiVersion: v1
kind: Namespace
metadata:
  name: kube-system
---
apiVersion: v1
kind: Namespace
metadata:
  name: production
  labels:
    name: staging
    team: 
    env: dev
    project: 
    environment: prod
    kubernetes.io/metadata.name: default
---
# Allow traffic from the same namespace only. Deny all other traffic to and from pods.
metadata:
  name: default-deny-all
  name: default-deny-ingress
  name: default-deny-egress
  name: allow-all-ingress
  name: allow-same-namespace
  name: allow-dns
  name: allow-from-
  name: restrict-instance-metadata
  name: konnectivity-agent
  ingress: []
  egress: []
  ingress:
  - {}
  egress:
  - {}
  egress:
  - to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
        - 169.254.169.254/32
        - 10.0.0.0/8
        - 172.16.0.0/12
        - 192.168.0.0/16
    ports:
    - protocol: TCP
      port: 443
    - port: 80
    - port: https
  - to:
    - namespaceSelector: {}
      podSelector:
        matchLabels:
          k8s-app: kube-dns
    ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
  ingress:
  - from:
    - podSelector: {}
    - namespaceSelector:
        matchExpressions:
        - key: app
          operator: In
          values:
          - frontend
          - backend
        - key: environment
          operator: NotIn
          values: ["prod", "staging"]
        - key: 
          operator: DoesNotExist
        - key: 
          operator: Exists
  podSelector:
    matchExpressions:
      - key: 
        operator: In
        values:
          - 
spec:
  podSelector: {}
  policyTypes:
    - Egress
  egress:
    - to:
        - ipBlock:
            cidr: 10.0.0.0/8
            except:
              - 10.0.0.0/24
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 5432
          endPort: 32768
        - protocol: SCTP
    - {}
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ingress-nginx
      role: database
      app: postgres
      app: redis
      app: mysql
      tier: backend
      app: web
      app: api
  policyTypes: ["Ingress", "Egress"]
  policyTypes: [Ingress]
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - ipBlock:
            cidr: 172.17.0.0/16
            except:
              - 172.17.1.0/24
        - namespaceSelector:
            matchLabels:
              project: myproject
        - namespaceSelector: {}
        - podSelector:
            matchLabels:
              role: frontend
              app: frontend
      ports:
        - protocol: TCP
          port: 6379
        - protocol: TCP
          port: 3306
        - port: 8080
        - protocol: TCP
          port: 443
        - port: http
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: 
  namespace: default
spec:
  podSelector: {}
  policyTypes:
  - Ingress
  - Egress
spec:
  podSelector:
    matchLabels:
      app: 
  policyTypes:
  - Ingress
  ingress:
  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: monitoring
          name: 
      podSelector:
        matchLabels:
          app: prometheus
    - podSelector:
        matchLabels:
          app: 
    ports:
    - protocol: TCP
      port: 8080
  - from:
    - podSelector:
        matchLabels:
          app: 
    ports:
    - protocol: TCP
      port: 80
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: 
{"name":"","profile":"v1.4.45"}
{"profile":"v1.4.45"}
apiVersion: v1
kind: Namespace
metadata:
  name: default
{}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: `

/** The dictionary that new links are made with. */
export const CURRENT_DICTIONARY = 1

/** The text of a dictionary; undefined when a newer version of the app made it. */
export function dictionaryText(id: number): string | undefined {
  return id === 1 ? DICTIONARY_1 : undefined
}
