import type { ProfileId } from '../../model/scenario.ts'

/**
 * How one version of azure-npm behaves (§0.2). Naming and behaviour changed at different times, so a version is a
 * row of independent switches and the engine asks for a switch, never for a version.
 */
export interface Profile {
  readonly id: ProfileId
  /** How composite, kernel and chain names are made (§2.2–2.4). */
  readonly naming: 'legacy' | 'wide'
  /** Which rule lists become "allow everything" (§3.5): one that is only the empty rule, or any that contains it. */
  readonly allowAllRule: 'only' | 'any'
  /** Whether the jump to AZURE-NPM goes to the top of FORWARD, or below kube-proxy's KUBE-SERVICES (§4.4). */
  readonly placeAzureChainFirst: boolean
  /** Whether ` nomatch` stays on a member that is deleted (§5.3), which ipset does not take. */
  readonly nomatchInDelete: boolean
  /** What happens on removing a policy that was never applied. */
  readonly removingUnappliedPolicy: 'crash' | 'no-op'
  /** Whether pending set changes of a failed removal are flushed before the next policy is added (§1.7). */
  readonly flushesAfterFailedRemoval: boolean
  /** Whether names that belong to somebody else are refused (§2.5). */
  readonly collisionGuards: boolean
  /** Whether the agent can add policies in batches (§1.7). A real one does so where iptables is the nft variant. */
  readonly policyBatching: boolean
  /** Whether the iptables variant is detected and the other one's leftovers are removed at start (§4.3). */
  readonly detectsIptables: boolean
}

const NEWER = {
  allowAllRule: 'any',
  placeAzureChainFirst: false,
  nomatchInDelete: false,
  removingUnappliedPolicy: 'no-op',
  flushesAfterFailedRemoval: true,
  policyBatching: true,
  detectsIptables: true,
} as const

const PROFILES: Readonly<Record<ProfileId, Profile>> = {
  'v1.4.45': {
    id: 'v1.4.45',
    naming: 'legacy',
    allowAllRule: 'only',
    placeAzureChainFirst: true,
    nomatchInDelete: true,
    removingUnappliedPolicy: 'crash',
    flushesAfterFailedRemoval: false,
    collisionGuards: false,
    policyBatching: false,
    detectsIptables: false,
  },
  'v1.8.11': { id: 'v1.8.11', naming: 'legacy', collisionGuards: false, ...NEWER },
  head: { id: 'head', naming: 'wide', collisionGuards: true, ...NEWER },
}

export function profileOf(id: ProfileId): Profile {
  return PROFILES[id]
}
