/** The sentences about deviations. `detail` is a name or a text of the user's that the sentence is about. */
export interface DeviationText {
  readonly id: string
  readonly name: string
  readonly message: (detail: string) => string
}

/** One entry for each way a deviation shows; ids as in the engine's specification, §6. */
export const DEVIATION_TEXTS = {
  anyOfNotIn: {
    id: 'D1',
    name: 'multi-value NotIn in a namespaceSelector',
    message: key =>
      `azure-npm makes one rule for each value of ${key} NotIn and lets through whatever one of them matches, so that none of the values is kept out. List the wanted namespaces with In, or use one NotIn expression of one value for each.`,
  },
  onlyNegative: {
    id: 'D2',
    name: 'namespaceSelector with only negative requirements',
    message: () =>
      'azure-npm matches every address that is in none of the excluded sets, addresses outside the cluster and nodes included. Add a requirement that a pod must meet, for example that the namespace label kubernetes.io/metadata.name exists.',
  },
  hostNetworkSelected: {
    id: 'D3',
    name: 'pod on the host’s network',
    message: pod =>
      `The policy selects ${pod}, which uses its node’s network: azure-npm never filters such a pod, so that the policy does nothing for it. Protect the node by other means.`,
  },
  hostNetworkPeer: {
    id: 'D3',
    name: 'pod on the host’s network',
    message: pod =>
      `Of all pods this peer matches only ones on their node’s network, such as ${pod}, and azure-npm knows none of them. Name the addresses of the nodes with an ipBlock.`,
  },
  ipv6Pod: {
    id: 'D6',
    name: 'IPv6 traffic',
    message: pod =>
      `The policy selects ${pod}, whose address is an IPv6 one: azure-npm puts it into no set and filters no IPv6 packet. Give the pod an IPv4 address, or do not rely on this policy for it.`,
  },
  ipv6Block: {
    id: 'D7',
    name: 'IPv6 ipBlock',
    message: cidr =>
      `azure-npm cannot read ${cidr} and drops the whole policy, both directions: the pods stay open, or keep the version of before an edit. Move IPv6 blocks into a policy of their own, or leave them out.`,
  },
  invalidValue: {
    id: 'D8',
    name: 'invalid value in a matchExpression',
    message: value =>
      `azure-npm refuses the label value ${value} and drops the whole policy, so that the pods stay open. No label can have that value: take it out.`,
  },
  unreadableCidr: {
    id: 'D9',
    name: 'CIDR that only Kubernetes can read',
    message: cidr =>
      `azure-npm does not take ${cidr} for an IPv4 network and drops the whole policy, so that the pods stay open. Write it without leading zeros, and everything as 0.0.0.0/0.`,
  },
  unreadableExcept: {
    id: 'D9',
    name: 'CIDR that only Kubernetes can read',
    message: except =>
      `azure-npm does not take the except ${except} for an IPv4 network and never applies the policy, so that the pods stay open. Write it without leading zeros.`,
  },
  lostBlock: {
    id: 'D9',
    name: 'CIDR that only Kubernetes can read',
    message: cidr =>
      `ipset refuses ${cidr}, and azure-npm goes on without it: the block matches nothing. Write 0.0.0.0/0, which azure-npm cuts into two halves itself.`,
  },
  exceptOnHalf: {
    id: 'D10',
    name: 'except that is a half of 0.0.0.0/0, with host bits',
    message: except =>
      `azure-npm adds ${except} beside the half of 0.0.0.0/0 that is the same to the kernel; whichever it adds last counts, and the order is random. Write the half without host bits: 0.0.0.0/1 or 128.0.0.0/1.`,
  },
  lostEmptyRule: {
    id: 'D11',
    name: 'empty rule beside others',
    message: () =>
      'This version of azure-npm makes nothing of an empty rule that is not alone, so that it does not allow everything. Leave the other rules out; they add nothing to it.',
  },
  hostNetworkPort: {
    id: 'D14',
    name: 'named port on the host’s network only',
    message: port =>
      `Only pods on their node’s network have a port named ${port}; azure-npm does not know them, so that the entry matches nothing. Use the number.`,
  },
  tooLong: {
    id: 'D16',
    name: 'rule too long for iptables-restore',
    message: limit =>
      `The rule that azure-npm writes for this has ${limit}; iptables-restore refuses it and with it the whole policy, so that the pods stay open. Split the selector or shorten its values.`,
  },
  reservedKey: {
    id: 'D17',
    name: 'label key all-namespaces',
    message: () =>
      'azure-npm keeps all namespaces in a list of the name that this label key has, so that the requirement is about every namespace, labelled or not. Use another label key.',
  },
  terminatingNamespace: {
    id: 'D18',
    name: 'terminating namespace',
    message: namespace =>
      `Namespace ${namespace} is being deleted: azure-npm has already forgotten its labels, while its pods still run. Nothing helps but to wait, or to select its pods otherwise.`,
  },
  fullSet: {
    id: 'D20',
    name: 'more than 65536 members in a set',
    message: set =>
      `The set ${set} would need more members than the 65536 that it can hold; the pods that do not fit are treated as if they did not match. Select by a label that fewer pods have.`,
  },
  sharedSet: {
    id: 'D21',
    name: 'two sets with one kernel name',
    message: sets =>
      `The sets ${sets} get the same name in the kernel with this version of azure-npm, so that each also matches what only the other should hold. Rename a label, a value or the policy.`,
  },
  sharedChain: {
    id: 'D21',
    name: 'two policies with one chain',
    message: policies =>
      `The policies ${policies} get the same chain with this version of azure-npm: the one that is added last replaces the rules of the other. Rename one of them.`,
  },
  namedPortOutside: {
    id: 'D34',
    name: 'named port towards an ipBlock',
    message: port =>
      `Kubernetes leaves open what the port name ${port} means for an address outside the cluster; azure-npm finds names on pods only, so that everything else in the block stays closed. Use the number.`,
  },
} as const satisfies Readonly<Record<string, DeviationText>>

export type DeviationKind = keyof typeof DEVIATION_TEXTS
