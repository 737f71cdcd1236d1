import ipsets from './drifted-ipset-save.txt?raw'
import iptables from './drifted-iptables-save.txt?raw'
import { LANDING_EXAMPLE } from './examples.ts'
import type { LaterExample } from './laterExample.ts'

/**
 * The landing example's node with four faults: the jump into azure-npm's rules is behind KUBE-FORWARD, the rules of a
 * policy that is gone are still there, and a pod is missing in its namespace's set.
 */
export const DRIFTED_NODE_EXAMPLE: LaterExample = {
  tab: 'node',
  scenario: {
    ...LANDING_EXAMPLE.scenario,
    name: 'A node that drifted',
    files: [
      ...LANDING_EXAMPLE.scenario.files,
      { name: 'iptables-save.txt', text: iptables },
      { name: 'ipset-save.txt', text: ipsets },
    ],
  },
}
