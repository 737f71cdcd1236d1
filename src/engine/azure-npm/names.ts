import type { SetMeaning } from '../../model/ipSet.ts'
import type { Direction } from '../../model/networkPolicy.ts'
import type { Profile } from './profiles.ts'
import { sha256Hex } from './sha256.ts'
import { utf8Bytes } from './utf8.ts'

export type SetType = SetMeaning['kind']

/** A set as the agent knows it. Cluster-global: equal `prefixed` names are one set (§2.1). */
export interface SetId {
  readonly type: SetType
  /** The bare name: `pod:a`. */
  readonly name: string
  /** `podlabel-pod:a` */
  readonly prefixed: string
  readonly meaning: SetMeaning
}

export interface SetTypeTraits {
  readonly prefix: string
  /** The type keyword of NPM's create line; ipset takes it as an alias of `kernelType`. */
  readonly keyword: string
  readonly kernelType: 'hash:net' | 'hash:ip,port' | 'list:set'
  /** Written on the create line only where it is not the kernel's default of 65536. */
  readonly maxelem: number
}

export const DEFAULT_MAXELEM = 65536

const NETHASH = { keyword: 'nethash', kernelType: 'hash:net', maxelem: DEFAULT_MAXELEM } as const
/** 8 is the size that `ipset save` prints; the kernel does not limit a list by it. */
const SETLIST = { keyword: 'setlist', kernelType: 'list:set', maxelem: 8 } as const

/** The table of §2.1. */
export const SET_TYPES: Readonly<Record<SetType, SetTypeTraits>> = {
  Namespace: { prefix: 'ns-', ...NETHASH },
  KeyLabelOfPod: { prefix: 'podlabel-', ...NETHASH },
  KeyValueLabelOfPod: { prefix: 'podlabel-', ...NETHASH },
  NamedPorts: {
    prefix: 'namedport:',
    keyword: 'hash:ip,port',
    kernelType: 'hash:ip,port',
    maxelem: DEFAULT_MAXELEM,
  },
  CIDRBlocks: { prefix: 'cidr-', keyword: 'nethash', kernelType: 'hash:net', maxelem: 4294967295 },
  KeyLabelOfNamespace: { prefix: 'nslabel-', ...SETLIST },
  KeyValueLabelOfNamespace: { prefix: 'nslabel-', ...SETLIST },
  NestedLabelOfPod: { prefix: 'nestedlabel-', ...SETLIST },
}

function setId(name: string, meaning: SetMeaning): SetId {
  return { type: meaning.kind, name, prefixed: SET_TYPES[meaning.kind].prefix + name, meaning }
}

export function namespaceSet(namespace: string): SetId {
  return setId(namespace, { kind: 'Namespace', namespace })
}

export function podKeySet(key: string): SetId {
  return setId(key, { kind: 'KeyLabelOfPod', key })
}

export function podLabelSet(key: string, value: string): SetId {
  return setId(`${key}:${value}`, { kind: 'KeyValueLabelOfPod', key, value })
}

export function namedPortSet(portName: string): SetId {
  return setId(portName, { kind: 'NamedPorts', portName })
}

/** The key `all-namespaces` names the list of all namespaces, whether or not a label is called so (D17). */
export const ALL_NAMESPACES = 'all-namespaces'

export function namespaceKeySet(key: string): SetId {
  return setId(key, { kind: 'KeyLabelOfNamespace', key })
}

export function namespaceLabelSet(key: string, value: string): SetId {
  return setId(`${key}:${value}`, { kind: 'KeyValueLabelOfNamespace', key, value })
}

/** §2.2. `rule` and `peer` are indices into the object's own lists. */
export function cidrSet(
  profile: Profile,
  namespace: string,
  policy: string,
  direction: Direction,
  rule: number,
  peer: number,
): SetId {
  const side = direction === 'ingress' ? 'IN' : 'OUT'
  const owner = profile.naming === 'legacy' ? `${policy}-in-ns-${namespace}` : `${policy}:in-ns:${namespace}`
  return setId(`${owner}-${rule}-${peer}${side}`, {
    kind: 'CIDRBlocks',
    policy: `${namespace}/${policy}`,
    direction: side,
    rule,
    peer,
  })
}

/** §2.2: the values in the listed order, doubles kept. */
export function nestedSet(
  profile: Profile,
  policyKey: string,
  key: string,
  values: readonly string[],
): SetId {
  const separator = profile.naming === 'legacy' ? '-' : ':'
  return setId([`${policyKey}${separator}${key}`, ...values].join(':'), {
    kind: 'NestedLabelOfPod',
    policy: policyKey,
    key,
    values,
  })
}

/** FNV-1a-32 over the UTF-8 bytes, as an unsigned number. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8Bytes(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

function base36Sha256(text: string): string {
  return BigInt(`0x${sha256Hex(utf8Bytes(text))}`).toString(36)
}

/** The name of a set in the kernel (§2.3). */
export function kernelSetName(profile: Profile, prefixed: string): string {
  return profile.naming === 'legacy'
    ? `azure-npm-${fnv1a32(prefixed)}`
    : `azure-npm-${base36Sha256(prefixed).padStart(20, '0').slice(0, 20)}`
}

/** The end of a policy's chain names (§2.4): the *last* ten base-36 digits, unlike the sets' first twenty. */
export function chainSuffix(profile: Profile, policyKey: string): string {
  return profile.naming === 'legacy'
    ? `${fnv1a32(policyKey)}`
    : base36Sha256(policyKey).padStart(10, '0').slice(-10)
}

export const AZURE_CHAIN = 'AZURE-NPM'
export const INGRESS_CHAIN = 'AZURE-NPM-INGRESS'
export const EGRESS_CHAIN = 'AZURE-NPM-EGRESS'
export const INGRESS_ALLOW_CHAIN = 'AZURE-NPM-INGRESS-ALLOW-MARK'
export const ACCEPT_CHAIN = 'AZURE-NPM-ACCEPT'

/** The chain that holds a policy's rules of one direction. */
export function policyChain(direction: Direction, suffix: string): string {
  return `${direction === 'ingress' ? INGRESS_CHAIN : EGRESS_CHAIN}-${suffix}`
}
