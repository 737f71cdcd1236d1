import type { SetMeaning } from '../../model/ipSet.ts'
import type { ChainMeaning } from '../../model/ruleset.ts'
import {
  ACCEPT_CHAIN,
  ALL_NAMESPACES,
  AZURE_CHAIN,
  EGRESS_CHAIN,
  INGRESS_ALLOW_CHAIN,
  INGRESS_CHAIN,
} from './names.ts'

/** What a set holds, for people who never read one. */
export function describeSet(meaning: SetMeaning): string {
  switch (meaning.kind) {
    case 'Namespace':
      return `IP addresses of all pods in namespace ${meaning.namespace}`
    case 'KeyLabelOfPod':
      return `IP addresses of all pods with a label ${meaning.key}, in any namespace`
    case 'KeyValueLabelOfPod':
      return `IP addresses of all pods with the label ${label(meaning.key, meaning.value)}, in any namespace`
    case 'NamedPorts':
      return `Addresses, protocols and numbers of all container ports named ${meaning.portName}`
    case 'CIDRBlocks':
      return `Address blocks of peer ${meaning.peer + 1} in ${side(meaning.direction)} rule ${meaning.rule + 1} of policy ${meaning.policy}`
    case 'KeyLabelOfNamespace':
      return meaning.key === ALL_NAMESPACES
        ? 'All namespaces: the sets of their pods'
        : `All namespaces with a label ${meaning.key}: the sets of their pods`
    case 'KeyValueLabelOfNamespace':
      return `All namespaces with the label ${label(meaning.key, meaning.value)}: the sets of their pods`
    case 'NestedLabelOfPod':
      return meaning.values.length === 0
        ? `No pods: policy ${meaning.policy} lists no value for the label ${meaning.key}`
        : `All pods whose label ${meaning.key} is ${alternatives(meaning.values)}, for policy ${meaning.policy}`
  }
}

function label(key: string, value: string): string {
  return value === '' ? `${key} (empty)` : `${key}=${value}`
}

function alternatives(values: readonly string[]): string {
  const words = values.map(value => (value === '' ? '(empty)' : value))
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

function side(direction: 'IN' | 'OUT'): string {
  return direction === 'IN' ? 'ingress' : 'egress'
}

/** What a chain is for. `''` for one that is not azure-npm's. */
export function describeChain(name: string, meaning: ChainMeaning | undefined): string {
  if (meaning?.kind === 'policy')
    return meaning.direction === 'ingress'
      ? `What policy ${meaning.policy} allows into its pods; everything else gets the drop mark`
      : `What policy ${meaning.policy} allows out of its pods; everything else gets the drop mark`
  switch (name) {
    case 'INPUT':
      return 'Packets for the node itself; azure-npm does not look at them'
    case 'FORWARD':
      return 'Packets that the node passes on, to and from pods; the first one of each connection goes to azure-npm'
    case 'OUTPUT':
      return 'Packets that the node itself sends; azure-npm does not look at them'
    case AZURE_CHAIN:
      return 'The way through azure-npm: first ingress, then egress, then accept. Empty while no policy is in force'
    case INGRESS_CHAIN:
      return 'Ingress policies, by the pod a packet goes to; drops what one of them denies and none allows'
    case INGRESS_ALLOW_CHAIN:
      return 'An ingress policy allows the packet: remembers that and goes on with egress'
    case EGRESS_CHAIN:
      return 'Egress policies, by the pod a packet comes from; drops what one of them denies and none allows'
    case ACCEPT_CHAIN:
      return 'Nothing objects: the packet passes, whatever other rules of FORWARD say'
    default:
      return name.startsWith(`${INGRESS_CHAIN}-`) || name.startsWith(`${EGRESS_CHAIN}-`)
        ? 'A policy’s rules; empty when the policy is gone'
        : ''
  }
}
