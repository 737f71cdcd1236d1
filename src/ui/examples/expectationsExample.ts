import cluster from './expected-cluster.yaml?raw'
import expectations from './expected-expectations.yaml?raw'
import policies from './expected-policies.yaml?raw'
import type { LaterExample } from './laterExample.ts'

/** Five tests, of which one fails until the policy is mended. */
export const EXPECTATIONS_EXAMPLE: LaterExample = {
  tab: 'expectations',
  scenario: {
    name: 'Expectations: one fails',
    profile: 'head',
    files: [
      { name: 'policies.yaml', text: policies },
      { name: 'expectations.yaml', text: expectations },
      { name: 'cluster.yaml', text: cluster },
    ],
  },
}
