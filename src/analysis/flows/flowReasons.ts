import { explainEnd } from '../../engine/kubernetes/evaluate.ts'
import type { Endpoint, FlowEnd } from '../../model/connectivity.ts'
import type { Analyzed } from '../analyze.ts'
import { asKubernetes, type Assessment } from '../assess.ts'
import { deviationsOfFlow } from '../deviations/deviations.ts'

/** What each end's policies say about a flow, and the ids of the deviations that would explain a difference. */
export function flowReasons(
  { pods, kubernetes, analysis }: Assessment & Pick<Analyzed, 'analysis'>,
  src: Endpoint,
  dst: Endpoint,
): { readonly egress: FlowEnd; readonly ingress: FlowEnd; readonly deviations: readonly string[] } {
  const source = asKubernetes(src, pods)
  const destination = asKubernetes(dst, pods)
  const egress = explainEnd(kubernetes, 'egress', source, destination)
  const ingress = explainEnd(kubernetes, 'ingress', destination, source)
  const found = deviationsOfFlow(analysis.deviations, egress, ingress).map(({ id }) => id)
  return { egress, ingress, deviations: [...new Set(found)] }
}
