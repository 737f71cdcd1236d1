import type { Origin } from '../../model/origin.ts'

/** A field of the policy `ns/name`. */
export function policyOrigin(policy: string, path: string): Origin {
  return { resource: `NetworkPolicy/${policy}`, path }
}
