import type { Cluster, Namespace, Pod } from '../src/model/cluster.ts'
import { formatIpv4 } from '../src/model/ip.ts'
import type { LabelSelector } from '../src/model/labels.ts'
import { METADATA_NAME_LABEL } from '../src/model/labels.ts'
import type { NetworkPolicy, NetworkPolicySpec, Peer } from '../src/model/networkPolicy.ts'
import { seededRandom, type Random } from './random.ts'

export interface ClusterSize {
  readonly namespaces: number
  readonly pods: number
  readonly policies: number
  /** Each runs one of the pods with its own address; none when absent. */
  readonly nodes?: number
}

/** The profile of a real cluster. */
export const REAL_CLUSTER: ClusterSize = { namespaces: 600, pods: 5400, policies: 13_700 }

/** Kubernetes' own limit. */
export const LARGEST_CLUSTER: ClusterSize = { namespaces: 5000, pods: 150_000, policies: 10_000, nodes: 5000 }

interface App {
  readonly name: string
  readonly tier: 'back' | 'front'
  /** Of nine pods in a namespace. */
  readonly share: number
}

/** Two thirds of a namespace's pods are its back tier; an app has two pods in the middle. */
const SHARES: readonly Omit<App, 'name'>[] = [
  { tier: 'back', share: 4 },
  { tier: 'back', share: 2 },
  { tier: 'front', share: 2 },
  { tier: 'front', share: 1 },
]
const APPS = [
  'api',
  'auth',
  'billing',
  'cart',
  'catalog',
  'ledger',
  'mail',
  'orders',
  'search',
  'stock',
  'web',
]
const PORTS = [80, 443, 3306, 5432, 6379, 8080, 8443, 9090]
const TEAMS = 40
const BLOCKS = 150

/**
 * A cluster of that size, the same for the same seed. Of its policies a quarter have no rule (they only isolate); the
 * median of the others selects 6 pods, names 2 pods and one block, and opens one port. Pods and policies are spread
 * evenly over the namespaces.
 */
export function benchCluster(size: ClusterSize, seed = 1): Cluster {
  const random = seededRandom(seed)
  const apps = new Map<string, readonly App[]>()
  const namespaces = Array.from({ length: size.namespaces }, (_, i): Namespace => {
    const name = `team${i % TEAMS}-${i}`
    apps.set(
      name,
      SHARES.map((share, j) => ({ ...share, name: `${APPS[(i + 3 * j) % APPS.length]}` })),
    )
    const labels = { team: `team${i % TEAMS}`, env: random.pick(['prod', 'prod', 'staging', 'dev']) }
    return { name, labels: { ...labels, [METADATA_NAME_LABEL]: name } }
  })
  const names = namespaces.map(({ name }) => name)
  const appsOf = (name: string): readonly App[] => apps.get(name) ?? []
  const nodes = size.nodes ?? 0
  return {
    namespaces,
    pods: Array.from({ length: size.pods }, (_, i) => {
      if (i >= size.pods - nodes) return nodePod(i - (size.pods - nodes))
      const namespace = names[i % names.length] ?? ''
      const pod = podOf(i, namespace, appsOf(namespace), Math.floor(i / names.length))
      return nodes === 0 ? pod : { ...ofDepartment(pod, i % names.length), containerPorts: [] }
    }),
    policies: Array.from({ length: size.policies }, (_, i) => {
      const namespace = names[i % names.length] ?? ''
      const policy = policyOf(random, namespace, appsOf(namespace), Math.floor(i / names.length))
      return nodes === 0 ? policy : ofDepartment(policy, i % names.length)
    }),
  }
}

function podOf(index: number, namespace: string, apps: readonly App[], place: number): Pod {
  const ninth = place % 9
  let before = 0
  const app = apps.find(({ share }) => ninth < (before += share)) ?? { name: 'web', tier: 'front' }
  return {
    namespace,
    name: `${app.name}-${place}`,
    labels: { app: app.name, tier: app.tier, release: `r${place % 2}` },
    ip: formatIpv4(0x0a000000 + 2 + index),
    hostNetwork: false,
    phase: 'Running',
    containerPorts: [{ name: 'http', protocol: 'TCP', containerPort: 8080 }],
  }
}

/** What runs on every node with the node's address. */
function nodePod(node: number): Pod {
  return {
    namespace: 'kube-system',
    name: `proxy-${node}`,
    labels: { component: 'proxy' },
    ip: formatIpv4(0x0bf00000 + 4 + node),
    hostNetwork: true,
    phase: 'Running',
    containerPorts: [],
  }
}

/**
 * A set of azure-npm holds 65,536 members at most, and a label that every pod has makes a larger one: then no policy is
 * put in force. Where there are so many pods, each third of the namespaces has label keys of its own, and no port names.
 */
function ofDepartment<T extends object>(part: T, namespace: number): T {
  const department = `dept${namespace % 3}`
  return JSON.parse(JSON.stringify(part).replace(/"(app|tier|release)":/g, `"${department}-$1":`)) as T
}

function policyOf(random: Random, namespace: string, apps: readonly App[], place: number): NetworkPolicy {
  return {
    namespace,
    name: `policy-${place}`,
    spec: { podSelector: subject(random, apps), ...sideOf(random, apps) },
  }
}

function subject(random: Random, apps: readonly App[]): LabelSelector {
  const roll = random.integer(10)
  if (roll < 2) return {}
  if (roll < 7) return { matchLabels: { tier: 'back' } }
  return { matchLabels: { app: random.pick(apps).name } }
}

function sideOf(random: Random, apps: readonly App[]): Omit<NetworkPolicySpec, 'podSelector'> {
  const egress = random.chance(30)
  const policyTypes = [egress ? 'Egress' : 'Ingress']
  if (random.chance(25)) return { policyTypes }
  const ports = [{ protocol: random.chance(90) ? 'TCP' : 'UDP', port: random.pick(PORTS) }]
  const peers = [podPeer(random, apps), ...(random.chance(70) ? [blockPeer(random)] : [])]
  return egress
    ? { policyTypes, egress: [{ to: peers, ports }] }
    : { policyTypes, ingress: [{ from: peers, ports }] }
}

function podPeer(random: Random, apps: readonly App[]): Peer {
  const app = { matchLabels: { app: (random.chance(70) ? apps[1] : random.pick(apps))?.name ?? 'web' } }
  if (random.chance(80)) return { podSelector: app }
  const namespaceSelector = { matchLabels: { team: `team${random.integer(TEAMS)}`, env: 'prod' } }
  return { namespaceSelector, podSelector: app }
}

/** Policies name the same few networks again and again: databases, partners, other clusters. */
function blockPeer(random: Random): Peer {
  const network = random.integer(BLOCKS)
  const cidr = `172.${16 + (network >> 5)}.${8 * (network & 31)}.0/24`
  return { ipBlock: random.chance(10) ? { cidr, except: [cidr.replace('.0/24', '.128/25')] } : { cidr } }
}
