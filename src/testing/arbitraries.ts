import fc from 'fast-check'
import type { Cluster, ContainerPort, Namespace, Pod } from '../model/cluster.ts'
import type { Ipv4 } from '../model/ip.ts'
import type { Labels, LabelSelector, LabelSelectorRequirement } from '../model/labels.ts'
import { METADATA_NAME_LABEL } from '../model/labels.ts'
import type { IngressRule, IpBlock, NetworkPolicy, Peer, PolicyPort } from '../model/networkPolicy.ts'
import type { Protocol } from '../model/traffic.ts'
import { PROTOCOLS } from '../model/traffic.ts'
import { cluster, namespace, pod } from './builders.ts'

const NAMESPACES = ['x', 'y', 'z']
/** Where pods and policies live: often together, or most policies would select nothing. */
const homeNamespace = (): fc.Arbitrary<string> => fc.constantFrom('x', 'x', ...NAMESPACES)
/** `constructor` is a key that a plain object seems to have. */
const POD_KEYS = ['app', 'tier', 'constructor']
const NAMESPACE_KEYS = ['env', 'team']
const VALUES = ['a', 'b', '']
const PORT_NAMES = ['web', 'dns']
/** Container and policy ports; ranges start and end at and between them. */
const PORT_NUMBERS = [53, 80, 81, 443, 8080]
const PORTS = [...PORT_NUMBERS, 1, 79, 82, 8081, 65535]

/** Valid for the API: every except lies strictly within its cidr. With host bits, halves, /32 and IPv6. */
const IP_BLOCKS: readonly IpBlock[] = [
  { cidr: '0.0.0.0/0' },
  { cidr: '0.0.0.0/0', except: ['10.1.0.0/16'] },
  { cidr: '0.0.0.0/0', except: ['0.0.0.0/1'] },
  { cidr: '0.0.0.0/0', except: ['128.0.0.0/1', '10.1.0.2/32'] },
  { cidr: '0.0.0.0/0', except: ['129.0.0.1/1'] },
  { cidr: '0.0.0.0/1' },
  { cidr: '10.0.0.0/8' },
  { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.1.0.0/30'] },
  { cidr: '10.1.0.3/16', except: ['10.1.0.1/31'] },
  { cidr: '10.1.0.1/32' },
  { cidr: '10.0.0.0/0' },
  { cidr: '010.1.0.0/16' },
  { cidr: '10.1.0.0/016' },
  { cidr: '192.0.2.0/24', except: ['192.0.2.2/32'] },
  { cidr: '198.51.100.7/32' },
  { cidr: 'fd00::/8', except: ['fd00:1::/32'] },
]

/** Addresses outside every cluster that `smallWorld` makes: in and around its blocks. */
export const OUTSIDE_ADDRESSES: readonly Ipv4[] = [0x0a000001, 0xc0000202, 0xc0000203, 0xc6336407, 0x08080808]

/** Ports at which the answers of a small world can change, and their neighbours. */
export const PROBE_PORTS: readonly number[] = [...PORTS, 54, 444, 8079, 65534]

function labels(keys: readonly string[]): fc.Arbitrary<Labels> {
  return fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...VALUES), { maxKeys: keys.length })
}

function requirement(keys: readonly string[]): fc.Arbitrary<LabelSelectorRequirement> {
  const key = fc.constantFrom(...keys)
  return fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('In' as const, 'NotIn' as const),
      values: fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
  )
}

/** Empty, labels, expressions or both. */
export function selector(keys: readonly string[]): fc.Arbitrary<LabelSelector> {
  return fc.oneof(
    fc.constant({}),
    fc.record({ matchLabels: labels(keys.slice(0, 2)) }),
    fc.record({ matchExpressions: fc.array(requirement(keys), { minLength: 1, maxLength: 2 }) }),
    fc.record({
      matchLabels: labels(keys.slice(0, 1)),
      matchExpressions: fc.array(requirement(keys), { maxLength: 2 }),
    }),
  )
}

export function policyPort(): fc.Arbitrary<PolicyPort> {
  const protocol: fc.Arbitrary<Protocol> = fc.constantFrom(...PROTOCOLS)
  return fc.oneof(
    fc.record({ protocol }),
    fc.record({ protocol, port: fc.constantFrom(...PORTS) }),
    fc
      .record({ protocol, ends: fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)) })
      .map(({ protocol, ends }) => ({ protocol, port: Math.min(...ends), endPort: Math.max(...ends) })),
    fc.record({ protocol, port: fc.constantFrom(...PORT_NAMES) }),
  )
}

export function peer(): fc.Arbitrary<Peer> {
  const pods = selector(POD_KEYS)
  const namespaces = fc.oneof(
    { weight: 4, arbitrary: selector(NAMESPACE_KEYS) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...NAMESPACES)
        .map((name): LabelSelector => ({ matchLabels: { [METADATA_NAME_LABEL]: name } })),
    },
  )
  return fc.oneof(
    fc.record({ podSelector: pods }),
    fc.record({ namespaceSelector: namespaces }),
    fc.record({ podSelector: pods, namespaceSelector: namespaces }),
    fc.record({ ipBlock: fc.constantFrom(...IP_BLOCKS) }),
  )
}

/** Rules of either direction, by the names of an ingress rule. Lists are absent rather than empty. */
function rules(): fc.Arbitrary<readonly IngressRule[]> {
  const rule = fc.record(
    {
      from: fc.array(peer(), { minLength: 1, maxLength: 2 }),
      ports: fc.array(policyPort(), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  return fc.array(rule, { maxLength: 2 })
}

export function networkPolicy(name: string): fc.Arbitrary<NetworkPolicy> {
  return fc
    .record({
      namespace: homeNamespace(),
      podSelector: fc.oneof(fc.constant<LabelSelector>({}), selector(POD_KEYS)),
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'], ['Egress', 'Ingress']),
      ingress: rules(),
      egress: rules(),
    })
    .map(({ namespace, podSelector, policyTypes, ingress, egress }) => ({
      namespace,
      name,
      spec: {
        podSelector,
        policyTypes,
        ...(ingress.length > 0 && { ingress }),
        ...(egress.length > 0 && {
          egress: egress.map(({ from, ports }) => ({ ...(from && { to: from }), ...(ports && { ports }) })),
        }),
      },
    }))
}

function containerPorts(): fc.Arbitrary<readonly ContainerPort[]> {
  return fc.array(
    fc.record({
      name: fc.constantFrom('', ...PORT_NAMES),
      protocol: fc.constantFrom(...PROTOCOLS),
      containerPort: fc.constantFrom(...PORT_NUMBERS),
    }),
    { maxLength: 2 },
  )
}

/** Pod `number` has the address 10.1.0.number. */
function smallPod(number: number): fc.Arbitrary<Pod> {
  return fc
    .record({
      namespace: homeNamespace(),
      labels: labels(POD_KEYS),
      containerPorts: containerPorts(),
      hostNetwork: fc.integer({ min: 0, max: 15 }).map(roll => roll === 0),
      phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', '', 'Succeeded'),
    })
    .map(({ namespace, ...more }) => pod(`${namespace}/p${number}`, { ...more, ip: `10.1.0.${number}` }))
}

function smallNamespace(name: string): fc.Arbitrary<Namespace> {
  return labels(NAMESPACE_KEYS).map(own => namespace(name, own))
}

/** Three namespaces, up to five pods and three policies: every form the API accepts, small enough to shrink well. */
export function smallWorld(): fc.Arbitrary<Cluster> {
  return fc
    .record({
      namespaces: fc.tuple(...NAMESPACES.map(smallNamespace)),
      pods: fc.tuple(...[1, 2, 3, 4, 5].map(smallPod)),
      podCount: fc.constantFrom(5, 4, 3, 2, 1),
      policies: fc.tuple(...['p1', 'p2', 'p3'].map(networkPolicy)),
      policyCount: fc.constantFrom(3, 2, 1, 0),
    })
    .map(({ namespaces, pods, podCount, policies, policyCount }) =>
      cluster({ namespaces, pods: pods.slice(0, podCount), policies: policies.slice(0, policyCount) }),
    )
}
