import { LANDING_EXAMPLE } from './examples.ts'
import node from './kube-proxy-node.txt?raw'
import type { LaterExample } from './laterExample.ts'

/** The landing example's node as it is, kube-proxy's chains included, and a packet of a connection that exists. */
export const KUBE_PROXY_EXAMPLE: LaterExample = {
  tab: 'packet',
  packet: {
    from: 'default/web-1',
    to: '169.254.169.254',
    traffic: '80/TCP',
    state: 'ESTABLISHED',
    rules: 'node',
  },
  scenario: {
    ...LANDING_EXAMPLE.scenario,
    name: 'A packet on kube-proxy’s node',
    files: [...LANDING_EXAMPLE.scenario.files, { name: 'node.txt', text: node }],
  },
}
