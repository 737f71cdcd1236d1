import type { SetMeaning } from '../model/ipSet.ts'
import type { RulesetOutline } from '../model/listedSets.ts'
import type { Chain } from '../model/ruleset.ts'

/** What a name of the kernel's means. */
export interface KernelName {
  readonly kind: 'set' | 'chain'
  readonly name: string
  /** The agent's own name (`ns-default`) or, for a policy's chain, the policy. `''` where there is nothing to add. */
  readonly readable: string
  readonly sentence: string
}

/** Every chain and set of the ruleset by its kernel name. */
export function kernelNames(ruleset: RulesetOutline): ReadonlyMap<string, KernelName> {
  const names = new Map<string, KernelName>()
  for (const table of ruleset.tables)
    for (const chain of table.chains)
      names.set(chain.name, {
        kind: 'chain',
        name: chain.name,
        readable: chain.meaning?.kind === 'policy' ? chain.meaning.policy : '',
        sentence: chainSentence(chain),
      })
  for (const set of ruleset.sets)
    names.set(set.name, {
      kind: 'set',
      name: set.name,
      readable: (set.prefixedNames ?? []).join(' + '),
      sentence: (set.meanings ?? []).map(setSentence).join('; also ') || `a ${set.type} set`,
    })
  return names
}

const BASE_CHAINS: Readonly<Record<string, string>> = {
  INPUT: 'packets to the node itself',
  FORWARD: 'packets that pass through the node: all pod traffic',
  OUTPUT: 'packets from the node itself',
  'AZURE-NPM': 'azure-npm’s entry: ingress, then egress, then accept',
  'AZURE-NPM-INGRESS': 'jumps to the policies that isolate the destination, then the drop',
  'AZURE-NPM-INGRESS-ALLOW-MARK': 'an ingress policy allowed it: remember that and go on to egress',
  'AZURE-NPM-EGRESS': 'jumps to the policies that isolate the source, then the drop',
  'AZURE-NPM-ACCEPT': 'everything allowed ends here',
}

function chainSentence(chain: Chain): string {
  if (chain.meaning?.kind === 'policy')
    return `${chain.meaning.direction} rules of policy ${chain.meaning.policy}`
  return Object.hasOwn(BASE_CHAINS, chain.name) ? (BASE_CHAINS[chain.name] ?? '') : 'a chain'
}

/** What the set holds, as a phrase. */
function setSentence(meaning: SetMeaning): string {
  switch (meaning.kind) {
    case 'Namespace':
      return `pods in namespace ${meaning.namespace}`
    case 'KeyLabelOfPod':
      return `pods that have a label ${meaning.key}`
    case 'KeyValueLabelOfPod':
      return `pods labelled ${meaning.key}=${meaning.value}`
    case 'NamedPorts':
      return `addresses and ports of pods whose port is named ${meaning.portName}`
    case 'CIDRBlocks':
      return `ipBlock of ${meaning.policy}, ${meaning.direction === 'IN' ? 'ingress' : 'egress'} rule ${meaning.rule}, peer ${meaning.peer}`
    case 'KeyLabelOfNamespace':
      return meaning.key === 'all-namespaces'
        ? 'all namespaces'
        : `namespaces that have a label ${meaning.key}`
    case 'KeyValueLabelOfNamespace':
      return `namespaces labelled ${meaning.key}=${meaning.value}`
    case 'NestedLabelOfPod':
      return `pods labelled ${meaning.key} = ${meaning.values.join(' or ')}, for ${meaning.policy}`
  }
}
