import type { Scenario } from '../../model/scenario.ts'
import { appStore } from '../../store/appStore.ts'
import { EMPTY_PACKET } from '../../store/packet.ts'
import { EXAMPLES } from './examples.ts'
import type { LaterExample } from './laterExample.ts'

/** An entry of the menu. */
export interface ExampleChoice {
  readonly id: string
  readonly name: string
  readonly about: string
  readonly load: () => Promise<{ readonly scenario: Scenario } | LaterExample>
}

/** All examples, in the order of the menu. */
export const EXAMPLE_CHOICES: readonly ExampleChoice[] = [
  ...EXAMPLES.map(({ id, about, scenario }) => ({
    id,
    about,
    name: scenario.name,
    load: () => Promise.resolve({ scenario }),
  })),
  {
    id: 'expectations',
    name: 'Expectations: one fails',
    about: 'Packet tests kept with the policies. Mend the policy and see the last one hold.',
    load: async () => (await import('./expectationsExample.ts')).EXPECTATIONS_EXAMPLE,
  },
  {
    id: 'drifted-node',
    name: 'A node that drifted',
    about: 'A real node’s iptables and ipsets beside the policies: what differs, and which flows it changes.',
    load: async () => (await import('./driftedNodeExample.ts')).DRIFTED_NODE_EXAMPLE,
  },
  {
    id: 'kube-proxy-node',
    name: 'A packet on kube-proxy’s node',
    about: 'A connection that exists already passes KUBE-FORWARD and meets no policy.',
    load: async () => (await import('./kubeProxyExample.ts')).KUBE_PROXY_EXAMPLE,
  },
]

/** Opens an example in place of the scenario; what was there can be taken back. */
export async function openExample({ load, name }: ExampleChoice): Promise<void> {
  let example: { readonly scenario: Scenario } | LaterExample
  try {
    example = await load()
  } catch {
    appStore.getState().tell({ tone: 'problem', text: `The example “${name}” could not be loaded.` })
    return
  }
  const { provenance, load: open, tell, setView, askPacket } = appStore.getState()
  open(example.scenario, 'example')
  if (provenance === 'own')
    tell({ tone: 'info', text: 'Your work was put aside for this example.', action: 'undo' })
  if (!('tab' in example)) return
  if (example.packet !== undefined) askPacket({ ...EMPTY_PACKET, ...example.packet })
  setView({ inspectorTab: example.tab })
}
