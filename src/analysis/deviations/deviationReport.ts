import type { Deviation } from '../../model/deviation.ts'
import type { Direction, NetworkPolicy } from '../../model/networkPolicy.ts'
import { policyKey, policyResource } from '../../model/networkPolicy.ts'
import type { DeviationKind } from './deviationTexts.ts'
import { DEVIATION_TEXTS } from './deviationTexts.ts'

/** Without a direction it is about both: the policy is not enforced at all, or the pod is what matters. */
export function deviationOf(
  kind: DeviationKind,
  policy: NetworkPolicy,
  path: string,
  more: { readonly detail?: string; readonly direction?: Direction } = {},
): Deviation {
  const { id, name, message } = DEVIATION_TEXTS[kind]
  return {
    id,
    name,
    message: message(more.detail ?? ''),
    policy: policyKey(policy),
    ...(more.direction !== undefined && { direction: more.direction }),
    origin: { resource: policyResource(policy), path },
  }
}
