/** A way to get a node's rules, with the commands to copy. */
export interface CommandRecipe {
  readonly title: string
  readonly about: string
  readonly lines: readonly string[]
}

/**
 * For AKS (azure-npm-operations §5): the agent's pod runs on the host's network and brings the tools of both back ends;
 * which of them holds the rules is the agent's own test (azure-npm-v2-linux §4.3).
 */
export const RECIPES: readonly CommandRecipe[] = [
  {
    title: 'From the azure-npm pod of the node',
    about: 'With kubectl and the right to exec in kube-system. Put your node’s name in the first line.',
    lines: [
      'NODE=aks-nodepool1-12345678-vmss000000',
      'POD=$(kubectl -n kube-system get pods -l k8s-app=azure-npm --field-selector spec.nodeName=$NODE -o name)',
      'kubectl -n kube-system exec $POD -- iptables-nft-save > iptables-save.txt',
      'kubectl -n kube-system exec $POD -- ipset save > ipset-save.txt',
    ],
  },
  {
    title: 'With a debug pod on the node',
    about: 'Where exec is not allowed or the agent is not running. The host’s own tools are used.',
    lines: [
      'NODE=aks-nodepool1-12345678-vmss000000',
      'IMAGE=mcr.microsoft.com/cbl-mariner/busybox:2.0',
      'kubectl debug node/$NODE -i -q --profile=sysadmin --image=$IMAGE -- chroot /host iptables-save > iptables-save.txt',
      'kubectl debug node/$NODE -i -q --profile=sysadmin --image=$IMAGE -- chroot /host ipset save > ipset-save.txt',
    ],
  },
  {
    title: 'On the node itself',
    about: 'As root, through SSH or a console.',
    lines: ['sudo iptables-save > iptables-save.txt', 'sudo ipset save > ipset-save.txt'],
  },
  {
    title: 'The policies, pods and namespaces to compare with',
    about:
      'Without them only the rules are read; with them every name gets its meaning and differences show.',
    lines: ['kubectl get namespaces,pods,networkpolicies --all-namespaces -o yaml > cluster.yaml'],
  },
]
